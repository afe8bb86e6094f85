"""`tanada run`: which revision it runs, where, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from tanada.aws import states, tasks
from tanada.cli.run import run
from tanada.contract.tasks import Ended, Task
from tanada.errors import TanadaError

SYSTEM = """system: kakei
tanada: "0.1"
accounts:
  main: {id: 111111111111, region: ap-northeast-1}
  live: {id: 222222222222, region: ap-northeast-1, protected: true, common: {hosted_zones: [example.com]}}
common: {hosted_zones: [example.jp], images: [web], network: {nat: none}}
blueprint:
  services: {web: {image: web}}
  jobs: {nightly: {like: web, schedule: "0 3 * * *", renamed_from: harvest, security_groups: [sg-0123456789abcdef0]}}
  tasks: {migrate: {like: web}}
"""
LOGS = {"logConfiguration": {"options": {"awslogs-group": "/kakei/test/harvest"}}}


def resource(type_: str, name: str, **attributes: Any) -> dict[str, Any]:
    return {"mode": "managed", "type": type_, "name": name, "instances": [{"attributes": attributes}]}


STATE = {
    "outputs": {"cluster_arn": {"value": "arn:cluster"}},
    "resources": [
        resource("aws_ecs_task_definition", "web_task_definition", family="test_web_kakei", arn="arn:web:1"),
        resource(
            "aws_ecs_task_definition",
            "nightly_task_definition",
            family="test_harvest_kakei",
            arn="arn:harvest:7",
            container_definitions=json.dumps([{"name": "harvest", **LOGS}]),
        ),
        resource("aws_security_group", "web", id="sg-web"),
        resource("aws_security_group", "nightly", id="sg-nightly"),
    ],
}
COMMON = {"outputs": {"task_subnet_ids": {"value": ["subnet-1", "subnet-2"]}}}


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """The tasks that are run, of a system in the folder that we stand in; each ends with 3."""
    (tmp_path / "system.yaml").write_text(SYSTEM)
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "test.yaml").write_text("{account: main, domain: test.example.jp}")
    (tmp_path / "environments" / "production.yaml").write_text("{account: live, domain: example.com}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(states, "document", lambda stack, _=None: COMMON if stack.kind == "common" else STATE)
    ran: list[Task] = []

    def run_to_end(_stack: Any, _system: str, task: Task, hear: Any, *_: Any, longest: int | None) -> Ended:
        assert longest is None, "a job may take as long as it does"
        ran.append(task)
        hear("harvesting")
        return Ended(3, "Essential container in task exited")

    monkeypatch.setattr(tasks, "run_to_end", run_to_end)
    return ran


def test_it_runs_the_revision_that_was_applied_and_ends_as_it_does(
    asked: list[Task], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        run("test", "nightly")
    assert ended.value.exit_code == 3
    assert asked == [
        Task(
            name="nightly",
            definition="arn:harvest:7",
            cluster="arn:cluster",
            container="harvest",
            log_group="/kakei/test/harvest",
            subnets=("subnet-1", "subnet-2"),
            security_groups=("sg-nightly", "sg-0123456789abcdef0"),
            public=True,
        )
    ]
    said = "".join(capsys.readouterr())
    assert "nightly | harvesting" in said
    assert "test: nightly ended with 3 (Essential container in task exited)" in " ".join(said.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("test", "nightli"), '"nightli" is no task or job of test; expected one of migrate, nightly'),
        (("test", "web"), '"web" is no task or job of test'),
        (("test", "migrate"), "test has migrate in its declaration alone: apply it first."),
        (("production", "nightly"), "belongs to the protected account live: add --protected live."),
        (("common-main", "nightly"), "common-main is no environment; expected one of production, test"),
    ],
)
def test_what_cannot_be_run_is_said(words: tuple[str, str], said: str, asked: list[Task]) -> None:
    with pytest.raises(TanadaError, match=said.replace(".", r"\.")):
        run(*words)
    assert asked == []
