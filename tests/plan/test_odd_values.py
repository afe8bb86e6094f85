"""A plan is read from a file, which may hold anything: no look at one fails on what no provider would ever answer."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

from tanada.offline.blocks import Block
from tanada.offline.schema import Schemas, load
from tanada.plan.cautions import cautions, impossible
from tanada.plan.source import Source
from tanada.resources import entries

ODD: tuple[Any, ...] = ("words", ["words"], [["words"]], {"a": "words"}, json.dumps({"a": ["words"]}), "[3]", "3", 3)
SIDES = {("create",): ("after",), ("update",): ("before",), ("delete", "create"): ("before", "after")}
OTHER = {"address": "aws_vpc.x", "type": "aws_vpc", "mode": "managed", "change": {"actions": ["no-op"]}}


def values(block: Block, odd: Any) -> Iterator[dict[str, Any]]:
    """Each argument of a block as something else, and each block in it with nothing but such arguments."""
    for name in (*block.attributes, *block.blocks):
        yield {name: odd}
    for name, nested in block.blocks.items():
        yield {name: [dict.fromkeys((*nested.block.attributes, *nested.block.blocks), odd)]}


def test_whatever_a_plan_holds_each_look_at_it_ends() -> None:
    schemas = Schemas(load())
    failed = set()
    for type_ in sorted(entries()):
        for odd, (actions, sides) in itertools.product(ODD, SIDES.items()):
            for held in values(schemas.resource(type_), odd):
                change = {"actions": list(actions), **dict.fromkeys(sides, held)}
                entry = {"address": f"{type_}.web_service", "type": type_, "mode": "managed", "change": change}
                plan = {"format_version": "1.2", "resource_changes": [OTHER, entry]}
                try:
                    cautions(Source.of(plan, ()))
                    impossible(plan)
                except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
                    failed.add(f"{type_}: {held} {actions}: {error!r}")
    assert not failed, "\n".join(sorted(failed))
