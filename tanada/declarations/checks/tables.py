"""Checks of tables: two keys are two attributes, an attribute has one type, DynamoDB takes so many indexes, replicas
stand in other regions, and no two restored ones are called alike."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.store import Store
from tanada.declared.table import Index, Table, named
from tanada.regions import ZONES, partition
from tanada.text import quoted

INDEXES = 20
"""Global secondary indexes a table (AWS General Reference, "Amazon DynamoDB endpoints and quotas")."""


def check_tables(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, partial(_scope, system))


def _scope(system: Scopes, scope: Scope) -> Iterator[Mistake]:
    for name, part in scope.parts.items():
        if isinstance(part, Store) and part.table is not None:
            yield from _keys(scope, name, part.table)
            yield from _life(scope, name, part.table)
            account = system.accounts.get(scope.account or "")
            yield from _replicas(scope, name, part.table, account.region if account is not None else None)
            for loc, sentence in part.table.faults():
                yield mistake(scope.tree, ("stores", name, "table", *loc), sentence)


def _keys(scope: Scope, name: str, table: Table) -> Iterator[Mistake]:
    loc = ("stores", name, "table")
    levels: list[tuple[tuple[str, ...], Table | Index]] = [((), table)]
    levels += [(("indexes", each), index) for each, index in table.indexes.items()]
    for at, level in levels:
        if level.partition_key and level.sort_key and named(level.partition_key) == named(level.sort_key):
            sentence = f"{quoted(named(level.sort_key))} is the partition key already; name another attribute"
            yield mistake(scope.tree, (*loc, *at, "sort_key"), sentence)
    types: dict[str, tuple[str, tuple[str, ...]]] = {}
    for at, attribute, type_ in table.attributes():
        first, where = types.setdefault(attribute, (type_, at))
        if first != type_:
            sentence = f"{quoted(attribute)} is a {type_} here and a {first} in {'.'.join(where)}: an attribute that is"
            sentence = f"{sentence} a key has one type; write {{{attribute}: {type_}}} at both, or {first}"
            yield mistake(scope.tree, (*loc, *at), sentence, because=[(*loc, *where)])
    if len(table.indexes) > INDEXES:
        sentence = f"{len(table.indexes)} indexes, and DynamoDB takes {INDEXES} a table; take some out"
        yield mistake(scope.tree, (*loc, "indexes"), sentence)


def _life(scope: Scope, name: str, table: Table) -> Iterator[Mistake]:
    for at, attribute, type_ in table.attributes():
        if attribute == table.ttl and type_ != "number":
            # DynamoDB developer guide, "Using time to live": items whose attribute is no number never end.
            sentence = (
                f"{quoted(attribute)} is a key, a {type_}, and DynamoDB reads the end of an item from a number alone"
            )
            loc = ("stores", name, "table")
            yield mistake(scope.tree, (*loc, "ttl"), f"{sentence}; name another attribute", because=[(*loc, *at)])
            return


def _replicas(scope: Scope, name: str, table: Table, home: str | None) -> Iterator[Mistake]:
    """`home` is the region in which the table itself stands, where that is known."""
    loc = ("stores", name, "table")
    if table.replicas and table.stream not in (None, "new_and_old_images"):
        # DynamoDB developer guide, "How DynamoDB global tables work": a replica's stream holds both images.
        sentence = f"{quoted(table.stream)} is too little: replicas need new_and_old_images; write that, or take it out"
        yield mistake(scope.tree, (*loc, "stream"), sentence, because=[(*loc, "replicas")])
    for number, region in enumerate(table.replicas):
        at = (*loc, "replicas", number)
        if region not in ZONES:
            yield mistake(scope.tree, at, f"{quoted(region)} is no region that Tanada knows; expected one of AWS's")
        elif region in table.replicas[:number]:
            yield mistake(scope.tree, at, f"{quoted(region)} stands there twice; take one out")
        elif region == home:
            sentence = f"{quoted(region)} is the region in which the table itself stands; name others"
            yield mistake(scope.tree, at, sentence)
        elif home in ZONES and partition(region) != partition(home):
            sentence = f"{region} lies in {partition(region)}, and the table in {partition(home)}"
            yield mistake(scope.tree, at, f"{sentence}: DynamoDB replicates within one partition; name another region")
