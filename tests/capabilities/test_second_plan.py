"""A second plan of the capabilities' own systems is empty, too: they use every field, the default system few."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tanada import offline
from tests.offline.terraform_runs import Stack

pytestmark = [pytest.mark.terraform, pytest.mark.slow]
SYSTEMS = {
    "cluster": ("common-cheap",),
    "cdn": ("common-main", "environment-test"),
    "ci": ("common-production",),
    "hosted_zone": ("common-main", "environment-test"),
    "load_balancer": ("common-main", "environment-test"),
    "network": ("common-main", "common-osaka", "common-tokyo"),
    "sites": ("common-main", "environment-test"),
    "table": ("common-main", "environment-test"),
}
"""`cluster`'s other stacks are test_elsewhere.py's. Left out is what emits nothing that these don't: `registry`,
the second account of a system, its review; `service` is tests/capabilities/test_applied.py's."""
DESTROYED = ("load_balancer",)
"""Systems whose environments go afterwards, with the refusals on: what stands in them goes nowhere else."""
TAGS = '{"web": "a", "backend": "a"}'


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[offline.Running]:
    """An AWS of its own for each system: their names are the same."""
    with offline.start(tmp_path / "ids", container=False) as running:
        yield running


def _made_at_once(stack: dict[str, Any]) -> dict[str, Any]:
    """Without what tables are restored from, which stands before them (tests/terraform/test_restored_killed.py)."""
    whole: dict[str, Any] = json.loads(json.dumps(stack))
    for table in whole["resource"].get("aws_dynamodb_table", {}).values():
        for argument in ("restore_source_name", "restore_date_time"):
            table.pop(argument, None)
    return whole


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_second_plan_of_what_uses_every_field_is_empty(
    system: str, emitted: dict[str, dict[str, Any]], provider: offline.Running, tmp_path: Path
) -> None:
    common = Stack(tmp_path, {}, "common-main", provider)
    for name in SYSTEMS[system]:
        stack = Stack(tmp_path, {"TF_VAR_image_tags": TAGS}, name, provider)
        stack.write(
            _made_at_once(emitted[system][name]),
            **({} if name.startswith("common-") else {"common_main": common.folder}),
        )
        stack.apply()
        assert stack.plan() == {}, name
        if system in DESTROYED and not name.startswith("common-"):
            stack.must("destroy", "-auto-approve")
            assert stack.state().get("resources", []) == []
