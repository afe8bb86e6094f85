"""Credentials, resolved once on the host; the declared role is assumed by whoever uses them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError

from tanada.errors import AwsError

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack

_NONE = (
    "No AWS credentials were found: sign in (aws sso login, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY); "
    "without an account there is tanada plan --offline."
)
CONFIG = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10, read_timeout=30)


_ENDS: dict[str, datetime] = {}
"""When credentials end, by the id of their key, of those that say so."""


def note_end(key: str, ends: datetime) -> None:
    """Remember when the credentials of a key end."""
    _ENDS[key] = ends


def seconds_left(variables: Mapping[str, str]) -> float | None:
    """How long the credentials in variables last; None where nobody knows, as of those that last for ever."""
    ends = _ENDS.get(variables.get("AWS_ACCESS_KEY_ID", ""))
    return None if ends is None else (ends - datetime.now(UTC)).total_seconds()


_LONG = 15 * 60
"""Seconds that an apply of services takes; botocore has tried to renew what ends within them."""


def resolve(*, for_long: bool = False) -> dict[str, str]:
    """What Terraform needs as environment variables, from wherever boto3 finds it (profile, SSO, web identity, …).

    Where they are `for_long`, those that are known to end soon are refused: Terraform can't renew them.
    """
    return _frozen(_base(None), seconds=_LONG if for_long else 0)


_ASKED = Config(retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=3, read_timeout=5)


def check(variables: Mapping[str, str], stacks: Sequence[Stack]) -> None:
    """Refuse credentials that AWS takes no more, and those that are of none of these stacks' accounts, before anybody
    waits for a synth. Where STS doesn't answer, Terraform says later what there is to say."""
    client = boto3.client(
        "sts",
        region_name=stacks[0].region,
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=variables.get("AWS_SESSION_TOKEN"),
        config=_ASKED,
    )
    try:
        account = client.get_caller_identity()["Account"]
    except ClientError as error:
        raise AwsError(
            f"AWS doesn't take the credentials {variables['AWS_ACCESS_KEY_ID']}: {error}. "
            "Sign in again (aws sso login)."
        ) from None
    except BotoCoreError:
        return
    first = stacks[0]
    if all(stack.role is None and stack.account_id != account for stack in stacks):
        raise AwsError(
            f"These AWS credentials are of the account {account}, and {first.name} is in {first.account_id} "
            f"({first.account}): sign in there, or say which role is assumed, in accounts.{first.account}.role."
        )


def session(region: str, role: str | None) -> boto3.Session:
    """A session in an account: the base credentials, or the declared role assumed with them."""
    base = _base(region)
    variables = _frozen(base)
    if role is None:
        return base
    try:
        sts = base.client("sts", config=CONFIG)
        assumed = sts.assume_role(RoleArn=role, RoleSessionName="tanada")["Credentials"]
    except (ClientError, BotoCoreError) as error:
        raise AwsError(f"The role {role} can't be assumed with {variables['AWS_ACCESS_KEY_ID']}: {error}") from None
    return boto3.Session(
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
        region_name=region,
    )


def _base(region: str | None) -> boto3.Session:
    try:
        return boto3.Session(region_name=region)
    except BotoCoreError as error:  # a profile that doesn't exist
        raise AwsError(f"AWS credentials can't be resolved: {error}") from None


def _frozen(source: boto3.Session, seconds: int = 0) -> dict[str, str]:
    try:
        credentials = source.get_credentials()
        frozen = credentials.get_frozen_credentials() if credentials else None
        soon = isinstance(credentials, RefreshableCredentials) and credentials.refresh_needed(seconds)
    # RuntimeError: botocore's, where what it renewed has ended already.
    except (ClientError, BotoCoreError, RuntimeError) as error:
        raise AwsError(f"AWS credentials can't be resolved: {error}") from None
    if seconds and soon:
        raise AwsError(
            f"These AWS credentials end in less than {seconds // 60} minutes, and would end in the middle of it: "
            "sign in again (aws sso login), or wait until they are renewed."
        )
    if frozen is None or not frozen.access_key or not frozen.secret_key:
        raise AwsError(_NONE)
    # botocore says by no public name when they end.
    if (ends := getattr(credentials, "_expiry_time", None)) is not None:
        note_end(frozen.access_key, ends)
    variables = {"AWS_ACCESS_KEY_ID": frozen.access_key, "AWS_SECRET_ACCESS_KEY": frozen.secret_key}
    if frozen.token:
        variables["AWS_SESSION_TOKEN"] = frozen.token
    return variables
