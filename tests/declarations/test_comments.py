"""Comments of a YAML file, found where a reader sees them, and nowhere else."""

from __future__ import annotations

import pytest

from tanada.declarations.comments import comments


def test_a_comment_stands_behind_its_line() -> None:
    found = comments("cpu: 512   # more for the sale\nport: 80\n")
    assert found.reason(1) == "more for the sale"
    assert found.reason(2) is None


def test_a_block_directly_above_is_the_reason_and_ends_at_anything_else() -> None:
    text = "# of the file\n\n# they asked\n#\n# for it\ncpu: 512\nport: 80\n"
    found = comments(text)
    assert found.reason(6) == "they asked for it"
    assert found.reason(7) is None


def test_what_stands_behind_comes_before_what_stands_above() -> None:
    assert comments("# above\ncpu: 512 # beside\n").reason(2) == "beside"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 'x # no'  # yes", 1, "yes"),
        ('a: "x # no"', 1, None),
        ('a: "x \\" # no" # yes', 1, "yes"),
        ("a: x#no", 1, None),
        ("a: it's # yes", 1, "yes"),
        ("a: {b: 'c # no', d: [e, f]}   # yes", 1, "yes"),
        ("web:  # yes\n  a: b", 1, "yes"),
        ("- # yes\n  a", 1, "yes"),
        ("a:\n  - b  # yes\n  - c", 2, "yes"),
        ("a: |\n  # no\n  text # no\nb: c", 2, None),
        ("a: |\n  text # no\nb: c", 2, None),
        ("a: |\n  text\n# yes\nb: c", 4, "yes"),
        ("a: |  # yes\n  text\n", 1, "yes"),
        ("a: 'x\n  # no\n  y' # yes", 3, "yes"),
        ("a: 'x\n  # no\n  y' # yes", 1, None),
        ("a: x\n  y z # yes", 2, "yes"),
        ("# yaml-language-server: $schema=x\na: b", 2, None),
    ],
)
def test_a_number_sign_in_a_text_is_none(text: str, line: int, reason: str | None) -> None:
    assert comments(text).reason(line) == reason
