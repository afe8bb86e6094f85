"""The token of a cache: put into the cache and into its secret, and read by nobody on the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tanada.aws.ci_roles import session_of
from tanada.aws.credentials import CONFIG
from tanada.aws.secrets import random_text
from tanada.errors import AwsError

if TYPE_CHECKING:
    from tanada.contract.tokens import Put
    from tanada.declarations.inventory import Stack

LENGTH = 64
"""Letters and digits: of 16 to 128 printable characters AWS takes these and few signs (ElastiCache user guide,
"Authenticating with the AUTH command"), and none of them has to be escaped in a URL."""
EVERY = 10
"""Seconds between two looks."""
_LONGEST = 40 * 60
"""Seconds that one change may take: the provider waits as long (elasticache/replication_group.go, Timeouts)."""


@dataclass(frozen=True)
class Clock:
    """How time goes by, and whether somebody stopped the run."""

    wait: Callable[[float], None]
    stopped: Callable[[], bool]


def put(stack: Stack, system: str, where: Put, clock: Clock, environ: Mapping[str, str]) -> str | None:
    """Give a cache another token, and its secret the same; the token, or None where the run was stopped in between.

    The cache takes the one before as well (ROTATE; the first time also who has none). So whatever is killed in between,
    what the secret holds opens the cache, or nobody has read it yet; and whoever begins again puts another one
    everywhere. Raises AwsError, without AWS's words on a call that held the token.
    """
    session = session_of(stack, system, environ)
    cache, secrets = session.client("elasticache", config=CONFIG), session.client("secretsmanager", config=CONFIG)
    token = random_text(LENGTH)
    with _said(where):
        if not _ready(cache, where, clock):
            return None
        _modify(cache, where, token, "ROTATE")
        if not _ready(cache, where, clock):
            return None
        secrets.put_secret_value(SecretId=where.secret, SecretString=json.dumps(_value(where, token)))
    return token


def make_alone(stack: Stack, system: str, where: Put, token: str, clock: Clock, environ: Mapping[str, str]) -> bool:
    """Have a cache take this token alone, which was put last: else AWS refuses it (SET). False where the run was
    stopped in between. Raises AwsError."""
    cache = session_of(stack, system, environ).client("elasticache", config=CONFIG)
    with _said(where):
        if not _ready(cache, where, clock):
            return False
        _modify(cache, where, token, "SET")
        return _ready(cache, where, clock)


@contextmanager
def _said(where: Put) -> Iterator[None]:
    """What AWS refuses in a sentence without its words."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        raise AwsError(f"{where.cache} gets no token: AWS refused {error.operation_name}: {code}.") from None
    except BotoCoreError as error:
        raise AwsError(f"{where.cache} gets no token: {type(error).__name__}.") from None


def _value(where: Put, token: str) -> dict[str, Any]:
    url = f"rediss://:{token}@{where.host}:{where.port}"
    return {"password": token, "host": where.host, "port": where.port, "url": url}


def _modify(cache: Any, where: Put, token: str, strategy: str) -> None:
    cache.modify_replication_group(
        ReplicationGroupId=where.group, AuthToken=token, AuthTokenUpdateStrategy=strategy, ApplyImmediately=True
    )


def _ready(cache: Any, where: Put, clock: Clock) -> bool:
    """Wait until nothing changes of it any more; whether nobody stopped the run before."""
    for _ in range(0, _LONGEST, EVERY):
        if clock.stopped():
            return False
        [group] = cache.describe_replication_groups(ReplicationGroupId=where.group)["ReplicationGroups"]
        changing = (group.get("PendingModifiedValues") or {}).get("AuthTokenStatus")
        if group["Status"] == "available" and not changing:
            return True
        clock.wait(EVERY)
    raise AwsError(f"{where.cache} gets no token: it is {group['Status']} since {_LONGEST // 60} minutes.")
