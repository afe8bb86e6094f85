"""What a plan does to DynamoDB tables that no line of it says: which are restored, and from what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values, blocks
from tanada.text import listed

_TYPE = "aws_dynamodb_table"


def restore_points(changes: Sequence[Change]) -> Iterator[Caution]:
    """What tables can be restored from (DynamoDB guide, "Point-in-time recovery": off, all of it is gone)."""
    for table in changes:
        if table.type == _TYPE and table.updates and _restorable(table.before) and not _restorable(table.after):
            words = f"{table.address} loses all its restore points, at once"
            yield Caution(words, "a table loses its restore points", grave=True)


def restored(changes: Sequence[Change]) -> Iterator[Caution]:
    """What is made beside, and what it hasn't yet (`left_out` of the type's entry)."""
    for table, source in _made_of_another(changes):
        store, at = store_of(table), table.after.get("restore_date_time")
        yield Caution(
            f"{store} is restored to {at}: a table is made beside from the restore points of "
            f"{source}, and who reaches it is deployed anew to find it. That one serves "
            "until then and stays, and it alone has what is written after that time. Apply once more then: the new one "
            "gets its tags, its stream and its protection with the next plan",
            f"{store} is restored to {at}",
        )


def refusals(changes: Sequence[Change]) -> Iterator[str]:
    """Why a table can't be restored so: DynamoDB makes those indexes alone that the other one has by then (API
    reference, RestoreTableToPointInTime, GlobalSecondaryIndexOverride)."""
    there = {str(each.before.get("name")): each.before for each in changes if each.type == _TYPE and each.before}
    for table, source in _made_of_another(changes):
        if source in there and (new := sorted(_indexes(table.after) - _indexes(there[source]))):
            yield (
                f"{store_of(table)} is restored with {listed(new, len(new))} in indexes, which {source} "
                "hasn't: DynamoDB restores those alone that are there. Apply one of both first: indexes, or restored."
            )


def store_of(table: Change) -> str:
    """The store that a table belongs to."""
    return re.sub(r"(_restored_[0-9]{8}_[0-9]{6})?_table$", "", table.address.partition(".")[2])


def _made_of_another(changes: Sequence[Change]) -> Iterator[tuple[Change, str]]:
    """Each that is, and what that other one is called."""
    for each in changes:
        source = each.after.get("restore_source_name")
        if each.type == _TYPE and "create" in each.actions and isinstance(source, str):
            yield each, source


def _indexes(table: Values) -> set[str]:
    return {str(each.get("name")) for each in blocks(table, "global_secondary_index")}


def _restorable(table: Values) -> bool:
    return any(block.get("enabled") is True for block in blocks(table, "point_in_time_recovery"))
