"""DynamoDB tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from tanada.declared.fields import STEERING, Text
from tanada.declared.model import Kind, Need

_ATTRIBUTE = Text(rf"^[^{STEERING}]+$", "the name of an attribute, 1 to 255 characters")


class Table(Kind):
    """A DynamoDB table with on-demand billing."""

    PROTECTED = ()
    WORDS = {"name": "the name that AWS knows the table by"}
    ACCESS = ("read", "write", "append")

    partition_key: Annotated[str, _ATTRIBUTE]
    """Partition key, a string attribute."""
    sort_key: Annotated[str, _ATTRIBUTE] | None = None
    """Sort key, a string attribute."""

    def needs(self) -> Sequence[Need]:
        return (Need("aws_dynamodb_table", 1),)

    def closed(self) -> str | None:
        return None
