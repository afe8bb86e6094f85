"""Lines that name stacks: what rests on a changing common layer, what was refused."""

from __future__ import annotations

from dataclasses import replace

from tests.comment.reports import ERROR, SCENARIOS, body, report


def test_dependents_of_a_changing_common_layer_are_never_called_unchanged() -> None:
    text = body(*SCENARIOS["common_changes"])
    assert "No changes" not in text
    line = next(line for line in text.splitlines() if "may change more once it is applied" in line)
    assert "environment-test2" in line
    assert "review-kokuyou" in line
    assert "**not planned here**: environment-partner" in text
    assert "used by environment-test, environment-test2, environment-partner, review" in text


def test_dependents_of_a_common_layer_that_could_not_be_planned_are_not_called_unchanged() -> None:
    failed = report("common-main", None, status="failed", messages=(ERROR,))
    others = [report("environment-test", "environment-same"), report("environment-test2", "environment-larger")]
    text = body([failed, *others])
    assert "**Planned against the common layer as it is now**, and may change more once it is applied: " in text
    assert "No changes" not in text
    assert "as it is now: common-main could not be planned." in text
    assert "as it is now" not in body([replace(failed, step="apply"), *others])


def test_a_deploy_on_a_changing_common_layer_is_marked_too() -> None:
    text = body([report("common-main", "common-changed"), report("environment-test", "environment-deployed")])
    line = next(line for line in text.splitlines() if "may change more once it is applied" in line)
    assert "environment-test" in line


def test_dependents_of_another_accounts_common_layer_are_unchanged() -> None:
    changing = report("common-main", "common-changed")
    text = body([changing, report("environment-production", "environment-same")])
    assert "🟢 No changes: [environment-production]" in text


def test_stacks_that_are_refused_alike_are_told_in_one_sentence() -> None:
    refused = [report(f"environment-{name}", None, status="refused", messages=(ERROR,)) for name in ("test", "test2")]
    assert "**[environment-test2](<https://ci.example.com/runs/17/environment-test2>)** were refused" in body(refused)
    assert "** was refused" in body(refused[:1])
