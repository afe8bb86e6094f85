"""What a plan does, read from Terraform's plan JSON; holds addresses and reasons, never a value of an attribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tanada.plan.errors import PlanError

Action = Literal["create", "update", "replace", "destroy", "read", "forget", "import", "move", "no-op"]

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


@dataclass(frozen=True)
class ResourceChange:
    """What happens to one resource."""

    address: str
    type: str
    action: Action
    destroys: bool = False
    """An object goes for ever: a destroy, or a replace that doesn't merely forget the old one."""
    imported: bool = False
    previous_address: str | None = None
    deposed: str | None = None
    """Key of an object left over from an interrupted replace."""
    replace_paths: tuple[str, ...] = ()
    """The attributes that force the replace; empty for a tainted one."""
    reason: str | None = None
    """Terraform's own word (`action_reason`)."""


@dataclass(frozen=True)
class Drift:
    """What differs from the state before anything is done."""

    address: str
    gone: bool


@dataclass(frozen=True)
class OutputChange:
    name: str
    action: Action


@dataclass(frozen=True)
class Counts:
    create: int = 0
    update: int = 0
    replace: int = 0
    destroy: int = 0
    imported: int = 0
    moved: int = 0
    forget: int = 0
    read: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Summary:
    terraform_version: str
    changes: tuple[ResourceChange, ...]
    """All but those that stay as they are, ordered by address."""
    unchanged: int
    outputs: tuple[OutputChange, ...] = ()
    drift: tuple[Drift, ...] = ()
    deferred: tuple[str, ...] = ()
    """Addresses that this plan leaves for a later one."""
    applyable: bool = False
    complete: bool = True
    errored: bool = False

    @property
    def counts(self) -> Counts:
        def count(action: Action) -> int:
            return sum(1 for change in self.changes if change.action == action)

        return Counts(
            create=count("create"),
            update=count("update"),
            replace=count("replace"),
            destroy=count("destroy"),
            imported=sum(1 for change in self.changes if change.imported),
            moved=sum(1 for change in self.changes if change.previous_address),
            forget=count("forget"),
            read=count("read"),
            unchanged=self.unchanged,
        )

    @property
    def empty(self) -> bool:
        """Applying it would change nothing, the state included. Reads alone change nothing."""
        return not (self.outputs or self.deferred or any(change.action != "read" for change in self.changes))

    @property
    def destroyed(self) -> tuple[ResourceChange, ...]:
        """Whatever goes for ever."""
        return tuple(change for change in self.changes if change.destroys)


def summarize(plan: Mapping[str, Any]) -> Summary:
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
