"""A plan summary as plain text: for terminals and logs."""

from __future__ import annotations

from tanada.plan.model import ResourceChange, Summary

_SIGNS = {
    "create": "+",
    "update": "~",
    "replace": "±",
    "destroy": "-",
    "forget": "×",
    "import": "←",
    "move": "→",
    "read": "?",
}

_REASONS = {
    "replace_because_tainted": "tainted: an earlier apply left it unfinished",
    "replace_by_request": "its replacement was asked for",
    "replace_by_triggers": "what it depends on changes (replace_triggered_by)",
    "delete_because_no_resource_config": "it left the configuration",
    "delete_because_wrong_repetition": "it has no count or for_each, or a different one, now",
    "delete_because_count_index": "its index is beyond count now",
    "delete_because_each_key": "its key left for_each",
    "delete_because_no_module": "its module left the configuration",
    "delete_because_no_move_target": "it was moved to an address that isn't configured",
}
"""Terraform's action_reason in a person's words; one that isn't here is shown as Terraform writes it."""


def why(change: ResourceChange) -> str:
    """Why something is replaced, destroyed or forgotten."""
    if change.deposed:
        return f"object {change.deposed} is left over from an interrupted replace"
    if change.reason == "replace_because_cannot_update" or (change.reason is None and change.replace_paths):
        return "can't change in place: " + (", ".join(change.replace_paths) or "(attribute unknown)")
    if change.reason is None:
        return "asked for" if change.action == "destroy" else ""
    reason = _REASONS.get(change.reason, change.reason)
    return f"{reason}: {', '.join(change.replace_paths)}" if change.replace_paths else reason


def line(change: ResourceChange) -> str:
    """`± aws_ecs_service.web (can't change in place: name)`."""
    notes = []
    if change.previous_address:
        notes.append(f"was {change.previous_address}")
    if change.imported:
        notes.append("imported")
    if change.action in {"replace", "destroy", "forget"} and (reason := why(change)):
        notes.append(reason)
    return f"{_SIGNS[change.action]} {change.address}" + (f" ({'; '.join(notes)})" if notes else "")


def headline(summary: Summary) -> str:
    """`2 to create, 1 to replace`, or that there is nothing to do."""
    parts = [f"{number} to {word}" for word, _, number in _numbers(summary) if number]
    if summary.outputs:
        parts.append(f"{len(summary.outputs)} output{'s' if len(summary.outputs) > 1 else ''} to change")
    if summary.deferred:
        parts.append(f"{len(summary.deferred)} left for a later plan")
    return ", ".join(parts) or "nothing to do"


def achieved(summary: Summary) -> str:
    """`2 created, 1 replaced`: the same, once the plan is carried out."""
    return ", ".join(f"{number} {done}" for _, done, number in _numbers(summary) if number) or "no resource changed"


def _numbers(summary: Summary) -> tuple[tuple[str, str, int], ...]:
    counts = summary.counts
    return (
        ("create", "created", counts.create),
        ("update", "updated", counts.update),
        ("replace", "replaced", counts.replace),
        ("destroy", "destroyed", counts.destroy),
        ("import", "imported", counts.imported),
        ("move", "moved", counts.moved),
        ("forget", "forgotten", counts.forget),
    )


def render(summary: Summary) -> str:
    """The whole summary: a headline, then what changes, drift and outputs."""
    lines = [headline(summary)]
    lines += [f"  {line(change)}" for change in summary.changes]
    lines += [f"  … {address} (left for a later plan)" for address in summary.deferred]
    lines += [f"  output {output.name}: {output.action}" for output in summary.outputs]
    lines += [f"  changed outside Terraform: {item.address}{' (gone)' if item.gone else ''}" for item in summary.drift]
    return "\n".join(lines)
