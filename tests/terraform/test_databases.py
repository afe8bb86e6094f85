"""Further databases: when the task runs that makes them, before what, and that the server ends with what the secret
holds, wherever an apply is killed.

Hashes alone are known of a password, and offline nothing runs: the server has what the secret held when the task ended
with 0.
"""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tanada.cli.secrets import passwords_made
from tanada.contract import state
from tanada.contract.tasks import Databases, due
from tanada.declared.blueprint import run_by_applies
from tanada.declared.store import Store
from tanada.offline.address import FAULTS
from tanada.offline.world import World
from tanada.plan import ResourceChange, Step, Summary, in_steps
from tanada.terraform import steps
from tests.terraform.team import Ran, Team
from tests.terraform.test_decisions import stack as declared
from tests.terraform.test_steps import common, definition, stack

STACK = "environment-test"
NUMBER = '${lookup(var.store_versions, "db.metabase", 1)}'
PLACE = {"cluster": "c", "log_group": "/l", "public": False, "security_groups": ["sg-1"], "subnets": ["subnet-1"]}
VERSION = "aws_secretsmanager_secret_version.db_metabase"


def note(**users: str) -> dict[str, Any]:
    """As modules/sql_databases.py writes it."""
    arns = {"db": "${aws_ecs_task_definition.db.arn}"}
    return {"task": "db", "container": "db", "definitions": arns, "databases": users, "services": ["web"], **PLACE}


def server() -> dict[str, Any]:
    """A secret, the task that reads it, and a service that waits for the task."""
    making = definition("db", "1")
    label = {"tanada.number.db.metabase": "${local.db-metabase_version}"}
    containers = json.dumps([{**json.loads(making["container_definitions"])[0], "dockerLabels": label}])
    service = {
        "name": "web",
        "cluster": "c",
        "task_definition": "${aws_ecs_task_definition.web.arn}",
        "depends_on": ["terraform_data.db_done"],
    }
    version = {
        "secret_id": "${aws_secretsmanager_secret.db_metabase.id}",
        "secret_string_wo": "${ephemeral.aws_secretsmanager_random_password.db_metabase.random_password}",
        "secret_string_wo_version": NUMBER,
    }
    resources = {
        "aws_secretsmanager_secret": {"db_metabase": {"name": "kakei/test/db/metabase/credentials"}},
        "aws_secretsmanager_secret_version": {"db_metabase": version},
        "aws_ecs_task_definition": {
            "db": {**making, "container_definitions": containers, "depends_on": [VERSION]},
            "web": {**definition("web", "1"), "container_definitions": containers.replace('"db"', '"web"')},
        },
        "terraform_data": {"workspace": {}, "db_done": {"input": note(metabase="metabase")}},
        "aws_ecs_service": {"web": service},
    }
    return stack(
        STACK,
        resources,
        ephemeral={"aws_secretsmanager_random_password": {"db_metabase": {"exclude_punctuation": True}}},
        variable={"store_versions": {"type": "map(number)", "default": {}, "nullable": False}},
        locals={"db-metabase_version": NUMBER},
        output={"store_versions": {"value": {"db.metabase": NUMBER}}},
    )


@pytest.mark.terraform
def test_the_server_has_the_password_of_the_secret_wherever_an_apply_is_killed(team: Team) -> None:
    team.stacks |= {"common-main": common("example.jp"), STACK: server()}
    team.write()
    folder = team.root / ".tanada" / "offline"
    (folder / "common-main").mkdir(parents=True)
    applied = {"version": 4, "serial": 1, "lineage": "l", "outputs": {"contract": {"value": 1, "type": "number"}}}
    (folder / "common-main" / state.FILE).write_text(json.dumps(applied))
    has: list[str] = []

    def secret() -> str:
        [hash_] = World(folder / "world.sqlite").written().values()
        return hash_

    def apply(fault: str) -> Ran:
        ran = team.run("apply", STACK, "--yes", "--offline", **{FAULTS: fault})
        if "the task for the databases of db ended with 0" in ran.output:
            has.append(secret())
        return ran

    said = team.good("plan", STACK, "--offline").output
    assert "creates database metabase and user metabase in db, where they are missing before web changes" in said
    assert apply("aws_ecs_task_definition.db create killed").code == 1, "the secret is written by then"
    assert has == []
    team.good("plan", STACK, "--offline")
    assert apply("aws_ecs_service.web create killed").code == 1, "the task has run by then"
    assert has == [secret()]
    team.good("plan", STACK, "--offline")
    assert apply("").code == 0
    assert has[-1] == secret()


# --- what is decided -------------------------------------------------------------------------------------------------


def entry(address: str, before: Any, after: Any, *actions: str) -> dict[str, Any]:
    sides = {
        side: None if input is None else {"input": input} for side, input in (("before", before), ("after", after))
    }
    return {"address": address, "type": "terraform_data", "change": {"actions": [*actions], **sides}}


ONE = {**note(metabase="metabase"), "definitions": {"db": "arn:db:1"}}
TWO = {**note(metabase="metabase", redash="reader"), "definitions": {}}
MIGRATE = {"task": "migrate", "container": "m", "definitions": {}, "services": ["web"], **PLACE}
CONFIGURATION = {
    "resource": {
        "aws_ecs_task_definition": {"db": {"depends_on": [VERSION]}, "m": {"depends_on": ["terraform_data.db_done"]}},
        "aws_secretsmanager_secret_version": {"db_metabase": {"secret_string_wo_version": NUMBER}},
        "terraform_data": {
            "db_done": {"input": {"container": "db", "definitions": {"db": "${aws_ecs_task_definition.db.arn}"}}},
            "m_done": {"input": {"container": "m", "definitions": {"m": "${aws_ecs_task_definition.m.arn}"}}},
        },
    }
}


def test_databases_are_made_before_other_tasks_run_that_may_use_them() -> None:
    changed = "aws_ecs_task_definition"
    changes = tuple(ResourceChange(f"{changed}.{each}", changed, "create") for each in ("db", "m"))
    summary = Summary("1.11.4", changes, unchanged=0)
    notes = [
        entry("terraform_data.db_done", ONE, TWO, "update"),
        entry("terraform_data.m_done", None, MIGRATE, "create"),
    ]
    plan = {"resource_changes": notes}
    found = steps.in_steps(summary, plan, declared("environment"), (), None, CONFIGURATION).steps
    assert list(in_steps(Summary("1.11.4", (), unchanged=0, steps=found))) == [
        "step 1 of 5: what the task for the databases of db needs to run",
        "step 2 of 5: creates database redash and user reader in db, where they are missing before web changes",
        "step 3 of 5: what migrate needs to run",
        "step 4 of 5: runs migrate before web changes",
        "step 5 of 5: the rest",
    ]
    assert (found[0].only, found[2].only) == (("aws_ecs_task_definition.db",), ("aws_ecs_task_definition.m",))


@pytest.mark.parametrize(
    ("before", "after", "makes"),
    [
        (None, ONE, {"metabase": "metabase"}),
        (ONE, {**ONE, "definitions": {}}, {}),  # another password, or another script
        (ONE, {**ONE, "definitions": {}, "databases": {"metabase": "other"}}, {"metabase": "other"}),
        (ONE, {**ONE, "services": ["web", "worker"]}, None),
        (ONE, {**TWO, "services": []}, {"redash": "reader"}),
    ],
)
def test_the_task_runs_for_another_definition_of_its_own_alone(before: Any, after: Any, makes: Any) -> None:
    change = entry("terraform_data.db_done", before, after, "create" if before is None else "update")
    found = [each.makes.new if each.makes else None for each in due({"resource_changes": [change]})]
    assert found == ([] if makes is None else [makes])


def test_with_nothing_new_it_says_what_it_does_again() -> None:
    step = Step(task="db", makes=steps._made(Databases("db", {"a": "a"}, {"a": "a"})))
    [line, _] = in_steps(Summary("1.11.4", (), unchanged=0, steps=(step, Step())))
    assert line == "step 1 of 2: gives the users of the further databases in db their passwords and rights again"


def test_whoever_applies_may_run_the_task_that_is_called_as_the_store() -> None:
    aurora = {"engine": "postgresql", "version": "17"}
    stores = {
        "db": Store.model_validate({"aurora": {**aurora, "databases": {"metabase": {}}}, "renamed_from": "main"}),
        "other": Store.model_validate({"aurora": aurora}),
    }
    assert run_by_applies({}, {}, stores) == {"main"}
    assert stores["db"].passwords("db") == ("main", "main.metabase")


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("db", ("main", "main.metabase")),
        ("db.metabase", ("main.metabase",)),
        ("db.grafana", ()),
        ("web.KEY", ()),
        ("KEY", ()),
    ],
)
def test_rotating_a_store_is_for_all_of_its_passwords_and_a_database_for_its_own(
    name: str, known: tuple[str, ...]
) -> None:
    aurora = {"engine": "postgresql", "version": "17", "databases": {"metabase": {}}}
    stores = {"db": Store.model_validate({"aurora": aurora, "renamed_from": "main"})}
    instance = cast(Any, SimpleNamespace(settings=SimpleNamespace(stores=stores)))
    assert passwords_made(instance, [name]) == known
