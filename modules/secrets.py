"""What containers take as secrets: references alone, and what reading them asks of the role that starts the task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from modules.here import Here
from modules.iam import Statement
from tanada.declared.secrets import ACTIONS, Place, grouped, place
from tanada.regions import partition


def places(secrets: Mapping[str, str], here: Here) -> dict[str, Place]:
    """Where each is kept, by the variable that takes it; the texts are expanded already."""
    of = partition(here.region), here.region, here.account_id
    return {name: place(text, *of) for name, text in secrets.items()}


def reading(places: Iterable[Place]) -> Iterator[Statement]:
    """One statement a store: by name, or where they are too many for a policy by folder."""
    named = grouped(each.resource for each in places)
    for store, action in ACTIONS.items():
        if resources := tuple(each for each in named if each.split(":")[2] == store):
            yield Statement(actions=(action,), resources=resources)
