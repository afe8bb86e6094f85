"""What reports say in one sentence, and in one word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tanada.comment.headline import headline, result
from tanada.plan import Action, ResourceChange, Summary
from tests.comment.reports import SCENARIOS, body, report


def test_the_headline_says_what_anyone_understands() -> None:
    reports = [
        report("common-main", "environment-same"),
        report("environment-test", "environment-database-replaced"),
        report("environment-test2", "environment-larger"),
    ]
    assert headline(reports) == "2 environments change, 1 database is replaced"
    assert "## 🔴 2 environments change, **1 database is replaced**\n" in body(reports)


def test_what_is_imported_is_counted_and_how_much_of_it_changes() -> None:
    def imported(address: str, action: Action) -> ResourceChange:
        return ResourceChange(address, address.split(".")[0], action, imported=True, imported_id="vpc-1")

    vpc, queue = imported("aws_vpc.a", "import"), imported("aws_sqs_queue.a", "update")
    common = report("common-main", Summary("1.11.4", (vpc,), 0))
    test = report("environment-test", Summary("1.11.4", (queue, ResourceChange("aws_lb.a", "aws_lb", "update")), 0))
    assert headline([common]) == "The common layer changes, 1 imported, 0 changed"
    assert headline([common, test]) == "The common layer changes, 1 environment changes, 2 imported, 1 changed"
    assert "imported" not in headline([replace(common, status="applied")])
    text = body([common, test])
    assert "← aws_vpc.a (imported vpc-1)" in text
    assert "aws_sqs_queue.a (imported vpc-1)" in text


def test_nothing_to_do_is_said_in_two_words() -> None:
    assert headline([report("environment-test", "environment-same")]) == "Nothing changes."


def test_a_headline_fits_a_commit_status_and_keeps_what_is_grave() -> None:
    everything = [report for reports, _ in SCENARIOS.values() for report in reports]
    assert headline(everything) == (
        "Tanada itself changes: 0.1.0 → 0.2.0, sha256 1f0c2b3d4e5f…, 2 stacks are destroyed, 1 database is destroyed, "
        "15 databases are replaced"
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nothing", "nothing"),
        ("drift", "nothing"),
        ("update", "changes"),
        ("deploy", "changes"),
        ("database_replaced", "dangerous"),
        ("environment_destroyed", "dangerous"),
        ("failed", "failed"),
        ("not_approved", "failed"),
    ],
)
def test_a_result_is_the_gravest_of_its_stacks(name: str, expected: str) -> None:
    assert result(SCENARIOS[name][0]) == expected


def test_a_stack_that_waits_is_no_failure() -> None:
    waits = report("environment-test", None, status="waits for common")
    assert result([waits, report("environment-test2", "environment-same")]) == "waits"


def test_a_database_of_a_review_environment_is_a_change_and_no_danger() -> None:
    review = report("review-kokuyou", "environment-database-replaced")
    assert result([review]) == "changes"
    text = body([review])
    assert "[!CAUTION]" not in text
    assert "made to be thrown away" in text
    assert result([replace(review, protected=True)]) == "dangerous"


def test_in_a_protected_account_whatever_is_lost_is_dangerous() -> None:
    queue = ResourceChange("aws_ecs_service.web", "aws_ecs_service", "destroy", destroys=True)
    summary = Summary("1.11.4", (queue,), 3)
    assert result([report("environment-test", summary)]) == "changes"
    assert result([report("environment-production", summary)]) == "dangerous"


def test_a_new_revision_of_a_task_definition_loses_nothing_even_there() -> None:
    assert result([report("environment-production", "environment-larger")]) == "changes"
