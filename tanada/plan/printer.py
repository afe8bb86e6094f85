"""Values, addresses and the steps to a value as text that people may read, with whatever is secret taken out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tanada.plan.values import Element, Sealed, Steps, Unknown
from tanada.secrecy import UNKNOWN, Secrets
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

    def address(self, address: str) -> str:
        """A resource's address: names are code, but the keys of `for_each` are values."""
        return _INDEX.sub(lambda match: f'["{self.text(match[1])}"]', visible_lines(address))

    def value(self, value: Any) -> str:
        """A value on one line, however long."""
        if isinstance(value, str):
            text = self.text(value)
            return _quoted(text) if text != text.strip() or not text or "\n" in text else text
        return self.text(self._nested(value))

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
