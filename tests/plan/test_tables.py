"""What a plan does to tables: which are restored, and why some can't be so."""

from __future__ import annotations

from typing import Any

import pytest

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


STREAM = {"stream_enabled": True, "stream_view_type": "NEW_AND_OLD_IMAGES"}


def _replicated(*regions: str, protected: bool = False, **more: Any) -> Json:
    return {
        **STREAM,
        "replica": [{"region_name": e, "deletion_protection_enabled": protected} for e in regions],
        **more,
    }


def test_a_replica_that_goes_is_grave_and_one_that_comes_is_said() -> None:
    [goes] = words(change(OLD, "update", _replicated("us-west-2", "eu-west-1"), _replicated("eu-west-1")))
    assert goes == (
        "the replica of visits in us-west-2 is deleted, its restore points too: who reads there fails; the items stay "
        "in the other regions"
    )
    [comes] = words(change(OLD, "update", _replicated("eu-west-1"), _replicated("eu-west-1", "us-west-2")))
    assert comes == "all items of visits are copied to us-west-2, and each write from now on"
    assert words(change(OLD, "update", _replicated("eu-west-1"), _replicated("eu-west-1", protected=True))) == []


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (_replicated("us-west-2", protected=True), _replicated(), "AWS protects the replica of visits in us-west-2"),
        (_replicated("us-west-2"), _replicated(stream_enabled=False), "the stream of visits can't go together with"),
        (_replicated("us-west-2"), _replicated(), ""),
        (_replicated("us-west-2", protected=True), _replicated("us-west-2"), ""),
    ],
)
def test_a_replica_goes_after_its_protection_and_before_its_stream(before: Json, after: Json, says: str) -> None:
    refused = impossible({"resource_changes": [change(OLD, "update", before, after)]})
    assert [sentence[: len(says)] for sentence in refused] == ([says] if says else [])
