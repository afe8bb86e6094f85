"""The table of a comment: a row for each stack that needs a look, numbers for what is left out."""

from __future__ import annotations

from collections.abc import Sequence

from tanada.comment.costs import cost_change, money
from tanada.comment.escape import cell
from tanada.comment.page import Row
from tanada.comment.phrases import linked
from tanada.comment.sections import heading, symbol
from tanada.comment.severity import Standing
from tanada.comment.shorten import Omissions
from tanada.plan.report import Report
from tanada.text import count


def rows(standing: Standing, omissions: Omissions) -> tuple[Row, ...]:
    """The most that are asked for; one row sums up the others."""
    reports = [report for report in standing.reports if _has_row(report, standing)]
    several = len({report.kind for report in reports}) > 1
    shown: list[Row] = []
    summed: list[Report] = []
    room = omissions.rows
    last = None
    for report in reports:
        quiet = not standing.grave(report)
        if not omissions.lines or (quiet and room == 0):
            summed.append(report)
            continue
        room -= quiet
        shown.append(
            _row(report, standing, omissions, heading(report.kind) if several and report.kind != last else None)
        )
        last = report.kind
    if summed:
        symbols = {symbol(report, standing.severity(report)) for report in summed}
        what = count(len(summed), "other stack" if shown else "stack")
        shown.append(Row(None, symbols.pop() if len(symbols) == 1 else "", what, "", *_cells(summed, standing)))
    return tuple(shown)


def _has_row(report: Report, standing: Standing) -> bool:
    """What needs no look is named in a line below."""
    severity = standing.severity(report)
    if severity == "routine":
        return report.status != "changes"
    return severity not in ("nothing", "waits", "undeclared")


def _row(report: Report, standing: Standing, omissions: Omissions, terrace: str | None) -> Row:
    severity = standing.severity(report)
    label = linked(report, omissions, bold=severity in ("dangerous", "failed"))
    lock = f" 🔒 {cell(report.account)}" if report.protected else ""
    return Row(terrace, symbol(report, severity), label + lock, _status(report, standing), *_cells([report], standing))


def _status(report: Report, standing: Standing) -> str:
    if report.status == "changes" and standing.underneath(report):
        return "changes, common layer as it is now"
    if report.status == "changes" and standing.severity(report) == "dangerous":
        return "**danger**"
    return f"**{report.status}**" if report.status in ("failed", "refused", "not approved") else report.status


def _cells(reports: Sequence[Report], standing: Standing) -> tuple[str, str, str, str, str]:
    counts = [counts for report in reports if (counts := standing.counts(report))]
    dangerous = any(standing.dangers(report) for report in reports)
    change = sum(cost_change(report.summary.cost) for report in reports if report.summary)
    return (
        _number(sum(each.create for each in counts)),
        _number(sum(each.update for each in counts)),
        _number(sum(each.replace for each in counts), bold=dangerous),
        _number(sum(each.destroy for each in counts), bold=True),
        money(change) if change else "",
    )


def _number(number: int, *, bold: bool = False) -> str:
    return "" if not number else f"**{number:,}**" if bold else f"{number:,}"
