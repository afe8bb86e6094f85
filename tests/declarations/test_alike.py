"""`like`: what a part has of another service, which line of the declaration says it, and what stays that one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanada.declarations.loader import Declarations, compose
from tanada.declarations.origins import effective
from tanada.declared.like import GIVEN
from tanada.declared.service import Service
from tanada.declared.tasks import Task

SYSTEM = """\
system: kakei
tanada: "0.1"
accounts:
  main: {id: 111111111111, region: ap-northeast-1, protected: true}
common: {hosted_zones: [example.jp], images: [web]}
blueprint:
  services:
    web:
      image: web
      port: 3000
      http: {health_check: /up}
      cpu: 512
      memory: 1024
      count: 3
      variables: {LEVEL: info, MORE: "1", LESS: "1"}
      reach: [sessions]
    worker:
      like: web
      command: [work]
      variables:
        LEVEL: debug
        MORE: null
      reach: null
  tasks:
    migrate: {like: web, command: [migrate]}
  stores: {sessions: {table: {partition_key: id}}}
"""
TEST = """\
account: main
domain: test.example.jp
services:
  web: {memory: 2048, variables: {LESS: null, NEW: "1"}}
tasks:
  migrate: {cpu: 1024}
defaults: {services: {memory: 1024, variables: {ALL: "1", NEW: "0"}}}
"""


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Declarations:
    root = tmp_path_factory.mktemp("system")
    (root / "system.yaml").write_text(SYSTEM)
    (root / "environments").mkdir()
    (root / "environments" / "test.yaml").write_text(TEST)
    return compose(root)


def test_it_gives_what_belongs_to_the_image_and_each_may_be_said_anew(declared: Declarations) -> None:
    web, worker = (declared.system.blueprint.services[name] for name in ("web", "worker"))
    assert (worker.image, worker.cpu, worker.memory, worker.command) == ("web", 512, 1024, ("work",))
    assert worker.variables == {"LEVEL": "debug", "LESS": "1"}
    assert (worker.port, worker.http, worker.count, worker.reach) == (None, None, 1, ())
    assert declared.system.blueprint.tasks["migrate"].variables == web.variables


def test_what_an_environment_changes_of_the_one_it_changes_of_the_others(declared: Declarations) -> None:
    test = declared.system.environments["test"]
    # What `defaults` lay under both is the other one's first.
    assert test.services["worker"].memory == 2048
    assert test.services["worker"].variables == {"LEVEL": "debug", "NEW": "1", "ALL": "1"}
    assert (test.tasks["migrate"].cpu, test.tasks["migrate"].memory) == (1024, 2048)
    # A protected account's defaults are each part's own.
    assert [test.services[name].count for name in ("web", "worker")] == [3, 1]
    assert test.tasks["migrate"].logs.days == 365


def test_show_names_the_line_that_won(declared: Declarations) -> None:
    rows = {
        row.path: (row.value, row.source)
        for row in effective(declared.system.environments["test"], declared.environments["test"])
    }
    assert rows["services.worker.image"] == ("web", "blueprint system.yaml:9")
    assert rows["services.worker.memory"] == ("2048", "override environments/test.yaml:4")
    assert rows["services.worker.variables.LEVEL"] == ("debug", "blueprint system.yaml:21")
    assert rows["services.worker.variables.MORE"] == ("–", "blueprint system.yaml:22")
    assert rows["tasks.migrate.cpu"] == ("1024", "override environments/test.yaml:6")
    assert rows["tasks.migrate.like"] == ("web", "blueprint system.yaml:25")


def test_each_field_of_a_service_is_given_or_its_own() -> None:
    """A new one is named here, or in GIVEN and the guide's list."""
    own = {
        *("like", "port", "http", "tcp", "health_check", "health_check_grace_period", "count", "scale", "spot"),
        *("command", "restart", "deploy"),
        *("sidecars", "container", "scratch", "volumes", "depends_on"),
        *(
            "before",
            "exec",
            "stop_timeout",
            "deregistration_delay",
            "logs",
            "rollout",
            "rollback_alarms",
            "service_connect",
            "metrics",
            "renamed_from",
        ),
    }
    assert {*Service.model_fields} - own == {*GIVEN}
    guide = (Path(__file__).parents[2] / "docs" / "declaration.md").read_text(encoding="utf-8")
    section = guide.partition("## Parts that are alike\n")[2].partition("```yaml")[0]
    assert [name for name in GIVEN if f"`{name}`" not in section] == []


def test_what_a_task_has_of_a_service_has_the_same_form() -> None:
    shared = {*Task.model_fields} & {*Service.model_fields}
    assert {*GIVEN} <= shared
    for name in shared - {"like", "logs"}:  # of a service they may be routed, too: ServiceLogs
        one, other = Task.model_fields[name], Service.model_fields[name]
        assert (one.annotation, one.metadata, one.default) == (other.annotation, other.metadata, other.default), name
