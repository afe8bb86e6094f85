"""What a plan does to what queues and tables hold, and to who hears of it: beside what it says of each resource."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from tanada.plan.model import Caution
from tanada.text import count

Values = Mapping[str, Any]


class Change(Protocol):
    """One resource, before and after."""

    @property
    def address(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def actions(self) -> tuple[str, ...]: ...
    @property
    def before(self) -> Values: ...
    @property
    def after(self) -> Values: ...


def messages(changes: Sequence[Change]) -> Iterator[Caution]:
    """Of queues, and of topics that lead to them."""
    for queue in _of(changes, "aws_sqs_queue"):
        if _updates(queue):
            yield from _expired(queue)
            yield from _dead(queue)
        elif _anew(queue):
            yield _elsewhere(queue, "_queue", "send or take messages")
    for topic in _of(changes, "aws_sns_topic"):
        if _anew(topic):
            yield _elsewhere(topic, "_topic", "publish")
    for subscription in _of(changes, "aws_sns_topic_subscription"):
        if _anew(subscription):
            one, _, other = subscription.address.partition(".")[2].partition("_to_")
            yield Caution(f"what is published to {one} while its subscription is made anew never reaches {other}")


def _of(changes: Sequence[Change], type_: str) -> list[Change]:
    return [change for change in changes if change.type == type_]


def _updates(change: Change) -> bool:
    return change.actions == ("update",)


def _anew(change: Change) -> bool:
    return {"create", "delete"} == set(change.actions)


def _elsewhere(change: Change, end: str, do: str) -> Caution:
    whose = change.address.partition(".")[2].removesuffix(end)
    return Caution(
        f"{whose} is made anew under another name: tasks that run can't {do} until they are deployed",
        "a queue or topic is out of reach for a while",
    )


def _expired(queue: Change) -> Iterator[Caution]:
    """SQS API reference, SetQueueAttributes, MessageRetentionPeriod: those that are older go."""
    before, after = (side.get("message_retention_seconds") for side in (queue.before, queue.after))
    if isinstance(before, int) and isinstance(after, int) and after < before:
        longest = count(after // 86_400, "day") if after % 86_400 == 0 else count(after, "second")
        words = f"{queue.address} loses its messages that are older than {longest}"
        yield Caution(words, "a queue loses messages", grave=True)


def _dead(queue: Change) -> Iterator[Caution]:
    before, after = (_receives(side) for side in (queue.before, queue.after))
    if after is not None and (before is None or after < before):
        whose = queue.address.partition(".")[2].removesuffix("_queue")
        yield Caution(
            f"messages of {whose} that were taken {count(after, 'time')} already go to its dead letters when somebody "
            "asks for them again"
        )


def _receives(queue: Values) -> int | None:
    try:
        number = json.loads(queue.get("redrive_policy") or "{}").get("maxReceiveCount")
        return int(number) if number is not None else None
    except (ValueError, TypeError, AttributeError):
        return None
