"""A plan's values as people may read them: masked by Terraform's own marks, JSON texts opened, printed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tanada.plan.model import SENSITIVE, UNKNOWN
from tanada.plan.secrets import Secrets, any_mark

LONGEST = 240
"""Characters of a value on one line; a longer one loses its middle."""


@dataclass(frozen=True)
class Sealed:
    """A value that is shown as a word; two of them can still be told apart."""

    word: str
    value: Any = field(repr=False)


@dataclass(frozen=True)
class Unknown:
    """A value that Terraform knows after apply."""


class Element(str):
    """A step of a path to a list's element: `[web]`, `[0]`."""

    __slots__ = ()


Step = str
"""An attribute, a map's key, or an Element."""
Path = tuple[Step, ...]


def with_unknown(value: Any, unknown: Any) -> Any:
    """The value with `Unknown` wherever its overlay `after_unknown` says so; Terraform leaves those out of `after`."""
    if unknown is True:
        return Unknown()
    if isinstance(unknown, Mapping) and unknown:
        if value is None or isinstance(value, Mapping):
            value = value or {}
            hidden = {key: with_unknown(value.get(key), part) for key, part in unknown.items() if any_mark(part)}
            return {**value, **hidden}
        return Unknown() if any_mark(unknown) else value
    if isinstance(unknown, list) and any_mark(unknown):
        if value is None or isinstance(value, list):
            items = list(value or ())
            items += [None] * (len(unknown) - len(items))
            return [
                with_unknown(item, unknown[index] if index < len(unknown) else False)
                for index, item in enumerate(items)
            ]
        return Unknown()
    return value


def masked(value: Any, marks: Any) -> Any:
    """The value with `Sealed` wherever its overlay marks it; sealed as a whole where the two don't fit each other."""
    if not marks or value is None or isinstance(value, Unknown):
        return value
    if isinstance(marks, Mapping) and isinstance(value, Mapping):
        return {key: masked(item, marks.get(key)) for key, item in value.items()}
    if isinstance(marks, list) and isinstance(value, list):
        return [masked(item, marks[index] if index < len(marks) else None) for index, item in enumerate(value)]
    return Sealed(SENSITIVE, value) if any_mark(marks) else value


def both(first: Any, second: Any) -> Any:
    """One overlay of marks from two."""
    if not first or not second:
        return first or second
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return {key: both(first.get(key), second.get(key)) for key in {**first, **second}}
    if isinstance(first, list) and isinstance(second, list):
        length = max(len(first), len(second))
        return [both(*(marks[i] if i < len(marks) else None for marks in (first, second))) for i in range(length)]
    # One marks the whole, or they have different shapes.
    return any_mark(first) or any_mark(second)


def sides(change: Mapping[str, Any]) -> tuple[Any, Any]:
    """Before and after of a change, masked; what is marked on one side is masked on both."""
    marks = both(change.get("before_sensitive"), change.get("after_sensitive"))
    after = with_unknown(change.get("after"), change.get("after_unknown"))
    return masked(change.get("before"), marks), masked(after, marks)


def parsed(text: str) -> Any:
    """The object or array that a text holds as JSON; None for any other text."""
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if _depth_within(value, 60) else None


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _depth_within(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, Mapping) else item if isinstance(item, list) else ())
            if isinstance(child, Mapping | list)
        ]
        if not level:
            return True
    return False


def empty(value: Any) -> bool:
    """Null, absent and empty are the same to most providers."""
    if isinstance(value, Mapping):
        return all(empty(item) for item in value.values())
    return value is None or (isinstance(value, str | list) and not value)


_SCALARS = frozenset({str, bool, int, type(None)})


def same(before: Any, after: Any) -> bool:
    """Whether two values mean the same: null is empty, the order of a list's elements doesn't count."""
    if type(before) is type(after) and type(before) in _SCALARS:  # nearly always
        return bool(before == after)
    if isinstance(before, Unknown) or isinstance(after, Unknown):
        return False
    if isinstance(before, Sealed) and isinstance(after, Sealed):
        return same(before.value, after.value)
    if isinstance(before, Sealed) or isinstance(after, Sealed):
        return False
    if empty(before) or empty(after):
        return empty(before) and empty(after)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return all(same(before.get(key), after.get(key)) for key in {**before, **after})
    if isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            return False
        left, right = unmatched(before, after)
        return not left and not right
    if isinstance(before, bool) != isinstance(after, bool):
        return False
    return bool(before == after)


def unmatched(before: Sequence[Any], after: Sequence[Any]) -> tuple[list[int], list[int]]:
    """Positions of elements that have no equal on the other side; each element is an equal of one other at most."""
    if all(isinstance(item, str) for item in (*before, *after)):
        return _unmatched_texts(before, after)
    right = list(range(len(after)))
    left = []
    for index, item in enumerate(before):
        # At its own place first: lists seldom change much.
        nearby = [index] if index in right else []
        match = next((other for other in (*nearby, *right) if same(item, after[other])), None)
        if match is None:
            left.append(index)
        else:
            right.remove(match)
    return left, right


def _unmatched_texts(before: Sequence[str], after: Sequence[str]) -> tuple[list[int], list[int]]:
    places: dict[str, list[int]] = {}
    for index, item in enumerate(after):
        places.setdefault(item, []).append(index)
    left = []
    for index, item in enumerate(before):
        if places.get(item):
            places[item].pop(0)
        else:
            left.append(index)
    return left, sorted(index for rest in places.values() for index in rest)


_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_INDEX = re.compile(r'\["((?:[^"\\]|\\.)*)"\]')
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""What steers a terminal or turns the direction of text around, and can't be seen."""


def without_keys(address: str) -> str:
    """`module.a["x"].aws_y.z[0]` → `module.a.aws_y.z`."""
    return _KEYS.sub("", address)


_KEYS = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')


class Printer:
    """Texts of values and paths, with whatever is secret taken out."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def text(self, value: str) -> str:
        """Any text that didn't come from Tanada itself: messages, addresses, names."""
        return _clean(self._secrets.scrub(value))

    def address(self, address: str) -> str:
        """A resource's address: names are code, but the keys of `for_each` are values."""
        return _INDEX.sub(lambda match: f'["{self.text(match[1])}"]', _clean(address))

    def value(self, value: Any) -> str | None:
        """A value on one line, without its middle if it is long; None for null."""
        if value is None:
            return None
        return shortened(self.whole(value))

    def whole(self, value: Any) -> str:
        """A value on one line, however long."""
        return self._bare(value)

    def path(self, path: Path) -> str:
        """`("ingress", Element("443"), "cidr_blocks")` → `ingress[443].cidr_blocks`."""
        text = ""
        for step in path:
            name = shortened(self.text(step).replace("\n", " "), 80)
            if isinstance(step, Element):
                text += f"[{name}]"
            elif not _KEY.fullmatch(name):
                text += f"[{_quoted(name)}]"
            else:
                text += f".{name}" if text else name
        return text

    def _bare(self, value: Any) -> str:
        if isinstance(value, str):
            text = self.text(value)
            return _quoted(text) if text != text.strip() or not text or "\n" in text else text
        return self.text(self._nested(value))

    def _nested(self, value: Any) -> str:
        match value:
            case Sealed():
                return value.word
            case Unknown():
                return UNKNOWN
            case str():
                return _quoted(self.text(value))
            case None:
                return "null"
            case bool():
                return "true" if value else "false"
            case int() | float():
                return _number(value)
            case Mapping():
                items = (f"{_quoted(self.text(str(key)))}: {self._nested(item)}" for key, item in sorted(value.items()))
                return "{" + ", ".join(items) + "}"
            case list():
                return "[" + ", ".join(self._nested(item) for item in value) + "]"
            case _:
                return str(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _number(value: float) -> str:
    """As Terraform prints it: no exponent, no `.0`."""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**1000 else "(a very long number)"
    try:
        number = Decimal(repr(value))
        return format(number.to_integral() if number == number.to_integral() else number, "f")
    except ArithmeticError:
        return repr(value)  # inf and nan


def _clean(text: str) -> str:
    """Without characters that can't be seen or written as UTF-8; these are spelled out."""
    text = _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def shortened(text: str, longest: int = LONGEST) -> str:
    """The text, without its middle if it is long; how long it is stands there instead."""
    if len(text) <= longest:
        return text
    half = (longest - 24) // 2
    return f"{text[:half]} … ({len(text):,} characters) … {text[-half:]}"
