"""What a plan does, read from Terraform's plan JSON; holds nothing secret."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tanada.plan.errors import PlanError
from tanada.plan.model import Action, Drift, OutputChange, ResourceChange, Summary

if TYPE_CHECKING:
    from tanada.declarations import Stack  # models, which take their time to load

_ACTIONS: Mapping[tuple[str, ...], Action] = {
    ("no-op",): "no-op",
    ("create",): "create",
    ("read",): "read",
    ("update",): "update",
    ("delete",): "destroy",
    ("forget",): "forget",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("create", "forget"): "replace",
}
"""Every combination that Terraform 1.11 writes (internal/command/jsonplan, `actionString` and its callers)."""


def summary(plan: Mapping[str, Any], stack: Stack | None = None, shown_variables: Collection[str] = ()) -> Summary:
    """Read `terraform show -json PLAN`."""
    version = str(plan.get("format_version", ""))
    if version.split(".")[0] != "1":
        raise PlanError(f"The plan's JSON has format {version or '(none)'}; Tanada reads format 1.x.")
    changes = [_resource(entry) for entry in plan.get("resource_changes", ())]
    return Summary(
        terraform_version=str(plan.get("terraform_version", "")),
        changes=tuple(sorted((c for c in changes if c.action != "no-op"), key=lambda c: (c.address, c.deposed or ""))),
        unchanged=sum(1 for change in changes if change.action == "no-op"),
        outputs=tuple(_outputs(plan.get("output_changes", {}))),
        drift=tuple(_drift(plan.get("resource_drift", ()))),
        deferred=tuple(sorted(entry["resource_change"]["address"] for entry in plan.get("deferred_changes", ()))),
        applyable=bool(plan.get("applyable", False)),
        complete=bool(plan.get("complete", True)),
        errored=bool(plan.get("errored", False)),
    )


def _action(actions: Sequence[str], where: str) -> Action:
    try:
        return _ACTIONS[tuple(actions)]
    except KeyError:
        raise PlanError(f"{where}: the plan says {'+'.join(actions)}, which Tanada doesn't know.") from None


def _resource(entry: Mapping[str, Any]) -> ResourceChange:
    change = entry["change"]
    address = entry["address"]
    action = _action(change["actions"], address)
    imported = change.get("importing") is not None
    previous = entry.get("previous_address")
    if entry.get("mode") == "data":
        action, imported, previous = "no-op" if action == "no-op" else "read", False, None
    elif action == "no-op" and imported:
        action = "import"
    elif action == "no-op" and previous is not None:
        action = "move"
    return ResourceChange(
        address=address,
        type=entry["type"],
        action=action,
        destroys=action != "read" and "delete" in change["actions"],
        imported=imported,
        previous_address=previous,
        deposed=entry.get("deposed"),
        replace_paths=tuple(_path(path) for path in change.get("replace_paths", ())),
        reason=entry.get("action_reason"),
    )


def _path(steps: Sequence[str | int]) -> str:
    """`["ingress", 0, "cidr_blocks"]` → `ingress[0].cidr_blocks`."""
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _outputs(changes: Mapping[str, Any]) -> list[OutputChange]:
    outputs = [OutputChange(name, _action(change["actions"], f"output {name}")) for name, change in changes.items()]
    return sorted((output for output in outputs if output.action != "no-op"), key=lambda output: output.name)


def _drift(entries: Sequence[Mapping[str, Any]]) -> list[Drift]:
    # A resource that only moved stands here too, with `no-op`.
    drift = [
        Drift(entry["address"], gone="delete" in entry["change"]["actions"])
        for entry in entries
        if entry["change"]["actions"] != ["no-op"]
    ]
    return sorted(drift, key=lambda item: item.address)
