"""How reports stand to each other: terraces in order, what is dangerous in which, and who rests on whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tanada.plan.model import ResourceChange
from tanada.plan.report import Report

Severity = Literal["failed", "dangerous", "not approved", "changes", "routine", "waits", "undeclared", "nothing"]

_ORDER = {"common": 0, "environment": 1, "review": 2}
_REVISION = ("aws_ecs_task_definition", "replace")
_SEVERITIES: dict[Severity, int] = {
    "dangerous": 0,
    "failed": 1,
    "not approved": 2,
    "changes": 3,
    "routine": 4,
    "waits": 5,
    "undeclared": 6,
    "nothing": 7,
}


@dataclass(frozen=True)
class Danger:
    """One thing of a report that nobody may overlook."""

    report: Report
    change: ResourceChange | None
    """None: the stack is destroyed as a whole."""


def ordered(reports: Sequence[Report]) -> list[Report]:
    """By terrace: common, permanent, review; then by label."""
    return sorted(reports, key=lambda report: (_ORDER[report.kind], report.label))


def by_severity(reports: Sequence[Report]) -> list[Report]:
    """The most severe first; among equals by terrace."""
    return sorted(ordered(reports), key=lambda report: _SEVERITIES[severity(report)])


def severity(report: Report) -> Severity:
    """What to look at first. A review environment is made to be thrown away: what it loses is a change."""
    if report.status in ("failed", "refused", "interrupted") or (report.summary and report.summary.errored):
        return "failed"
    if report.status == "not approved":
        return "not approved"
    if report.status == "waits for common":
        return "waits"
    if report.status == "undeclared":
        return "undeclared"
    if report.summary is None:
        return "changes" if report.status in ("changes", "applied", "not applied") else "nothing"
    if dangers(report) and report.status == "changes" and not disposable(report):
        return "dangerous"
    if report.summary.routine:
        return "routine"
    if report.summary.empty and report.status not in ("applied", "not applied") and not report.configuration:
        return "nothing"
    return "changes"


def ahead(report: Report) -> bool:
    """Whether what a report tells is still to be decided: what was applied is no danger any more."""
    return report.status in ("changes", "not approved")


def disposable(report: Report) -> bool:
    """A review environment in an account that isn't protected."""
    return report.kind == "review" and not report.protected


def whole(report: Report) -> bool:
    """Everything that the stack has is destroyed."""
    counts = report.summary.counts if report.summary else None
    if counts is None or not counts.destroy:
        return False
    return not (counts.unchanged or counts.create or counts.update or counts.replace or counts.imported)


def dangers(report: Report) -> list[Danger]:
    """What is lost and would be missed, and in a protected account whatever is lost; the gravest first.

    A task definition's replacement is its next revision: with it nothing that runs is lost, even there.
    """
    if report.summary is None:
        return []
    lost = [
        change
        for change in report.summary.destroyed
        if change.danger or (report.protected and (change.type, change.action) != _REVISION)
    ]
    lost.sort(key=lambda change: (change.danger is None, change.action != "destroy", change.address))
    found = [Danger(report, change) for change in lost]
    return [Danger(report, None), *found] if whole(report) else found


def moving(reports: Sequence[Report]) -> list[Report]:
    """The common stacks that change, or whose plan failed: nobody knows then that they don't."""
    return [report for report in ordered(reports) if report.kind == "common" and _moves(report)]


def _moves(report: Report) -> bool:
    if report.status in ("failed", "refused", "interrupted"):
        return report.step == "plan"
    if report.status == "applied":
        return False
    return bool(report.configuration) or (report.summary is not None and not report.summary.empty)


def underneath(report: Report, moving: Sequence[Report]) -> str | None:
    """The changing common stack that a report was planned against as it is now."""
    return report.common if any(report.common == common.stack for common in moving) else None


def unplanned(common: Report, reports: Sequence[Report]) -> list[str]:
    """The stacks that rest on a common stack and have no report here."""
    planned = {report.stack for report in reports}
    return sorted(stack for stack in common.dependents if stack not in planned)
