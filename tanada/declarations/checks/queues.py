"""Checks of queues and topics: who subscribes to what; that a message is hidden as long as somebody works on it."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import at_removal, mistake
from tanada.declared.fields import duration
from tanada.declared.queue import Queue
from tanada.declared.store import Store
from tanada.declared.topic import Topic
from tanada.text import meant, one_of, quoted


def check_queues(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    stores = {name: part for name, part in scope.parts.items() if isinstance(part, Store)}
    queues = {name: part.queue for name, part in stores.items() if part.queue is not None}
    for name, store in stores.items():
        if store.topic is not None:
            yield from _subscribers(scope, name, store.topic, queues)
    yield from _hidden(scope, queues)
    for name in queues:
        node = scope.tree.find(("stores", name, "queue"))
        if node is not None and "dead_letter" in node.removed:
            sentence = (
                "null leaves the default, a queue of dead letters after 3 tries; write false for none, or what it"
            )
            yield mistake(scope.tree, ("stores", name, "queue", "dead_letter"), f"{sentence} is to be")


def _subscribers(scope: Scope, name: str, topic: Topic, queues: dict[str, Queue]) -> Iterator[Mistake]:
    for index, other in enumerate(topic.subscribers):
        loc = ("stores", name, "topic", "subscribers", index)
        home, queue = scope.homes.get(other), queues.get(other)
        if other in topic.subscribers[:index]:
            yield mistake(scope.tree, loc, f"{quoted(other)} is here twice")
        elif home is None:
            if not scope.whole:
                continue  # nobody knows whether it is one
            known = [each for each, there in queues.items() if there.existing is None]
            sentence = f"{quoted(other)} is no queue; {one_of(known)}{meant(other, known)}"
            needed = f"stores.{name} leads to it; override its subscribers too"
            yield at_removal(scope.tree, ("stores", other), needed) or mistake(
                scope.tree, loc, sentence, because=[("stores", other)]
            )
        elif home != "stores" or (queue is None and other in scope.parts):
            sentence = f"{quoted(other)} is no queue, and SNS leads to queues alone here; take it out"
            yield mistake(scope.tree, loc, sentence, because=[(home, other)])
        elif queue is not None and queue.existing is not None:
            sentence = f"{quoted(other)} is there already, and its own policy says who may send to it"
            sentence = f"{sentence}: whoever keeps it subscribes it; take it out"
            yield mistake(scope.tree, loc, sentence, because=[("stores", other, "queue", "existing")])
        elif queue is not None and queue.fifo and not topic.fifo:
            # SNS developer guide, "Message delivery for FIFO topics"; the other way round it does, since 2023-09.
            sentence = f"{quoted(other)} is FIFO, and SNS leads to such a queue from FIFO topics alone"
            sentence = f"{sentence}; say fifo: true of this topic too, or take it out"
            also = [("stores", other, "queue", "fifo"), ("stores", name, "topic", "fifo")]
            yield mistake(scope.tree, loc, sentence, because=also)


def _hidden(scope: Scope, queues: dict[str, Queue]) -> Iterator[Mistake]:
    """A task that is told to stop may work on what it took for so long."""
    told: set[str] = set()
    for name, service in scope.running.items():
        for way in service.reach:
            queue = queues.get(way.name or "")
            if queue is None or way.name is None or way.name in told or way.access not in (None, "read"):
                continue
            if queue.existing is None and queue.visibility_timeout < service.stop_timeout:
                told.add(way.name)
                longest = duration(service.stop_timeout)
                sentence = (
                    f"{name} may work for {longest} on what it took when it is told to stop (stop_timeout), and after "
                    f"{duration(queue.visibility_timeout)} another takes the message too; expected {longest} at least, "
                    f"or {{name: {way.name}, access: append}} where {name} only sends"
                )
                loc = ("stores", way.name, "queue", "visibility_timeout")
                yield mistake(scope.tree, loc, sentence, because=[(scope.homes[name], name, "stop_timeout")])
