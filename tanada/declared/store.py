"""Stores: what keeps data; exactly one kind as the key of each."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Literal, Self, get_args

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from tanada.declared.aurora import Aurora
from tanada.declared.bucket import Bucket
from tanada.declared.cache import Cache
from tanada.declared.database import Database
from tanada.declared.databases import Further
from tanada.declared.existing import Existing
from tanada.declared.file_system import FileSystem
from tanada.declared.model import Kind, Model, RenamedFrom
from tanada.declared.queue import Queue
from tanada.declared.search import Search
from tanada.declared.table import Table
from tanada.declared.topic import Topic


def _one_kind(schema: dict[str, Any], model: type[Store]) -> None:
    """For editors what `_check_kind` is for the loader."""
    schema["oneOf"] = [{"required": [kind]} for kind in model.known_kinds()]


class Store(Model):
    """Exactly one kind as its key."""

    model_config = ConfigDict(json_schema_extra=_one_kind)

    table: Table | None = None
    """A DynamoDB table."""
    queue: Queue | None = None
    """An SQS queue."""
    topic: Topic | None = None
    """An SNS topic."""
    bucket: Bucket | None = None
    """An S3 bucket, or one that is there already."""
    cache: Cache | None = None
    """An ElastiCache cache: Valkey, Redis or Memcached."""
    file_system: FileSystem | None = None
    """An EFS file system, which `volumes` mount."""
    existing: Existing | None = None
    """A store that is there already, or another team's."""
    database: Database | None = None
    """An SQL database on RDS."""
    aurora: Aurora | None = None
    """An SQL database on Aurora."""
    removal: Literal["keep", "delete"] = "keep"
    """`delete`, applied, lets go of this store alone, to be taken away; that of its environment lets go of all."""
    search: Search | None = None
    """A domain of OpenSearch Service."""
    renamed_from: RenamedFrom = ()
    """Names that it had before, the oldest first: it moves, and keeps its first name in AWS."""

    @model_validator(mode="after")
    def _check_kind(self) -> Self:
        kinds = [name for name in self.known_kinds() if getattr(self, name) is not None]
        if len(kinds) != 1:
            stands = f"is {' and '.join(kinds)} at once" if kinds else "says no kind"
            expected = " or ".join(self.known_kinds())
            raise PydanticCustomError("sentence", "{sentence}", {"sentence": f"{stands}; expected one: {expected}"})
        if self.removal == "delete" and not self.kind.made():
            sentence = "nothing is made of a store that exists, so there is nothing to let go of; take removal out"
            raise PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})
        return self

    @classmethod
    @functools.cache
    def known_kinds(cls) -> tuple[str, ...]:
        """The words of all kinds of stores."""
        return tuple(
            name
            for name, field in cls.model_fields.items()
            if any(isinstance(each, type) and issubclass(each, Kind) for each in get_args(field.annotation))
        )

    @property
    def word(self) -> str:
        """The kind that it is, as its key says: `table`."""
        return next(name for name in self.known_kinds() if getattr(self, name) is not None)

    def first_name(self, name: str) -> str:
        """What it is called in AWS, of which `name` is what it is called now."""
        return self.renamed_from[0] if self.renamed_from else name

    def passwords(self, name: str) -> tuple[str, ...]:
        """By what the numbers of its passwords are known: `db`, and of a database in it `db.metabase`."""
        first = self.first_name(name)
        return tuple(f"{first}.{each}" if each else first for each in self.kind.passwords())

    @property
    def further(self) -> Mapping[str, Further]:
        """The databases in it beside the first one."""
        return getattr(self.kind, "databases", {})

    @property
    def kind(self) -> Kind:
        """What stands there."""
        kind: Kind = getattr(self, self.word)
        return kind
