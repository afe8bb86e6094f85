"""Nothing that must stay inside gets out: of plans, reports and comments, whatever names, marks or encodes it."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tanada.cli.diff import declared
from tanada.cli.show import rows_of
from tanada.cli.show import shown as shown_row
from tanada.comment.document import comment, drift_issue
from tanada.comment.page import RunInfo
from tanada.declarations.changes import changes, secrets_of
from tanada.declarations.inventory import Stack
from tanada.declarations.loader import Declarations, compose
from tanada.plan import Message, Reason, Report, render, shown, summary
from tanada.secrecy import HIDDEN, SENSITIVE, Secrets
from tanada.templates import comment_template, drift_template, write_repository
from tanada.terraform import reports
from tanada.terraform.layout import Target
from tanada.terraform.outcome import Outcome
from tanada.terraform.reports import Frame
from tests.templates.wheels import built

NOWHERE = Path("/nowhere")
"""No team's own templates."""
SECRET = "tok-0123456789abcdef"
OLD = "old-fedcba9876543210"


def plan(before: Any, after: Any, kind: str = "aws_x", **more: Any) -> dict[str, Any]:
    change = {"actions": ["update"], "before": before, "after": after}
    entry = {"address": f"{kind}.y", "mode": "managed", "type": kind, "change": change}
    return {"format_version": "1.2", "resource_changes": [entry], **more}


def definition(**more: Any) -> dict[str, Any]:
    return {"container_definitions": json.dumps([{"name": "web", "image": "web:1", **more}])}


def texts(document: dict[str, Any]) -> str:
    """All that people are shown of a plan: terminal, report, comment, issue."""
    whole = summary(document, shown_variables=("PLAIN", "COPY"))
    report = Report("environment-test", "environment-test", "environment", "main", False, "changes", summary=whole)
    return "\n".join((render(whole), json.dumps(asdict(report), ensure_ascii=False), *markdown(report)))


def markdown(report: Report) -> Iterator[str]:
    yield comment([report], RunInfo("sys"), comment_template(NOWHERE), 65_000).body
    yield drift_issue([report], RunInfo("sys"), drift_template(NOWHERE), 65_000) or ""


NAMED = {
    "variable": (
        definition(environment=[{"name": "API_TOKEN", "value": OLD}]),
        definition(environment=[{"name": "API_TOKEN", "value": SECRET}]),
    ),
    "variable taken out": (
        definition(environment=[{"name": "API_TOKEN", "value": OLD}, {"name": "PLAIN", "value": OLD}]),
        definition(environment=[{"name": "PLAIN", "value": f"without {OLD}"}]),
    ),
    "log option": (
        definition(logConfiguration={"logDriver": "awsfirelens", "options": {"apikey": OLD}}),
        definition(logConfiguration={"logDriver": "awsfirelens", "options": {"apikey": SECRET}}),
    ),
    "docker's log option": (
        definition(logConfiguration={"logDriver": "splunk", "options": {"splunk-token": OLD}}),
        definition(logConfiguration={"logDriver": "splunk", "options": {"splunk-token": SECRET}}),
    ),
    "label": (definition(dockerLabels={"API_TOKEN": OLD}), definition(dockerLabels={"API_TOKEN": SECRET})),
    "trigger": ({"triggers": {"secret": OLD}}, {"triggers": {"secret": SECRET}}),
    "tag": ({"tags": {"db-password": OLD}}, {"tags": {"db-password": SECRET}}),
    "tags of a group": (
        {"tag": [{"key": "api_token", "value": OLD, "propagate_at_launch": True}]},
        {"tag": [{"key": "api_token", "value": SECRET, "propagate_at_launch": True}]},
    ),
    "parameter": ({"name": "/sys/db_password", "value": OLD}, {"name": "/sys/db_password", "value": SECRET}),
    "attribute": ({"auth": [{"client_secret": OLD}]}, {"auth": [{"client_secret": SECRET}]}),
    "map of secrets": ({"x": {"credentials": {"user": OLD}}}, {"x": {"credentials": {"user": SECRET}}}),
    "flag": (definition(command=["serve", f"--token={OLD}"]), definition(command=["serve", f"--token={SECRET}"])),
    "flag apart": (definition(command=["serve", "--token", OLD]), definition(command=["serve", "--token", SECRET])),
    "document": ({"body": json.dumps({"password": OLD})}, {"body": json.dumps({"password": SECRET})}),
}


@pytest.mark.parametrize("case", NAMED)
def test_what_a_name_of_a_secret_stands_over_is_hidden_there_and_wherever_it_turns_up(case: str) -> None:
    before, after = NAMED[case]
    copy = {"note": f"see {OLD}", "number": 1}, {"note": f"see {SECRET}", "number": 2}
    shown_texts = texts(plan({**before, **copy[0]}, {**after, **copy[1]}, "aws_ecs_task_definition"))
    assert "number: 1 → 2" in shown_texts
    assert OLD not in shown_texts
    assert SECRET not in shown_texts or SECRET not in str(after)


@pytest.mark.parametrize("name", ["db_password", "api_token", "auth"])
def test_an_output_is_hidden_by_its_name(name: str) -> None:
    changes = {
        name: {"actions": ["update"], "before": OLD, "after": SECRET},
        "copy": {"actions": ["create"], "before": None, "after": f"x {SECRET}"},
    }
    shown_texts = texts({"format_version": "1.2", "output_changes": changes})
    assert f"output {name}: update" in shown_texts
    assert OLD not in shown_texts
    assert SECRET not in shown_texts


def test_drift_is_hidden_by_its_name() -> None:
    drifted = plan({"tags": {"api_token": OLD}}, {"tags": {"api_token": SECRET}})["resource_changes"]
    shown_texts = texts({"format_version": "1.2", "resource_drift": drifted})
    assert f"tags.api_token: {HIDDEN} → {HIDDEN}" in shown_texts
    assert SECRET not in shown_texts


def test_who_is_trusted_is_shown_though_its_name_holds_a_token() -> None:
    def trusting(subject: str) -> dict[str, Any]:
        condition = {"StringEquals": {"token.actions.githubusercontent.com:sub": subject}}
        return {"assume_role_policy": json.dumps({"Statement": [{"Effect": "Allow", "Condition": condition}]})}

    shown_texts = texts(plan(trusting("repo:acme/shop:ref:refs/heads/main"), trusting("repo:acme/*")))
    assert "repo:acme/shop:ref:refs/heads/main" in shown_texts
    assert "repo:acme/*" in shown_texts


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("kms_key_id", "key-1", "key-2"),
        ("hash_key", "user", "order"),
        ("secret_arn", "arn:aws:secretsmanager:x:1:secret:a", "arn:aws:secretsmanager:x:1:secret:b"),
        ("creation_token", "sys-test", "sys-test2"),
        ("minimum_password_length", 8, 12),
        ("authorization", "NONE", "AWS_IAM"),
    ],
)
def test_what_opens_nothing_is_shown(name: str, before: Any, after: Any) -> None:
    assert f"{name}: {before} → {after}" in texts(plan({name: before}, {name: after}))


URLS = [
    "https://ghp_abcdef0123@github.com/acme/shop",
    "postgres://app:hunter2zz@db.example.jp/app",
    "postgres://app:hun'ter<2>zz@db.example.jp/app",
    'amqp://app:h"unter2zz@mq.example.jp',
    "redis://:hunter2zz@cache:6379/0",
    "jdbc:postgresql://db/app?user=app&password=hunter2zz&ssl=true",
    "jdbc:sqlserver://db:1433;user=sa;password={hunt;er2zz};encrypt=true",
    "jdbc:oracle:thin:app/hunter2zz@db:1521:app",
    "app:hunter2zz@tcp(db:3306)/app",
    "host=db user=app password='hunter 2zz'",
    "Server=db;User Id=app;Password=hunter2zz;",
    "https://example.jp/?access_token=hunter2zz",
    "postgres%3A%2F%2Fapp%3Ahunter2zz%40db",
]


@pytest.mark.parametrize("url", URLS)
def test_credentials_of_urls_are_taken_out_wherever_they_stand(url: str) -> None:
    report = Report(
        "environment-test", "environment-test", "environment", "main", False, "failed",
        messages=(Message("error", f"can't reach '{url}'.", json.dumps({"url": url})),),
        reasons=(Reason("environments/test.yaml", 6, "services.web.variables.URL", url, None, f"was {url}"),),
        summary=summary(plan(definition(environment=[{"name": "PLAIN", "value": url}]), {"url": url})),
    )  # fmt: skip
    for text in (json.dumps(asdict(shown(report))), *markdown(report), Secrets().remove(f'"{url}"')):
        assert "unter" not in text
        assert "er2zz" not in text
        assert "ghp_" not in text


def test_a_password_of_a_url_is_looked_for_elsewhere() -> None:
    assert "hunter2zz" not in texts(plan({"url": "postgres://app:hunter2zz@db", "x": 1}, {"url": "", "x": "hunter2zz"}))


def replaced(text: str, by: dict[str, str]) -> str:
    for old, new in by.items():
        text = text.replace(old, new)
    return text


FORMS: dict[str, Callable[[str], str]] = {
    "JSON as Go escapes it": lambda secret: replaced(
        json.dumps(secret), {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e"}),
    "JSON in JSON": lambda secret: json.dumps(json.dumps({"a": secret})),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64 for URLs": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
    "base64 of user:password": lambda secret: base64.b64encode(f"app:{secret}".encode()).decode(),
    "base64 with something before": lambda secret: base64.b64encode(f"ap:{secret}:x".encode()).decode(),
    "base64 of UTF-16": lambda secret: base64.b64encode(secret.encode("utf-16-le")).decode(),
    "base64 in base64": lambda secret: base64.b64encode(base64.b64encode(secret.encode())).decode(),
    "base64 over lines": lambda secret: base64.encodebytes(b"x" * 50 + secret.encode() + b"y" * 50).decode(),
    "hex": lambda secret: secret.encode().hex(),
    "HEX": lambda secret: secret.encode().hex().upper(),
    "percent": lambda secret: quote(secret, safe=""),
    "percent, small letters": lambda secret: re.sub("%..", lambda code: code[0].lower(), quote(secret, safe="")),
    "percent, all of it": lambda secret: "".join(f"%{byte:02x}" for byte in secret.encode()),
    "over lines": lambda secret: f"{secret[:9]}\n{secret[9:]}",
    "in Terraform's box": lambda secret: f"│ the password\n│ {secret[:9]}\n│ {secret[9:]} is too short",
    "entities": html.escape,
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("secret", ["p&ss<w0rd>/+x", "correct horse battery staple", "zażółć gęślą jaźń"])
def test_a_secret_is_found_in_every_form(form: str, secret: str) -> None:
    marked = plan({"a": ""}, {"a": secret})
    marked["resource_changes"][0]["change"]["after_sensitive"] = {"a": True}
    written = FORMS[form](secret)
    check = {
        "address": {"to_display": "check.x"},
        "status": "fail",
        "problems": [{"message": f"It is {written} there."}],
    }
    (failed,) = summary({**marked, "checks": [{"status": "fail", "instances": [check]}]}).checks
    (problem,) = failed.problems
    assert SENSITIVE in problem
    assert written not in problem
    assert problem.startswith("It is ")
    assert problem.endswith("." if "lines" in form else " there.")


def reasoned(path: str, before: str | None, after: str | None, beside: str | None = None) -> Report:
    reason = Reason("environments/test.yaml", 7, path, before, after, beside)
    return Report("environment-test", "environment-test", "environment", "main", False, "changes", reasons=(reason,))


@pytest.mark.parametrize(
    "report",
    [
        reasoned("services.web.variables.API_TOKEN", None, SECRET),
        reasoned("services.web.variables.API_TOKEN", SECRET, None, f"the token was {SECRET}"),
        reasoned("services.web.variables", None, f"{{PLAIN: x, API_TOKEN: {SECRET}}}"),
        reasoned("services.web", None, f'{{variables: {{API_TOKEN: "{SECRET}"}}}}', f"{SECRET}"),
        reasoned("services.web.cpu", "256", "512", f"password is {SECRET}"),
        reasoned("services.web.variables.API_TOKEN", "x", "y", f"before: {SECRET}"),
        reasoned("services.web.cpu", "256", "512", f"postgres://app:{SECRET}@db"),
    ],
)
def test_why_goes_through_the_same_door(report: Report) -> None:
    report = replace(report, messages=(Message("warning", f"Authorization: Bearer {SECRET}"),))
    for text in (json.dumps(asdict(shown(report))), *markdown(report)):
        assert SECRET not in text


def test_what_a_declaration_says_is_secret_is_taken_out_of_what_terraform_says() -> None:
    report = replace(
        reasoned("a.b", "1", "2"), messages=(Message("error", "Invalid value", f'"{SECRET}" is no name.'),)
    )
    assert SECRET not in json.dumps(asdict(shown(report, Secrets([SECRET]))))


def test_the_door_can_be_gone_through_twice() -> None:
    once = shown(reasoned("services.web.variables.API_TOKEN", SECRET, None, f"password={SECRET}"))
    assert shown(once) == once


def test_a_secret_is_not_cut_in_half_before_it_is_looked_for() -> None:
    stack = Stack("environment-test", "environment", "test", "main", "1" * 12, "ap-northeast-1", None, False, "b", "k")
    long = Message("error", "x" * 1990 + SECRET, "y" * 19_990 + SECRET)
    outcome = Outcome(Target(stack), "failed", messages=(long,))
    frame = Frame("plan", "", offline=True, commit=None, dirty=False, created_at="")
    (message,) = reports.report(outcome, [stack], frame, secrets=Secrets([SECRET])).messages
    assert SECRET[:5] not in message.summary + message.detail


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("inside") / "sys"
    write_repository(root, built)
    return root


def saying(root: Path, variables: str) -> Declarations:
    """The system, in whose environment `test` the service `web` has these variables."""
    file = root / "environments" / "test.yaml"
    file.write_text(
        f"account: main\ndomain: test.example.jp\nservices:\n  web:\n    cpu: 512\n    memory: 1024\n{variables}"
    )
    return compose(root)


SAID = f"""\
    variables:
      API_TOKEN: {SECRET} # was {OLD}, is {SECRET}
      DATABASE_URL: postgres://app:hunter2zz@db.example.jp/app # password is hunter2zz, postgres://app:hunter2yy@db
      COPY: Bearer {SECRET}
      PLAIN: hunter2zz
"""
WAS = SAID.replace(f": {SECRET}", f": {OLD}").replace("hunter2zz@", "hunter2old@")


@pytest.mark.parametrize(
    ("before", "after"),
    [("", SAID), (SAID, ""), (WAS, SAID)],
    ids=["new", "taken out", "other"],
)
def test_lines_of_the_declaration_are_said_without_secrets(root: Path, before: str, after: str) -> None:
    both = [saying(root, text) for text in (before, after)]
    found = changes(*both)["environment-test"]
    assert found
    said = [*map(declared, found), *map(str, found), *map(str, reports.reasons(found))]
    for text in said:
        for secret in (SECRET, OLD, "hunter2"):
            assert secret not in text
    assert any("variables" in text for text in said)


def test_the_values_of_an_environment_are_shown_without_secrets(root: Path) -> None:
    declarations = saying(root, SAID)
    secrets = secrets_of(declarations)
    rows = {row.path: shown_row(row, secrets).value for row in rows_of(declarations, "test")}
    assert rows["services.web.variables.API_TOKEN"] == HIDDEN
    assert rows["services.web.variables.DATABASE_URL"] == f"postgres://{SENSITIVE}@db.example.jp/app"
    assert rows["services.web.variables.COPY"] == f"Bearer {SENSITIVE}"
    assert rows["services.web.cpu"] == "512"


PLACES: dict[str, dict[str, Any]] = {
    "command": definition(command=["serve", "--with", SECRET]),
    "a flag's value": definition(command=["serve", f"--with={SECRET}"]),
    "entry point": definition(entryPoint=["sh", "-c", f"echo {SECRET} | run"]),
    "label": definition(dockerLabels={"owner": f"by {SECRET}"}),
    "health check": definition(healthCheck={"command": ["CMD", "curl", f"http://h/{SECRET}"]}),
    "log option": definition(logConfiguration={"options": {"tag": SECRET}}),
    "attribute": {"description": f"with {SECRET}"},
    "document": {"policy": json.dumps({"Statement": [{"Sid": SECRET}]})},
    "script": {"user_data": f"#!/bin/sh\nrun {SECRET}\n"},
    "JSON in JSON": {"body": json.dumps({"a": json.dumps({"b": SECRET})})},
    "base64 of user and password": {"user_data": base64.b64encode(f"app:{SECRET}".encode()).decode()},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ["DATABASE_PASSWORD", "db-password", "apiToken"])
def test_a_value_under_a_secrets_name_is_a_secret_in_every_other_place(place: str, name: str) -> None:
    """The name stands in one resource alone, the text in another, in an address, a check and an output too."""
    document = plan({"n": 1}, {"n": 2, **PLACES[place]}, "aws_ecs_task_definition")
    (entry,) = document["resource_changes"]
    named = {"tags": {name: SECRET}}
    holder = {**entry, "address": "aws_z.holder", "type": "aws_z", "change": {"actions": ["create"], "after": named}}
    keyed = {**entry, "address": f'aws_z.y["{SECRET}"]'}
    output = {"copy": {"actions": ["create"], "after": f"see {SECRET}"}}
    instance = {"address": {"to_display": "check.x"}, "status": "fail", "problems": [{"message": f"not {SECRET}"}]}
    checks = [{"status": "fail", "instances": [instance]}]
    said = texts({**document, "resource_changes": [entry, holder, keyed], "output_changes": output, "checks": checks})
    assert "n: 1 → 2" in said
    assert SECRET not in said
    assert base64.b64encode(f"app:{SECRET}".encode()).decode() not in said
