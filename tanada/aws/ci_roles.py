"""The roles of common.ci, assumed in each account with the identity token that the CI gave to this job."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tanada.aws.credentials import CONFIG, note_end, session
from tanada.declared.ci import SESSION_SECONDS, role_name
from tanada.errors import AwsError

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack

VARIABLE = "TANADA_CI_ROLE"
TOKEN = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105 - a variable's name, AWS's own


def step(environ: Mapping[str, str]) -> str | None:
    """`plan`, `drift` or `apply`: which role this job assumes; None outside of such a job."""
    wanted = environ.get(VARIABLE) or None
    if wanted is not None and wanted not in SESSION_SECONDS:
        raise AwsError(f"{VARIABLE}={wanted}: expected {', '.join(SESSION_SECONDS)}.")
    return wanted


def credentials(stack: Stack, system: str, role: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Credentials in a stack's account, as environment variables; modules/ci.py says who gets them."""
    name = role_name(system, role, stack.account if stack.protected else None)
    return dict(_assumed(role, name, stack.account_id, stack.region, _token(environ)))


def session_of(stack: Stack, system: str, environ: Mapping[str, str]) -> boto3.Session:
    """A session in a stack's account: by the CI's role in a job that takes it on, else as the declaration says."""
    role = step(environ)
    if role is None:
        return session(stack.region, stack.role)
    variables = credentials(stack, system, role, environ)
    return boto3.Session(
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=variables["AWS_SESSION_TOKEN"],
        region_name=stack.region,
    )


@functools.cache  # GitHub's tokens live five minutes, less than a run: each role is assumed once, at its start
def _assumed(role: str, name: str, account_id: str, region: str, token: str) -> Mapping[str, str]:
    partition = boto3.Session().get_partition_for_region(region)
    arn = f"arn:{partition}:iam::{account_id}:role/{name}"
    # Nobody signs this call: the token is all that it shows.
    client = boto3.client("sts", region_name=region, config=CONFIG.merge(Config(signature_version=UNSIGNED)))
    try:
        assumed = client.assume_role_with_web_identity(
            RoleArn=arn,
            RoleSessionName=f"tanada-{role}",
            WebIdentityToken=token,
            DurationSeconds=SESSION_SECONDS[role],
        )["Credentials"]
    except (ClientError, BotoCoreError) as error:
        raise AwsError(
            f"{arn} can't be assumed with this job's token: {error}. Has the account's common stack been applied with "
            "common.ci, were CI's files written by this Tanada (tanada ci), and is this a job of the environment that "
            "the role trusts?"
        ) from None
    note_end(assumed["AccessKeyId"], assumed["Expiration"])
    return {
        "AWS_ACCESS_KEY_ID": assumed["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": assumed["SecretAccessKey"],
        "AWS_SESSION_TOKEN": assumed["SessionToken"],
    }


def _token(environ: Mapping[str, str]) -> str:
    """The identity token, from the file that AWS's own tools read it from."""
    named = environ.get(TOKEN)
    if not named:
        raise AwsError(f"{VARIABLE} is set, but {TOKEN} is not: it names the file with this job's identity token.")
    try:
        return Path(named).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise AwsError(f"{named} ({TOKEN}) can't be read: {error}.") from None
