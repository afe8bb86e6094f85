"""SQS queues, each with a queue of dead letters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_validator

from tanada.declared.existing import check_alone
from tanada.declared.fields import Flag, Seconds, Text, Whole, expected
from tanada.declared.model import Kind, Model, Need

FIFO = ".fifo"
"""How the name of each FIFO queue ends, and of each FIFO topic (SQS API reference, CreateQueue)."""
_NAME = rf"(?!.{{81}})[A-Za-z0-9_-]{{1,80}}({re.escape(FIFO)})?"
"""At most 80 characters with that end (SQS API reference, CreateQueue, QueueName)."""
_ARN = r"arn:aws(-cn|-us-gov)?:sqs:[a-z0-9-]{1,32}:[0-9]{12}:"


def _queue(text: str) -> str:
    """What is wrong with what names a queue that is there already."""
    if text.startswith("https:"):
        return f"its name or ARN, not its address: {text.rpartition('/')[2][:80]}"
    if set(text) & set("{}"):
        return "a name as it is, without placeholders; where environments differ each says its own"
    return "the name of a queue such as orders or orders.fifo, or its ARN where it is another account's"


class DeadLetter(Model):
    """Where messages go that nobody could handle."""

    max_receives: Annotated[int, Whole(1, 1000)] = 3
    """How often a message is taken, and comes back as nobody deletes it, before it goes there."""


def _none(value: Any) -> Any:
    """`false`: none. `null` takes away what a lower layer said, which leaves the default."""
    if isinstance(value, str | list) and value != "false":
        raise expected("a mapping such as {max_receives: 3}; or false, for none")
    return None if value in (False, "false") else value


class Queue(Kind):
    """An SQS queue, with a queue of dead letters."""

    PROTECTED = ()
    WORDS = {"url": "its address, as SQS's calls take it", "name": "the name that AWS knows it by"}
    ACCESS = ("read", "write", "append")

    visibility_timeout: Annotated[int, Seconds(0, 43_200)] = 300
    """How long a message that somebody took is hidden from others; longer than handling one takes."""
    retention: Annotated[int, Seconds(60, 1_209_600)] = 345_600
    """How long a message is kept that nobody deletes."""
    dead_letter: Annotated[
        DeadLetter | None, BeforeValidator(_none, json_schema_input_type=DeadLetter | Literal[False])
    ] = DeadLetter()
    """Where messages go that were taken too often, kept for 14 days; `false`: none, they come again until they are too
    old."""
    fifo: Flag = False
    """In order and once, by message group; the name ends in `.fifo`. It can't change once applied."""
    existing: Annotated[str, Text(rf"^({_ARN})?{_NAME}$", _queue)] | None = None
    """Instead of all else: a queue that is there already, by its name, or by its ARN where it is another account's."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_alone(self)
        return self

    def needs(self) -> Sequence[Need]:
        return ()  # SQS limits no number of queues (SQS developer guide, "Amazon SQS queue quotas")

    def closed(self) -> str | None:
        return None
