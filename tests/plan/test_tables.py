"""What a plan does to tables: which are restored, and why some can't be so."""

from __future__ import annotations

from typing import Any

from tanada.plan import impossible
from tests.plan.test_cautions import Json, change, words

OLD = "aws_dynamodb_table.visits_table"
NEW = "aws_dynamodb_table.visits_restored_20261120_030000_table"
OF = {"restore_source_name": "test_visits_kakei", "restore_date_time": "2026-11-20T03:00:00Z"}


def table(address: str, actions: str, *indexes: str, **more: Any) -> Json:
    values = {"name": "test_visits_kakei", "global_secondary_index": [{"name": each} for each in indexes], **more}
    return change(address, actions, None if actions == "create" else values, values)


def test_of_one_that_is_restored_it_is_said_what_comes_later() -> None:
    made = table(NEW, "create", **OF, name="new")
    [sentence] = words(table(OLD, "no-op"), made)
    assert sentence.startswith("visits is restored to 2026-11-20T03:00:00Z: a table is made beside from")
    assert "with the next plan" in sentence
    assert impossible({"resource_changes": [table(OLD, "no-op"), made]}) == ()


def test_an_index_that_the_other_one_has_not_is_refused() -> None:
    def refused(*there: str) -> tuple[str, ...]:
        made = table(NEW, "create", "by-mail", **OF, name="new")
        return impossible({"resource_changes": [table(OLD, "no-op", *there), made]})

    assert refused() == (
        "visits is restored with by-mail in indexes, which test_visits_kakei hasn't: DynamoDB restores those alone "
        "that are there. Apply one of both first: indexes, or restored.",
    )
    assert refused("by-mail", "by-name") == ()
