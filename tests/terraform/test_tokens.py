"""The note that a cache has its token: what of a plan asks for another one, in which steps, and under which number."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tanada.contract import passwords
from tanada.contract.tokens import Put, due
from tanada.errors import StoppedError, TerraformError
from tanada.plan import ResourceChange, Step, Summary, render
from tanada.terraform import steps, tokens
from tests.aws.test_registry import TEST
from tests.terraform.test_decisions import stack as declared

Json = dict[str, Any]
NUMBER = '${lookup(var.store_versions, "cache", 1)}'
EMITTED: Json = {
    "resource": {
        "aws_elasticache_replication_group": {"cache_group": {"subnet_group_name": "x"}},
        "aws_secretsmanager_secret": {"cache_credentials": {"name": "kakei/test/cache/credentials"}},
        "aws_s3_bucket": {"files": {}},
        "terraform_data": {
            "cache_made": {"triggers_replace": ["${aws_elasticache_replication_group.cache_group.x}"]},
            "cache_token": {
                "input": {
                    "cache": "cache",
                    "group": "test-cache",
                    "host": "${aws_elasticache_replication_group.cache_group.primary_endpoint_address}",
                    "made": "${terraform_data.cache_made.id}",
                    "number": NUMBER,
                    "port": 6379,
                    "secret": "${aws_secretsmanager_secret.cache_credentials.arn}",
                }
            },
        },
    },
    "output": {"store_versions": {"value": {"cache": NUMBER}}},
}
NOTE = "terraform_data.cache_token"
KNOWN: Json = {
    "cache": "cache",
    "group": "test-cache",
    "host": "master.cache",
    "made": "1",
    "number": 1,
    "port": 6379,
    "secret": "arn:s",
}


def change(address: str, actions: str, before: Json | None, after: Json | None, **unknown: Any) -> Json:
    sides = {"actions": actions.split("+"), "before": before, "after": after, "after_unknown": unknown}
    return {"address": address, "type": address.partition(".")[0], "mode": "managed", "change": sides}


def note(actions: str, before: Json | None = KNOWN, **after: Any) -> Json:
    said = {name: value for name, value in {**KNOWN, **after}.items() if value is not None}
    return change(NOTE, actions, before and {"input": before}, {"input": said})


MADE_ANEW = change("terraform_data.cache_made", "delete+create", {"id": "1"}, {"input": None}, id=True)


def test_it_is_due_where_its_note_is_made_or_changed_and_where_is_known_after_that() -> None:
    [found] = due({"resource_changes": [note("create", None)]})
    assert found.how == Put("cache", "test-cache", "master.cache", 6379, "arn:s")
    [changed] = due({"resource_changes": [note("update", number=2)]})
    assert changed.note == NOTE
    [unknown] = due({"resource_changes": [note("create", None, made=None, host=None, secret=None)]})
    assert (unknown.cache, unknown.how) == ("cache", None)
    for other in (note("no-op"), change(NOTE, "delete", {"input": KNOWN}, None), MADE_ANEW):
        assert list(due({"resource_changes": [other]})) == []


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ([note("no-op")], None),
        ([note("create", None)], None),
        ([note("update", number=2)], None),
        ([note("update", made=None), MADE_ANEW], 2),  # who reads the secret must get the other one
        ([note("update", number=3, made=None), MADE_ANEW], None),
    ],
)
def test_who_reads_it_is_replaced_whenever_it_is_another_one(changes: list[Json], number: int | None) -> None:
    found = list(passwords.raised(EMITTED, {"resource_changes": changes}, {}))
    assert [each.number for each in found] == ([] if number is None else [number])


def test_another_number_is_noted_before_the_token_is_another_one() -> None:
    plan = {"resource_changes": [note("update", number=2)]}
    assert passwords.noted_first(EMITTED, plan, {"cache": 1}) == {"cache": 2}
    assert passwords.noted_first(EMITTED, {"resource_changes": [note("create", None)]}, {}) == {}


def in_steps(*changes: Json) -> Summary:
    found = tuple(ResourceChange(each["address"], each["type"], "create") for each in changes)
    plan = {"resource_changes": list(changes)}
    return steps.in_steps(Summary("1.11.4", found, unchanged=0), plan, declared("environment"), (), None, EMITTED)


def test_it_is_put_after_the_cache_and_its_secret_and_before_all_that_reads_it() -> None:
    cache = change("aws_elasticache_replication_group.cache_group", "create", None, {})
    summary = in_steps(cache, note("create", None, made=None))
    needed = (
        "aws_elasticache_replication_group.cache_group",
        "aws_secretsmanager_secret.cache_credentials",
        "terraform_data.cache_made",
    )
    assert summary.steps == (Step(only=needed), Step(token="cache"), Step())
    assert render(summary).splitlines()[1:4] == [
        "  step 1 of 3: what cache needs for a token",
        "  step 2 of 3: gives cache another token, and writes it to its secret",
        "  step 3 of 3: the rest",
    ]
    assert in_steps(note("update", number=2)).steps == (Step(token="cache"), Step())
    assert in_steps(note("no-op")).steps == ()


class Voice:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.note = self.say = self.lines.append


def step(monkeypatch: pytest.MonkeyPatch, *changes: Json, offline: bool = False, done: bool = True) -> list[str]:
    """What is said while it is put; nothing of AWS is called."""
    from tanada.aws import tokens as in_aws

    def put(stack: Any, system: str, where: Put, _clock: Any, _environ: Any) -> bool:
        assert (stack, system, where.group) == (TEST, "kakei", "test-cache")
        return done

    monkeypatch.setattr(in_aws, "put", put)
    voice = Voice()
    run = SimpleNamespace(voice=voice, processes=SimpleNamespace(stopped=not done))
    target = SimpleNamespace(stack=TEST, label="environment-test")
    session = SimpleNamespace(target=target, context=SimpleNamespace(offline=offline))
    tokens.run(cast(Any, run), cast(Any, session), Step(token="cache"), {"resource_changes": list(changes)})
    return voice.lines


def test_a_step_puts_it_where_the_plan_still_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    said = step(monkeypatch, note("create", None))
    assert said == ["environment-test: cache has a token that nobody has seen: its secret holds it."]
    assert step(monkeypatch, note("no-op")) == []
    said = step(monkeypatch, note("create", None), offline=True)
    assert said == ["environment-test: cache: there is no AWS offline: no token is put."]
    with pytest.raises(TerraformError, match="where the token of cache goes isn't known yet"):
        step(monkeypatch, note("create", None, made=None))
    with pytest.raises(StoppedError, match="interrupted while cache got its token: apply again, it gets another one"):
        step(monkeypatch, note("create", None), done=False)
