"""A database and a table that are restored, killed at each call on the way: what served is never lost, and whoever
reaches them has at every moment what works; applied again, all is led to the new ones."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tanada.contract import state
from tanada.declarations.loader import load
from tanada.offline.address import FAULTS
from tanada.offline.world import World
from tanada.stacks.app import synthesize
from tests.terraform.team import Team

pytestmark = [pytest.mark.terraform, pytest.mark.slow]

STACK = "environment-test"
SYSTEM = """\
system: kakei
tanada: "0.1"
accounts:
  main: {id: 111111111111, region: ap-northeast-1, common: {hosted_zones: []}}
common: {images: [web], load_balancers: {}, hosted_zones: []}
blueprint:
  services:
    web:
      image: web
      reach: [db, visits]
      secrets: {DATABASE_URL: "{db.url}"}
      variables: {VISITS: "{visits.name}"}
  stores:
    db: {database: {engine: postgres, version: "17"}}
    visits: {table: {partition_key: id, stream: keys_only}}
"""
RESTORED = """\
stores:
  db: {database: {restored: [2026-11-20T03:00:00Z]}}
  visits: {table: {restored: [2026-11-20T03:00:00Z]}}
"""
NEW = "restored_20261120_030000"
SERVER, TABLE = f"aws_db_instance.db_{NEW}_instance", f"aws_dynamodb_table.visits_{NEW}_table"
OLD = ("aws_db_instance.db_instance", "aws_dynamodb_table.visits_table")
KILLED = (
    f"{SERVER} create killed-after",
    "aws_secretsmanager_secret_version.* create killed",
    "aws_ecs_task_definition.* create killed",
    "aws_ecs_service.* update killed",
)
"""One an apply; what comes before it is done then."""


def stacks(root: Path) -> dict[str, Any]:
    """What is emitted; the secret's text is its password alone, known with its host, so that it can be compared."""
    synthesize(load(root), root / "emitted")
    found = {each.name: json.loads((each / "cdk.tf.json").read_text()) for each in (root / "emitted/stacks").iterdir()}
    [version] = found[STACK]["resource"]["aws_secretsmanager_secret_version"].values()
    text = version["secret_string_wo"]
    [host] = set(re.findall(r"aws_db_instance\.\w+\.address", text))
    [password] = set(re.findall(r"ephemeral\.[\w.]+", text))
    version["secret_string_wo"] = f'${{{host} == "" ? "" : {password}}}'
    return found


class Watched:
    """What stands in AWS after each apply, however it ended."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.offline = team.root / ".tanada" / "offline"
        self.variables: dict[str, dict[str, str]] = {}

    def held(self) -> dict[str, dict[str, Any]]:
        found = state.parse_file(self.offline / STACK / state.FILE)["resources"]
        return {
            f"{each['type']}.{each['name']}": each["instances"][0]["attributes"]
            for each in found
            if each["mode"] == "managed" and each["instances"]
        }

    def serving(self) -> tuple[str, str]:
        """The server whose password the secret holds, and the table that whoever runs is told of and may reach; what
        served before is as it was."""
        held = self.held()
        assert held[OLD[0]]["deletion_protection"] is True
        assert held[OLD[1]]["deletion_protection_enabled"] is True
        written = World(self.offline / "world.sqlite").written()
        # AWS keeps the last value of a secret whose version Terraform takes away (`AWSCURRENT` can't be taken off it).
        *_, kept = (hash_ for (type_, _, _), hash_ in written.items() if type_ == "aws_secretsmanager_secret_version")
        ids = {each["id"]: address for address, each in held.items() if address.startswith("aws_db_instance.")}
        [server] = [ids[id_] for (_, id_, _), hash_ in written.items() if id_ in ids and hash_ == kept]
        for each in (value for address, value in held.items() if address.startswith("aws_ecs_task_definition.")):
            [container] = json.loads(each["container_definitions"])
            self.variables[each["arn"]] = {each["name"]: each["value"] for each in container["environment"]}
        named = self.variables[held["aws_ecs_service.web_service"]["task_definition"]]["VISITS"]
        [table] = [address for address, each in held.items() if each.get("name") == named and "dynamodb" in address]
        assert held[table]["arn"] in held["aws_iam_role_policy.web_task_policy"]["policy"]
        return server, table


def declared(team: Team, text: str) -> None:
    (team.root / "environments" / "test.yaml").write_text(f"account: main\n{text}")
    team.stacks = stacks(team.root)
    team.write()


def test_killed_on_the_way_the_old_one_serves_and_the_next_apply_leads_to_the_new_one(team: Team) -> None:
    for name in ("environments/www.yaml", "workspaces/review.yaml"):
        (team.root / name).unlink()
    (team.root / "system.yaml").write_text(SYSTEM)
    declared(team, "")
    for stack, more in (("common-main", ()), (STACK, ("--image", "web=one"))):
        team.good("plan", stack, "--offline", *more)
        team.good("apply", stack, "--offline", "--yes")
    watched = Watched(team)
    assert watched.serving() == OLD

    declared(team, RESTORED)
    served = []
    for fault in (*KILLED, ""):
        team.good("plan", STACK, "--offline")
        ran = team.run("apply", STACK, "--offline", "--yes", **({FAULTS: fault} if fault else {}))
        assert ran.code == bool(fault), ran.text
        assert ("was killed" in ran.text) is bool(fault)
        served.append(watched.serving())
        if fault == KILLED[0]:
            # As the next apply would say: it is there, and not in the state.
            made = team.stacks[STACK]["resource"]["aws_db_instance"][SERVER.partition(".")[2]]
            team.good("terraform", STACK, "--offline", "--", "import", SERVER, made["identifier"])
    assert served == [OLD, OLD, OLD, (SERVER, OLD[1]), (SERVER, TABLE)]
    assert "no changes" in team.good("plan", STACK, "--offline").output
    table = watched.held()[TABLE]
    protected = {name: table[name] for name in ("deletion_protection_enabled", "stream_enabled")}
    assert protected == dict.fromkeys(protected, True), "which its creation left out"
