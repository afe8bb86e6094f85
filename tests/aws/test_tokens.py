"""A cache's token: in the cache and in its secret, whatever is killed in between, and in nobody's sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tanada.aws import tokens
from tanada.contract.tokens import Put
from tanada.errors import AwsError
from tests.aws.test_registry import TEST

WHERE = Put("cache", "test-cache-kakei", "master.cache.amazonaws.com", 6379, "arn:secret")


class KilledError(Exception):
    """The run ends here."""


class Aws:
    """ElastiCache and Secrets Manager as far as tokens go, as AWS documents them: at most two tokens, where no token
    counts as one; SET takes the last one of ROTATE alone. Killed before its call of that number."""

    def __init__(self) -> None:
        self.accepts: list[str | None] = [None]
        self.secret: Mapping[str, Any] = {}
        self.kill_at, self.calls = 0, 0
        self.refuses = ""
        self.changing = 0

    def client(self, _name: str, **_: Any) -> Aws:
        return self

    def _called(self, name: str) -> None:
        self.calls += 1
        if self.calls == self.kill_at:
            raise KilledError
        if self.refuses == name:
            raise ClientError({"Error": {"Code": "InvalidParameterValue", "Message": "s3cr3t"}}, name)

    def modify_replication_group(self, **asked: Any) -> None:
        self._called("ModifyReplicationGroup")
        token, strategy = asked.pop("AuthToken"), asked.pop("AuthTokenUpdateStrategy")
        assert (asked, self.changing) == ({"ReplicationGroupId": WHERE.group, "ApplyImmediately": True}, 0)
        assert 16 <= len(token) <= 128
        assert token.isalnum()
        self.changing = 2
        assert strategy == "ROTATE" or token == self.accepts[-1]
        self.accepts = [token] if strategy == "SET" else [self.accepts[-1], token]

    def describe_replication_groups(self, **asked: str) -> Mapping[str, Any]:
        self._called("DescribeReplicationGroups")
        assert asked == {"ReplicationGroupId": WHERE.group}
        self.changing = max(0, self.changing - 1)
        pending = {"AuthTokenStatus": "ROTATING"} if self.changing else {}
        return {"ReplicationGroups": [{"Status": "available", "PendingModifiedValues": pending}]}

    def put_secret_value(self, **asked: str) -> None:
        self._called("PutSecretValue")
        assert asked["SecretId"] == WHERE.secret
        self.secret = json.loads(asked["SecretString"])


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    made = Aws()
    monkeypatch.setattr(tokens, "session_of", lambda *_: made)
    return made


def clock(*, stopped: bool = False) -> tokens.Clock:
    return tokens.Clock(lambda _: None, lambda: stopped)


def put(aws: Aws, *, stopped: bool = False) -> bool:
    """Put another one, have all tasks replaced, and make it the only one."""
    aws.calls = 0
    token = tokens.put(TEST, "kakei", WHERE, clock(stopped=stopped), {})
    if token is None:
        return False
    assert aws.secret["password"] == token == aws.accepts[-1]
    assert len(aws.accepts) == 2, "who has the one before is let in as well"
    return tokens.make_alone(TEST, "kakei", WHERE, token, clock(), {})


def test_the_secret_holds_what_alone_opens_the_cache(aws: Aws) -> None:
    assert put(aws)
    token = aws.secret["password"]
    assert aws.accepts == [token]
    assert aws.secret == {
        "password": token,
        "host": WHERE.host,
        "port": 6379,
        "url": f"rediss://:{token}@{WHERE.host}:6379",
    }
    assert put(aws)
    assert aws.accepts == [aws.secret["password"]] != [token]


@pytest.mark.parametrize("first", [True, False])
def test_killed_before_any_call_and_begun_again_both_hold_one_token(aws: Aws, first: bool) -> None:
    if not first:
        put(aws)
    before = aws.secret.get("password")
    put(aws)
    for call in range(1, aws.calls + 1):
        fresh = Aws()
        fresh.accepts, fresh.secret, fresh.kill_at = [before], {"password": before}, call
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(tokens, "session_of", lambda *_, made=fresh: made)
            with pytest.raises(KilledError):
                put(fresh)
            assert fresh.secret["password"] in fresh.accepts, f"killed before call {call}: the secret opens the cache"
            fresh.kill_at, fresh.changing = 0, 0
            assert put(fresh)
        assert fresh.accepts == [fresh.secret["password"]]
        assert fresh.secret["password"] != before


def test_who_is_stopped_puts_nothing_and_a_refusal_repeats_no_word_of_aws(aws: Aws) -> None:
    assert not put(aws, stopped=True)
    assert aws.accepts == [None]
    aws.refuses = "ModifyReplicationGroup"
    said = r"^cache gets no token: AWS refused ModifyReplicationGroup: InvalidParameterValue\.$"
    with pytest.raises(AwsError, match=said) as raised:
        put(aws)
    assert raised.value.__cause__ is None


def test_one_that_never_gets_ready_is_waited_for_no_longer_than_the_provider_does(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = SimpleNamespace(
        **{"describe_replication_groups": lambda **_: {"ReplicationGroups": [{"Status": "modifying"}]}}
    )
    monkeypatch.setattr(aws, "client", lambda _name, **_: never)
    with pytest.raises(AwsError, match=r"cache gets no token: it is modifying since 40 minutes\."):
        put(aws)
