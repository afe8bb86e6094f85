"""Stores: the construct of each kind, and what all of them offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from cdktf import ITerraformDependable
from constructs import Construct

from modules.here import Here
from modules.reachable import Reachable
from tanada.declarations import placeholders
from tanada.declared.expanded import expanded

if TYPE_CHECKING:
    from modules.queue import Queue
    from modules.topic import Topic


class Store(Protocol):
    """What a store's construct offers, whatever its kind."""

    aws_name: str
    """What people look for in AWS."""
    reachable: Reachable
    beside: Sequence[ITerraformDependable]
    """What is made of it that nothing refers to which callers are given: what runs without a service waits for it by
    name. Alarms are not of it: nothing that runs needs them."""


Made = Callable[[Construct, str, Any, Here], Store]
KINDS: Mapping[str, str] = {
    "table": "table",
    "bucket": "Bucket",
    "cache": "Cache",
    "file_system": "file_system",
    "existing": "Existing",
    "database": "Database",
    "aurora": "Aurora",
    "queue": "queue",
    "topic": "topic",
    "search": "Search",
}
"""By the word in the declaration, what makes one in the module of that name: each imports its part of the provider, so
they are imported where they are declared alone."""


def made_by(word: str) -> Made:
    """What makes a store of that kind."""
    return cast(Made, getattr(import_module(f"modules.{word}"), KINDS[word]))


def stores(here: Here) -> dict[str, Store]:
    """The environment's stores, by name."""
    scope, words = Construct(here.stack, "(stores)"), here.words
    made = {
        name: made_by(store.word)(
            scope,
            name,
            expanded(store.kind, lambda text: placeholders.expand(text, words)),
            here if store.removal == "keep" else here.letting_go(),
        )
        for name, store in here.blueprint.stores.items()
    }
    _lead_to_queues(here, made)
    return made


def _lead_to_queues(here: Here, made: Mapping[str, Store]) -> None:
    """Each queue lets in the topics that lead there, and no other."""
    declared = here.blueprint.stores
    ours = {name: each for name, each in made.items() if declared[name].kind.made()}
    queues = {name: cast("Queue", each) for name, each in ours.items() if declared[name].word == "queue"}
    topics = [cast("Topic", each) for name, each in ours.items() if declared[name].word == "topic"]
    let_in = {
        name: queue.let_in([topic.arn for topic in topics if topic.subscribes(name)]) for name, queue in queues.items()
    }
    for each in topics:
        each.lead_to(queues, let_in)
