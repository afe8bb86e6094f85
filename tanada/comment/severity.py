"""How reports stand to each other: what is severe, what is dangerous in which, and who rests on whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tanada.plan.model import Counts, ResourceChange
from tanada.plan.report import KINDS, Report, Status

Severity = Literal["failed", "dangerous", "not approved", "changes", "routine", "waits", "undeclared", "nothing"]

_ORDER = tuple(KINDS)
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
_BY_STATUS: dict[Status, Severity] = {
    "failed": "failed",
    "refused": "failed",
    "interrupted": "failed",
    "not approved": "not approved",
    "waits for common": "waits",
    "undeclared": "undeclared",
}
GRAVE: tuple[Severity, ...] = ("dangerous", "failed", "not approved")
"""What someone has to look at."""


@dataclass(frozen=True)
class Danger:
    """One thing of a report that nobody may overlook."""

    report: Report
    change: ResourceChange | None
    """None: the stack is destroyed as a whole."""


def ordered(reports: Sequence[Report]) -> list[Report]:
    """By kind: common, permanent, review; then by label."""
    return sorted(reports, key=lambda report: (_ORDER.index(report.kind), report.label))


def severity(report: Report) -> Severity:
    """What to look at first. A review environment is made to be thrown away: what it loses is a change."""
    if report.summary and report.summary.errored:
        return "failed"
    if report.status in _BY_STATUS:
        return _BY_STATUS[report.status]
    if report.summary is None:
        return "changes" if report.status in ("changes", "applied", "not applied") else "nothing"
    lost = dangers(report) or any(caution.grave for caution in report.summary.cautions)
    if lost and report.status == "changes" and not disposable(report):
        return "dangerous"
    if report.summary.routine:
        return "routine"
    if report.summary.empty and report.status not in ("applied", "not applied") and not report.configuration:
        return "nothing"
    return "changes"


def ahead(report: Report) -> bool:
    """Whether what a report says is still to be decided: what was applied is no danger any more."""
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
    one_by_one = [Danger(report, change) for change in lost]
    return [Danger(report, None), *one_by_one] if whole(report) else one_by_one


def moving(reports: Sequence[Report]) -> list[Report]:
    """The common stacks that change, or whose plan failed: nobody knows then that they don't."""
    return [report for report in ordered(reports) if report.kind == "common" and _moves(report)]


def _moves(report: Report) -> bool:
    if _BY_STATUS.get(report.status) == "failed":
        return report.step == "plan"
    if report.status == "applied":
        return False
    return bool(report.configuration) or (report.summary is not None and not report.summary.empty)


def unplanned(common: Report, reports: Sequence[Report]) -> list[str]:
    """The stacks that rest on a common stack and have no report here."""
    planned = {report.stack for report in reports}
    return sorted(stack for stack in common.dependents if stack not in planned)


class Standing:
    """How the reports of one comment stand, worked out once for all its lengths."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self.reports = ordered(reports)
        self.moving = moving(reports)
        self._severities = {id(report): severity(report) for report in reports}
        self._dangers = {id(report): dangers(report) for report in reports}
        self._counts = {id(report): report.summary.counts for report in reports if report.summary}
        self.ranked = sorted(self.reports, key=lambda report: _SEVERITIES[self.severity(report)])
        """The most severe first; among equals by kind."""

    def severity(self, report: Report) -> Severity:
        return self._severities[id(report)]

    def dangers(self, report: Report) -> list[Danger]:
        return self._dangers[id(report)]

    def counts(self, report: Report) -> Counts | None:
        return self._counts.get(id(report))

    def grave(self, report: Report) -> bool:
        return self.severity(report) in GRAVE

    def of(self, wanted: Severity) -> list[Report]:
        """The reports of one severity."""
        return [report for report in self.reports if self.severity(report) == wanted]

    def underneath(self, report: Report) -> str | None:
        """The changing common stack that a report was planned against as it is now."""
        return report.common if any(report.common == common.stack for common in self.moving) else None
