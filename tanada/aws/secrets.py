"""Secrets in Parameter Store and Secrets Manager: whether they are there, and writing them.

No value stands in a sentence, nor AWS's own words on a call that held one: they may repeat it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from secrets import choice
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import BotoCoreError, ClientError

from tanada.aws import credentials
from tanada.aws.credentials import CONFIG
from tanada.errors import AwsError

if TYPE_CHECKING:
    from boto3 import Session

    from tanada.declarations.inventory import Stack
    from tanada.declarations.kept_secrets import Kept

Presence = Literal["there", "missing", "denied", "elsewhere"]
"""`denied`: AWS doesn't let these credentials see whether it is there; `elsewhere`: in another account or region."""
_DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
_NOT_THERE = ("ResourceNotFoundException", "ParameterNotFound")
_PARAMETER, _SECRET = 4096, 65_536
"""Bytes of a value: a standard parameter's (Systems Manager API reference, PutParameter), a secret's (Secrets Manager
API reference, PutSecretValue)."""


def random_text(length: int) -> str:
    """So many random letters and digits."""
    return "".join(choice(ascii_letters + digits) for _ in range(length))


class Store:
    """Where secrets of one account and region are kept."""

    def __init__(self, stack: Stack, session: Session | None = None) -> None:
        """`session` where they aren't a person's own; raises AwsError without credentials, and with those of another
        account."""
        self._stack = stack
        self._session = session or credentials.session(stack.region, stack.role)
        with _said("sts:GetCallerIdentity", stack.account):
            actual = self._session.client("sts", config=CONFIG).get_caller_identity()["Account"]
        if actual != stack.account_id:
            raise AwsError(
                f"These credentials belong to the account {actual}, but system.yaml declares {stack.account_id} for "
                f"{stack.account}."
            )

    @cached_property
    def _ssm(self) -> Any:
        return self._session.client("ssm", config=CONFIG)

    @cached_property
    def _secrets(self) -> Any:
        return self._session.client("secretsmanager", config=CONFIG)

    def presence(self, secret: Kept) -> Presence:
        """Whether it is there; of one key of a JSON secret whether it holds that key."""
        if not self._ours(secret):
            return "elsewhere"
        try:
            if secret.store == "ssm":
                found = self._ssm.describe_parameters(
                    ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": [secret.name]}]
                )
                return "there" if found["Parameters"] else "missing"
            if self._described(secret) is None:
                return "missing"
            if secret.key is None:
                return "there"
            return "there" if secret.key in self._json(secret) else "missing"
        except ClientError as error:
            if _code(error) in _DENIED:
                return "denied"
            if _code(error) in _NOT_THERE:
                return "missing"
            raise AwsError(f"{secret} can't be looked for: {_code(error)}.") from None
        except BotoCoreError as error:
            raise AwsError(f"{secret} can't be looked for: {error}") from None

    def read(self, secret: Kept) -> str:
        """Its value; raises AwsError where there is none."""
        self._refuse_elsewhere(secret)
        with _said("ssm:GetParameter" if secret.store == "ssm" else "secretsmanager:GetSecretValue", str(secret)):
            if secret.store == "ssm":
                return str(self._ssm.get_parameter(Name=secret.name, WithDecryption=True)["Parameter"]["Value"])
            if secret.key is None:
                return self._text(secret)
            values = self._json(secret)
        if secret.key not in values:
            raise AwsError(f"{secret} is not there: the JSON has no such key.")
        value = values[secret.key]
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def write(self, secret: Kept, value: str, tags: Mapping[str, str]) -> Literal["made", "changed"]:
        """Keep a value: made with these tags and AWS's own key, changed where it is there; of a JSON secret one key."""
        self._refuse_elsewhere(secret)
        most = _PARAMETER if secret.store == "ssm" else _SECRET
        if not value:
            raise AwsError(f"{secret}: the value is empty, and neither store keeps an empty one.")
        if len(value.encode()) > most:
            more = "; Secrets Manager takes 65,536" if secret.store == "ssm" else ""
            raise AwsError(f"{secret}: the value has more than {most:,} bytes, which its store doesn't take{more}.")
        return self._parameter(secret, value, tags) if secret.store == "ssm" else self._secret(secret, value, tags)

    def _parameter(self, secret: Kept, value: str, tags: Mapping[str, str]) -> Literal["made", "changed"]:
        there = self.presence(secret)
        with _said("ssm:PutParameter", str(secret)):
            if there != "there":
                try:
                    self._ssm.put_parameter(
                        Name=secret.name, Value=value, Type="SecureString", Tags=_tags(tags), Overwrite=False
                    )
                except self._ssm.exceptions.ParameterAlreadyExists:
                    pass  # nobody may see it, or it came meanwhile
                else:
                    return "made"
            # PutParameter takes no tags with Overwrite; those that it has stay.
            self._ssm.put_parameter(Name=secret.name, Value=value, Type="SecureString", Overwrite=True)
        return "changed"

    def _secret(self, secret: Kept, value: str, tags: Mapping[str, str]) -> Literal["made", "changed"]:
        with _said("secretsmanager:DescribeSecret", str(secret)):
            described = self._described(secret, deleted=True)
        if described is None:
            if secret.name.startswith("arn:"):
                raise AwsError(f"There is no {secret}: an ARN is known once it is made, so declare it by its name.")
            text = value if secret.key is None else json.dumps({secret.key: value}, ensure_ascii=False)
            with _said("secretsmanager:CreateSecret", str(secret)):
                self._secrets.create_secret(Name=secret.name, SecretString=text, Tags=_tags(tags))
            return "made"
        if described.get("DeletedDate"):
            with _said("secretsmanager:RestoreSecret", str(secret)):
                self._secrets.restore_secret(SecretId=secret.name)
        if secret.key is not None:
            with _said("secretsmanager:GetSecretValue", str(secret)):
                value = json.dumps({**self._json(secret, new=True), secret.key: value}, ensure_ascii=False)
        if len(value.encode()) > _SECRET:
            raise AwsError(f"{secret}: all its keys together have more than {_SECRET:,} bytes, and it takes no more.")
        with _said("secretsmanager:PutSecretValue", str(secret)):
            self._secrets.put_secret_value(SecretId=secret.name, SecretString=value)
        return "changed"

    def make(self, secret: Kept, tags: Mapping[str, str]) -> bool:
        """Make a value that nobody knows, unless there is one; whether it was made. Never overwrites, and reads nothing
        to know: AWS itself refuses a name that is there (Systems Manager API reference, PutParameter, Overwrite)."""
        self._refuse_elsewhere(secret)
        assert secret.length is not None
        with _said("ssm:PutParameter", str(secret)):
            try:
                self._ssm.put_parameter(
                    Name=secret.name,
                    Value=random_text(secret.length),
                    Type="SecureString",
                    Tags=_tags(tags),
                    Overwrite=False,
                )
            except self._ssm.exceptions.ParameterAlreadyExists:
                return False
        return True

    def delete(self, name: str) -> bool:
        """Delete a parameter; whether it was there."""
        with _said("ssm:DeleteParameter", f"{name} (Parameter Store)"):
            try:
                self._ssm.delete_parameter(Name=name)
            except self._ssm.exceptions.ParameterNotFound:
                return False
        return True

    def tagged(self, system: str, environment: str) -> Iterator[tuple[Literal["secretsmanager", "ssm"], str]]:
        """Store and name of what `write` made for an environment, as its tags say; nothing where nobody may list."""
        wanted = {"System": system, "Environment": environment, "ManagedBy": "Tanada"}
        try:
            filters = [{"Key": f"tag:{key}", "Values": [value]} for key, value in wanted.items()]
            for page in self._ssm.get_paginator("describe_parameters").paginate(ParameterFilters=filters):
                yield from (("ssm", each["Name"]) for each in page["Parameters"])
            # `tag-value` alone matches any key's, so tags are compared here.
            named = [{"Key": "tag-key", "Values": ["ManagedBy"]}]
            for page in self._secrets.get_paginator("list_secrets").paginate(Filters=named):
                for each in page["SecretList"]:
                    has = {tag["Key"]: tag["Value"] for tag in each.get("Tags", ())}
                    if wanted.items() <= has.items():
                        yield "secretsmanager", each["Name"]
        except (ClientError, BotoCoreError):
            return

    def _ours(self, secret: Kept) -> bool:
        return (secret.account, secret.region) == (self._stack.account_id, self._stack.region)

    def _refuse_elsewhere(self, secret: Kept) -> None:
        if not self._ours(secret):
            raise AwsError(f"{secret} is kept in account {secret.account}, {secret.region}: it is written there alone.")

    def _described(self, secret: Kept, *, deleted: bool = False) -> Mapping[str, Any] | None:
        """What its store says of it, but the value; None where it isn't there, or is to be deleted."""
        try:
            found: Mapping[str, Any] = self._secrets.describe_secret(SecretId=secret.name)
        except ClientError as error:
            if _code(error) in _NOT_THERE:
                return None
            raise
        return found if deleted or not found.get("DeletedDate") else None

    def _text(self, secret: Kept) -> str:
        found = self._secrets.get_secret_value(SecretId=secret.name)
        if "SecretString" not in found:
            raise AwsError(f"{secret} is binary, which no container takes as a variable.")
        return str(found["SecretString"])

    def _json(self, secret: Kept, *, new: bool = False) -> dict[str, Any]:
        """All keys of it; `new` one that has no value yet has none."""
        try:
            values = json.loads(self._text(secret))
        except ClientError as error:
            if new and _code(error) in _NOT_THERE:
                return {}
            raise
        except ValueError:
            values = None
        if not isinstance(values, dict):
            raise AwsError(f"{secret} is there, but is no JSON of keys and values, so it has no key {secret.key}.")
        return values


@contextmanager
def _said(action: str, what: str) -> Iterator[None]:
    """What AWS refuses in a sentence without its words."""
    try:
        yield
    except ClientError as error:
        code = _code(error)
        if code in _DENIED:
            raise AwsError(f"{what}: AWS denies {action} to these credentials; ask for it on this one.") from None
        if code in _NOT_THERE:
            raise AwsError(f"There is no {what}; tanada secrets set makes it.") from None
        raise AwsError(f"{what}: AWS refused {action}: {code}.") from None
    except BotoCoreError as error:
        raise AwsError(f"{what}: {action} failed: {type(error).__name__}.") from None


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def _tags(tags: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
