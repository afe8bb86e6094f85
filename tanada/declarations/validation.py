"""Checking a merged tree against a model, each mistake at the place at fault and in our words."""

from __future__ import annotations

import difflib
import re
import typing
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tanada.declarations import foreign
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.model_info import fields_at, kind_at, wanted
from tanada.declarations.tree import BROKEN, OVERRIDE, Node, mistake, plain, walk
from tanada.declared.fields import MAPPING, TEXT
from tanada.text import LISTED, listed, meant, nearest, one_of, quoted

T = TypeVar("T", bound=BaseModel)


def validate(model: type[T], tree: Node, *, partly: bool = False, over: bool = False) -> tuple[T | None, list[Mistake]]:
    """The model's instance, or None and what is wrong with the tree. Of what is said `partly`, the rest elsewhere, what
    is missing is not wrong, nor is what fits with nothing else that it says. What lies `over` a blueprint may have
    taken away what a `null` of that one takes away too."""
    mistakes = [*_vain_removals(model, tree, partly=partly, over=over)]
    try:
        return model.model_validate(plain(tree)), mistakes
    except ValidationError as error:
        errors = [_written(each) for each in error.errors(include_url=False)]
        errors = [each for each in errors if not (partly and each["type"] in ("missing", "sentence"))]
        return None, [*mistakes, *_rewritten(model, tree, errors)]


def _written(error: ErrorDetails) -> ErrorDetails:
    """With the way to it as it is written."""
    error["loc"] = tuple(step for step in error["loc"] if step not in (TEXT, MAPPING))
    return error


def valid(model: type[T], tree: Node | None) -> T | None:
    """The model's instance where the tree is well; for checks that go on beside mistakes elsewhere."""
    if tree is None:
        return None
    try:
        return model.model_validate(plain(tree))
    except ValidationError:
        return None


def _rewritten(model: type[BaseModel], tree: Node, errors: list[ErrorDetails]) -> Iterator[Mistake]:
    unknown: dict[Loc, set[str]] = {}
    for error in errors:
        if error["type"] == "extra_forbidden":
            unknown.setdefault(error["loc"][:-1], set()).add(str(error["loc"][-1]))
    many = sum(map(len, unknown.values())) > _MANY
    misnamed = {error["loc"][:-1] for error in errors if error["loc"][-1:] == ("[key]",)}
    for error in errors:
        loc = error["loc"]
        within = any(loc[:length] in misnamed for length in range(len(loc)))
        if loc[-1:] != ("[key]",) and (loc in misnamed or within):
            continue  # of what has no name of its kind its value says nothing
        at_key = bool(loc) and loc[-1] == "[key]"
        if at_key:
            loc = loc[:-1]
            listed = tree.find(loc[:-1])
            if listed is not None and isinstance(listed.value, tuple):  # names of which nothing else is said
                at_key, loc = False, (*loc[:-1], [each.value for each in listed.value].index(str(loc[-1])))
        node = tree.find(loc)
        if node is not None and node.value is BROKEN and not at_key:
            continue
        if node is not None and node.value == {} and node.removed and typing.get_origin(kind_at(model, loc)) is dict:
            continue  # a mapping of names that holds nothing but null, which is said
        if error["type"] == "sentence":
            yield _said_of_all(tree, loc, node, error)
            continue
        if error["type"] == "missing":
            if not (_of_another(tree, loc) or _explained(model, tree, loc, unknown.get(loc[:-1], set()))):
                yield _missing(model, tree, loc)
        elif error["type"] == "extra_forbidden":
            yield mistake(tree, loc, "unknown field" if many else _unknown_field(model, loc), at_key=True)
        elif at_key:
            yield mistake(tree, loc, f"{quoted(str(loc[-1]))} can't be a name here; {_expected(error)}", at_key=True)
        else:
            if node is None and (above := tree.find(loc[:-1])) is not None and isinstance(above.value, str):
                node, loc = above, loc[:-1]  # a short form, whose text stands for a mapping
            if node is not None and isinstance(node.value, tuple) and wanted(model, loc).startswith("a list"):
                odd = next((i for i, each in enumerate(node.value) if not isinstance(each.value, str)), None)
                if odd is None:
                    yield mistake(tree, loc, _wrong_value(model, loc, node, error))
                elif (item := node.value[odd]).value is not BROKEN:
                    yield mistake(tree, (*loc, odd), f"{_stands(item)} stands here; expected a text")
                continue
            yield mistake(tree, loc, _wrong_value(model, loc, node, error))


_SAME = {"consume": "read", "receive": "read", "send": "append", "publish": "append"}
_SAME |= {"amd64": "x86_64", "x86-64": "x86_64", "x64": "x86_64", "aarch64": "arm64", "arm": "arm64"}
"""What others call our words: by letters alone "amd64" would be "arm64", and the image would not start."""

_MANY = 200
"""Of more names, or unknown fields, nobody is told which was meant: at most a hundred sentences are read."""

_LISTED = 8
"""Fields that a sentence lists; of more only the likeliest one is named, or the nearest where none is likely."""


def _unknown_field(model: type[BaseModel], loc: Loc) -> str:
    word, fields = str(loc[-1]), fields_at(model, loc[:-1]) or {}
    if said := foreign.answer(kind_at(model, loc[:-1]), word):
        return f"unknown field; {said}"
    likely = meant(word, fields)
    if len(fields) <= _LISTED:
        return f"unknown field; {one_of(fields)}{likely}"
    near = ", ".join(difflib.get_close_matches(word[:60], fields, n=3, cutoff=0))
    return f"unknown field{likely}" if likely else f"unknown field; the nearest of {len(fields)} are {near}"


def _of_another(tree: Node, loc: Loc) -> bool:
    """Whether the image is missing that a part has from the one that it is like, of which that is said."""
    part = tree.find(loc[:-1])
    return part is not None and loc[-1] == "image" and "like" in part.mapping and "image" not in part.removed


def _explained(model: type[BaseModel], tree: Node, loc: Loc, unknown: set[str]) -> bool:
    """Whether a field is missing only because it was misspelt, which is said already."""
    parent = tree.find(loc[:-1])
    only_unknown = parent is not None and bool(unknown) and set(parent.mapping) <= unknown
    field, above = str(loc[-1]), kind_at(model, loc[:-1])
    meant_it = (re.match(rf"write {field}\b", foreign.answer(above, word) or "") for word in unknown)
    return only_unknown or any(meant_it) or any(nearest(word, [field]) for word in unknown)


def _missing(model: type[BaseModel], tree: Node, loc: Loc) -> Mistake:
    parent = tree.find(loc[:-1])
    if parent is not None and loc[-1] in parent.removed:
        return mistake(tree, loc, "is needed, so it can't be empty or null")
    if parent is not None and loc[-1] == "image" and "like" in parent.removed:
        return mistake(tree, (*loc[:-1], "like"), "is taken away here, and the image with it; say image, too")
    by_name = len(loc) > 2 and fields_at(model, loc[:-2]) is None
    group = tree.find(loc[:-2]) if by_name else None
    name = str(loc[-2]) if by_name else ""
    # The likeliest reason that a part lacks what it needs: its name was misspelt, and it is a new part now.
    others = set(group.mapping) - {name} if group and len(group.mapping) <= _MANY else ()
    return mistake(tree, loc, f"is missing{meant(name, others)}")


def _said_of_all(tree: Node, loc: Loc, node: Node | None, error: ErrorDetails) -> Mistake:
    """A model's own sentence on several of its fields; shown where one was taken away or overridden, if one was."""
    changed = list(node.removed) if node is not None else []
    if node is not None and node.source != OVERRIDE:
        changed += [key for key, each in node.mapping.items() if each.source == OVERRIDE]
    return mistake(tree, (*loc, *changed[:1]), str(error.get("ctx", {}).get("sentence")))


def _wrong_value(model: type[BaseModel], loc: Loc, node: Node | None, error: ErrorDetails) -> str:
    if node is None:
        return _expected(error)
    if isinstance(node.value, str) and not error["type"].endswith("_type"):
        if error["type"] == "literal_error" and (words := _words(error.get("ctx", {}))):
            near = meant(_SAME.get(node.value, node.value), words)
            all_ = ", ".join(words) if len(words) <= 2 * LISTED else listed(words, len(words))
            return f"{quoted(node.value)} is unknown; expected one of {all_}{near}"
        return f"{quoted(node.value)} does not fit; {_expected(error)}"
    by_kind = error["type"] == "expected"
    if by_kind and isinstance(node.value, tuple) and typing.get_origin(kind_at(model, loc)) is tuple:
        return f"this list does not fit; {_expected(error)}"
    said = f"{_stands(node)} stands here; {_expected(error) if by_kind else 'expected ' + wanted(model, loc)}"
    return said if by_kind else said + _instead_of_a_flag(model, loc, node)


def _instead_of_a_flag(model: type[BaseModel], loc: Loc, node: Node) -> str:
    """What says `true` or `false` of what is a mapping, and may be left out; nothing of another value."""
    kind = kind_at(model, loc)
    if node.value not in ("true", "false") or not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return ""
    if node.value == "false":
        return "; null takes it away"
    needed = [each.alias or name for name, each in kind.model_fields.items() if each.is_required()]
    return f"; it needs {', '.join(needed)}" if needed else "; {} takes its defaults"


def _stands(node: Node) -> str:
    return {str: "a text", tuple: "a list", type(None): "nothing"}.get(type(node.value), "a mapping")


def _words(context: Mapping[str, Any]) -> list[str]:
    """Those of a Literal, out of pydantic's text."""
    return str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")


def _expected(error: ErrorDetails) -> str:
    context: Mapping[str, Any] = error.get("ctx", {})
    if error["type"] == "literal_error":
        return f"expected one of {', '.join(_words(context))}"
    return f"expected {context.get('what') or context.get('expected') or 'another value'}"


def _vain_removals(model: type[BaseModel], tree: Node, *, partly: bool, over: bool) -> Iterator[Mistake]:
    """A `null` at an unknown field, or at a name that the layer below does not have: a slip that would do nothing."""
    for loc, node in walk(tree):
        for key, removal in node.removed.items():
            if removal.effective or (over and removal.by.source != OVERRIDE):
                continue
            fields = fields_at(model, loc)
            if fields is not None and key not in fields:
                yield mistake(tree, (*loc, key), _unknown_field(model, (*loc, key)), at_key=True)
            elif not partly and fields is None and typing.get_origin(kind_at(model, loc)) is dict:
                if removal.by.source == "override":
                    sentence = f"there is nothing of this name for null to take away{meant(key, node.mapping)}"
                else:
                    sentence = "is empty; write what it is, or take it out"
                yield mistake(tree, (*loc, key), sentence, at_key=True)
