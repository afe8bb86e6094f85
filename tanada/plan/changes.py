"""What happens to the resources of a plan, and what happened to them outside Terraform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tanada.errors import PlanError
from tanada.plan.danger import danger
from tanada.plan.deploys import Changed
from tanada.plan.differences import difference
from tanada.plan.model import Action, Difference, Drift, ResourceChange
from tanada.plan.pairs import Pair, pairs
from tanada.plan.relevance import declared, forces, relevant, rewritten
from tanada.plan.source import Source
from tanada.plan.values import Element, Steps
from tanada.resources import governed, is_locked

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


def action_of(actions: Sequence[str], where: str) -> Action:
    """Terraform's actions in one word; raises PlanError, which says `where`, for others."""
    try:
        return _ACTIONS[tuple(actions)]
    except KeyError:
        raise PlanError(f"{where}: the plan says {'+'.join(actions)}, which Tanada doesn't know.") from None


def resource_change(source: Source, entry: Mapping[str, Any]) -> Changed:
    """What happens to one resource."""
    change, printer = entry["change"], source.printer
    address = printer.address(entry["address"])
    action = action_of(change["actions"], address)
    imported = change.get("importing") is not None
    previous = entry.get("previous_address")
    if entry.get("mode") == "data":
        action, imported, previous = "no-op" if action == "no-op" else "read", False, None
    elif imported and (action == "no-op" or (action == "update" and _notes_alone(source, entry))):
        action = "import"
    elif action == "no-op" and previous is not None:
        action = "move"
    destroys = action != "read" and "delete" in change["actions"]
    resource = ResourceChange(
        address=address,
        type=entry["type"],
        action=action,
        destroys=destroys,
        imported=imported,
        imported_id=printer.text(str((change.get("importing") or {}).get("id") or "")) if imported else "",
        previous_address=None if previous is None else printer.address(previous),
        deposed=entry.get("deposed"),
        replace_paths=tuple(printer.steps(steps) for steps in _forcing(change)),
        reason=entry.get("action_reason"),
        danger=danger(entry["type"]) if destroys else None,
        locked=destroys and is_locked(entry["type"], change.get("before") or {}),
    )
    if action not in {"update", "replace"}:
        return Changed(resource)
    differing, differences = _differences(source, entry)
    before = change.get("before")
    return Changed(
        replace(resource, differences=differences), differing, before if isinstance(before, Mapping) else None
    )


_NOTES = frozenset({"force_delete", "force_destroy", "skip_destroy", "skip_final_snapshot"})
"""What AWS has not: they say what Terraform does when it destroys, so that no import can read them (general knowledge
of the provider, docs/verified.md)."""


def _notes_alone(source: Source, entry: Mapping[str, Any]) -> bool:
    """Whether an import changes nothing but that Terraform notes `false` where it knew nothing."""
    differing = list(pairs(*source.resource_sides(entry)))
    return bool(differing) and all(
        pair.steps[:1] and pair.steps[0] in _NOTES and pair.before is None and pair.after is False for pair in differing
    )


def _differences(source: Source, entry: Mapping[str, Any]) -> tuple[tuple[Pair, ...], tuple[Difference, ...]]:
    """Every part that differs, and those that people want to see: what forces a replace first."""
    change = entry["change"]
    before, after = source.resource_sides(entry)
    forcing = _forcing(change)
    differing = list(pairs(before, after))
    shown = relevant(entry, differing, source.configuration, forcing)
    # A provider may force what reads the same on both sides.
    shown += [
        pair
        for pair in (Pair(steps, _at(before, steps), _at(after, steps)) for steps in forcing)
        if not any(forces(pair.steps, other.steps) for other in shown) and not (pair.before is pair.after is None)
    ]
    if not shown and change["actions"] == ["update"]:
        shown = list(rewritten(change, before, after)) or differing
    differences = [
        difference(pair, source.printer, forces_replacement=any(forces(steps, pair.steps) for steps in forcing))
        for pair in shown
    ]
    differences.sort(key=lambda item: not item.forces_replacement)
    return tuple(declared(entry, differing, source.configuration)), tuple(differences)


def _forcing(change: Mapping[str, Any]) -> list[Steps]:
    """The ways to what forces a replace: Terraform writes `["ingress", 0, "cidr_blocks"]`."""
    return [
        tuple(Element(step) if isinstance(step, int) else step for step in path)
        for path in change.get("replace_paths") or ()
    ]


def _at(value: Any, steps: Steps) -> Any:
    """What stands there, or the masked value on the way."""
    for step in steps:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit():
            value = value[int(step)] if int(step) < len(value) else None
        else:
            return value
    return value


def _left_to_others(entry: Mapping[str, Any], planned: Mapping[str, Any]) -> set[str]:
    """What AWS or others set in the normal run of things, and the plan leaves as they did."""
    is_now = entry["change"].get("after") or {}
    return {each for each in governed(entry["type"]) if each in planned and planned[each] == is_now.get(each)}


def drift(source: Source) -> tuple[Drift, ...]:
    """What was changed outside Terraform; null that became an empty list wasn't, nor what only moved."""
    drifts = []
    planned = {each["address"]: each["change"].get("after") or {} for each in source.plan.get("resource_changes") or ()}
    for entry in source.plan.get("resource_drift") or ():
        address = source.printer.address(entry["address"])
        if "delete" in entry["change"]["actions"]:
            drifts.append(Drift(address, gone=True))
        elif entry["change"]["actions"] != ["no-op"]:
            left = _left_to_others(entry, planned.get(entry["address"], {}))
            differing = [
                pair for pair in pairs(*source.resource_sides(entry)) if not (pair.steps and pair.steps[0] in left)
            ]
            shown = relevant(entry, differing, source.configuration)
            if differences := tuple(difference(pair, source.printer) for pair in shown):
                drifts.append(Drift(address, gone=False, differences=differences))
    return tuple(sorted(drifts, key=lambda item: item.address))
