"""Every field × every wrong kind of value: well, or one sentence, at its place, that can be printed."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from tanada.declarations.model_info import fields_at, kind_at
from tanada.declarations.tree import plain
from tanada.declarations.yaml import read
from tanada.declared.blueprint import Environment
from tanada.declared.system import SystemFile

from .systems import good, good_system, mistakes

VALUES = {
    "nothing": "",
    "null": "~",
    "a list": "[]",
    "a mapping": "{}",
    "a list in a list": "[[a]]",
    "another mapping": "{x: y}",
    "a list of nothing": "[~]",
    "a list of mappings": "[{a: b}]",
    "true": "true",
    "yes": "yes",
    "a number": "12",
    "a negative number": "-1",
    "a huge number": "9" * 30,
    "a fraction": "1.5",
    "infinity": "1e999",
    "hexadecimal": "0x10",
    "octal": "012",
    "a blank": '" "',
    "words": '"a b"',
    "a shell's": '"$(id)"',
    "Terraform's": '"${x}"',
    "CDKTF's": '"${Token[TOKEN.1]}"',
    "a brace": '"{"',
    "NUL": '"\\0"',
    "half a character": '"\\ud800"',
    "bidirectional": '"\\u202e"',
    "an escape": '"\\e[2J"',
    "long": "a" * 3000,
    "capitals": "ABC",
    "kanji": "テスト",
    "a way up": "../..",
    "two lines": '"a\\nb"',
    "a tag": "!!str x",
    "an alias": "*x",
    "an anchor": "&x y",
    "a date": "2026-01-01",
}
EMPTY = {VALUES[kind] for kind in ("nothing", "null", "a list", "a mapping", "another mapping")}
"""Right where they stand: what goes without it is what others say."""
NAMES = {"services": "web", "stores": "sessions", "accounts": "main", "variables": "BACKEND_URL", "images": "web"}
NAMES |= {"writable": "/tmp", "ulimits": "nofile"}
BESIDE = {
    "health": {"path": "/up"},
    "rollout": {"minimum": "50", "maximum": "200"},
    "nofile": {"soft": "1", "hard": "1000"},
}
"""What else a mapping needs."""
INSTEAD = {"command": "path"}
ENVIRONMENT = "account: main\ndomain: test.example.jp\n"
Loc = tuple[str, ...]


def fields(model: type[BaseModel], loc: Loc = ()) -> Iterator[Loc]:
    """The way to every field, and to one part of each mapping of names."""
    if loc:
        yield loc
    known = fields_at(model, loc)
    if known is not None:
        for name in known:
            yield from fields(model, (*loc, name))
    elif typing.get_origin(kind_at(model, loc)) is dict:
        yield from fields(model, (*loc, NAMES[loc[-1]]))


def written(tree: object, loc: Loc, text: str, depth: int = 0) -> str:
    """A tree as YAML, each key in a line of its own, with this text at the end of the way."""
    if not loc:
        return f" {text}\n"
    keys = dict(tree) if isinstance(tree, dict) else {}
    keys.setdefault(loc[0], {})
    lines = ""
    for key, value in keys.items():
        if key == loc[0] and key in BESIDE and len(loc) > 1:
            own = value if isinstance(value, dict) else {}
            value = {name: each for name, each in {**BESIDE[key], **own}.items() if name != INSTEAD.get(loc[1])}
        after = written(value, loc[1:], text, depth + 1) if key == loc[0] else flow(value)
        lines += f"{'  ' * depth}{key}:{after}"
    return f"\n{lines}" if depth else lines


def flow(value: object) -> str:
    def inner(value: object) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key}: {inner(item)}" for key, item in value.items()) + "}"
        return "[" + ", ".join(map(inner, value)) + "]" if isinstance(value, list) else f'"{value}"'

    return f" {inner(value)}\n"


def tree_of(text: str) -> object:
    node, wrong = read("", text.encode())
    assert node is not None
    assert not wrong
    return plain(node)


def held(root: Path, file: str, text: str, loc: Loc, value: str) -> None:
    """Load, and look at what is said."""
    marked = written(tree_of(text), loc, "MARKED")
    line = next(n for n, each in enumerate(marked.splitlines(), 1) if each.endswith(" MARKED"))
    (root / file).write_text(marked.replace("MARKED", value), encoding="utf-8")
    found = mistakes(root)
    said = [str(each) for each in found]
    where = f"{'.'.join(loc)}: {value[:40]}: {said}"
    assert all(each.isprintable() and len(each) < 400 for each in said), where
    if file != "system.yaml":
        assert len(said) <= 1, where
        assert {each.place.line for each in found if each.place.file == file} <= {line}, where
    elif value not in EMPTY:
        # An anchor is one mistake, what stands there may be another.
        assert len(said) <= 1 + value.startswith("&") or loc == ("accounts",), where


@pytest.mark.parametrize("kind", VALUES)
def test_a_wrong_value_of_an_environments_field_is_one_sentence_at_its_place(kind: str, tmp_path: Path) -> None:
    for loc in fields(Environment):
        good(tmp_path)
        held(tmp_path, "environments/test.yaml", ENVIRONMENT, loc, VALUES[kind])


@pytest.mark.parametrize("kind", VALUES)
def test_a_wrong_value_of_the_systems_field_is_a_sentence(kind: str, tmp_path: Path) -> None:
    ci = "common:\n  ci: {github: example/kakei, ids: {owner: 1, repository: 2}}\n"
    system = good_system().replace("\ncommon:\n", f"\n{ci}")
    for loc in fields(SystemFile):
        if loc[:3] != ("accounts", "main", "common"):  # the same fields as those of `common`
            good(tmp_path)
            held(tmp_path, "system.yaml", system, loc, VALUES[kind])
