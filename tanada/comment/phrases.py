"""Phrases of a comment: lists, values and causes, in Markdown in which every value is inert."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from tanada.comment.escape import code, link, text
from tanada.comment.shorten import Omissions
from tanada.plan.model import ResourceChange, Summary
from tanada.plan.render import hidden, outputs_in_numbers, why
from tanada.plan.report import Reason, Report
from tanada.text import cut_counted

T = TypeVar("T")

LONGEST = 160
"""Characters of a value that stay once long ones are cut."""
_FIXED = "can't change in place"
_GRAVEST_FIRST = ("destroy", "replace", "update", "create", "forget", "import", "move")


def listed(items: Sequence[T], most: int, written: Callable[[T], str]) -> str:
    """Things in a sentence, no more than asked for; the others are counted."""
    shown = ", ".join(written(item) for item in items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most:,} more"


def names(labels: Sequence[str], most: int) -> str:
    """Names in a sentence."""
    return listed(labels, most, text)


def reason(reason: Reason) -> str:
    """`environments/test.yaml:4` `services.web.cpu`: `256` → `512` – more visitors since spring."""
    path = f" {code(reason.path)}" if reason.path else ""  # a whole file came or went
    line = f"{code(f'{reason.file}:{reason.line}')}{path}: {arrow(reason.before, reason.after)}"
    if reason.hidden:
        line += f" ({text(hidden(reason.hidden))})"
    return f"{line} – {text(cut_counted(reason.comment, LONGEST))}" if reason.comment else line


def arrow(before: str | None, after: str | None, longest: int = LONGEST) -> str:
    """`256` → `512`, or what was added or removed."""
    if before is None:
        return "added" if after is None else f"{code(cut_counted(after, longest))} (new)"
    if after is None:
        return f"{code(cut_counted(before, longest))} (removed)"
    return f"{code(cut_counted(before, longest))} → {code(cut_counted(after, longest))}"


def cause(change: ResourceChange) -> str:
    """Why a resource is replaced or destroyed, with the values that force it; empty where nobody knows."""
    sentence = text(cause_alone(change)) if cause_alone(change) else ""
    forced = [difference for difference in change.differences if difference.forces_replacement]
    if not forced:
        paths = ", ".join(code(path) for path in change.replace_paths)
        return ": ".join(filter(None, (sentence, paths)))
    changed = ", ".join(
        f"{code(each.path)} {'changes' if each.lines else arrow(each.before, each.after, 60)}" for each in forced
    )
    return f"{changed} {_FIXED}" if sentence in (_FIXED, "") else f"{sentence}; {changed}"


def cause_alone(change: ResourceChange) -> str:
    """Why, without attributes and values, which are shown apart; empty where nothing but a request leads to it."""
    if change.reason == "replace_because_cannot_update" or (change.reason is None and change.replace_paths):
        return _FIXED
    if change.reason is None and not change.deposed:
        return ""
    return why(replace(change, differences=(), replace_paths=()))


def numbers(summary: Summary) -> str:
    """`1 to replace, 2 to update`."""
    by_verb = summary.counts.by_verb
    parts = [f"{by_verb[verb]:,} to {verb}" for verb in _GRAVEST_FIRST if by_verb[verb]]
    parts += outputs_in_numbers(summary)
    if summary.deferred:
        parts.append(f"{len(summary.deferred):,} deferred")
    return ", ".join(parts) or "no changes"


def approval(report: Report) -> str:
    """Why a stack was not applied, and what approves it."""
    fingerprint = report.summary.called if report.summary else ""
    sentence = "what it would do is not what was approved"
    return f"{sentence}; to go on, approve with {code(f'--approve {fingerprint}')}" if fingerprint else sentence


def linked(report: Report, omissions: Omissions, *, bold: bool = False) -> str:
    """A stack's label, as a link to its log unless that is left out."""
    label = link(report.label, report.log_url if omissions.links else None)
    return f"**{label}**" if bold else label
