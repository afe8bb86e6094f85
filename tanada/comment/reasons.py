"""The lines of the declaration that reach stacks: the widest above all sections, the others with their stacks."""

from __future__ import annotations

from collections.abc import Sequence

from tanada.comment.phrases import names, reason
from tanada.comment.shorten import Omissions
from tanada.plan.report import Reason, Report
from tanada.text import count

_ABOVE = 8
"""Reasons that stand above all sections."""


class Reasons:
    """The reasons of all reports, each once."""

    def __init__(self, reports: Sequence[Report]) -> None:
        reached: dict[Reason, list[str]] = {}
        for report in reports:
            for each in dict.fromkeys(report.reasons):
                reached.setdefault(each, []).append(report.label)
        self._number = len(reports)
        self._reached = sorted(
            reached.items(), key=lambda item: (-len(item[1]), item[0].file, item[0].line, item[0].path)
        )
        self._above = {each for each, _ in self._reached[:_ABOVE]}

    def own(self, report: Report) -> tuple[Reason, ...]:
        """Those that stand with the report's stack."""
        return tuple(each for each in report.reasons if each not in self._above)

    def lines(self, omissions: Omissions) -> tuple[str, ...]:
        """Those that stand above, with the stacks that each reaches."""
        shown = self._reached[: min(omissions.reasons, _ABOVE)]
        lines = [f"{reason(each)}{self._stacks(labels)}" for each, labels in shown]
        if omissions.reasons < len(self._reached):
            lines.append(f"and {count(len(self._reached) - len(shown), 'other line')} of the declaration")
        return tuple(lines)

    def _stacks(self, labels: Sequence[str]) -> str:
        if self._number == 1:
            return ""
        return f" → {'all stacks' if len(labels) == self._number > 3 else names(labels, 5)}"
