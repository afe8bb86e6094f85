"""`"{file: files/otelcol.yaml}"`: a file's text as it is, taken into a declaration's tree where such a text may stand.

It is taken in before anything else is made of the tree, with its braces doubled: so no part of it is a placeholder, and
whatever looks at a text (its size, secrets in it, what differs) sees what is in the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tanada import data_files
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.tree import BROKEN, Node, dotted
from tanada.literal import REFERENCE, references

_WRITTEN = re.compile(r"\{file: *([^{}]*?) *\}")
_GROUPS = ("services", "jobs", "tasks", "sidecars", "defaults")
_LISTS = ("command", "entrypoint")
_RESPONSES = "fixed_responses"


def with_files(root: Path, tree: Node, mistakes: list[Mistake]) -> Node:
    """A file's tree with the texts of the files that it names; what can't be taken in is a mistake, and broken."""
    return _with(root, tree, (), mistakes)


def file_text(node: Node) -> str:
    """What is in the file whose text a node is."""
    return str(node.value).replace("{{", "{").replace("}}", "}")


def _with(root: Path, node: Node, loc: Loc, mistakes: list[Mistake]) -> Node:
    value = node.value
    if _lists(loc) and isinstance(value, str):
        return _taken(root, node, value, mistakes, list_=True)
    if isinstance(value, tuple):
        items = tuple(_with(root, each, (*loc, index), mistakes) for index, each in enumerate(value))
        return node if all(map(_is, items, value)) else replace(node, value=items)
    if isinstance(value, str):
        named = _WRITTEN.fullmatch(value) if value.startswith("{") and _takes(loc) else None
        return node if named is None else _taken(root, node, named[1], mistakes)
    if isinstance(value, Mapping):
        if list(value) == ["file"] and isinstance(value["file"].value, str) and _takes(loc):
            sentence = f'to YAML this is a mapping; quote it: "{{file: {value["file"].value[:100]}}}"'
            return _wrong(node, sentence, mistakes)
        values = {key: _with(root, each, (*loc, key), mistakes) for key, each in value.items()}
        return node if all(map(_is, values.values(), value.values())) else replace(node, value=values)
    return node


def _is(one: Node, other: Node) -> bool:
    return one is other


def _takes(loc: Loc) -> bool:
    """Whether it leads to a variable, to a text of `command` or `entrypoint`, or to a fixed response's body."""
    if _RESPONSES in loc[-2:-1] or (_RESPONSES in loc[-3:-2] and loc[-1] == "body"):
        return loc[0] in (_RESPONSES, "blueprint")
    if len(loc) < 4:
        return False
    *above, field, last = loc
    if above[-1] == "health_check" and field == "command":
        above = above[:-1]
    within = len(above) > 1 and above[-2] in _GROUPS
    return within and (field == "variables" if isinstance(last, str) else field in _LISTS)


def _lists(loc: Loc) -> bool:
    """Whether it leads to the name of a site's list of old addresses, which is no text with placeholders."""
    return len(loc) > 3 and loc[-4] == "sites" and loc[-2:] == ("redirects", "file")


def _taken(root: Path, node: Node, name: str, mistakes: list[Mistake], *, list_: bool = False) -> Node:
    try:
        text = data_files.text(root, name, data_files.LARGEST_LIST if list_ else data_files.LARGEST)
    except data_files.UnfitError as error:
        return _wrong(node, str(error), mistakes)
    if references(text):
        return _wrong(node, f"{name}: {REFERENCE}", mistakes)
    assert isinstance(node.value, str)
    return replace(node, value=text if list_ else text.replace("{", "{{").replace("}", "}}"), said=node.value)


def _wrong(node: Node, sentence: str, mistakes: list[Mistake]) -> Node:
    mistakes.append(Mistake(node.at, dotted(node.path), sentence))
    return replace(node, value=BROKEN)
