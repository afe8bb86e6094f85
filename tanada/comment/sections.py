"""The folded sections of a comment: what one stack's plan does, in Markdown in which every value is inert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tanada.comment import blocks
from tanada.comment.blocks import Block
from tanada.comment.costs import cost_change, money
from tanada.comment.escape import fence, html, text
from tanada.comment.phrases import names, numbers, reason
from tanada.comment.severity import Severity
from tanada.comment.severity import severity as severity_of
from tanada.comment.shorten import Detail
from tanada.plan.model import Summary
from tanada.plan.report import KINDS, Kind, Reason, Report
from tanada.text import count, plural

_TITLED = 3
"""Labels that a section's title names."""

Symbol = Literal["🔴", "❌", "✋", "🟡", "✅", "⏸️", "🚢", "⏳", "❔", "🟢", "⚠️", "🌀"]
_SYMBOLS: dict[Severity, Symbol] = {
    "failed": "❌",
    "dangerous": "🔴",
    "not approved": "✋",
    "changes": "🟡",
    "routine": "🚢",
    "waits": "⏳",
    "undeclared": "❔",
    "nothing": "🟢",
}


@dataclass(frozen=True)
class Section:
    """What stands between `<details>` and `</details>`."""

    kind: Kind | Literal["drift", "warnings"]
    symbol: Symbol
    title: str
    """HTML: the label."""
    summary: str
    """HTML: the rest of the line."""
    parts: tuple[Block, ...]
    open: bool = False
    notes: tuple[str, ...] = ()
    """Markdown, a paragraph each."""


def symbol(report: Report, severity: Severity) -> Symbol:
    """How a report stands, at a glance."""
    if report.status == "applied":
        return "✅"
    return "⏸️" if report.status == "not applied" else _SYMBOLS[severity]


def heading(kind: Kind) -> str:
    """`Common layer`, `Environments`: above what stands on one terrace."""
    word = KINDS[kind]
    return (word if kind == "common" else plural(word)).capitalize()


def section(
    report: Report,
    labels: Sequence[str],
    reasons: Sequence[Reason],
    notes: Sequence[str],
    detail: Detail,
    *,
    stands_open: bool,
) -> Section | None:
    """The section of stacks that all say what `report` says; None at the level that leaves it out."""
    if detail >= Detail.GONE:
        return None
    parts = list(blocks.errors(report.messages, detail))
    if report.configuration:
        parts.append(blocks.configuration(report.configuration, detail))
    if report.summary is not None:
        parts += blocks.changes(report.summary, detail)
    paragraphs = [*notes, *(["\n".join(f"- {reason(each)}" for each in reasons)] if reasons else [])]
    if len(labels) > _TITLED:
        paragraphs.insert(0, f"The same in {names(labels, 20 if detail >= Detail.LINES else len(labels))}.")
    return Section(
        kind=report.kind,
        symbol=symbol(report, severity_of(report)),
        title=", ".join(html(label) for label in labels[:_TITLED]),
        summary=(f"and {len(labels) - _TITLED:,} more · " if len(labels) > _TITLED else "") + _summary(report),
        parts=tuple(parts),
        open=stands_open,
        notes=tuple(paragraphs),
    )


def _summary(report: Report) -> str:
    """The line that stands while the section is folded."""
    parts = [f"🔒 protected account {html(report.account)}"] if report.protected else []
    if report.status not in ("changes", "no changes"):
        parts.append(report.status)
    if report.summary is not None:
        parts += _of_plan(report.summary, failed=report.status == "failed")
    elif report.configuration:
        parts.append(count(len(report.configuration), "line") + " of configuration")
    return " · ".join(parts)


def _of_plan(summary: Summary, *, failed: bool) -> list[str]:
    parts = [numbers(summary)]
    if summary.errored and not failed:
        parts.append("the plan ended in errors")
    if summary.checks:
        parts.append(f"{count(len(summary.checks), 'check')} not passed")
    if change := cost_change(summary.cost):
        parts.append(f"{money(change)} USD a month")
    return parts


def drifted(report: Report, detail: Detail) -> Section | None:
    """What changed outside Terraform in a stack; None at the level that leaves it out."""
    if detail >= Detail.GONE or report.summary is None:
        return None
    drift = report.summary.drift
    gone = sum(1 for item in drift if item.gone)
    summary = f"{count(len(drift), 'resource')} changed outside Terraform" + (f", {gone:,} gone" if gone else "")
    return Section("drift", "🌀", html(report.label), summary, (blocks.drift(drift, detail),))


def warnings(reports: Sequence[Report], detail: Detail) -> Section | None:
    """Every warning once, with the stacks that give it; None at the level that leaves them out."""
    labels: dict[tuple[str, str], dict[str, None]] = {}
    for report in reports:
        for message in report.messages:
            if message.severity == "warning":
                labels.setdefault((message.summary, message.detail), {})[report.label] = None
    if not labels or detail >= Detail.GONE:
        return None
    most = 20 if detail < Detail.COUNTED else 3
    parts = [
        Block(
            "warnings",
            f"{text(summary)} – {names(list(stacks), most)}",
            "" if detail >= Detail.SIDE or not explained else fence(blocks.bars(explained)),
        )
        for (summary, explained), stacks in labels.items()
    ]
    return Section("warnings", "⚠️", "Warnings", count(len(labels), "warning"), tuple(parts))
