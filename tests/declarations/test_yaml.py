"""Reading one file: positions, text that stays text, and whatever bytes it may hold."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanada.declarations.tree import Node, plain
from tanada.declarations.yaml import MAX_BYTES, MAX_DEPTH, MAX_VALUES, read


def tree(text: str) -> Node:
    node, mistakes = read("a.yaml", text.encode())
    assert mistakes == []
    assert node is not None
    return node


def refusal(data: bytes) -> str:
    node, mistakes = read("a.yaml", data)
    assert node is None
    (mistake,) = mistakes
    return str(mistake)


def test_plain_scalars_stay_text() -> None:
    text = "id: 012345678901\ntag: 12e4567\nflag: no\ndate: 2026-01-01\nhex: 0x10\nquoted: '~'\n"
    assert plain(tree(text)) == {
        "id": "012345678901",
        "tag": "12e4567",
        "flag": "no",
        "date": "2026-01-01",
        "hex": "0x10",
        "quoted": "~",
    }


@pytest.mark.parametrize("null", ["null", "~", "", "Null", "NULL"])
def test_null_is_null_in_each_of_its_forms(null: str) -> None:
    assert plain(tree(f"a: {null}\n")) == {"a": None}


def test_every_value_and_key_knows_its_line_and_column() -> None:
    node = tree("a:\n  b: [x, yz]\n").find(["a", "b", 1])
    assert node is not None
    assert str(node.at) == "a.yaml:2:10"
    key = tree("a:\n  b: [x, yz]\n").find(["a", "b"])
    assert key is not None
    assert (str(key.key), str(key.at)) == ("a.yaml:2:3", "a.yaml:2:6")


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    assert plain(tree("\ufeffa: b\r\nc: d\r\n")) == {"a": "b", "c": "d"}


def test_a_tab_in_the_indentation_is_refused_at_its_place() -> None:
    assert refusal(b"a:\n \tb: 1\n") == "a.yaml:2:2: a tab in the indentation; indent with spaces"


def test_a_tab_where_a_value_starts_is_refused() -> None:
    assert refusal(b"a: [\t%]\n").startswith("a.yaml:1:")


def test_bytes_that_are_no_utf8_are_refused_at_their_place() -> None:
    assert refusal("a: b\nname: é\n".encode("latin-1")) == (
        "a.yaml:2:7: byte 0xe9 is not UTF-8; save the file as UTF-8"
    )


def test_utf16_is_refused() -> None:
    assert "not UTF-8" in refusal("a: b\n".encode("utf-16"))


def test_a_control_character_is_refused_without_reaching_the_terminal() -> None:
    message = refusal(b"a: b\x1b[2J\n")
    assert message.startswith("a.yaml:")
    assert "\x1b" not in message


@pytest.mark.parametrize("opening", ["[", "{", "{a: ", "- ", "? ", "[{a: "])
def test_ten_megabytes_of_nesting_are_refused_in_no_time(opening: str) -> None:
    begin = time.process_time()
    message = refusal((opening * 10_000_000)[:10_000_000].encode())
    assert time.process_time() - begin < 2
    assert message == "a.yaml:1:1: larger than 256 KiB, which no declaration is"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_below_the_size_limit_is_refused_by_depth(opening: str) -> None:
    begin = time.process_time()
    message = refusal((opening * MAX_BYTES)[:MAX_BYTES].encode())
    assert time.process_time() - begin < 2
    assert message.endswith(f"nested more than {MAX_DEPTH} deep; no declaration is")


def test_more_keys_and_values_than_a_declaration_has_are_not_read_to_their_end() -> None:
    many = "".join(f"  - v{number}\n" for number in range(MAX_VALUES))
    assert refusal(f"a:\n{many}".encode()) == (
        f"a.yaml:{MAX_VALUES + 1}:5: more than 20,000 keys and values up to here; no declaration has"
    )
    node, mistakes = read("a.yaml", f"a:\n{many}".replace("  - v0\n", "", 1).encode())
    assert (node is not None, mistakes) == (True, [])


def test_the_deepest_that_is_allowed_is_read() -> None:
    text = "".join(f"{'  ' * depth}a:\n" for depth in range(MAX_DEPTH - 1)) + "  " * (MAX_DEPTH - 1) + "a: b\n"
    assert tree(text).find(["a"] * MAX_DEPTH) is not None


def test_the_largest_that_is_allowed_is_read() -> None:
    line = b"# " + b"x" * 61 + b"\n"
    data = b"a: b\n" + line * ((MAX_BYTES - 5) // len(line))
    node, mistakes = read("a.yaml", data)
    assert mistakes == []
    assert node is not None


@pytest.mark.parametrize(
    "text", ['a: "\\UFFFFFFFF"\n', "%YAML 9.9\n---\na: b\n", "%TAG ! x\n---\na: b\n", "&\n", "*\n"]
)
def test_what_makes_the_parser_stumble_is_a_mistake(text: str) -> None:
    _node, mistakes = read("a.yaml", text.encode())
    assert mistakes


TOKENS = re.split(
    r"\|",
    "a|b|: |:|- |\n|  |[|]|{|}|, |\"|'|&x |"
    "*x|!t |!!int |<<|#|>|?|? |---\n|...\n|%YAML 1.2\n|null|~|\t|\\|\x00|\x85|é|\ufeff|1",
)
YAMLISH = st.lists(st.sampled_from([*TOKENS, "|"]), max_size=40).map("".join)


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(YAMLISH.map(str.encode) | st.binary(max_size=80))
def test_no_bytes_make_reading_fail_with_anything_but_mistakes(data: bytes) -> None:
    node, mistakes = read("a.yaml", data)
    assert node is not None or mistakes
    for mistake in mistakes:
        assert str(mistake).startswith("a.yaml:")
        assert str(mistake).isprintable()


PLACES = {
    "a quote": ('a: x\nb: "test\nc: d\ne: f\n', "2:4: a quote is opened here and never closed"),
    "a brace": (
        "a: x\nb: {c: d\ne: f\n",
        '2:4: a bracket is opened here and never closed, or a "," is missing between here and line 3',
    ),
    "a key": ("a: x\ndomain\nb: c\n", '2:1: a key without ":"; write "key: value", or check the indentation'),
    "a conflict": (
        "a: x\n<<<<<<< HEAD\nb: c\n=======\nb: d\n>>>>>>> y\n",
        "2:1: a conflict of git stands here; settle it, and take its marks out",
    ),
    "a bell": ("a: x\nb: y\az\n", "2:5: the character U+0007 can't stand here; take it out"),
    "a beyond": ('a: x\nb: "\\UFFFFFFFF"\n', "2:5: \\UFFFFFFFF is no character; Unicode ends at \\U0010FFFF"),
    "a tab": ("a:\n  b: x\n\tc: y\n", "3:1: a tab in the indentation; indent with spaces"),
}


@pytest.mark.parametrize("case", PLACES)
def test_what_cannot_be_read_is_named_where_it_begins(case: str) -> None:
    text, message = PLACES[case]
    assert refusal(text.encode()) == f"a.yaml:{message}"


@pytest.mark.parametrize("directive", ["%YAML 1.1", "%TAG ! x"])
def test_a_directive_is_named_in_its_own_line(directive: str) -> None:
    _node, mistakes = read("a.yaml", f"# a comment\n{directive}\n---\na: b\n".encode())
    assert [str(each.place) for each in mistakes] == ["a.yaml:2:1"]


def test_an_empty_value_is_where_its_key_is() -> None:
    node = tree("a:\n\n# c\n\nb:\n  - \n\n  - x\n")
    assert str(node.mapping["a"].at) == "a.yaml:1:1"
    item = node.find(["b", 0])
    assert item is not None
    assert item.at.line == 6
    null = tree("a: ~\n").find(["a"])
    assert null is not None
    assert str(null.at) == "a.yaml:1:4"


@pytest.mark.parametrize("escape", ["\\0", "\\N", "\\L", "\\P", "\\ud800", "\\uffff"])
def test_what_no_text_may_hold_is_refused_in_values_and_keys(escape: str) -> None:
    for text in (f'a: "x{escape}y"\n', f'"x{escape}y": a\n'):
        _node, mistakes = read("a.yaml", text.encode())
        assert "take it out" in str(mistakes[0]) or "half a character" in str(mistakes[0])


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("a:\tx\t# c\n", {"a": "x"}),
        ("a: x\n\t\nb: y\n", {"a": "x", "b": "y"}),
        ("a: x\n\t# c\nb: y\n", {"a": "x", "b": "y"}),
        ("a: |\n  x\n  \ty\n", {"a": "x\n\ty\n"}),
        ("a:\n  -\tb\n", {"a": ["b"]}),
        ('a: "q\n\tr"\n', {"a": "q r"}),
    ],
)
def test_a_tab_may_stand_where_yaml_takes_one(text: str, read_as: object) -> None:
    assert plain(tree(text)) == read_as
