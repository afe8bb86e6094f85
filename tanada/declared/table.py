"""DynamoDB tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from tanada.declared.existing import check_alone
from tanada.declared.fields import STEERING, Flag, Text, expected
from tanada.declared.model import Kind, Model, Need
from tanada.declared.restored import Restorations, servers
from tanada.declared.restored import faults as faults_of_restored

Type = Literal["string", "number", "binary"]
_ATTRIBUTE = Text(rf"^[^{STEERING}]+$", "the name of an attribute, 1 to 255 characters")
_NAME = r"[A-Za-z0-9_.-]{3,255}"
"""DynamoDB developer guide, "Naming rules and data types"; indexes as tables."""
_REGION = Text(r"^[a-z]{2,}(-[a-z]+)+-\d$", "a region such as us-west-2")
_ARN = r"arn:aws(-cn|-us-gov)?:dynamodb:[a-z0-9-]{1,32}:[0-9]{12}:table/"


def _key(value: Any) -> Any:
    """A bare name is a string attribute."""
    if isinstance(value, str):
        if len(value) > _ATTRIBUTE.longest or not re.fullmatch(rf"[^{STEERING}]+", value):
            raise expected(str(_ATTRIBUTE.expected))
        return {value: "string"}
    if isinstance(value, dict) and len(value) != 1:
        raise expected("one attribute: its name, or with another type {at: number}")
    return value


Key = Annotated[
    dict[Annotated[str, _ATTRIBUTE], Type],
    BeforeValidator(_key, json_schema_input_type=Annotated[str, _ATTRIBUTE] | dict[Annotated[str, _ATTRIBUTE], Type]),
]
"""One attribute, with its type."""


def _ends(value: Any) -> Any:
    """Refuses what says how long or whether, for an attribute: each item says when it ends."""
    if isinstance(value, str) and re.fullmatch(r"true|false|[0-9]+[smhd]?", value):
        raise expected("the name of the attribute in which each item says when it ends, such as expires")
    return value


def named(key: Mapping[str, Type]) -> str:
    """The attribute that a key is."""
    return next(iter(key))


class Index(Model):
    """A global secondary index: the same items by other keys."""

    partition_key: Key
    """Its partition key: a string attribute, or `{at: number}`."""
    sort_key: Key | None = None
    """Its sort key, in the same forms."""


class Table(Kind):
    """A DynamoDB table with on-demand billing."""

    PROTECTED = ()
    WORDS = {"name": "the name that AWS knows the table by"}
    ACCESS = ("read", "write", "append")

    partition_key: Key | None = None
    """Partition key: a string attribute, or of another type `{id: number}` or `{id: binary}`. Needed, but with
    `existing`."""
    sort_key: Key | None = None
    """Sort key, in the same forms."""
    indexes: dict[
        Annotated[str, Text(f"^{_NAME}$", "the name of an index: 3 to 255 letters, digits and _.-")], Index
    ] = {}
    """Global secondary indexes by name; each holds all attributes of its items."""
    ttl: Annotated[str, BeforeValidator(_ends), _ATTRIBUTE] | None = None
    """The attribute that says when an item ends, a number of seconds since 1970: then DynamoDB deletes it."""
    stream: Literal["keys_only", "new_image", "old_image", "new_and_old_images"] | None = None
    """What of each change of an item its stream holds, for 24 hours; with `replicas` new_and_old_images
    also where nothing is said."""
    replicas: tuple[Annotated[str, _REGION], ...] = ()
    """Other regions in which the same items can be read and written (a DynamoDB global table); in review none."""
    scan: Flag = False
    """Whether those who read it may read all of it, item by item (`Scan`)."""
    restored: Restorations = ()
    """The times that it was restored to, the first one first: each made a table beside the one that served, and the
    last one serves. `tanada restore` writes one, into an environment's file alone."""
    existing: (
        Annotated[
            str,
            Text(
                rf"^({_ARN})?{_NAME}$", "the name of a table such as orders, or its ARN where it is another account's"
            ),
        ]
        | None
    ) = None
    """Instead of all else but `scan`: a table that is there already, by its name, or its ARN where it is another
    account's."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_alone(self, beside=("scan",))
        if self.existing is None and self.partition_key is None:
            sentence = "says no partition_key; expected one such as {partition_key: id}, or existing: NAME"
            raise PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})
        return self

    def attributes(self) -> Iterator[tuple[tuple[str, ...], str, Type]]:
        """Where each key is said, its attribute and type."""
        levels: list[tuple[tuple[str, ...], Table | Index]] = [((), self)]
        levels += [(("indexes", name), index) for name, index in self.indexes.items()]
        for loc, level in levels:
            for field in ("partition_key", "sort_key"):
                if (key := getattr(level, field)) is not None:
                    yield (*loc, field), *next(iter(key.items()))

    def faults(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """What can't be so: where it is said, and a sentence."""
        return faults_of_restored(self.restored, None)

    def needs(self) -> Sequence[Need]:
        return (Need("aws_dynamodb_table", len([*servers(self.restored)])),) if self.existing is None else ()

    def closed(self) -> str | None:
        return None
