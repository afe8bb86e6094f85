"""A text of a declaration means itself: no expression of Terraform, no reference of CDKTF, whatever it says."""

from __future__ import annotations

import re

from tanada.errors import DeclarationError
from tanada.text import quoted

REFERENCE = "CDKTF, which makes the JSON, would read a reference in it; write it another way"

_MARK = "{TfToken["
_NUMBER = re.compile(r"-[0-9.]+[eE]\+?[0-9]+")
_VALUES = ("String Map Token Value", "Any Map Token Value")


def literal(text: str) -> str:
    """A text as it stands in a Terraform string so that it means itself: its two template openers are escaped.

    Terraform's configuration syntax, "Strings and Templates": `$${` is `${`, `%%{` is `%{`. Nothing else writes them.
    """
    return text.replace("${", "$${").replace("%{", "%%{")


def references(text: str) -> int:
    """How much of a text CDKTF would take for its own references, which no escape hides from it.

    Those are its mark for texts, lists and mappings, and numbers in which it hides one (cdktf 0.21,
    lib/tokens/private/encoding.ts and lib/tokens/token.ts).
    """
    return text.count(_MARK) + sum(map(_hides_one, _NUMBER.findall(text))) + (text in _VALUES)


def _hides_one(number: str) -> bool:
    try:
        return -1.96e289 < float(number) < -1.88e289  # its first 16 bits are 0xfdff
    except ValueError:
        return False


def refuse_references(text: str, own: int = 0) -> str:
    """The text; raises DeclarationError where it holds other references than the `own` that were put into it."""
    if references(text) != own:
        raise DeclarationError(f"{quoted(text)}: {REFERENCE}")
    return text
