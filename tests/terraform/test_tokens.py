"""The note that a cache has its token: what of a plan asks for another one, in which steps, and under which number."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tanada.contract import passwords
from tanada.contract.tokens import Put, due
from tanada.errors import StoppedError, TerraformError
from tanada.plan import ResourceChange, Step, Summary, render
from tanada.terraform import carry_out, steps, target_plan, tokens
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
            "cache_alone": {"input": {"cache": "cache", "number": NUMBER}},
        },
    },
    "output": {"store_versions": {"value": {"cache": NUMBER}}},
}
NOTE, ALONE = "terraform_data.cache_token", "terraform_data.cache_alone"
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


def alone(actions: str, before: int | None = 1, after: int = 1) -> Json:
    sides = (None if each is None else {"input": {"cache": "cache", "number": each}} for each in (before, after))
    return change(ALONE, actions, *sides)


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
        ([note("no-op"), alone("no-op")], None),
        ([note("create", None), alone("create", None)], None),
        ([note("update", number=2), alone("update", after=2)], None),
        ([note("update", made=None), MADE_ANEW, alone("no-op")], 2),  # who reads the secret must get the other one
        ([note("update", number=3, made=None), MADE_ANEW, alone("update", after=3)], None),
        # killed before the one before went: nobody knows the new one any more
        ([note("no-op", {**KNOWN, "number": 2}, number=2), alone("update", after=2)], 3),
    ],
)
def test_who_reads_it_is_replaced_whenever_it_is_another_one(changes: list[Json], number: int | None) -> None:
    found = list(passwords.raised(EMITTED, {"resource_changes": changes}, {}))
    assert [each.number for each in found] == ([] if number is None else [number])


def test_another_number_is_noted_before_the_token_is_another_one() -> None:
    plan = {"resource_changes": [note("update", number=2), alone("update", after=2)]}
    assert passwords.noted_first(EMITTED, plan, {"cache": 1}) == {"cache": 2}
    assert passwords.noted_first(EMITTED, {"resource_changes": [note("create", None)]}, {}) == {}


def in_steps(*changes: Json) -> Summary:
    found = tuple(ResourceChange(each["address"], each["type"], "create") for each in changes)
    plan = {"resource_changes": list(changes)}
    return steps.in_steps(Summary("1.11.4", found, unchanged=0), plan, declared("environment"), (), None, EMITTED)


def test_it_is_put_after_the_cache_and_its_secret_and_before_all_that_reads_it() -> None:
    cache = change("aws_elasticache_replication_group.cache_group", "create", None, {})
    summary = in_steps(cache, note("create", None, made=None), alone("create", None))
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
    assert in_steps(note("no-op"), alone("no-op")).steps == ()


def test_tasks_that_run_are_let_in_by_the_one_before_until_they_are_replaced() -> None:
    summary = in_steps(note("update", number=2), alone("update", after=2))
    put, rest, last, noted = summary.steps
    assert (put, last, noted) == (Step(token="cache"), Step(alone="cache"), Step())
    assert set(rest.only) == {f"{type_}.{name}" for type_, named in EMITTED["resource"].items() for name in named} - {
        ALONE
    }
    assert render(summary).splitlines()[1:5] == [
        "  step 1 of 4: gives cache another token, and writes it to its secret",
        "  step 2 of 4: the rest, while the token before is taken as well",
        "  step 3 of 4: has cache take the new token alone",
        "  step 4 of 4: the rest",
    ]


class Voice:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.note = self.say = self.lines.append


TOKEN = "t0k3n"


def step(
    monkeypatch: pytest.MonkeyPatch, *changes: Json, offline: bool = False, done: bool = True, alone: bool = False
) -> tuple[list[str], Any]:
    """What is said while it is put, and who holds it then; nothing of AWS is called."""
    from tanada.aws import tokens as in_aws

    voice = Voice()

    def put(stack: Any, system: str, where: Put, _clock: Any, _environ: Any) -> str | None:
        assert (stack, system, where.group) == (TEST, "kakei", "test-cache")
        return TOKEN if done else None

    def make_alone(_stack: Any, _system: str, where: Put, token: str, _clock: Any, _environ: Any) -> bool:
        assert (where.group, token) == ("test-cache", TOKEN)
        voice.note("alone")
        return True

    monkeypatch.setattr(in_aws, "put", put)
    monkeypatch.setattr(in_aws, "make_alone", make_alone)
    run = SimpleNamespace(voice=voice, processes=SimpleNamespace(stopped=not done))
    target = SimpleNamespace(stack=TEST, label="environment-test")
    session = SimpleNamespace(target=target, context=SimpleNamespace(offline=offline))
    made = tokens.Tokens(cast(Any, run), cast(Any, session))
    made.put(Step(token="cache"), {"resource_changes": list(changes)}, alone=alone)
    return voice.lines, made


def test_a_step_puts_it_where_the_plan_still_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    put = "environment-test: cache has a token that nobody has seen: its secret holds it."
    assert step(monkeypatch, note("create", None), alone=True)[0] == ["alone", put]
    said, made = step(monkeypatch, note("create", None))
    assert said == [put]
    made.alone(Step(alone="cache"))
    assert said[1:] == ["alone", "environment-test: cache takes its new token alone."]
    said, made = step(monkeypatch, note("no-op"))
    assert said == []
    with pytest.raises(TerraformError, match="the token of cache is known to the apply that put it alone"):
        made.alone(Step(alone="cache"))
    said, _ = step(monkeypatch, note("create", None), offline=True)
    assert said == ["environment-test: cache: there is no AWS offline: no token is put."]
    with pytest.raises(TerraformError, match="where the token of cache goes isn't known yet"):
        step(monkeypatch, note("create", None, made=None))
    with pytest.raises(StoppedError, match="interrupted while cache got its token: plan again, it gets another one"):
        step(monkeypatch, note("create", None), done=False)


@pytest.mark.parametrize("late", [True, False])
def test_a_token_in_a_step_of_its_own_changes_nothing_of_when_others_stacks_come(
    late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a step may be taken that waits for other stacks is the caller's to say, whatever steps come before it."""
    done: list[object] = []
    steps = (Step(token="cache"), Step(alone="cache"), Step(token="other"), Step(stacks=("environment-test",)))
    summary = SimpleNamespace(steps=steps, parts=(), empty=False)
    fresh = cast(Any, SimpleNamespace(summary=summary, shown={}, others=lambda _: None))
    voice = Voice()
    run = cast(Any, SimpleNamespace(voice=voice, processes=SimpleNamespace(stopped=False)))
    session = cast(Any, SimpleNamespace(target=SimpleNamespace(label="x"), context=SimpleNamespace(says="y")))
    session.state = lambda: None
    monkeypatch.setattr(target_plan, "given_before", lambda _: None)
    monkeypatch.setattr(target_plan, "made", lambda *_, **__: fresh)
    monkeypatch.setattr(target_plan, "made_for", lambda step, *_: step)
    monkeypatch.setattr(carry_out, "_check_unused", lambda *_: done.append("looks"))
    monkeypatch.setattr(carry_out, "_apply", lambda _run, _session, step: done.append(step))
    monkeypatch.setattr(carry_out, "_tell_records", lambda *_: None)
    monkeypatch.setattr(carry_out, "achieved", lambda _: "all")
    monkeypatch.setattr(tokens.Tokens, "put", lambda _, step, __, *, alone: done.append((step.token, alone)))
    monkeypatch.setattr(tokens.Tokens, "alone", lambda _, step: done.append(step.alone))
    assert carry_out._step_by_step(run, session, cast(Any, None), fresh, late=late) is late
    assert done == [("cache", False), "cache", ("other", True), *(["looks", steps[-1]] if late else [])]
    assert voice.lines[:3] == [
        "x: step 1 of 4: cache gets a token.",
        "x: step 2 of 4: cache takes one token alone.",
        "x: step 3 of 4: other gets a token.",
    ]
