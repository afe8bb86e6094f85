"""Makes the plans that test_cost.py sums up: `python -m tests.plan.make_cost_plans`, with the pinned terraform on PATH.

They are of the default system, as `tanada init` writes it, planned and applied on the offline provider. Of each plan
only what prices depend on is kept.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tanada import offline
from tanada.templates import write_repository
from tests.offline.terraform_runs import Stack
from tests.templates.wheels import built

PLANS = Path(__file__).parent / "cost_plans"
KEPT = {
    "aws_dynamodb_table": ("billing_mode",),
    "aws_ecs_service": ("capacity_provider_strategy", "desired_count", "network_configuration", "task_definition"),
    "aws_ecs_task_definition": ("arn", "cpu", "family", "memory", "runtime_platform"),
    "aws_lb": ("internal", "ip_address_type", "load_balancer_type", "subnets"),
    "aws_nat_gateway": ("availability_mode", "connectivity_type"),
    "aws_vpc_endpoint": ("subnet_ids", "vpc_endpoint_type"),
}
"""Attributes that a price could depend on; of other types none is kept."""
LARGER = "account: main\ndomain: test.example.jp\nservices: {web: {cpu: 512, memory: 1024, count: 3, spot: 50}}\n"


def stripped(plan: dict[str, Any]) -> dict[str, Any]:
    """As `terraform show -json` writes it, without what costs nothing to leave out."""

    def values(kind: str, value: object) -> object:
        names = (*KEPT.get(kind, ()), "region")
        return {name: value[name] for name in names if name in value} if isinstance(value, Mapping) else value

    changes = [
        {
            **{key: entry[key] for key in ("address", "mode", "type", "name", "index") if key in entry},
            "change": {
                "actions": entry["change"]["actions"],
                **{
                    key: values(entry["type"], entry["change"].get(key)) for key in ("before", "after", "after_unknown")
                },
            },
        }
        for entry in plan["resource_changes"]
    ]
    resources = [
        {
            **{key: resource[key] for key in ("address", "mode", "type", "name")},
            "expressions": values(resource["type"], resource.get("expressions", {})),
        }
        for resource in plan["configuration"]["root_module"]["resources"]
        if resource["type"] in KEPT
    ]
    kept = {key: plan[key] for key in ("format_version", "terraform_version")}
    return {**kept, "resource_changes": changes, "configuration": {"root_module": {"resources": resources}}}


def synthesized(root: Path, name: str) -> dict[str, Any]:
    subprocess.run([sys.executable, "-m", "tanada", "synth"], cwd=root, check=True)
    loaded: dict[str, Any] = json.loads((root / "cdktf.out" / "stacks" / name / "cdk.tf.json").read_text())
    return loaded


def write(name: str, stack: Stack) -> None:
    stack.must("plan", "-out=plan")
    plan = stripped(json.loads(stack.must("show", "-json", "plan")))
    (PLANS / f"{name}.json").write_text(json.dumps(plan, indent=1, sort_keys=True) + "\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "kakei"
        write_repository(root, built)
        with offline.start(root / "ids", container=False) as running:
            environment = {**running.environment, "TF_VAR_image_tags": '{"web": "4f2a91c", "backend": "77c0e1d"}'}

            def stack(name: str, **states: Path) -> Stack:
                return Stack(root, environment, name).write(synthesized(root, name), **states)

            common = stack("common-main")
            write("common-main-new", common)
            common.apply()
            write("common-main-same", common)

            common_of_production = stack("common-production")
            common_of_production.apply()
            write(
                "environment-production-new",
                stack("environment-production", common_production=common_of_production.folder),
            )

            test = stack("environment-test", common_main=common.folder)
            write("environment-test-new", test)
            test.apply()
            write("environment-test-same", test)
            (root / "environments" / "test.yaml").write_text(LARGER)
            write("environment-test-larger", stack("environment-test", common_main=common.folder))


if __name__ == "__main__":
    PLANS.mkdir(exist_ok=True)
    main()
