"""A store's password: written everywhere or nowhere, wherever an apply is killed. Hashes alone are known of it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import Any

import pytest

from tanada.cli.output import running
from tanada.contract import state
from tanada.contract.environment import store_versions
from tanada.contract.passwords import noted_first, places, raised
from tanada.declarations.lookup import find_stack
from tanada.errors import TerraformError, TerraformFailedError
from tanada.offline.address import FAULTS
from tanada.offline.world import World
from tanada.plan import ResourceChange, Summary
from tanada.terraform import steps
from tanada.terraform.layout import Target
from tanada.terraform.rotate import rotate
from tanada.terraform.run import ChangeOptions
from tests.terraform.team import Ran, Team
from tests.terraform.test_decisions import stack as declared
from tests.terraform.test_steps import common, stack

PASSWORD = "${ephemeral.aws_secretsmanager_random_password.db.random_password}"
NUMBER = '${lookup(var.store_versions, "db", 1)}'
THERE = '${aws_db_instance.db.address == "" ? "" : ephemeral.aws_secretsmanager_random_password.db.random_password}'
"""The secret's text: as a store's it waits for the database, and tests can compare it."""
STACK = "environment-test"
APPLY = ("apply", STACK, "--yes", "--offline")


def store(**more: Any) -> dict[str, Any]:
    """A database and the secret that holds its password."""
    database = {
        "identifier": "db",
        "instance_class": "db.t4g.micro",
        "allocated_storage": 20,
        "engine": "postgres",
        "username": "db",
        "password_wo": PASSWORD,
        "password_wo_version": NUMBER,
        "skip_final_snapshot": True,
        **more,
    }
    version = {
        "secret_id": "${aws_secretsmanager_secret.db.id}",
        "secret_string_wo": THERE,
        "secret_string_wo_version": NUMBER,
    }
    resources = {
        "aws_db_instance": {"db": database},
        "aws_secretsmanager_secret": {"db": {"name": "kakei/test/db"}},
        "aws_secretsmanager_secret_version": {"db": version},
    }
    numbers = {"type": "map(number)", "default": {}, "nullable": False}
    return stack(
        STACK,
        resources,
        ephemeral={"aws_secretsmanager_random_password": {"db": {"exclude_punctuation": True}}},
        variable={"store_versions": numbers},
        output={"store_versions": {"value": {"db": NUMBER}}, "removal": {"value": "delete"}},
    )


VERSION = "aws_secretsmanager_secret_version.db"


@pytest.fixture
def team(team: Team) -> Team:
    team.stacks |= {"common-main": common("example.jp"), STACK: store()}
    team.write()
    folder = team.root / ".tanada" / "offline" / "common-main"
    folder.mkdir(parents=True)
    applied = {"version": 4, "serial": 1, "lineage": "l", "outputs": {"contract": {"value": 1, "type": "number"}}}
    (folder / state.FILE).write_text(json.dumps(applied))
    return team


def applied(team: Team, fault: str = "") -> Ran:
    team.good("plan", STACK, "--offline")
    return team.run(*APPLY, **({FAULTS: fault} if fault else {}))


def held(team: Team) -> dict[str, Any]:
    return state.parse_file(team.root / ".tanada" / "offline" / STACK / state.FILE)


def written(team: Team) -> dict[str, str]:
    """What the database and the secret of the state hold, by type: a hash each."""
    ids = {i["attributes"].get("id") for each in held(team)["resources"] for i in each["instances"]}
    world = World(team.root / ".tanada" / "offline" / "world.sqlite").written()
    return {type_: hash_ for (type_, id_, _), hash_ in world.items() if id_ in ids}


def whole(team: Team) -> str:
    """The hash of the password, which both have."""
    found = written(team)
    assert sorted(found) == ["aws_db_instance", "aws_secretsmanager_secret_version"]
    assert len(set(found.values())) == 1, found
    return next(iter(found.values()))


def held_id(team: Team, type_: str) -> str:
    return next(
        str(each["instances"][0]["attributes"]["id"]) for each in held(team)["resources"] if each["type"] == type_
    )


def number(team: Team) -> int:
    return store_versions(held(team)["outputs"])["db"]


def forgetting(team: Team) -> dict[str, str]:
    """An environment in which the state holds nothing of an apply that was killed: in a bucket it is saved at its end,
    and now and then (Terraform's `StateHook`: after 20 seconds, with the next resource that is done)."""
    real = shutil.which("terraform", path=team.environ["PATH"])
    folder, file = team.root.parent / "forgetting", team.root / ".tanada" / "offline" / STACK / state.FILE
    folder.mkdir(exist_ok=True)
    program = folder / "terraform"
    program.write_text(f"""#!/bin/sh
cp "{file}" "{folder}/before" || exit 1
"{real}" "$@"
code=$?
case " $* " in *" apply "*) [ $code -eq 0 ] || cp "{folder}/before" "{file}" ;; esac
exit $code
""")
    program.chmod(0o755)
    return {"PATH": f"{folder}:{team.environ['PATH']}"}


def rotated(
    team: Team, monkeypatch: pytest.MonkeyPatch, fault: str = "", *, saved: bool = True, store: str = "db"
) -> bool:
    """Whether rotating came to its end; killed, what it did until then is saved in the state or not."""
    with monkeypatch.context() as patched:
        patched.chdir(team.root)
        for name, value in {**team.environ, FAULTS: fault, **({} if saved else forgetting(team))}.items():
            patched.setenv(name, value)
        if not fault:
            patched.delenv(FAULTS)
        try:
            with running(verbose=False) as run:
                target = Target(find_stack(run.stacks, STACK))
                rotate(run, target, [store], ChangeOptions(offline=True, yes=True))
        except TerraformFailedError:
            return False
    return True


def again(team: Team) -> str:
    """Planned and applied without a fault: the hash of the password afterwards; nothing is left to do."""
    team.good("plan", STACK, "--offline")
    team.good(*APPLY)
    assert "no changes" in team.good("plan", STACK, "--offline").output
    return whole(team)


@pytest.mark.terraform
@pytest.mark.parametrize("at", ["aws_secretsmanager_secret.db", "aws_secretsmanager_secret_version.db"])
def test_killed_before_the_secret_is_there_both_get_one_password_anew(team: Team, at: str) -> None:
    """As after the call before it: the database stands in the state by then."""
    if at == "aws_secretsmanager_secret.db":
        team.stacks[STACK]["resource"]["aws_secretsmanager_secret"]["db"]["depends_on"] = ["aws_db_instance.db"]
        team.write()
    assert applied(team, f"{at} create killed").code == 1
    said = " ".join(team.good("plan", STACK, "--offline").text.split())
    assert f"db gets another password, in all places at once ({STACK}) only {VERSION} would get a new one." in said
    again(team)
    assert number(team) == 2


@pytest.mark.terraform
def test_whatever_parts_them_the_next_apply_writes_both(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.good("plan", STACK, "--offline")
    team.good(*APPLY)
    last, count = whole(team), 1
    for at, saved in (
        ("aws_db_instance.db update killed", True),
        ("aws_db_instance.db update killed-after", True),
        ("aws_db_instance.db update killed-after 1", False),
        (f"{VERSION} delete killed-after", True),
        (f"{VERSION} delete killed-after 1", False),
        (f"{VERSION} create killed", True),
        (f"{VERSION} create killed-after", True),
        (f"{VERSION} create killed-after 1", False),
    ):
        assert not rotated(team, monkeypatch, at, saved=saved), at
        before, last = last, again(team)
        assert last != before, at
        assert number(team) > count or not saved, at
        count = number(team)
    # by hand: the secret's value, then the database's place in the state, as after one that was restored
    for gone, id_ in ((VERSION, ""), ("aws_db_instance.db", held_id(team, "aws_db_instance"))):
        team.good("terraform", STACK, "--offline", "--", "state", "rm", gone)
        if id_:
            team.good("terraform", STACK, "--offline", "--", "import", gone, id_)
        before, last = last, again(team)
        assert last != before, gone
    # another database in the old one's place
    team.stacks[STACK] = store(username="other")
    team.write()
    before, last = last, again(team)
    assert last != before
    assert number(team) == count + 3


@pytest.mark.terraform
def test_a_password_is_rotated_by_a_plan_of_nothing_else(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TerraformError, match="environment-test has no password of db yet"):
        rotated(team, monkeypatch)
    team.good("plan", STACK, "--offline")
    team.good(*APPLY)
    before = whole(team)
    assert rotated(team, monkeypatch)
    assert (whole(team) != before, number(team)) == (True, 2)
    assert "no changes" in team.good("plan", STACK, "--offline").output
    team.stacks[STACK] = store(backup_retention_period=7)
    team.write()
    with pytest.raises(TerraformError, match="environment-test has something else to apply"):
        rotated(team, monkeypatch)
    assert number(team) == 2


# --- what is decided -------------------------------------------------------------------------------------------------


def change(address: str, *actions: str, before: Any = 1, after: Any = 1, **more: Any) -> dict[str, Any]:
    """What a plan says of one place, by the numbers before and after; None is nothing."""
    attribute = "password_wo_version" if "instance" in address else "secret_string_wo_version"
    sides = {
        side: None if number is None else {attribute: number, "id": "x", **more.get(side, {})}
        for side, number in (("before", before), ("after", after))
    }
    said = {"actions": list(actions), **sides, **{k: v for k, v in more.items() if k not in sides}}
    return {"address": address, "change": said}


DATABASE = "aws_db_instance.db"
STAYS = change(VERSION, "no-op")
KEPT = change(DATABASE, "no-op")


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ([KEPT, STAYS], None),
        ([change(DATABASE, "create", before=None), change(VERSION, "create", before=None)], None),
        ([change(DATABASE, "create", before=None), STAYS], 2),
        ([change(DATABASE, "delete", "create"), STAYS], 2),
        ([KEPT, change(VERSION, "create", before=None)], 2),
        ([change(DATABASE, "update", after=2), change(VERSION, "delete", "create", after=2)], None),
        ([change(DATABASE, "no-op", before=2, after=2), change(VERSION, "delete", "create", after=2)], 3),
        ([change(DATABASE, "update", before=4, after=1), STAYS], 5),
        ([change(DATABASE, "update"), STAYS], None),  # of another attribute
        ([change(DATABASE, "delete", after=None), change(VERSION, "delete", after=None)], None),
        ([change(DATABASE, "update", before=None, after=1), STAYS], 2),  # imported
        # the secret holds where the database answers
        ([change(DATABASE, "update", after_unknown={"address": True}), STAYS], 2),
        ([change(DATABASE, "update", before={"address": "a"}, after={"address": "b"}), STAYS], 2),
    ],
)
def test_a_number_is_raised_where_a_plan_would_write_one_of_both(changes: list[Any], number: int | None) -> None:
    found = list(raised(store(), {"resource_changes": changes}, {}))
    assert [each.number for each in found] == ([] if number is None else [number])
    assert list(raised(store(), {"resource_changes": changes}, {"db": 7})) == [
        replace(each, number=8) for each in found if each.number <= 8
    ]


def test_what_is_kept_with_a_server_is_written_again_where_another_takes_its_place() -> None:
    """As a database is restored beside: of a further database in it the secret alone holds the password."""
    written = {
        "secret_string_wo": f"${{{DATABASE}.address}}",
        "secret_string_wo_version": '${lookup(var.store_versions, "db.more", 1)}',
    }
    type_, _, name = VERSION.partition(".")
    emitted = {"resource": {type_: {name: written}}}
    for of_server, expected in (([change(DATABASE, "create", before=None)], [2]), ([KEPT], [])):
        found = raised(emitted, {"resource_changes": [*of_server, STAYS]}, {})
        assert [each.number for each in found] == expected


def test_what_stays_and_gets_another_password_is_noted_first() -> None:
    of = [change(DATABASE, "update", after=2), change(VERSION, "delete", "create", after=2)]
    assert noted_first(store(), {"resource_changes": of}, {"db": 1}) == {"db": 2}
    assert noted_first(store(), {"resource_changes": of}, {"db": 2}) == {}, "a note says so already"
    made = change(VERSION, "create", before=None, after=2)
    assert noted_first(store(), {"resource_changes": [of[0], made]}, {}) == {}, "each plan makes it until it is there"
    other = change(DATABASE, "delete", "create", after=2, replace_paths=[["username"]])
    assert noted_first(store(), {"resource_changes": [other, of[1]]}, {}) == {}


def test_a_configuration_without_such_passwords_has_no_places() -> None:
    assert places(stack(STACK, {"aws_db_instance": {"db": {"password_wo_version": 1}}})) == {}


def test_a_task_that_needs_one_place_takes_the_others_with_it() -> None:
    configuration = store()
    definition = {"family": "x", "depends_on": ["aws_db_instance.db"]}
    configuration["resource"]["aws_ecs_task_definition"] = {"migrate": definition}
    arns = {"migrate": "${aws_ecs_task_definition.migrate.arn}"}
    note = {"input": {"container": "migrate", "task": "migrate", "definitions": arns, "services": ["web"]}}
    configuration["resource"]["terraform_data"]["done"] = note
    entry = {"address": "terraform_data.done", "type": "terraform_data"}
    plan = {"resource_changes": [{**entry, "change": {"actions": ["create"], "before": None, "after": note}}]}
    made = ResourceChange("aws_db_instance.db", "aws_db_instance", "create")
    summary = steps.in_steps(
        Summary("1.11.4", (made,), unchanged=0), plan, declared("environment"), (), None, configuration
    )
    assert summary.steps[0].only == ("aws_ecs_task_definition.migrate", VERSION)
