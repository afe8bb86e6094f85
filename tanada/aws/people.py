"""Access keys of users: made and renewed by IAM's API, so that no state holds one.

No secret stands in a sentence. `Key` has none in its `repr`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tanada.aws import credentials
from tanada.aws.credentials import CONFIG
from tanada.errors import AwsError

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack

MOST = 2
"""Keys of a user (IAM user guide, "IAM and AWS STS quotas")."""


@dataclass(frozen=True)
class Key:
    """A key that was made just now: the only time that its secret can be read."""

    id: str
    secret: str = field(repr=False)


class Keys:
    """The keys of one user."""

    def __init__(self, stack: Stack, user: str) -> None:
        """Raises AwsError without credentials, and with those of another account."""
        self._user = user
        session = credentials.session(stack.region, stack.role)
        with self._said("sts:GetCallerIdentity"):
            actual = session.client("sts", config=CONFIG).get_caller_identity()["Account"]
        if actual != stack.account_id:
            raise AwsError(
                f"These credentials belong to the account {actual}, but system.yaml declares {stack.account_id} for "
                f"{stack.account}."
            )
        self._iam: Any = session.client("iam", config=CONFIG)

    def days(self) -> dict[str, int]:
        """How many days old each is, by its id, the oldest first."""
        with self._said("iam:ListAccessKeys"):
            found = self._iam.list_access_keys(UserName=self._user)["AccessKeyMetadata"]
        now = datetime.now(UTC)
        return {
            each["AccessKeyId"]: (now - each["CreateDate"]).days
            for each in sorted(found, key=lambda each: each["CreateDate"])
        }

    def make(self, hand_out: Callable[[Key], None]) -> tuple[Key, list[str]]:
        """Make another and hand it out: that, and the ids of those that it takes the place of (`end`). Where it can't
        be handed out it goes again."""
        before = list(self.days())
        if len(before) == MOST:
            before.remove(self._make_room(before))
        with self._said("iam:CreateAccessKey"):
            made = self._iam.create_access_key(UserName=self._user)["AccessKey"]
        key = Key(made["AccessKeyId"], made["SecretAccessKey"])
        try:
            hand_out(key)
        except BaseException:
            self._delete(key.id)
            raise
        return key, before

    def end(self, ids: Sequence[str]) -> None:
        """Delete these, once another one is in somebody's hands."""
        for each in ids:
            self._delete(each)

    def _make_room(self, keys: list[str]) -> str:
        """Delete one that nobody has ever used, as of a run that ended halfway; its id."""
        for each in reversed(keys):
            with self._said("iam:GetAccessKeyLastUsed"):
                used = self._iam.get_access_key_last_used(AccessKeyId=each)["AccessKeyLastUsed"]
            if used.get("LastUsedDate") is None:
                self._delete(each)
                return each
        raise AwsError(
            f"{self._user} has {MOST} keys, IAM takes no more, and both were used: delete the one that nobody needs: "
            f"aws iam delete-access-key --user-name {self._user} --access-key-id {keys[0]}"
        )

    def _delete(self, id: str) -> None:
        with self._said("iam:DeleteAccessKey"):
            self._iam.delete_access_key(UserName=self._user, AccessKeyId=id)

    @contextmanager
    def _said(self, action: str) -> Iterator[None]:
        """What AWS refuses in a sentence without its words."""
        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", "unknown"))
            if code == "NoSuchEntity":
                raise AwsError(f"There is no user {self._user} yet: the next apply makes it.") from None
            if code in ("AccessDenied", "AccessDeniedException"):
                raise AwsError(f"{self._user}: AWS denies {action} to these credentials.") from None
            raise AwsError(f"{self._user}: AWS refused {action}: {code}.") from None
        except BotoCoreError as error:
            raise AwsError(f"{self._user}: {action} failed: {type(error).__name__}.") from None
