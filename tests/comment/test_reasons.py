"""The lines of the declaration that reach stacks."""

from __future__ import annotations

from dataclasses import replace

from tanada.plan import Reason
from tests.comment.reports import SCENARIOS, body, fleet, report


def test_a_reason_that_reaches_many_stacks_is_said_once() -> None:
    assert body(fleet(100)).count("system.yaml:31") == 1


def test_a_file_that_comes_as_a_whole_has_no_path_in_it() -> None:
    new = Reason("environments/staging.yaml", 2, "", None, "{account: main}")
    text = body([report("environment-test", "environment-larger", reasons=(new,))])
    assert "`environments/staging.yaml:2`: `{account: main}` (new)" in text


def test_more_reasons_than_fit_above_stand_with_their_stacks() -> None:
    reports = []
    for index in range(12):
        reason = replace(SCENARIOS["update"][0][2].reasons[0], line=index + 1)
        reports.append(report(f"environment-{index:02}", "environment-larger", reasons=(reason,)))
    text = body(reports)
    assert all(text.count(f"environments/test.yaml:{index + 1}`") == 1 for index in range(12))
    assert text.index("environments/test.yaml:8`") < text.index("<details") < text.index("environments/test.yaml:9`")
