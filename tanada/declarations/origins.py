"""Every effective value of a part of a system beside its source: default, blueprint or override, with file and line."""

from __future__ import annotations

import json
import re
import types
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from tanada.declarations.tree import Node, as_written, dotted, plain, walk
from tanada.declared.allow import ALL
from tanada.declared.blueprint import Blueprint
from tanada.declared.container import FOLDER_MIB
from tanada.declared.fields import Days, Seconds, Size, duration
from tanada.declared.model import Model
from tanada.declared.registry import Image
from tanada.text import visible


@dataclass(frozen=True, slots=True)
class Row:
    """A value as it would be written, and where it comes from."""

    path: str
    value: str
    source: str


def effective(settings: BaseModel, tree: Node) -> Iterator[Row]:
    """The values of checked settings in the order of their fields; what is absent has no row, unless `null` took it
    away."""
    yield from _rows(settings, tree, ())


def _rows(value: Any, tree: Node, loc: tuple[str, ...]) -> Iterator[Row]:
    if isinstance(value, Model) and (bare := value.bare()) is not None:
        yield Row(dotted(loc), written(bare), _source(tree, loc))
    elif isinstance(value, BaseModel):
        fields = type(value).model_fields
        # An environment's account and domain first, then what it shares with the blueprint.
        for name in sorted(fields, key=lambda name: name in Blueprint.model_fields):
            field = fields[name]
            inner = with_units(field.annotation, field.metadata, getattr(value, name))
            yield from _rows(inner, tree, (*loc, field.alias or name))
    elif isinstance(value, dict) and value and value == dict.fromkeys(value, Image()):
        # Images of which nothing is said but their names.
        yield Row(dotted(loc), written(tuple(value)), _source(tree, loc))
    elif isinstance(value, dict) and value:
        for name, inner in value.items():
            if inner == Image():
                yield Row(dotted((*loc, name)), "{}", _source(tree, (*loc, name)))
            yield from _rows(inner, tree, (*loc, name))
        yield from _removed(tree, loc)
    elif value is not None:
        yield Row(dotted(loc), written(_naming_files(value, tree.find(loc))), _source(tree, loc))
    else:
        parent = tree.find(loc[:-1])
        if parent is not None and loc[-1] in parent.removed and parent.removed[loc[-1]].effective:
            yield Row(dotted(loc), "–", _said(parent.removed[loc[-1]].by))


def with_units(kind: Any, metadata: Sequence[Any], value: Any) -> Any:
    """Durations and sizes as they are written."""
    for each in metadata:
        if isinstance(each, Seconds) and value is not None:
            return duration(value)
        if isinstance(each, Size) and value is not None:
            return each.written(value)
        if isinstance(each, Days) and value is not None:
            return f"{value}d"
    origin, within = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return with_units(within[0], within[1:], value)
    if origin in (types.UnionType, typing.Union) and value is not None:
        return with_units(next(each for each in within if each is not type(None)), (), value)
    if origin is dict and isinstance(value, dict):
        units = {key: with_units(within[1], (), each) for key, each in value.items()}
        # Folders of which nothing else is said.
        return tuple(units) if units and value == dict.fromkeys(value, FOLDER_MIB) else units
    return value


def _naming_files(value: Any, node: Node | None) -> Any:
    """A value with the names of the files whose texts are in it instead of these."""
    if node is None or all(each.said is None for _, each in walk(node)):
        return value
    said = plain(node, as_written)
    return tuple(said) if isinstance(said, list) else said


def _removed(tree: Node, loc: tuple[str, ...]) -> Iterator[Row]:
    """Names that a `null` took away."""
    node = tree.find(loc)
    for name, removal in (node.removed if node is not None else {}).items():
        if removal.effective:
            yield Row(dotted((*loc, name)), "–", _said(removal.by))


def _source(tree: Node, loc: tuple[str, ...]) -> str:
    node = tree.find(loc)
    if node is None and loc[-1] == ALL and (above := tree.find(loc[:-1])) is not None and not above.mapping:
        node = above  # a list of addresses that is of no path
    if node is None:
        return "default"
    return node.source if node.source.startswith("default") else _said(node)


def _said(node: Node) -> str:
    # An environment's account and domain stand in no blueprint that they could override.
    own = node.source == "override" and len(node.path) == 1 and node.path[0] not in Blueprint.model_fields
    return f"{'declared' if own else node.source} {visible(node.at.file)}:{node.at.line}"


def written(value: Any) -> str:
    """A value as YAML would say it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Model):
        if (bare := value.bare()) is not None:
            return written(bare)
        said = {name: each for name in value.model_fields_set if (each := getattr(value, name)) is not None}
        return f"{{{', '.join(f'{name}: {written(said[name])}' for name in type(value).model_fields if name in said)}}}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {written(each)}' for key, each in value.items())}}}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(written(item) for item in value)}]"
    text = str(value)
    if not isinstance(value, str) or (re.fullmatch(r"[\w/.~][^#\"'{}\[\],]*", text) and ": " not in text):
        return visible(text)
    return visible(json.dumps(text, ensure_ascii=False))
