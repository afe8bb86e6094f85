"""SNS topics, and the queues that hear what is said there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, model_validator

from tanada.declared.existing import check_alone
from tanada.declared.fields import Flag, Name, Text, expected
from tanada.declared.model import Kind, Need
from tanada.declared.queue import FIFO

_ARN = rf"arn:aws(-cn|-us-gov)?:sns:[a-z0-9-]{{1,32}}:[0-9]{{12}}:[A-Za-z0-9_-]{{1,256}}({re.escape(FIFO)})?"
"""SNS API reference, CreateTopic, Name."""


def _queue(value: Any) -> Any:
    """Refuses in our words what SNS could lead to elsewhere."""
    if isinstance(value, str) and set(value) & set("@:/"):
        raise expected("the name of a queue in stores: SNS leads to no others here; whom alarms go to is common.alarms")
    return value


class Topic(Kind):
    """An SNS topic, which hands on what is published to queues."""

    PROTECTED = ()
    WORDS = {"arn": "its ARN, as SNS's calls take it"}
    ACCESS = ("write", "append")

    subscribers: tuple[Annotated[Name, BeforeValidator(_queue)], ...] = ()
    """The queues of the same environment that get each message, as it was published."""
    fifo: Flag = False
    """In order and once, by message group; the name ends in `.fifo`. It can't change once applied."""
    existing: (
        Annotated[str, Text(rf"^{_ARN}$", "the ARN of a topic: arn:aws:sns:ap-northeast-1:111111111111:orders", 320)]
        | None
    ) = None
    """Instead of all else: the ARN of a topic that is there already, or another account's."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_alone(self)
        return self

    def needs(self) -> Sequence[Need]:
        return ()  # 100,000 topics an account (AWS General Reference, "Amazon SNS endpoints and quotas")

    def closed(self) -> str | None:
        return None
