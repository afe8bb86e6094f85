"""Stores: the construct of each kind, and what all of them offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from constructs import Construct

from modules.aurora import Aurora
from modules.bucket import Bucket
from modules.cache import Cache
from modules.database import Database
from modules.existing import Existing
from modules.file_system import FileSystem
from modules.here import Here
from modules.queue import Queue, queue
from modules.reachable import Reachable
from modules.table import table
from modules.topic import Topic, topic
from tanada.declarations import placeholders
from tanada.declared.expanded import expanded


class Store(Protocol):
    """What a store's construct offers, whatever its kind."""

    aws_name: str
    """What people look for in AWS."""
    reachable: Reachable


KINDS: Mapping[str, Callable[[Construct, str, Any, Here], Store]] = {
    "table": table,
    "bucket": Bucket,
    "cache": Cache,
    "file_system": FileSystem,
    "existing": Existing,
    "database": Database,
    "aurora": Aurora,
    "queue": queue,
    "topic": topic,
}
"""By the word in the declaration."""


def stores(here: Here) -> dict[str, Store]:
    """The environment's stores, by name."""
    scope, words = Construct(here.stack, "(stores)"), here.words
    made = {
        name: KINDS[store.word](
            scope,
            name,
            expanded(store.kind, lambda text: placeholders.expand(text, words)),
            here if store.removal == "keep" else here.letting_go(),
        )
        for name, store in here.blueprint.stores.items()
    }
    _lead_to_queues(made)
    return made


def _lead_to_queues(made: Mapping[str, Store]) -> None:
    """Each queue lets in the topics that lead there, and no other."""
    queues = {name: each for name, each in made.items() if isinstance(each, Queue)}
    topics = [each for each in made.values() if isinstance(each, Topic)]
    let_in = {
        name: queue.let_in([topic.arn for topic in topics if topic.subscribes(name)]) for name, queue in queues.items()
    }
    for each in topics:
        each.lead_to(queues, let_in)
