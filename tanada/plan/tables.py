"""What a plan does to DynamoDB tables that no line of it says: which are restored, from what, and which replicas go."""

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


def replicas(changes: Sequence[Change]) -> Iterator[Caution]:
    """What goes with a region, and what comes with one: it is filled while the apply waits."""
    for table in (each for each in changes if each.type == _TYPE and each.updates):
        before, after = _replicas(table.before), _replicas(table.after)
        if gone := sorted(before.keys() - after.keys()):
            where = listed(gone, len(gone))
            words = (
                f"the replica of {store_of(table)} in {where} is deleted, its restore points too: who reads there fails"
            )
            yield Caution(f"{words}; the items stay in the other regions", "a table's replica is deleted", grave=True)
        if new := sorted(after.keys() - before.keys()):
            yield Caution(
                f"all items of {store_of(table)} are copied to {listed(new, len(new))}, and each write from now on"
            )


def _kept_replicas(changes: Sequence[Change]) -> Iterator[str]:
    """Why replicas can't go so: DynamoDB deletes none that is protected, and the provider changes a stream before it
    deletes them, which DynamoDB refuses (terraform-provider-aws#43625; dynamodb/table.go, resourceTableUpdate)."""
    for table in (each for each in changes if each.type == _TYPE and each.updates):
        before, after = _replicas(table.before), _replicas(table.after)
        store, gone = store_of(table), sorted(before.keys() - after.keys())
        if kept := [region for region in gone if before[region]]:
            yield (
                f"AWS protects the replica of {store} in {listed(kept, len(kept))} from deletion. Taking it out is two "
                "steps: put it back, write removal: delete beside table and apply that; then take it out."
            )
        elif gone and table.before.get("stream_enabled") is True and table.after.get("stream_enabled") is not True:
            yield (
                f"the stream of {store} can't go together with its replicas: AWS keeps it on as long as there is one. "
                "Write stream: new_and_old_images and apply that; then take it out."
            )


def _replicas(table: Values) -> dict[str, bool]:
    """By region: whether it is protected."""
    found = blocks(table, "replica")
    return {str(each.get("region_name")): each.get("deletion_protection_enabled") is True for each in found}


def refusals(changes: Sequence[Change]) -> Iterator[str]:
    """Why a table can't be restored so: DynamoDB makes those indexes alone that the other one has by then (API
    reference, RestoreTableToPointInTime, GlobalSecondaryIndexOverride)."""
    yield from _kept_replicas(changes)
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
