"""Services, images, stores, accounts and environments may be called `auth` or `token`: nothing of theirs is hidden."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tanada.cli.show import rows_of
from tanada.cli.show import shown as shown_row
from tanada.comment.document import comment
from tanada.comment.page import RunInfo
from tanada.declarations.changes import changes, secrets_of
from tanada.declarations.loader import Declarations, compose
from tanada.plan import Reason, Report, render, shown, summary
from tanada.plan.secrets import secrets_of as secrets_of_plan
from tanada.secrecy import HIDDEN, SENSITIVE, Secrets, hidden, named
from tanada.templates import comment_template, write_repository
from tanada.terraform.reports import reasons
from tests.templates.wheels import built

NOWHERE = Path("/nowhere")
CALLED = ["auth", "token", "cookie", "sso-auth", "secret-store", "api-key", "db-password"]


def plan(name: str) -> dict[str, Any]:
    """Its tag changes, in the task definition and among the outputs."""

    def container(tag: str) -> dict[str, Any]:
        return {"container_definitions": json.dumps([{"name": name, "image": f"1.example/shop/{name}:{tag}"}])}

    change = {"actions": ["delete", "create"], "before": container("4f2a9c1"), "after": container("5b3d0e2")}
    entry = {
        "address": f"aws_ecs_task_definition.{name}",
        "mode": "managed",
        "type": "aws_ecs_task_definition",
        "change": {**change, "replace_paths": [["container_definitions"]]},
    }
    tags = {"actions": ["update"], "before": {name: "4f2a9c1"}, "after": {name: "5b3d0e2"}}
    noted = [{name: {"port": 8443, "note": note}} for note in ("1a2b3c4d5e", "9e8d7c6b5a")]
    services = {"actions": ["update"], "before": noted[0], "after": noted[1]}
    outputs = {"image_tags": tags, "services": services}
    return {"format_version": "1.2", "resource_changes": [entry], "output_changes": outputs}


@pytest.mark.parametrize("name", CALLED)
def test_its_tags_are_shown(name: str) -> None:
    document = plan(name)
    whole = summary(document)
    lines = (
        Reason("environments/test.yaml", 7, f"services.{name}", None, f"{{image: {name}, cpu: 512}}"),
        Reason("environments/test.yaml", 8, f"images.{name}", "4f2a9c1", "5b3d0e2"),
    )
    report = Report(
        "environment-test", "environment-test", "environment", "main", False, "changes",
        summary=whole, reasons=lines, images=((name, "5b3d0e2"),),
    )  # fmt: skip
    terminal = Secrets().remove(render(whole))
    body = comment([shown(report, secrets_of_plan(document))], RunInfo("sys"), comment_template(NOWHERE), 65_000).body
    for said in (terminal, json.dumps(asdict(shown(report)), ensure_ascii=False), body):
        assert "4f2a9c1" in said
        assert "5b3d0e2" in said
        assert "9e8d7c6b5a" in said
        assert SENSITIVE not in said
        assert HIDDEN not in said


@pytest.mark.parametrize("within", ["services", "stores", "accounts", "environments", "images", "image_tags"])
@pytest.mark.parametrize("name", CALLED)
def test_it_names_no_secret(within: str, name: str) -> None:
    tree = {within: {name: {"image": "x1y2z3a", "region": "eu-south-9x"}}}
    assert named(tree) == []
    assert hidden(tree) == tree
    assert named({within: {name: "x1y2z3a"}}) == []
    assert hidden({within: {name: "x1y2z3a"}}) == {within: {name: "x1y2z3a"}}


@pytest.mark.parametrize("name", CALLED)
def test_what_stands_in_it_under_a_secrets_name_is_still_one(name: str) -> None:
    tree = {"services": {name: {"variables": {"S3_CREDS": "x1y2z3a"}, "labels": {"api-token": "a9b8c7d"}}}}
    assert named(tree) == ["x1y2z3a", "a9b8c7d"]
    assert "x1y2z3a" not in str(hidden(tree))
    assert "a9b8c7d" not in str(hidden(tree))


@pytest.mark.parametrize(
    "text",
    [f"registry.example/{name}:4f2a9c1" for name in CALLED]
    + [f"//{name}:4f2a9c1/" for name in CALLED]
    + [f"arn:aws:secretsmanager:x:1:secret:{name}-4f2a9c" for name in CALLED]
    + [f"{name} 4f2a9c1 → 5b3d0e2" for name in CALLED]
    + [f"--image {name}=4f2a9c1" for name in CALLED],
)
def test_texts_that_name_its_image_stay(text: str) -> None:
    assert Secrets().remove(text) == text


SYSTEM = """\
account: main
domain: test.example.jp
services:
  auth:
    image: web
    port: 8443
    cpu: {cpu}
    memory: 2048
    health_check: /healthy-9x1y2z
    variables:
      S3_CREDS: tok-x1y2z3
      PLAIN: see tok-x1y2z3
stores:
  token:
    table:
      partition_key: id9x1y2z
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("called") / "sys"
    write_repository(root, built)
    return root


def declared(root: Path, cpu: int) -> Declarations:
    (root / "environments" / "test.yaml").write_text(SYSTEM.format(cpu=cpu))
    return compose(root)


def test_a_declaration_of_such_names_is_shown(root: Path) -> None:
    before, after = declared(root, 512), declared(root, 1024)
    secrets = secrets_of(after)
    rows = {row.path: shown_row(row, secrets).value for row in rows_of(after, "test")}
    assert rows["services.auth.port"] == "8443"
    assert rows["services.auth.health_check"] == "/healthy-9x1y2z"
    assert rows["services.auth.variables.S3_CREDS"] == HIDDEN
    assert rows["services.auth.variables.PLAIN"] == f"see {SENSITIVE}"
    (change,) = changes(before, after)["environment-test"]
    assert (change.path, change.before, change.after) == ("services.auth.cpu", "512", "1024")
    assert [(each.before, each.after) for each in reasons([change])] == [("512", "1024")]
