"""The folded sections of a comment: what one stack's plan does, in Markdown in which every value is inert."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from tanada.comment.escape import code, fence, html, text
from tanada.comment.phrases import (
    LONGEST,
    cause_alone,
    cost_change,
    count,
    cut,
    money,
    names,
    numbers,
    reason,
)
from tanada.comment.severity import Severity
from tanada.comment.severity import severity as severity_of
from tanada.comment.shorten import Detail
from tanada.plan.model import Deploy, Difference, Drift, FailedCheck, OutputChange, ResourceChange, Summary
from tanada.plan.report import Message, Reason, Report

_ERROR_LINES = 20
_TITLED = 3
"""Labels that a section's title names."""

Symbol = Literal["🔴", "❌", "✋", "🟡", "✅", "⏸️", "🚢", "⏳", "❔", "🟢", "⚠️", "🌀"]


@dataclass(frozen=True)
class Part:
    """A titled block of a section."""

    name: str
    """`errors`, `checks`, `replaced`, `destroyed`, `forgotten`, `updated`, `created`, `others`, `deploys`, `outputs`,
    `deferred`, `configuration`, `drift`, `warnings`: for templates that leave one out."""
    title: str
    body: str


@dataclass(frozen=True)
class Section:
    """What stands between `<details>` and `</details>`."""

    kind: Literal["common", "environment", "review", "drift", "warnings"]
    symbol: Symbol
    title: str
    """HTML: the label."""
    summary: str
    """HTML: the rest of the line."""
    open: bool
    notes: tuple[str, ...]
    """Markdown, a paragraph each."""
    parts: tuple[Part, ...]


def symbol(report: Report, severity: Severity) -> Symbol:
    """How a report stands, at a glance."""
    if report.status == "applied":
        return "✅"
    if report.status == "not applied":
        return "⏸️"
    symbols: dict[Severity, Symbol] = {
        "failed": "❌",
        "dangerous": "🔴",
        "not approved": "✋",
        "changes": "🟡",
        "routine": "🚢",
        "waits": "⏳",
        "undeclared": "❔",
        "nothing": "🟢",
    }
    return symbols[severity]


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
    parts = [*_messages(report, detail)]
    if report.configuration:
        parts.append(_configuration(report.configuration, detail))
    if report.summary is not None:
        parts += _changes(report.summary, detail)
    said = [*notes, *([_reasons(reasons)] if reasons else [])]
    if len(labels) > _TITLED:
        said.insert(0, f"The same in {names(labels, 20 if detail >= Detail.LINES else len(labels))}.")
    return Section(
        kind=report.kind,
        symbol=symbol(report, severity_of(report)),
        title=", ".join(html(label) for label in labels[:_TITLED]),
        summary=(f"and {len(labels) - _TITLED:,} more · " if len(labels) > _TITLED else "") + _summary(report),
        open=stands_open,
        notes=tuple(said),
        parts=tuple(parts),
    )


def drifted(report: Report, detail: Detail) -> Section | None:
    """What changed outside Terraform in a stack; None at the level that leaves it out."""
    if detail >= Detail.GONE or report.summary is None:
        return None
    drift = report.summary.drift
    if detail >= Detail.COUNTED:
        body = _types(item.address for item in drift)
    else:
        body = fence(_apart(_drift_lines(item, detail) for item in drift), "diff")
    gone = sum(1 for item in drift if item.gone)
    summary = f"{count(len(drift), 'resource')} changed outside Terraform"
    return Section(
        kind="drift",
        symbol="🌀",
        title=html(report.label),
        summary=summary + (f", {gone:,} gone" if gone else ""),
        open=False,
        notes=(),
        parts=(Part("drift", "", body),),
    )


def warnings(reports: Sequence[Report], detail: Detail) -> Section | None:
    """Every warning once, with the stacks that give it; None at the level that leaves them out."""
    found: dict[tuple[str, str], list[str]] = {}
    for report in reports:
        for message in report.messages:
            if message.severity == "warning":
                labels = found.setdefault((message.summary, message.detail), [])
                if report.label not in labels:
                    labels.append(report.label)
    if not found or detail >= Detail.GONE:
        return None
    parts = []
    for (summary, explained), labels in found.items():
        title = f"{text(summary)} – {names(labels, 20 if detail < Detail.COUNTED else 3)}"
        body = "" if detail >= Detail.SIDE or not explained else fence(_bars(explained), "")
        parts.append(Part("warnings", title, body))
    return Section(
        kind="warnings",
        symbol="⚠️",
        title="Warnings",
        summary=count(len(found), "warning"),
        open=False,
        notes=(),
        parts=tuple(parts),
    )


def _summary(report: Report) -> str:
    """The line that stands while the section is folded."""
    parts = []
    if report.protected:
        parts.append(f"🔒 protected account {html(report.account)}")
    if report.status not in ("changes", "no changes"):
        parts.append(report.status)
    if report.summary is not None:
        parts.append(numbers(report.summary))
        if report.summary.errored and report.status != "failed":
            parts.append("the plan ended in errors")
        if failing := len(report.summary.checks):
            parts.append(f"{count(failing, 'check')} not passed")
        if change := cost_change(report.summary.cost):
            parts.append(f"{money(change)} USD a month")
    elif report.configuration:
        parts.append(count(len(report.configuration), "line") + " of configuration")
    return " · ".join(parts)


def _messages(report: Report, detail: Detail) -> list[Part]:
    parts = []
    for message in report.messages:
        if message.severity == "error":
            parts.append(Part("errors", "", fence(_error(message, detail))))
    return parts


def _error(message: Message, detail: Detail) -> list[str]:
    lines = [*_bars(message.summary)]
    if message.address:
        lines.append(f"│   with {message.address}")
    if message.detail:
        lines += ["│", *_bars(message.detail)]
    if detail >= Detail.SIDE and len(lines) > _ERROR_LINES:
        lines = [*lines[:_ERROR_LINES], f"│ … ({len(lines) - _ERROR_LINES} more lines)"]
    return [cut(line, LONGEST) for line in lines] if detail >= Detail.LINES else lines


def _bars(said: str) -> list[str]:
    """A text's lines as Terraform prints them."""
    return [f"│ {line}".rstrip() for line in said.splitlines()] or ["│"]


def _changes(summary: Summary, detail: Detail) -> list[Part]:
    parts = []
    if summary.checks:
        parts.append(_checks(summary.checks))
    shown = [change for change in summary.changes if not change.routine]
    for name, action in (("destroyed", "destroy"), ("replaced", "replace")):
        if lost := [change for change in shown if change.action == action]:
            parts.append(_lost(name, lost, detail))
    if forgotten := [change for change in shown if change.action == "forget"]:
        lines = [f"  × {change.address}{_note(change)}" for change in forgotten]
        body = _listed(forgotten, lines, detail)
        parts.append(Part("forgotten", f"**{len(forgotten):,} forgotten** by Terraform, and left in AWS", body))
    if updated := [change for change in shown if change.action == "update"]:
        parts.append(_updated(updated, detail))
    if created := [change for change in shown if change.action == "create"]:
        if detail >= Detail.CREATED:
            body = _types(change.address for change in created)
        else:
            body = fence([f"+ {change.address}{_note(change)}" for change in created], "diff")
        parts.append(Part("created", f"**{len(created):,} created**", body))
    if others := [change for change in shown if change.action in ("import", "move")]:
        sign = {"import": "←", "move": "→"}
        lines = [f"  {sign[change.action]} {change.address}{_note(change)}" for change in others]
        parts.append(Part("others", f"**{len(others):,} imported or moved**", _listed(others, lines, detail)))
    if summary.deploys:
        parts.append(_deploys(summary.deploys))
    if summary.outputs:
        parts.append(_outputs(summary.outputs, detail))
    if summary.deferred:
        lines = [f"  … {address}" for address in summary.deferred]
        body = _types(summary.deferred) if detail >= Detail.COUNTED else fence(lines)
        parts.append(Part("deferred", f"**{len(summary.deferred):,} deferred** to a later plan", body))
    return parts


def _lost(name: str, changes: Sequence[ResourceChange], detail: Detail) -> Part:
    """Destroyed or replaced: the dangerous first, and the attributes that force it."""
    changes = sorted(changes, key=lambda change: (change.danger is None, change.address))
    kept = [change for change in changes if change.danger or detail < Detail.COUNTED]
    blocks = []
    for change in kept:
        sign = "!" if change.action == "replace" else "-"
        reason = cause_alone(change)
        if change.replace_paths and not any(each.forces_replacement for each in change.differences):
            reason = f"{reason}: {', '.join(change.replace_paths)}"
        said = "; ".join(filter(None, (change.danger, reason)))
        blocks.append(
            [f"{sign} {change.address}{_note(change)}" + (f"  # {said}" if said else "")]
            + [
                line
                for difference in change.differences
                if difference.forces_replacement or detail < Detail.UPDATED
                for line in _difference(difference, detail)
            ]
        )
    body = fence(_apart(blocks) if name == "replaced" else [line for block in blocks for line in block], "diff")
    if len(kept) < len(changes):
        rest = "Others: " + _types(change.address for change in changes if change not in kept)
        body = f"{body}\n\n{rest}" if kept else rest
    return Part(name, f"**{len(changes):,} {name}**", body)


def _updated(changes: Sequence[ResourceChange], detail: Detail) -> Part:
    title = f"**{len(changes):,} updated** in place"
    if detail >= Detail.COUNTED:
        return Part("updated", title, _types(change.address for change in changes))
    blocks = [
        [f"  {change.address}{_note(change)}"]
        + (
            [line for each in change.differences for line in _difference(each, detail)]
            if detail < Detail.UPDATED
            else []
        )
        for change in changes
    ]
    lines = _apart(blocks) if detail < Detail.UPDATED else [block[0] for block in blocks]
    return Part("updated", title, fence(lines, "diff"))


def _difference(difference: Difference, detail: Detail) -> list[str]:
    """The lines of a diff: `-   cpu: 256`, `+   cpu: 512`."""
    forced = "  # forces the replacement" if difference.forces_replacement else ""

    def shown(value: str) -> str:
        return cut(value, LONGEST) if detail >= Detail.LINES else value

    if difference.lines:
        lines = [f"    {difference.path}:{forced}"]
        for line in difference.lines:
            sign = line[:1] if line[:1] in ("+", "-") else " "
            if sign != " " or detail < Detail.LINES:
                lines.append(f"{sign}     {shown(line[1:].strip(chr(10)))}".rstrip())
        return lines
    gone = [f"-   {difference.path}: {shown(difference.before)}"] if difference.before is not None else []
    come = [f"+   {difference.path}: {shown(difference.after)}"] if difference.after is not None else []
    changed = [*gone, *come] or [f"    {difference.path}"]
    return [*changed[:-1], changed[-1] + forced]


def _drift_lines(drift: Drift, detail: Detail) -> list[str]:
    if drift.gone:
        return [f"- {drift.address}  # gone"]
    differences = drift.differences if detail < Detail.SIDE else ()
    return [f"  {drift.address}", *(line for each in differences for line in _difference(each, detail))]


def _apart(blocks: Iterable[Sequence[str]]) -> list[str]:
    """Blocks of lines with a blank line around those that have more than one."""
    lines: list[str] = []
    tall = False
    for block in blocks:
        if lines and (tall or len(block) > 1):
            lines.append("")
        tall = len(block) > 1
        lines += block
    return lines


def _note(change: ResourceChange) -> str:
    notes = []
    if change.previous_address:
        notes.append(f"was {change.previous_address}")
    if change.imported:
        notes.append("imported")
    if change.deposed and change.action != "destroy":
        notes.append(f"object {change.deposed}")
    if change.action == "forget" and (reason := cause_alone(change)):
        notes.append(reason)
    return f" ({'; '.join(notes)})" if notes else ""


def _listed(changes: Sequence[ResourceChange], lines: list[str], detail: Detail) -> str:
    return _types(change.address for change in changes) if detail >= Detail.COUNTED else fence(lines)


def _types(addresses: Iterable[str]) -> str:
    """`aws_subnet` × 3, `aws_vpc`."""
    counted = Counter(address.rpartition("module.")[2].split("[")[0].split(".")[-2:][0] for address in addresses)
    return ", ".join(code(kind) + (f" × {number:,}" if number > 1 else "") for kind, number in sorted(counted.items()))


def _checks(checks: Sequence[FailedCheck]) -> Part:
    lines = []
    for check in checks:
        lines.append(f"! {check.address}: {'does not hold' if check.status == 'fail' else 'could not be checked'}")
        lines += [f"    {line}" for problem in check.problems for line in _bars(problem)]
    return Part("checks", f"**{count(len(checks), 'check')} not passed**", fence(lines, "diff"))


def _deploys(deploys: Sequence[Deploy]) -> Part:
    images = [f"{text(name)} {code(old)} → {code(new)}" for deploy in deploys for name, old, new in deploy.images]
    return Part("deploys", f"🚢 New images: {', '.join(images)}", "")


def _outputs(outputs: Sequence[OutputChange], detail: Detail) -> Part:
    lines: list[str] = []
    sign = {"create": "+", "destroy": "-"}
    for output in outputs:
        if output.difference is None or detail >= Detail.SIDE:
            lines.append(f"{sign.get(output.action, ' ')} {output.name}")
        else:
            lines += [f"{line[:1]} {line[4:]}" for line in _difference(output.difference, detail)]
    return Part("outputs", f"**{count(len(outputs), 'output')} changed**", fence(lines, "diff"))


def _configuration(lines: Sequence[str], detail: Detail) -> Part:
    title = "**Emitted configuration**, compared with the base commit's"
    if detail >= Detail.COUNTED:
        signs = Counter(line[:1] for line in lines)
        words = (("added", "+"), ("changed", "~"), ("removed", "-"))
        return Part("configuration", title, ", ".join(f"{signs[sign]:,} {word}" for word, sign in words if signs[sign]))
    # A diff colours no `~`.
    shown = [f"! {line[1:].lstrip()}" if line[:1] == "~" else line for line in lines]
    return Part("configuration", title, fence([line if line[:1] in "+-!" else f"  {line}" for line in shown], "diff"))


def _reasons(reasons: Sequence[Reason]) -> str:
    return "\n".join(f"- {reason(each)}" for each in reasons)
