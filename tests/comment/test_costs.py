"""What changes cost."""

from __future__ import annotations

from dataclasses import replace

from tests.comment.reports import COST, body, planned, report


def test_costs_are_summed_and_called_an_estimate() -> None:
    reports = [
        report(name, replace(planned("environment-larger"), cost=COST)) for name in ("environment-a", "environment-b")
    ]
    assert "**+57.52 USD a month** (424.80 → 482.32; estimate, prices of 2026-11-01)" in body(reports)
    assert "2 `aws_lb`" in body(reports)
