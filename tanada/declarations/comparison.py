"""What differs between environments, or between common layers: one line a value, one column each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tanada.declarations.origins import Row

PARTS = ("services.", "jobs.", "tasks.", "stores.", "sites.", "people.")
"""Of a part that stands in only some of them, nothing more is said."""
ABSENT = "–"
"""As `tanada show` says what a `null` took away."""
THERE = "there"
DEFAULT = "default"
_MAPPING = "{…}"
_EMPTY = ("{}", "[]")
_ALIKE = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """A field, or a whole part, and what it is in each: in the order of those that are compared."""

    path: str
    values: tuple[str, ...]


def differences(of: Sequence[Sequence[Row]]) -> Iterator[Difference]:
    """Those of several environments' rows, in the order of the declaration.

    What a mapping says stands beside a dash where there is none, without its defaults.
    """
    all_rows = [{row.path: row for row in rows if row.value != ABSENT} for rows in of]
    yielded: set[str] = set()
    for path in _order(all_rows):
        there = [row for rows in all_rows if (row := rows.get(path))]
        if len(there) == len(all_rows) and len({row.value for row in there}) == 1:
            continue
        mapping = _missing(path, all_rows)
        if mapping is None:
            # Other kinds of environments have no such field, or one says more of it in lines of its own.
            said = len(there) == len(all_rows) or any(row.source != DEFAULT for row in there)
            if said and not (there[0].value in _EMPTY and any(_value(path, rows) == _MAPPING for rows in all_rows)):
                yield Difference(path, tuple(_value(path, rows) for rows in all_rows))
        elif mapping.count(".") == 1 and mapping.startswith(PARTS):
            if mapping not in yielded:
                yield Difference(mapping, tuple(THERE if _within(mapping, rows) else ABSENT for rows in all_rows))
        elif any(row.source != DEFAULT for row in there):
            yield Difference(path, tuple(_value(path, rows) for rows in all_rows))
        elif mapping not in yielded and not any(
            row.source != DEFAULT for rows in all_rows for row in _within(mapping, rows)
        ):
            yield Difference(mapping, tuple("{}" if _within(mapping, rows) else ABSENT for rows in all_rows))
        yielded.add(mapping or path)


def folded(of: Sequence[Difference]) -> Iterator[Difference]:
    """The same with one line for what differs alike in three parts or more: what protection does to all."""
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for each in of:
        if part := _part(each.path):
            alike.setdefault((each.path.removeprefix(part), each.values), []).append(part)
    for each in of:
        part = _part(each.path)
        parts = alike.get((each.path.removeprefix(part), each.values), []) if part else []
        if len(parts) < _ALIKE:
            yield each
        elif part == parts[0]:
            names = ", ".join(name.split(".")[1] for name in parts)
            yield Difference(f"{each.path.removeprefix(part)[1:]} of {names}", each.values)


def _part(path: str) -> str:
    """`services.web` of `services.web.logs.days`; of anything else nothing."""
    names = path.split(".", 2)
    return ".".join(names[:2]) if path.startswith(PARTS) and len(names) > 2 else ""


def _missing(path: str, all_rows: Sequence[Mapping[str, Row]]) -> str | None:
    """The outermost mapping around a field that one of them doesn't have."""
    names = path.split(".")
    mappings = (".".join(names[:length]) for length in range(1, len(names)))
    return next((each for each in mappings if any(not _within(each, rows) for rows in all_rows)), None)


def _within(mapping: str, rows: Mapping[str, Row]) -> list[Row]:
    return [row for path, row in rows.items() if path == mapping or path.startswith(f"{mapping}.")]


def _value(path: str, rows: Mapping[str, Row]) -> str:
    if path in rows:
        return rows[path].value
    return _MAPPING if _within(path, rows) else ABSENT


def _order(all_rows: Sequence[Mapping[str, Row]]) -> list[str]:
    """All paths: what only later ones have stands after what is before it there."""
    ordered: list[str] = []
    for rows in all_rows:
        at = 0
        for path in rows:
            if path in ordered:
                at = ordered.index(path) + 1
            else:
                ordered.insert(at, path)
                at += 1
    return ordered
