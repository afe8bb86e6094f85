"""Summaries of plans of resources, and values that differ, as tests look at them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tanada.plan import Difference, ResourceChange, Summary, summary
from tanada.plan.differences import difference
from tanada.plan.normalizer import Normalizer
from tanada.plan.pairs import pairs
from tanada.plan.printer import Printer
from tanada.secrecy import Secrets

PLANS = Path(__file__).parent / "resource_plans"
DEFINITION = "aws_ecs_task_definition"
PRINTER = Printer(Secrets(()))
NORMALIZER = Normalizer(Secrets(()), ())


def read(name: str, *shown: str) -> Summary:
    """The summary of a plan that the real terraform made."""
    return summary(json.loads((PLANS / f"{name}.json").read_text(encoding="utf-8")), shown_variables=shown)


def find(whole: Summary, address: str) -> ResourceChange:
    (change,) = [change for change in whole.changes if change.address == address]
    return change


def sides(change: ResourceChange) -> dict[str, tuple[str | None, str | None]]:
    """Before and after of each difference, by its path."""
    return {item.path: (item.before, item.after) for item in change.differences}


def changed(before: Any, after: Any, kind: str = DEFINITION, **more: Any) -> Summary:
    """A plan that changes one resource; container definitions as text, as Terraform has them."""

    def side(value: Any) -> Any:
        return {"container_definitions": json.dumps(value)} if kind == DEFINITION else value

    change = {"actions": ["delete", "create"], "before": side(before), "after": side(after), **more}
    if kind == DEFINITION:
        change["replace_paths"] = [["container_definitions"]]
    entry = {"address": f"{kind}.x", "mode": "managed", "type": kind, "change": change}
    return summary(
        {"format_version": "1.2", "resource_changes": [entry]}, shown_variables=("LOG_LEVEL", "API_KEY", "URL")
    )


def differences(before: Any, after: Any) -> list[Difference]:
    """What differs between two values, in one form, as people read it."""
    return [difference(pair, PRINTER) for pair in pairs(NORMALIZER.value(before), NORMALIZER.value(after))]


def printed(before: Any, after: Any) -> list[str]:
    """`cpu: 256 → 512`."""
    return [f"{item.path}: {item.before} → {item.after}" for item in differences(before, after)]
