"""What was made by hand is gone on with: nothing of it changes but what the declaration says, and that is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tanada import offline
from tanada.comment.headline import headline
from tanada.plan import Summary, line, summary
from tanada.plan.report import Report
from tanada.terraform.guards import held_imports, in_our_words, prevented, replaced_imports
from tanada.terraform.messages import read_text
from tests.capabilities.test_capabilities import HERE
from tests.comment.reports import report
from tests.offline.terraform_runs import Stack

pytestmark = [pytest.mark.terraform, pytest.mark.slow]
EXISTING = HERE / "imports" / "existing.json"
BALANCER = "aws_lb.load_balancer_1_balancer"


def _planned(stack: Stack) -> dict[str, Any]:
    stack.must("plan", "-out=plan")
    shown: dict[str, Any] = json.loads(stack.must("show", "-json", "plan"))
    return shown


def _with(file: Path, type_: str, **attributes: Any) -> None:
    """The first of a type is otherwise than the declaration says."""
    existing = json.loads(EXISTING.read_text())
    next(iter(existing[type_].values())).update(attributes)
    file.write_text(json.dumps(existing))


def test_a_network_load_balancer_zone_cluster_and_registry_are_gone_on_with(
    emitted: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    stack = emitted["imports"]["common-main"]
    declared = {each["to"] for each in stack["import"]}
    with offline.start(tmp_path / "ids", container=False) as provider:
        common = Stack(tmp_path, {}, "common-main", provider)
        # A mistake in the file is one of the file, not of the provider.
        _with(provider.existing, "aws_vpc", cidr_block=10, tags={"Name": ["a"]}, cidr="10.20.0.0/16")
        assert (
            "existing.json says of vpc-0a1b2c3d4e5f60718 what it can't have: cidr_block: expected a text; "
            "tags.Name: expected a text; cidr is none of its attributes"
        ) in " ".join(common.write(stack).run("plan", "-no-color").output.replace("│", " ").split())
        # What differs is named; of what protects, it is grave.
        _with(provider.existing, "aws_lb", idle_timeout=4000)
        changed = summary(_planned(common.write(stack)))
        assert headline([_report(changed)]) == "The common layer changes, 10 imported, 1 changed"
        [balancer] = [each for each in changed.changes if each.address == BALANCER]
        assert [(each.path, each.before, each.after) for each in balancer.differences] == [
            ("idle_timeout", "4000", "60")
        ]
        # What can't be changed in place would go: Terraform refuses it, and we say what to do.
        _with(provider.existing, "aws_vpc", cidr_block="10.9.0.0/16")
        refused = common.run("plan", "-no-color", "-out=plan")
        kept = prevented(read_text(refused.output))
        assert kept == ["aws_vpc.network_vpc"]
        shown = json.loads(common.must("show", "-json", "plan"))
        assert in_our_words(kept, (), "common-main", shown) == (
            'aws_vpc.network_vpc would be destroyed by its import and made anew (cidr_block is "10.9.0.0/16", declared '
            '"10.20.0.0/16"): declare what is there, by the field that says it or by patches: '
            "{aws_vpc.network_vpc: {…}}, or take its line out of imports, and another one is made beside it."
        )
        # What another stack made is that one's to change and to destroy.
        others = {"System": "kakei", "Environment": "test", "ManagedBy": "Terraform"}
        _with(provider.existing, "aws_lb", tags=others)
        assert held_imports(_planned(common)) == {
            BALANCER: f"{BALANCER} imports what environment test holds, as its tags say (System, Environment, "
            "ManagedBy): take its line out of imports. If no state holds it any more, take these tags off it first."
        }
        shutil.copy(EXISTING, provider.existing)
        plan = _planned(common)
        assert held_imports(plan) == {}
        same = summary(plan)
        assert headline([_report(same)]) == "The common layer changes, 10 imported, 0 changed"
        assert {each.address for each in same.changes if each.action == "import"} == declared
        assert "← aws_vpc.network_vpc (imported vpc-0a1b2c3d4e5f60718)" in map(line, same.changes)
        assert replaced_imports(plan) == {}
        common.must("apply", "-no-color", "plan")
        assert common.plan() == {}
        # Its line does nothing any more, there or not.
        assert common.write({name: each for name, each in stack.items() if name != "import"}).plan() == {}
        [vpc] = common.values("aws_vpc", "network_vpc")
        assert vpc["id"] == "vpc-0a1b2c3d4e5f60718"


def _report(planned: Summary) -> Report:
    return report("common-main", planned)
