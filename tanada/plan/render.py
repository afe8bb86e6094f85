"""A plan summary as plain text: for terminals and logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tanada.plan.model import Difference, ResourceChange, Summary
from tanada.plan.values import shortened
from tanada.resources import replacements_known

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

_NAMED = 3
"""Forcing attributes that one line names."""
_SHOWN = 12
"""Differences shown of one resource, and lines of one difference."""
_SHORT = 60
"""Characters of a value within a line that says more than it."""


def unknown_replacements(types: Sequence[str]) -> str:
    """What an offline plan says of types that it knows too little of."""
    return f"what replaces {', '.join(types)} is not known here"


def why(change: ResourceChange) -> str:
    """Why something is replaced, destroyed or forgotten: `can't change in place: name: web → api`.

    Of an update: that nobody knows whether it is a replacement, which only an offline plan leaves open.
    """
    if change.action == "update":
        return "" if replacements_known(change.type) else unknown_replacements([change.type])
    if change.deposed:
        return f"object {change.deposed} is left over from an interrupted replace"
    forcing = _forcing(change)
    if change.reason == "replace_because_cannot_update" or (change.reason is None and change.replace_paths):
        return "can't change in place: " + (forcing or "(attribute unknown)")
    if change.reason is None:
        return "asked for" if change.action == "destroy" else ""
    reason = _REASONS.get(change.reason, change.reason)
    return f"{reason}: {forcing}" if forcing else reason


def _forcing(change: ResourceChange) -> str:
    """What forces a replace, with its values where they are known."""
    found = [_arrow(item, _SHORT) for item in change.differences if item.forces_replacement] or change.replace_paths
    more = f", and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return ", ".join(found[:_NAMED]) + more


def _arrow(item: Difference, longest: int | None = None) -> str:
    """`cpu: 256 → 512`."""
    before, after = (
        "(none)" if text is None else shortened(text, longest) if longest else text
        for text in (item.before, item.after)
    )
    return f"{item.path}: {before} → {after}".replace("\n", " ")


def line(change: ResourceChange) -> str:
    """`± aws_db_instance.main (database; can't change in place: username: one → two)`."""
    notes = [change.danger] if change.danger and change.destroys else []
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
    """The whole summary: a headline, what fails, what goes for ever, what else changes, deploys, outputs and drift."""
    lines = [headline(summary)]
    if summary.errored:
        lines.append("  the plan is not whole: planning ended with an error")
    for check in summary.checks:
        lines += [f"  check {check.address}: {problem}" for problem in check.problems or (check.status,)]
    dangerous = summary.dangerous
    for change in (*dangerous, *(item for item in summary.changes if item not in dangerous)):
        if not change.routine:
            lines.append(f"  {line(change)}")
            lines += _differences(_beneath(change))
    for deploy in summary.deploys:
        images = ", ".join(f"{container} {before} → {after}" for container, before, after in deploy.images)
        lines.append(f"  ↻ {deploy.service} (deploy: {images})")
    lines += [f"  … {address} (left for a later plan)" for address in summary.deferred]
    for output in summary.outputs:
        lines.append(f"  output {output.name}: {output.action}")
        if output.difference and output.action == "update":
            lines += _differences([output.difference])
    for item in summary.drift:
        lines.append(f"  changed outside Terraform: {item.address}{' (gone)' if item.gone else ''}")
        lines += _differences(item.differences)
    return "\n".join(lines)


def _beneath(change: ResourceChange) -> Sequence[Difference]:
    """The differences that the change's own line doesn't tell whole."""
    forcing = [item for item in change.differences if item.forces_replacement]
    told = len(forcing) <= _NAMED and all(
        not item.lines and len(item.before or "") <= _SHORT and len(item.after or "") <= _SHORT for item in forcing
    )
    return [item for item in change.differences if not (told and item.forces_replacement)]


def _differences(items: Sequence[Difference]) -> Iterator[str]:
    for item in items[:_SHOWN]:
        if item.lines:
            yield f"      {item.path}:"
            yield from (f"        {text}" for text in item.lines[:_SHOWN])
            if len(item.lines) > _SHOWN:
                yield f"        … {len(item.lines) - _SHOWN} more lines"
        else:
            yield f"      {_arrow(item)}"
    if len(items) > _SHOWN:
        yield f"      … {len(items) - _SHOWN} more"
