"""Phrases of a comment: counted words, lists, values and causes, in Markdown in which every value is inert."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from tanada.comment.escape import code, text
from tanada.plan.model import Cost, ResourceChange, Summary
from tanada.plan.render import why
from tanada.plan.report import Reason

T = TypeVar("T")

LONGEST = 160
"""Characters of a value that stay once long ones are cut."""
_FIXED = "can't change in place"


def count(number: int, word: str) -> str:
    """`1 database`, `2 databases`, `3 addresses`, `2 policies`."""
    return f"{number:,} {word if number == 1 else plural(word)}"


def plural(word: str) -> str:
    """`databases`, `addresses`, `policies`, `resources of a protected account`."""
    head, of, tail = word.partition(" of ")
    if of:
        return f"{plural(head)}{of}{tail}"
    if word.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


def listed(items: Sequence[T], most: int, written: Callable[[T], str]) -> str:
    """Things in a sentence, no more than asked for; the others are counted."""
    shown = ", ".join(written(item) for item in items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most:,} more"


def names(labels: Sequence[str], most: int) -> str:
    """Names in a sentence."""
    return listed(labels, most, text)


def money(dollars: float) -> str:
    """A change of cost; without the `$`, which begins mathematics on GitHub and a snippet on GitLab."""
    return "±0.00" if abs(dollars) < 0.005 else f"{dollars:+,.2f}".replace("-", "−")


def cost_change(cost: Cost | None) -> float:
    """US dollars a month; none where no price is known."""
    return cost.after - cost.before if cost else 0.0


def reason(reason: Reason) -> str:
    """`environments/test.yaml:4` `services.web.cpu`: `256` → `512` – more visitors since spring."""
    path = f" {code(reason.path)}" if reason.path else ""  # a whole file came or went
    line = f"{code(f'{reason.file}:{reason.line}')}{path}: {arrow(reason.before, reason.after)}"
    return f"{line} – {text(cut(reason.comment, LONGEST))}" if reason.comment else line


def arrow(before: str | None, after: str | None, longest: int = LONGEST) -> str:
    """`256` → `512`, or what was added or removed."""
    if before is None:
        return "added" if after is None else f"{code(cut(after, longest))} (new)"
    if after is None:
        return f"{code(cut(before, longest))} (removed)"
    return f"{code(cut(before, longest))} → {code(cut(after, longest))}"


def cut(value: str, longest: int) -> str:
    """A value's beginning, and how much of it is missing."""
    if len(value) <= longest:
        return value
    return f"{value[:longest]}… ({len(value) - longest:,} more characters)"


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
    counts = summary.counts
    words = (
        ("destroy", counts.destroy),
        ("replace", counts.replace),
        ("update", counts.update),
        ("create", counts.create),
        ("forget", counts.forget),
        ("import", counts.imported),
        ("move", counts.moved),
    )
    parts = [f"{number:,} to {word}" for word, number in words if number]
    if summary.outputs:
        parts.append(f"{count(len(summary.outputs), 'output')} to change")
    if summary.deferred:
        parts.append(f"{len(summary.deferred):,} deferred")
    return ", ".join(parts) or "no changes"
