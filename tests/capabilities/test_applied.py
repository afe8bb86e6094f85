"""All that a service or a job can have, applied offline with what AWS refuses: planned again, and destroyed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tanada import offline
from tests.offline.terraform_runs import Stack

pytestmark = [pytest.mark.terraform, pytest.mark.slow]


def test_every_field_of_a_service_is_applied_a_second_plan_is_empty_and_all_goes(
    emitted: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    _played(emitted["service"], tmp_path)


def test_every_field_of_a_job_is_applied_a_second_plan_is_empty_and_all_goes(
    emitted: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    _played(emitted["jobs"], tmp_path)


def _played(stacks: dict[str, Any], tmp_path: Path) -> None:
    with offline.start(tmp_path / "ids", container=False) as provider:
        environment = {**provider.environment, "TF_VAR_image_tags": '{"web": "a", "backend": "a", "tools": "a"}'}
        common = Stack(tmp_path, environment, "common-main").write(stacks["common-main"])
        common.apply()
        test = Stack(tmp_path, environment, "environment-test")
        test.write(stacks[test.name], common_main=common.folder).apply()
        assert test.plan() == {}
        test.must("destroy", "-auto-approve")
        assert test.state()["resources"] == []


def _let_go(stack: dict[str, Any]) -> dict[str, Any]:
    """The stack under `removal: delete`."""
    changed: dict[str, Any] = json.loads(
        json.dumps(stack).replace('"prevent_destroy": true', '"prevent_destroy": false')
    )
    for type_ in ("aws_db_instance", "aws_rds_cluster"):
        for each in changed["resource"].get(type_, {}).values():
            each["deletion_protection"] = False
    return changed


def _older(stack: dict[str, Any]) -> dict[str, Any]:
    """The stack before `version` was raised."""
    changed: dict[str, Any] = json.loads(json.dumps(stack).replace("postgres17", "postgres16"))
    for type_, named in changed["resource"].items():
        if type_ in ("aws_db_instance", "aws_rds_cluster"):
            next(each for name, each in named.items() if name.startswith("main_"))["engine_version"] = "16"
        if type_.endswith("_parameter_group"):
            named["main_parameters"] |= {
                "family": named["main_parameters"]["family"].replace("17", "16"),
                "name": "older",
            }
    return changed


_PASSWORDS = ("password", "master_password", "secret_string")
UPGRADED = {
    "aurora": ("aws_rds_cluster.main_cluster", "aws_rds_cluster_parameter_group", "aws_db_cluster_snapshot"),
    "database": ("aws_db_instance.main_instance", "aws_db_parameter_group", "aws_db_snapshot"),
}
"""By system: what gets another major version, and what is made for it."""


@pytest.mark.parametrize("system", UPGRADED)
def test_databases_are_made_upgraded_and_destroyed_and_no_state_holds_a_password(
    system: str, emitted: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    server, group, snapshot = UPGRADED[system]
    with offline.start(tmp_path / "ids", container=False) as provider:
        environment = {**provider.environment, "TF_VAR_image_tags": '{"web": "a"}'}
        stacks = emitted[system]
        common = Stack(tmp_path, environment, "common-main").write(stacks["common-main"])
        common.apply()
        name = "environment-test"
        test = Stack(tmp_path, environment, name).write(_older(stacks[name]), common_main=common.folder)
        test.apply()
        assert test.plan() == {}
        types = ("aws_secretsmanager_", "aws_db_instance", "aws_rds_cluster.")
        written = [
            each["attributes"]
            for resource in test.state()["resources"]
            if f"{resource['type']}.".startswith(types)
            for each in resource["instances"]
        ]
        assert len(written) == 12
        for values in written:
            named = [values.get(f"{each}{end}") for each in _PASSWORDS for end in ("", "_wo")]
            assert named == [None] * 6
        later = Stack(tmp_path, {**environment, "TF_VAR_store_versions": '{"main": 1, "small": 1}'}, name)
        later.write(stacks[name], common_main=common.folder)
        assert later.plan() == {
            server: ["update"],
            f"{group}.main_parameters": ["create", "delete"],
            f"{snapshot}.main_before_upgrade[0]": ["create"],
        }
        later.apply()
        assert later.plan() == {}
        later.write(_let_go(stacks[name]), common_main=common.folder).apply()
        later.must("destroy", "-auto-approve")
        assert later.state()["resources"] == []
