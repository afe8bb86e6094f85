"""Who reaches a copy that is sanitised, what its function may do, and that its sizes fit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tanada.declarations.loader import load
from tanada.declared.sanitised import Sanitised
from tests.capabilities.conftest import HERE
from tests.capabilities.test_jobs import filled

STORES = {"database": ["main"], "aurora": ["main", "small"]}
TASKS = {("database", "main"): "scrub", ("aurora", "main"): "shrink", ("aurora", "small"): "scrub"}


def production(emitted: dict[str, dict[str, Any]], system: str) -> dict[str, Any]:
    return dict(emitted[system]["environment-production"]["resource"])


def statements(resources: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return list(json.loads(resources["aws_iam_role_policy"][name]["policy"])["Statement"])


@pytest.mark.parametrize(("system", "store"), [(system, each) for system, stores in STORES.items() for each in stores])
def test_its_task_alone_reaches_the_copy_and_nothing_else(
    system: str, store: str, emitted: dict[str, dict[str, Any]]
) -> None:
    resources, task = production(emitted, system), TASKS[system, store]
    copy, group = f"${{aws_security_group.{store}_sanitised_group.id}}", f"${{aws_security_group.{task}.id}}"
    into = [
        each["referenced_security_group_id"]
        for each in resources["aws_vpc_security_group_ingress_rule"].values()
        if each["security_group_id"] == copy
    ]
    assert into == [group]
    out = [
        each.get("referenced_security_group_id") or each["cidr_ipv4"]
        for each in resources["aws_vpc_security_group_egress_rule"].values()
        if each["security_group_id"] == group
    ]
    assert sorted(out) == sorted([copy, "0.0.0.0/0"])
    [https] = [
        each
        for each in resources["aws_vpc_security_group_egress_rule"].values()
        if each["security_group_id"] == group and each.get("cidr_ipv4")
    ]
    assert (https["from_port"], https["to_port"]) == (443, 443)
    read = json.dumps(statements(resources, f"{task}_execution_policy"))
    assert f"kakei/production/{store}/sanitised-copy/credentials" in read
    assert f"kakei/production/{store}/credentials" not in read, "the store's own is none of its business"


@pytest.mark.parametrize("system", STORES)
def test_the_function_changes_copies_alone_and_its_sizes_fit(system: str, emitted: dict[str, dict[str, Any]]) -> None:
    resources = production(emitted, system)
    given = statements(resources, "of_sanitised_function_role_policy")
    changes = ("rds:Add", "rds:Copy", "rds:Create", "rds:Delete", "rds:Modify")
    sources = json.loads(
        resources["aws_lambda_function"]["of_sanitised_function_function"]["environment"]["variables"]["SANITISED"]
    )
    for each in given:
        if any(action.startswith(changes) for action in each["Action"]):
            servers = [one.split(":", 5)[5] for one in each["Resource"]]
            servers = [one for one in servers if one.startswith(("db:", "cluster:", "snapshot:", "cluster-snapshot:"))]
            assert all(one.split(":")[1].startswith("sanitised-") for one in servers) == (each["Effect"] == "Allow")
    denied = [one for each in given if each["Effect"] == "Deny" for one in each["Resource"]]
    assert {each["source"] for each in sources["stores"].values()} <= {one.rpartition(":")[2] for one in denied}
    policy = json.dumps({"Version": "2012-10-17", "Statement": given}, separators=(",", ":"))
    assert len(filled(policy)) <= 10_240, "IAM quotas: the inline policies of a role"
    variables = resources["aws_lambda_function"]["of_sanitised_function_function"]["environment"]["variables"]
    assert sum(len(name) + len(filled(value)) for name, value in variables.items()) <= 4_096, "Lambda quotas"


def test_a_review_environment_makes_none(emitted: dict[str, dict[str, Any]]) -> None:
    for system in STORES:
        assert "sanitised" not in json.dumps(emitted[system]["review"])


@pytest.mark.parametrize(
    ("schedule", "hours"),
    [("0 3 * * *", 48), ("0 3 * * SUN", 192), ("0 3 1 * *", 768), ("0 3 1 1 *", 8808), ({"rate": "7d"}, 192)],
)
def test_the_newest_may_be_a_day_older_than_the_schedule_leaves_between_two(schedule: Any, hours: int) -> None:
    assert Sanitised.model_validate({"schedule": schedule, "task": "scrub"}).hours == hours


def test_its_hours_are_told_in_the_systems_time_zone_unless_it_says_another(tmp_path: Path) -> None:
    shutil.copytree(HERE / "database", tmp_path / "database")
    file = tmp_path / "database" / "system.yaml"
    text = file.read_text(encoding="utf-8")
    for said, zone in ((", time_zone: Asia/Tokyo", "Asia/Tokyo"), ("", "Europe/Berlin")):
        changed = text.replace(", time_zone: Asia/Tokyo", said).replace(
            "system: kakei", "system: kakei\ntime_zone: Europe/Berlin"
        )
        file.write_text(changed, encoding="utf-8")
        database = load(tmp_path / "database").environments["test"].stores["main"].database
        assert database is not None
        assert database.sanitised is not None
        assert database.sanitised.time_zone == zone
