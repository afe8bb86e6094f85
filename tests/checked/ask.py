"""What checkov and parliament say against plans: `.venv-checked` runs it, which knows nothing of ours.

Standard input: `{"plans": {"<system>/<stack>": plan JSON}, "policies": [policy, …]}`. Standard output: `{"checkov":
[[check, its name, stack, address], …], "passed": how often checks passed, "parliament": [[[issue, detail], …], …]}`, of
each policy in the order in which they came in.
"""

from __future__ import annotations

import gc
import json
import logging
import sys
from typing import Any

import parliament  # type: ignore[import-not-found]
from checkov.common.parsers.node import DictNode  # type: ignore[import-not-found]
from checkov.runner_filter import RunnerFilter  # type: ignore[import-not-found]
from checkov.terraform import plan_parser  # type: ignore[import-not-found]
from checkov.terraform.plan_runner import Runner  # type: ignore[import-not-found]

Json = dict[str, Any]


class _Mark:
    """Where something stands in a file: nowhere. Half of checkov's time goes into finding that out."""

    line = 0


def _node(value: Any) -> Any:
    if isinstance(value, dict):
        return DictNode({name: _node(each) for name, each in value.items()}, _Mark, _Mark)
    return [_node(each) for each in value] if isinstance(value, list) else value


def checkov(plans: dict[str, Json]) -> tuple[list[list[str]], int]:
    """Stack by stack: of many at once it looks for each reference in all of them."""
    found, passed = [], 0
    for name, plan in plans.items():
        plan_parser.parse = lambda _file, _errors, plan=plan: (_node(plan), [(1, "")])
        report = Runner().run(files=["/plan.json"], runner_filter=RunnerFilter(framework=["terraform_plan"]))
        if report.parsing_errors:
            raise SystemExit(f"checkov could not read {name}")
        passed += len(report.passed_checks)
        found += [[each.check_id, each.check_name, name, each.resource] for each in report.failed_checks]
    return found, passed


def judged(policy: str) -> list[list[str]]:
    """An issue for each action, where one names several."""
    found = []
    for each in parliament.analyze_policy_string(policy).findings:
        details = each.detail if isinstance(each.detail, list) else [each.detail]
        found += [[str(each.issue), str(detail)] for detail in details]
    return found


def main() -> None:
    gc.disable()  # it ends soon
    logging.disable(logging.CRITICAL)  # a resource type without checks is no news
    asked = json.load(sys.stdin)
    found, passed = checkov(asked["plans"])
    answer = {"checkov": found, "passed": passed, "parliament": [judged(each) for each in asked["policies"]]}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
