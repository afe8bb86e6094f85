"""Tables in other regions."""

from __future__ import annotations

from typing import Any


def _tables(stack: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = stack["resource"]["aws_dynamodb_table"]
    return found


def test_replicas_stand_where_they_are_declared_each_as_the_table_itself(emitted: dict[str, dict[str, Any]]) -> None:
    tables = _tables(emitted["table"]["environment-test"])
    table = tables["sessions_table"]
    assert (table["stream_enabled"], table["stream_view_type"]) == (True, "NEW_AND_OLD_IMAGES")
    assert table["replica"] == [
        {
            "consistency_mode": "EVENTUAL",
            "deletion_protection_enabled": table["deletion_protection_enabled"],
            "point_in_time_recovery": True,
            "propagate_tags": True,
            "region_name": region,
        }
        for region in ("eu-west-1", "us-west-2")
    ]
    assert table["deletion_protection_enabled"] is True
    assert "replica" not in tables["visits_table"]
