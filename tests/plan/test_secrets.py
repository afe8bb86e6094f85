"""Which values of a plan are secret, and taking them out of texts."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tanada.plan import render, secrets, summary
from tanada.plan.secrets import secrets_of
from tanada.secrecy import HIDDEN, SENSITIVE, Secrets, looks_secret

HIDING = Path(__file__).parent / "plans" / "hiding.json"


def without(text: str, *secrets: Any) -> str:
    return Secrets(iter(secrets)).remove(text)


def test_nothing_that_terraform_marks_is_in_the_summary_wherever_it_stands() -> None:
    raw = HIDING.read_text(encoding="utf-8")
    plan_summary = summary(json.loads(raw))
    text = render(plan_summary) + json.dumps(asdict(plan_summary))
    for secret in ("hunter2-mango", "correct horse", "98765431", "taro-kun"):
        assert secret in raw
        assert secret not in text


def test_what_is_marked_on_one_side_is_masked_on_both() -> None:
    (change,) = [item for item in summary(json.loads(HIDING.read_text())).changes if item.address.endswith(".deep")]
    assert [(item.path, item.before, item.after) for item in change.differences] == [
        ("input.login.word", SENSITIVE, SENSITIVE),
        ("input.name", "x", "y"),
        ("input.words[1]", SENSITIVE, SENSITIVE),
    ]


def test_messages_of_checks_and_keys_of_instances_are_scrubbed() -> None:
    plan_summary = summary(json.loads(HIDING.read_text(encoding="utf-8")))
    assert plan_summary.checks[0].problems == (f"It is {SENSITIVE}, pin {SENSITIVE}.",)
    assert f'terraform_data.keyed["{SENSITIVE}"]' in [change.address for change in plan_summary.changes]


@pytest.mark.parametrize(
    ("text", "secrets", "expected"),
    [
        ("a hunter2 b", ("hunter2",), f"a {SENSITIVE} b"),
        ("abc", ("abc",), "abc"),  # by chance everywhere
        ('{"a": "quo\\"te"}', ('quo"te',), f'{{"a": "{SENSITIVE}"}}'),
        ("pin 12345, 123456, 0.12345", (12345,), f"pin {SENSITIVE}, 123456, 0.12345"),
        ("trimmed", (" trimmed\n",), SENSITIVE),
        ("aHVudGVyMiE= or hunter2%21", ("hunter2!",), f"{SENSITIVE} or {SENSITIVE}"),
        ("true", (True,), "true"),
        ("longer-than and longer", ("longer", "longer-than"), f"{SENSITIVE} and {SENSITIVE}"),
        (f"{HIDDEN} {SENSITIVE}", ("hidden", "sensitive"), f"{HIDDEN} {SENSITIVE}"),
        ("-----BEGIN KEY-----", ("-----BEGIN KEY-----\nMIIEvQIBADANBgkqh\n",), "-----BEGIN KEY-----"),
        ("of MIIEvQIBADANBgkqh", ("-----BEGIN KEY-----\nMIIEvQIBADANBgkqh\n",), f"of {SENSITIVE}"),
        ("mysql://u:p@h/x", (), f"mysql://{SENSITIVE}@h/x"),
        ("https://example.jp/a@b:c", (), "https://example.jp/a@b:c"),
    ],
)
def test_a_secret_is_found_in_the_forms_that_texts_have(text: str, secrets: tuple[Any, ...], expected: str) -> None:
    assert without(text, *secrets) == expected


@pytest.mark.parametrize(
    "plan",
    [
        {"resource_changes": [{"change": {"before": {"a": "hunter2"}, "before_sensitive": {"a": True}}}]},
        {"resource_changes": [{"change": {"after": {"a": ["x", "hunter2"]}, "after_sensitive": {"a": [False, True]}}}]},
        {"resource_changes": [{"change": {"after": "hunter2", "after_sensitive": {"a": True}}}]},
        {"resource_drift": [{"change": {"after": {"a": "hunter2"}, "after_sensitive": True}}]},
        {"deferred_changes": [{"resource_change": {"change": {"after": {"a": "hunter2"}, "after_sensitive": True}}}]},
        {"output_changes": {"x": {"after": "hunter2", "after_sensitive": True}}},
        {"planned_values": {"outputs": {"x": {"sensitive": True, "value": ["hunter2"]}}}},
        {"prior_state": {"values": {"root_module": {"child_modules": [
            {"resources": [{"values": {"a": "hunter2"}, "sensitive_values": {"a": True}}]}]}}}},
        {"variables": {"x": {"value": {"a": "hunter2"}}},
         "configuration": {"root_module": {"variables": {"x": {"sensitive": True}}}}},
        {"configuration": {"root_module": {"variables": {"x": {"sensitive": True, "default": "hunter2"}}}}},
        {"output_changes": {"x": {"after": '{"user": "u", "password": "hunter2"}', "after_sensitive": True}}},
    ],
)  # fmt: skip
def test_whatever_a_plan_marks_is_secret(plan: Any) -> None:
    assert secrets_of(plan).remove("is hunter2") == f"is {SENSITIVE}"


@pytest.mark.parametrize("side", ["before", "after"])
def test_what_is_named_like_a_secret_is_one_in_a_change_and_in_each_state(side: str) -> None:
    """A plan of `-target` has resources in its states that it has no change of; with one, each value is looked at."""
    named = {"environment": [{"variables": {"API_TOKEN": "hunter2"}}]}
    address = "aws_lambda_function.f"
    changed = {"resource_changes": [{"address": address, "change": {"before": {"x": 1}, side: named}}]}
    planned = {"root_module": {"resources": [{"address": address, "values": named}]}}
    for plan in (changed, {"planned_values": planned}, {"prior_state": {"values": planned}}):
        assert secrets_of(plan).remove("hunter2") != "hunter2"
        # Of one address several values may be said, and of another one the same.
        both = {"resource_changes": [{"address": address, "change": {"after": {"y": 2}}}], **plan}
        assert secrets_of(both).remove("hunter2") != "hunter2"


def test_what_a_plan_says_of_secrets_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = {"output_changes": {"x": {"after": "hunter2", "after_sensitive": True}}}
    asked: list[Any] = []
    once = secrets._said

    def noted(plan: Any) -> secrets.Said:
        asked.append(plan)
        return once(plan)

    monkeypatch.setattr(secrets, "_said", noted)
    shown = secrets.Shown(plan)
    for _ in range(3):
        assert secrets_of(shown).remove("hunter2") == secrets_of(plan).remove("hunter2") == SENSITIVE
    assert [each for each in asked if each is shown] == [shown]
    # Of a part of it anew: that may hold none.
    assert not secrets.said({**shown, "output_changes": {}}).holds


def test_a_number_under_a_name_of_secrets_is_one_and_what_is_not_set_is_none() -> None:
    tags = {"db_password": 73914620, "api_token": True, "signing_key": None, "secret": ""}
    plan = {"planned_values": {"root_module": {"resources": [{"address": "a.b", "values": {"tags": tags}}]}}}
    assert secrets_of(plan).remove("73914620 True None") == f"{SENSITIVE} True None"


def test_a_variable_that_is_not_sensitive_is_no_secret() -> None:
    plan = {
        "variables": {"x": {"value": "ap-northeast-1"}},
        "configuration": {"root_module": {"variables": {"x": {}}}},
    }
    assert secrets_of(plan).remove("ap-northeast-1") == "ap-northeast-1"


@pytest.mark.parametrize(
    "name", ["PASSWORD", "db_passwd", "ApiKey", "X_TOKEN", "CREDENTIALS", "DSN", "OAUTH", "secret"]
)
def test_names_of_secrets(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize("name", ["LOG_LEVEL", "PORT", "TZ", "RAILS_ENV", "WORKERS"])
def test_names_of_no_secrets(name: str) -> None:
    assert not looks_secret(name)
