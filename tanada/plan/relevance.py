"""Which differences of a resource its readers want to see: not what only repeats, nor what the provider fills in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tanada.plan.configuration import Configuration
from tanada.plan.containers import COMPUTED, TASK_DEFINITION
from tanada.plan.equality import same
from tanada.plan.pairs import Pair
from tanada.plan.values import Element, Sealed, Steps, Unknown
from tanada.secrecy import SENSITIVE

_Entry = Mapping[str, Any]
"""A `resource_change` of the plan's JSON."""


def declared(entry: _Entry, differing: Sequence[Pair], configuration: Configuration) -> list[Pair]:
    """Without the attributes that the configuration doesn't set and the provider fills in after apply."""
    address = entry["address"]
    attributes = configuration.attributes(address)
    if attributes is not None:
        telling = [pair for pair in differing if not _filled_in(pair) or pair.steps[0] in attributes]
        return [pair for pair in telling if not _filled_in_block(address, pair, configuration)]
    computed = COMPUTED if entry["type"] == TASK_DEFINITION else frozenset()
    return [pair for pair in differing if not _filled_in(pair) or pair.steps[0] not in computed]


def relevant(
    entry: _Entry, differing: Sequence[Pair], configuration: Configuration, forcing: Sequence[Steps] = ()
) -> list[Pair]:
    """Without what only repeats (`tags_all`), and what the provider computes anew but where it forces a replace."""
    tags = {pair.steps[1:]: pair for pair in differing if pair.steps[:1] == ("tags",)}
    telling = [pair for pair in differing if not _repeats(pair, tags)]
    shown = declared(entry, telling, configuration)
    if len(entry["change"]["actions"]) > 1 and configuration.attributes(entry["address"]) is None:
        shown = [pair for pair in shown if not _filled_in(pair)]  # who knows which of them were set
    return [pair for pair in telling if pair in shown or any(forces(steps, pair.steps) for steps in forcing)]


def _repeats(pair: Pair, tags: Mapping[Steps, Pair]) -> bool:
    tag = tags.get(pair.steps[1:]) if pair.steps[:1] == ("tags_all",) else None
    return tag is not None and same(tag.before, pair.before) and same(tag.after, pair.after)


def _filled_in(pair: Pair) -> bool:
    return len(pair.steps) == 1 and isinstance(pair.after, Unknown)


def _filled_in_block(address: str, pair: Pair, configuration: Configuration) -> bool:
    """The same of an attribute of a block: of what is made anew Terraform's SDK calls all unknown that is computed and
    not set, in blocks too (hashicorp/terraform-plugin-sdk, helper/schema/unknown.go, `SetUnknowns`)."""
    match pair.steps, pair.after:
        case (str(block), Element(), str(attribute)), Unknown():
            return configuration.leaves_open(address, block, attribute)
    return False


def forces(forcing: Steps, steps: Steps) -> bool:
    """Whether a difference lies at, in or around what forces the replace; elements' names are not their indexes."""
    cause, place = ([step for step in way if not isinstance(step, Element)] for way in (forcing, steps))
    length = min(len(cause), len(place))
    return length > 0 and cause[:length] == place[:length]


def rewritten(change: Mapping[str, Any], before: Any, after: Any) -> Iterator[Pair]:
    """For an update that means nothing else: what is null instead of empty, in another order, or marked now."""
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return
    raw = [change.get(side) or {} for side in ("before", "after")]
    marks = [change.get(f"{side}_sensitive") or {} for side in ("before", "after")]
    for key in sorted({**before, **after}):
        if isinstance(after.get(key), Unknown):
            continue  # it only follows
        if raw[0].get(key) != raw[1].get(key):
            yield Pair((key,), before.get(key), after.get(key))
        elif all(isinstance(side, Mapping) for side in marks) and bool(marks[0].get(key)) != bool(marks[1].get(key)):
            yield Pair((key,), Sealed(SENSITIVE, "before"), Sealed(SENSITIVE, "after"))
