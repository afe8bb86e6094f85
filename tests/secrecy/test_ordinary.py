"""What stands under a secret's name and is too ordinary to be looked for elsewhere."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tanada.plan import render, summary
from tanada.plan.secrets import secrets_of, secrets_of_configuration, secrets_of_state
from tanada.secrecy import SENSITIVE, elsewhere, named, names_in
from tanada.secrecy.ordinary import ordinary


@pytest.mark.parametrize(
    "value",
    [
        True,
        80,
        *("true", "80", "8080", "test", "production", "environment-test2", "kakei-test", "us-east-1a"),
        *("example.jp", "db.test2.example.co.jp", "https://example.jp", "http://web.test.internal:8080/", "s3://kakei"),
        *("arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:shop/db-1a2b3c", "${var.token}", "123456789012"),
        *("AWS_IAM", "SCRAM-SHA-256", "aes-256-gcm", "HS256", "oauth2", "postgres", "postgres:15", "changeme"),
        *("v1.2.3", "2026-11-26", "2026-11-26T01:02:03Z", "10.0.0.0/16", "10.1.2.3:80", "/shop/test/db", "./a/b.yaml"),
        *("AvailabilityZoneName", "disabled", "Bearer", "", ":::::::"),
    ],
)  # fmt: skip
def test_what_is_ordinary(value: Any) -> None:
    assert ordinary(value)


@pytest.mark.parametrize(
    "value",
    [
        *("hunter2", "hunter2zz", "s3cr3t-x", "tok-0123456789abcdef", "xKqPzRtLmN", "AKIAIOSFODNN7EXAMPLE"),
        *("p&ss<w0rd>/+x", "Summer-2024!", "/aB3kd9xyz/q", "9f86d081884c7d65", "12345678", "hunter 2zz"),
        *("a1b2c3d4-e5f6-7890-abcd-ef1234567890", "https://hooks.slack.com/services/T01ABCDEF/B02CDEFGH/x1Y2z3"),
        *("correct horse battery staple", "ordinary words " * 30),
    ],
)
def test_what_is_none(value: str) -> None:
    assert not ordinary(value)


def test_what_stands_as_a_name_is_none_and_names_are_asked_for_only_where_it_matters() -> None:
    plan = {"address": 'aws_x.rc2024xy["blue77green"]', "tags": {"Environment": "staging2"}, "note": "hunter2"}
    held = ["rc2024xy", "blue77green", "Staging2", "hunter2"]
    assert list(elsewhere(held, lambda: names_in(plan))) == ["hunter2"]

    def nobody() -> frozenset[str]:
        raise AssertionError

    assert list(elsewhere(["true", "test", 80], nobody)) == []


def test_a_flag_is_followed_by_its_value() -> None:
    assert named(["serve", "--token", "abc"]) == ["abc"]
    assert named(["serve", "--token=x1y2z3", "abc"]) == ["x1y2z3"]
    assert list(elsewhere(named(["--token", {"password": "x1y2z3"}, "--token"]))) == ["x1y2z3"]


ORDINARY = {"api_token": "production", "auth": "8080", "db_password": "example.jp", "secret": "true", "signature": "v1"}


def plan(before: Any, after: Any) -> dict[str, Any]:
    change = {"actions": ["update"], "before": before, "after": after}
    entry = {"address": "aws_x.production", "mode": "managed", "type": "aws_x", "change": change}
    return {"format_version": "1.2", "resource_changes": [entry]}


def test_ordinary_words_stay_in_every_other_place() -> None:
    before = {"tags": dict.fromkeys(ORDINARY, "old"), "url": "postgres://test:test@test.example.jp/test", "port": 1}
    after = {"tags": ORDINARY, "url": "postgres://production:production@production.example.jp/", "port": 8080}
    text = render(summary(plan(before, after)))
    assert "aws_x.production" in text
    assert "port: 1 → 8080" in text
    assert f"postgres://{SENSITIVE}@production.example.jp/" in text
    for name in ORDINARY:
        assert f"tags.{name}: (hidden)" in text


@pytest.mark.parametrize("value", [*ORDINARY.values(), "kakei-test2", "arn:aws:iam::123456789012:role/x"])
def test_neither_plan_nor_state_nor_configuration_counts_them(value: str) -> None:
    attributes = {"tags": {"api_token": value}, "other": value}
    resources = [{"instances": [{"attributes": attributes}]}]
    for secrets in (
        secrets_of(plan(attributes, attributes)),
        secrets_of_state({"outputs": {"api_token": {"value": value}}, "resources": resources}),
        secrets_of_configuration({"resource": {"aws_x": {"y": attributes}}, "output": {"token": {"value": value}}}),
    ):
        assert secrets.remove(f"the {value} stays") == f"the {value} stays"


def test_what_terraform_marks_counts_whatever_it_looks_like() -> None:
    marked = plan({"a": ""}, {"a": "swordfish", "note": "a swordfish"})
    marked["resource_changes"][0]["change"]["after_sensitive"] = {"a": True}
    assert "swordfish" not in json.dumps(render(summary(marked)))
