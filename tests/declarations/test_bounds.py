"""What a declaration costs grows as it does: whoever opens a pull request from a fork may write one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tanada.declarations.loader import load
from tanada.errors import DeclarationError
from tanada.text import LISTED, nearest, one_of
from tests.declarations.systems import good, mistakes

HEAD = "account: main\ndomain: test.example.jp\nservices:\n"


def services(number: int, said: str) -> str:
    return HEAD + "".join(f"  svc{each}: {{image: web, port: 1, {said.format(each)}}}\n" for each in range(number))


def items(field: str, value: Callable[[int], str], number: int) -> str:
    return f"{HEAD}  s: {{image: web, port: 1, {field}: [{', '.join(map(value, range(number)))}]}}\n"


DECLARATIONS: dict[str, Callable[[int], str]] = {
    "services": lambda number: services(number, "cpu: 256"),
    "misspelt reach": lambda number: services(number, "reach: [svx{}]"),
    "misspelt images": lambda number: services(number, "image: we{}"),
    "unknown placeholders": lambda number: services(number, 'variables: {{A: "{{urx{}}}"}}'),
    "one repeated": lambda number: items("reach", lambda _: "backend", number),
    "folders": lambda number: items("writable", lambda each: f"/a{each}", number),
    "the same folder": lambda number: items("writable", lambda _: "/a", number),
    "names before": lambda number: items("renamed_from", lambda each: f"n{each}", number),
    "one text of placeholders": lambda number: items("command", lambda _: '"{x.url}{y.url}"', number),
    "merge keys": lambda number: HEAD + "".join(f"  s{each}: {{<<: {{}}}}\n" for each in range(number)),
    "parts that lack what they need": lambda number: (
        HEAD + "".join(f"  s{each}: {{cpu: 256}}\n" for each in range(number))
    ),
    "unknown actions": lambda number: (
        f"{HEAD}  web: {{permissions: {{p: {{resources: ['arn:aws:s3:::x'], "
        f"actions: [{', '.join(f'e{each}c2:Get{each}' for each in range(number))}]}}}}}}\n"
    ),
    "unknown fields": lambda number: HEAD + "".join(f"k{each}: x\n" for each in range(number)),
}


def calls(work: Callable[[], object]) -> int:
    """How many functions are called; unlike seconds the same on every machine."""
    number = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal number
        number += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return number


@pytest.mark.parametrize("kind", DECLARATIONS)
def test_a_declaration_four_times_as_long_costs_about_four_times_as_much(kind: str, tmp_path: Path) -> None:
    cost = {}
    for number in (150, 600):
        root = good(tmp_path / str(number), test=DECLARATIONS[kind](number))
        cost[number] = calls(partial(mistakes, root))
    assert cost[600] < 6 * cost[150]


def test_a_hundred_mistakes_are_printed_and_the_rest_counted(tmp_path: Path) -> None:
    root = good(tmp_path, test=DECLARATIONS["unknown fields"](250))
    with pytest.raises(DeclarationError) as caught:
        load(root)
    lines = str(caught.value).splitlines()
    assert len(lines) == 101
    assert lines[-1] == f"… and {len(caught.value.mistakes) - 100} more"


def test_a_sentence_lists_a_dozen_words() -> None:
    words = [f"w{each}" for each in range(LISTED + 3)]
    assert one_of(words[:2]) == "expected one of w0, w1"
    assert one_of(words) == f"expected one of {', '.join(words[:LISTED])} and 3 more"


def test_the_nearest_is_found_among_many_and_not_looked_for_among_thousands() -> None:
    words = [f"service-{each}" for each in range(999)]
    assert nearest("servcie-500", [*words, "service-5oo"]) is not None
    assert nearest("backedn", [*words, "backend"]) == "backend"
    assert nearest("backedn", [*words, *words, "backend"]) is None


@pytest.mark.parametrize("unit", ["1", "0", "-", "|", ".", "1e", "{a}", "${", "{TfToken[", "../", "a."])
def test_one_long_text_is_read_as_quickly_as_others(unit: str, tmp_path: Path) -> None:
    """Where an expression would try each place of it again this would take minutes."""
    text = unit * (60_000 // len(unit))
    variables = f"variables: {{A: '{text}'}}, user: '{text}', writable: ['/{text}'], health_check: '/{text}'"
    assert mistakes(good(tmp_path, test=f"{HEAD}  s: {{image: web, port: 1, {variables}}}\n"))


def test_a_key_of_any_length_is_cut(tmp_path: Path) -> None:
    [found] = mistakes(good(tmp_path, test=f'account: main\ndomain: test.example.jp\n? "{"k" * 90_000}"\n: x\n'))
    assert len(str(found)) < 300
