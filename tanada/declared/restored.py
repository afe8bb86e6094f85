"""A store that was restored: the servers or tables that it had, which of them serves, and which may go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from tanada.declared.fields import expected
from tanada.declared.model import Model

TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})$"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time with its zone, as it is in UTC: `2026-11-20T12:00+09:00` is `2026-11-20T03:00:00Z`."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": TIME}

    def _read(self, value: Any) -> Any:
        try:
            return in_utc(value) if isinstance(value, str) else value
        except ValueError:
            raise expected("a time with its zone, such as 2026-11-20T03:00:00Z or 2026-11-20T12:00+09:00") from None


def in_utc(text: str) -> str:
    """A time with its zone in UTC, to the second; ValueError where it is none."""
    if not re.fullmatch(TIME, text, re.ASCII):
        raise ValueError(text)
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _of_time(text: str) -> Mapping[str, str]:
    return {"at": text}


class Restored(Model):
    """One time that it was restored, and what is of what served before."""

    SHORT = _of_time

    at: Annotated[str, Moment()]
    """To how it was then: a time with its zone."""
    old: Literal["keep", "delete", "gone"] = "keep"
    """What served before stays as it was. `delete`, applied, lets go of it; then `gone` takes it away."""

    def bare(self) -> str | None:
        return self.at if self.old == "keep" else None

    @property
    def stamp(self) -> str:
        """What the server or table is called by beside its store: `20261120-030000`."""
        return re.sub(r"[-:Z]", "", self.at).replace("T", "-")


def _one(value: Any) -> Any:
    return _of_time(value) if isinstance(value, str) else value


Restorations = tuple[Annotated[Restored, BeforeValidator(_one, json_schema_input_type=str | Restored)], ...]
"""Each time that it was restored, the first one first."""


@dataclass(frozen=True)
class Server:
    """One of those that a store has: of a table store a table is what serves."""

    stamp: str | None
    """None of the first one."""
    source: str | None
    """The stamp of that from whose backups it was made; None of the first one."""
    at: str | None
    """To which time it was restored; None of the first one."""
    serves: bool
    keep: bool
    """Whether it may not be destroyed, as long as nothing of its store may."""

    def called(self, store: str) -> str:
        """What it is called by, of a store of this name."""
        return store if self.stamp is None else f"{store}-{self.stamp}"


def servers(restored: Sequence[Restored]) -> Iterator[Server]:
    """Those that there are, the last of them serving."""
    for index in range(len(restored) + 1):
        serves = index == len(restored)
        old = "keep" if serves else restored[index].old
        if old == "gone":
            continue
        keep = old == "keep"
        if index == 0:
            yield Server(None, None, None, serves, keep)
        else:
            mine, source = restored[index - 1], restored_from(restored, index - 1)
            yield Server(mine.stamp, None if source is None else restored[source].stamp, mine.at, serves, keep)


def serving(restored: Sequence[Restored]) -> Server:
    """The one that serves."""
    return [*servers(restored)][-1]


def restored_from(restored: Sequence[Restored], index: int) -> int | None:
    """Which earlier restoration made the server that served at the time which this one goes back to; None where that
    was the first one. One goes further back than the one before it where that didn't go back far enough."""
    earlier = (each for each in reversed(range(index)) if restored[each].at < restored[index].at)
    return next(earlier, None)


def faults(restored: Sequence[Restored], upgrade_from: str | None) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What can't be so: where it is said, and a sentence."""
    for index, each in enumerate(restored):
        if each.at in {other.at for other in restored[:index]}:
            yield ("restored", index), f"{each.at} is here twice; what was made is called by it"
    if upgrade_from is not None and any(each.old != "gone" for each in restored):
        sentence = (
            "another major version takes the parameters away that the server has which was restored from; first let go "
            "of that: restored, its last old: delete, applied, then old: gone"
        )
        yield ("upgrade_from",), sentence
