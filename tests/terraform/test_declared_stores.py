"""A database and a cache as declared, by the commands: whole after a kill, and a token in a step of its own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tanada.contract import state
from tanada.contract.environment import store_versions
from tanada.declarations.loader import load
from tanada.offline.address import FAULTS
from tanada.stacks import fast
from tanada.stacks.app import synthesize
from tests.terraform.team import Team
from tests.terraform.test_passwords import APPLY, STACK, held, number, rotated, whole

fast.activate([Path(__file__).parent])

SYSTEM = """system: kakei
tanada: "0.1"
accounts: {main: {id: 111111111111, region: ap-northeast-1}}
common: {load_balancers: {}}
blueprint:
  stores:
    db: {database: {engine: postgres, version: "%s"}}
    jobs: {cache: {engine: valkey, version: "8", auth: true}}
"""
PLAN = ("plan", STACK, "--offline")


def emitted(folder: Path, version: str) -> dict[str, Any]:
    """The environment's stack. Of all that its secret holds the password alone: hashes can be compared."""
    (folder / "environments").mkdir(parents=True)
    (folder / "system.yaml").write_text(SYSTEM % version)
    (folder / "environments" / "test.yaml").write_text("account: main\nremoval: delete\n")
    synthesize(load(folder), folder / "out")
    made: dict[str, Any] = json.loads((folder / "out" / "stacks" / STACK / "cdk.tf.json").read_text())
    written = made["resource"]["aws_secretsmanager_secret_version"]["db_credentials_value"]
    [password] = set(re.findall(r"ephemeral\.[a-z_]+\.[a-z_]+\.random_password", written["secret_string_wo"]))
    written["secret_string_wo"] = f'${{aws_db_instance.db_instance.address == "" ? "" : {password}}}'
    del made["variable"]["image_tags"]  # the team's own declaration runs an image, and this stack none
    return made


@pytest.mark.terraform
def test_killed_between_both_places_it_gets_one_password_and_another_major_version_wants_its_word(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    team.stacks = {STACK: emitted(tmp_path / "16", "16")}
    team.write()
    folder = team.root / ".tanada" / "offline" / "common-main"
    folder.mkdir(parents=True)
    outputs = {
        "contract": {"value": 2, "type": "number"},
        "cluster_arn": {"value": "c", "type": "string"},
        "vpc_id": {"value": "vpc-1", "type": "string"},
        "private_subnet_ids": {"value": ["subnet-1", "subnet-2"], "type": ["list", "string"]},
    }
    (folder / state.FILE).write_text(json.dumps({"version": 4, "serial": 1, "lineage": "l", "outputs": outputs}))
    said = team.good(*PLAN).output
    assert "step 1 of 3: what jobs needs for a token" in said
    assert "step 2 of 3: gives jobs another token, and writes it to its secret" in said
    assert (
        team.run(*APPLY, **{FAULTS: "aws_secretsmanager_secret_version.db_credentials_value create killed"}).code == 1
    )
    team.good(*PLAN)
    said = team.good(*APPLY).text
    assert "token" not in said, "the note of it stood in the state before anything else failed"
    before = whole(team), number(team)
    assert before[1] == 2
    assert rotated(team, monkeypatch, store="jobs")
    assert store_versions(held(team)["outputs"]) == {"db": 2, "jobs": 2}
    [note] = [each["instances"][0] for each in held(team)["resources"] if each["name"] == "jobs_alone"]
    assert note["attributes"]["output"]["value"] == {"cache": "jobs", "number": 2}
    assert whole(team) == before[0]

    team.stacks = {STACK: emitted(tmp_path / "17", "17")}
    team.write()
    said = " ".join(team.good(*PLAN).text.split())
    why = "db runs 16, and this plan makes another major version of it, 17: that can't be taken back."
    assert why in said
    refused = team.run(*APPLY)
    assert refused.code == 2
    assert why in " ".join(refused.text.split())
    assert 'Put version back, or say upgrade_from: "16" beside it.' in " ".join(refused.text.split())
    assert (whole(team), number(team)) == before
