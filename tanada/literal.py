"""A text of a declaration means itself: no expression of Terraform, no reference of CDKTF, whatever it says."""

from __future__ import annotations

import re
import struct

from tanada.errors import DeclarationError
from tanada.text import quoted

REFERENCE = "CDKTF, which makes the JSON, would read a reference in it; write it another way"

_MARK = "{TfToken["
_NUMBER = re.compile(r"(?<![-|0-9.+])[-|0-9.+]+[eE][-|0-9.eE+]+")
"""Where cdktf looks for a number; it takes a small e alone. Looked for from the beginning of its digits only: a text of
nothing but digits would cost the square of its length."""
_FLOAT = re.compile(r"-(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+")
"""What JavaScript's parseFloat takes of it, where it is negative and has an exponent."""
_HIDING = b"\xfd\xff"
_HIDING_IN_LISTS = b"\xfb\xff\x00\x00"
_VALUES = ("String Map Token Value", "Any Map Token Value")


def literal(text: str) -> str:
    """A text as it stands in a Terraform string so that it means itself: its two template openers are escaped.

    Terraform's configuration syntax, "Strings and Templates": `$${` is `${`, `%%{` is `%{`. Nothing else writes them.
    """
    return text.replace("${", "$${").replace("%{", "%%{")


def references(text: str) -> int:
    """How much of a text CDKTF would take for its own references, which no escape hides from it.

    Those are its mark for texts, lists and mappings, and numbers in which it hides one: their first 16 bits say so, the
    others count (cdktf 0.21, lib/tokens/private/encoding.ts, lib/tokens/token.ts). Of those for lists of numbers, which
    no text is, the ones that it may give at all: not `-189.e287`, of the host `web-189.e287.example.jp`.
    """
    return text.count(_MARK) + sum(map(_hides_one, _NUMBER.findall(text))) + (text in _VALUES)


def means_itself(text: str) -> bool:
    """Whether no part of a text would be changed by `literal` or refused by `refuse_references`: of a text of many, as
    JSON, one look instead of one at each."""
    opens = "${" in text or "%{" in text or any(value in text for value in _VALUES)
    return not opens and references(text) == 0


def _hides_one(number: str) -> bool:
    found = _FLOAT.match(number)
    return found is not None and struct.pack(">d", float(found[0])).startswith((_HIDING, _HIDING_IN_LISTS))


def refuse_references(text: str, own: int = 0) -> str:
    """The text; raises DeclarationError where it holds other references than the `own` that were put into it."""
    if references(text) != own:
        raise DeclarationError(f"{quoted(text)}: {REFERENCE}")
    return text
