"""All that a service or a job can have, applied offline with what AWS refuses: planned again, and destroyed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tanada import offline
from tanada.declarations.loader import load
from tanada.stacks.app import synthesize
from tests.capabilities.test_capabilities import HERE
from tests.offline.terraform_runs import Stack

pytestmark = [pytest.mark.terraform, pytest.mark.slow]


def test_every_field_of_a_service_is_applied_a_second_plan_is_empty_and_all_goes(
    emitted: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    _played(emitted["service"], tmp_path, deployed_by_others="admin_service")


def test_every_field_of_a_job_is_applied_a_second_plan_is_empty_and_all_goes(
    emitted: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    _played(emitted["jobs"], tmp_path)


def _played(stacks: dict[str, Any], tmp_path: Path, deployed_by_others: str | None = None) -> None:
    """Whatever others deploy meanwhile, a second plan is empty; taken back from them, a service changes in place."""
    with offline.start(tmp_path / "ids", container=False) as provider:
        environment = {"TF_VAR_image_tags": '{"web": "a", "backend": "a", "tools": "a"}'}
        common = Stack(tmp_path, environment, "common-main", provider).write(stacks["common-main"])
        common.apply()
        test = Stack(tmp_path, environment, "environment-test", provider)
        test.write(stacks[test.name], common_main=common.folder).apply()
        if deployed_by_others is not None:
            _deploy(test, deployed_by_others)
        assert test.plan() == {}
        if deployed_by_others is not None:
            assert common.plan() == {}
            taken_back = json.loads(json.dumps(stacks[test.name]))
            del taken_back["resource"]["aws_ecs_service"][deployed_by_others]["lifecycle"]
            test.write(taken_back, common_main=common.folder)
            assert test.plan() == {f"aws_ecs_service.{deployed_by_others}": ["update"]}
        test.must("destroy", "-auto-approve")
        assert test.state()["resources"] == []


def _deploy(stack: Stack, service: str) -> None:
    """As somebody else does it: the service runs a revision that Terraform didn't register."""
    file = stack.folder / "terraform.tfstate"
    state = json.loads(file.read_text(encoding="utf-8"))
    [found] = [each for each in state["resources"] if (each["type"], each["name"]) == ("aws_ecs_service", service)]
    attributes = found["instances"][0]["attributes"]
    family, _, _ = attributes["task_definition"].rpartition(":")
    attributes["task_definition"] = f"{family}:57"
    file.write_text(json.dumps({**state, "serial": state["serial"] + 1}), encoding="utf-8")


def let_go(stack: dict[str, Any]) -> dict[str, Any]:
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


def _restored(system: str, folder: Path) -> dict[str, Any]:
    """The stack of a test that is restored to a time, once it is upgraded."""
    root = folder / "restored"
    shutil.copytree(HERE / system, root)
    with (root / "environments" / "test.yaml").open("a") as file:
        file.write(f"stores: {{main: {{{system}: {{upgrade_from: null, restored: [2026-11-20T03:00:00Z]}}}}}}\n")
    synthesize(load(root), root / "cdktf.out")
    stack: dict[str, Any] = json.loads((root / "cdktf.out/stacks/environment-test/cdk.tf.json").read_text())
    return stack


def _servers(stack: Stack, server: str) -> list[dict[str, Any]]:
    """All that the state holds of the type of a server's address, of the store `main`."""
    return [
        one["attributes"]
        for each in stack.state()["resources"]
        if each["type"] == server.partition(".")[0] and each["name"].startswith("main_")
        for one in each["instances"]
    ]


_PASSWORDS = ("password", "master_password", "secret_string")
UPGRADED = {
    "aurora": ("aws_rds_cluster.main_cluster", "aws_rds_cluster_parameter_group", "aws_db_cluster_snapshot"),
    "database": ("aws_db_instance.main_instance", "aws_db_parameter_group", "aws_db_snapshot"),
}
"""By system: what gets another major version, and what is made for it."""


@pytest.mark.parametrize("system", UPGRADED)
def test_databases_are_made_upgraded_restored_and_destroyed_and_no_state_holds_a_password(
    system: str, emitted: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    server, group, snapshot = UPGRADED[system]
    with offline.start(tmp_path / "ids", container=False) as provider:
        environment = {"TF_VAR_image_tags": '{"web": "a"}'}
        stacks = emitted[system]
        common = Stack(tmp_path, environment, "common-main", provider).write(stacks["common-main"])
        common.apply()
        name = "environment-test"
        test = Stack(tmp_path, environment, name, provider).write(_older(stacks[name]), common_main=common.folder)
        test.apply()
        assert test.plan() == {}
        types = ("aws_secretsmanager_", "aws_db_instance", "aws_rds_cluster.")
        written = [
            each["attributes"]
            for resource in test.state()["resources"]
            if f"{resource['type']}.".startswith(types)
            for each in resource["instances"]
        ]
        assert len(written) == 13
        for values in written:
            named = [values.get(f"{each}{end}") for each in _PASSWORDS for end in ("", "_wo")]
            assert named == [None] * 6
        later = Stack(tmp_path, {**environment, "TF_VAR_store_versions": '{"main": 1, "small": 1}'}, name, provider)
        later.write(stacks[name], common_main=common.folder)
        assert later.plan() == {
            server: ["update"],
            f"{group}.main_parameters": ["create", "delete"],
            f"{snapshot}.main_before_upgrade[0]": ["create"],
            # What restores copies is told of the other parameter group.
            "aws_iam_role_policy.of_sanitised_function_role_policy": ["update"],
            "aws_lambda_function.of_sanitised_function_function": ["update"],
        }
        later.apply()
        assert later.plan() == {}
        restored = _restored(system, tmp_path)
        later.write(restored, common_main=common.folder)
        # With the number that the runner raises (tests/terraform/test_passwords.py).
        later = Stack(tmp_path, {**environment, "TF_VAR_store_versions": '{"main": 2, "small": 1}'}, name, provider)
        changes = later.plan()
        made = server.replace("main_", "main_restored_20261120_030000_")
        assert changes[made] == ["create"]
        assert changes["aws_secretsmanager_secret_version.main_credentials_value"] == ["delete", "create"]
        assert server not in changes, "it serves on until nobody is led there"
        gone = {address for address, actions in changes.items() if actions == ["delete"]}
        assert gone == {f"{snapshot}.main_before_upgrade[0]"}
        later.apply()
        assert later.plan() == {}
        assert [each["deletion_protection"] for each in _servers(later, server)] == [True, True], "the old one is there"
        later.write(let_go(restored), common_main=common.folder).apply()
        later.must("destroy", "-auto-approve")
        assert later.state()["resources"] == []
