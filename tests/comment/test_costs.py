"""What changes cost."""

from __future__ import annotations

from dataclasses import replace

from tests.comment.reports import COST, body, planned, report


def test_costs_are_summed_and_called_an_estimate() -> None:
    reports = [
        report(name, replace(planned("environment-larger"), cost=COST)) for name in ("environment-a", "environment-b")
    ]
    assert (
        "**+57.52 USD a month** (424.80 → 482.32, from 460.20 to 805.50 by scale; estimate, prices of 2026-11-01)"
        in body(reports)
    )
    assert "2 `aws_lb`" in body(reports)


def test_what_does_not_scale_is_in_both_ends() -> None:
    fixed = replace(COST, scaled=None, scaled_before=None)
    reports = [
        report(name, replace(planned("environment-larger"), cost=cost))
        for name, cost in (("environment-a", COST), ("environment-b", fixed))
    ]
    assert "(424.80 → 482.32, from 471.26 to 643.91 by scale; estimate" in body(reports)
    assert "by scale" not in body([report("environment-a", replace(planned("environment-larger"), cost=fixed))])


def test_other_bounds_alone_are_told() -> None:
    same = replace(COST, before=COST.after, unknown=(), by_use=())
    assert "no known change of cost (241.16 → 241.16, from 230.10 to 402.75 by scale" in body(
        [report("environment-a", replace(planned("environment-larger"), cost=same))]
    )
