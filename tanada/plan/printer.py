"""Values, addresses and the steps to a value as text that people may read, with whatever is secret taken out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from tanada.plan.values import Element, Sealed, Steps, Unknown
from tanada.secrecy import UNKNOWN, Secrets, decides, may_hold_credentials
from tanada.text import visible_lines, without_middle

LONGEST = 240
"""Characters of a value on one line; a longer one loses its middle."""
_LONGEST_STEP = 80
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_INDEX = re.compile(r'\["((?:[^"\\]|\\.)*)"\]')


class Printer:
    """Prints what stands in one plan."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def text(self, value: str) -> str:
        """Any text that didn't come from Tanada itself: messages, addresses, names."""
        return visible_lines(self._secrets.remove(value))

    def deciding(self, value: str) -> str:
        """A text that decides who may do what, or what runs: without what somebody marked as secret, and no less."""
        return visible_lines(self._secrets.marked.remove_known(value))

    def _told(self, value: str, names: tuple[str, ...]) -> str:
        """The same where a credential may stand."""
        return (
            visible_lines(self._secrets.marked.remove(value)) if may_hold_credentials(names) else self.deciding(value)
        )

    def address(self, address: str) -> str:
        """A resource's address: names are code, but the keys of `for_each` are values."""
        return _INDEX.sub(lambda match: f'["{self.text(match[1])}"]', visible_lines(address))

    def value(self, value: Any, steps: Steps = ()) -> str:
        """A value on one line, however long; `steps` lead to it."""
        names = names_within(steps)
        if isinstance(value, str):
            text = self._leaf(value, names)
            return _quoted(text) if text != text.strip() or not text or "\n" in text else text
        text, deciding = self._nested(value, names)
        return text if deciding else self.text(text)

    def lines(self, value: str, steps: Steps) -> list[str]:
        """A text of several lines, line by line."""
        return self._leaf(value, names_within(steps)).splitlines()

    def why(self, value: Any, steps: Steps = ()) -> tuple[str, ...]:
        """Why something isn't shown of a value that nothing marks or names as secret, in words; mostly nothing."""
        found: dict[str, None] = {}
        for names, text in _texts(value, names_within(steps)):
            if decides(names):
                marked = self._secrets.marked
                if (marked.remove if may_hold_credentials(names) else marked.remove_known)(text) != text:
                    found |= dict.fromkeys(self._secrets.marked.why(text))
            else:
                found |= dict.fromkeys(self._secrets.why(text))
        return tuple(visible_lines(each) for each in found)

    def decides(self, value: Any, steps: Steps = ()) -> bool:
        """Whether anything in a value decides who may do what, from where, or what runs."""
        return any(decides(names) for names, _ in _texts(value, names_within(steps)))

    def _leaf(self, text: str, names: tuple[str, ...]) -> str:
        return self._told(text, names) if decides(names) else self.text(text)

    def steps(self, steps: Steps) -> str:
        """`("ingress", Element("443"), "cidr_blocks")` → `ingress[443].cidr_blocks`."""
        text = ""
        for step in steps:
            name = without_middle(self.text(step).replace("\n", " "), _LONGEST_STEP)
            if isinstance(step, Element):
                text += f"[{name}]"
            elif not _NAME.fullmatch(name):
                text += f"[{_quoted(name)}]"
            else:
                text += f".{name}" if text else name
        return text

    def _nested(self, value: Any, names: tuple[str, ...]) -> tuple[str, bool]:
        """A value in JSON's form, and whether anything in it decides.

        What decides is looked at by itself: in the text of the whole an item could take its neighbour with it. All else
        is looked at as a whole (`["--token", "…"]`), once.
        """
        if isinstance(value, Mapping):
            items = sorted(value.items())
            parts = [self._nested(item, (*names, str(key))) for key, item in items]
            keys = [f"{_quoted(self.text(str(key)))}: " for key, _ in items]
            first, last = "{", "}"
        elif isinstance(value, list):
            parts = [self._nested(item, names) for item in value]
            keys = [""] * len(parts)
            first, last = "[", "]"
        else:
            return self._scalar(value, names), decides(names)
        deciding = any(each for _, each in parts)
        texts = (text if each or not deciding else self.text(text) for text, each in parts)
        return first + ", ".join(map("".join, zip(keys, texts, strict=True))) + last, deciding

    def _scalar(self, value: Any, names: tuple[str, ...]) -> str:
        match value:
            case Sealed():
                return value.word
            case Unknown():
                return UNKNOWN
            case str():
                return _quoted(self._leaf(value, names))
            case None:
                return "null"
            case bool():
                return "true" if value else "false"
            case int() | float():
                return _number(value)
            case _:
                return str(value)


def _texts(value: Any, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The texts and numbers of a value, each with the names that lead to it."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, (*names, str(key)))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, names)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield names, str(value)


def names_within(steps: Steps) -> tuple[str, ...]:
    """The names among steps, without indices."""
    return tuple(str(step) for step in steps if not isinstance(step, Element) and not step.isdigit())


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
