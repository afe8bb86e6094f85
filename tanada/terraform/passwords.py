"""Planning so that a store's password is written everywhere, or nowhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tanada.contract import passwords
from tanada.plan import Message
from tanada.terraform.session import Session


def planned(
    session: Session,
    file: Path,
    variables: Callable[[Mapping[str, int]], Mapping[str, str]],
    numbers: Mapping[str, int],
    *,
    raises: bool = True,
) -> tuple[dict[str, Any], tuple[Message, ...], Mapping[str, int]]:
    """A saved plan's JSON, its warnings, and the numbers that it was given: higher ones where with these it would write
    a password in one place alone, unless none is to be raised. `variables` makes Terraform's of them."""
    shown, warnings = session.plan(file, variables(numbers))
    found = tuple(passwords.raised(session.emitted(), shown, numbers)) if raises else ()
    if not found:
        return shown, warnings, numbers
    numbers = {**numbers, **{each.store: each.number for each in found}}
    shown, warnings = session.plan(file, variables(numbers))
    label = session.target.label
    said = (
        Message("warning", f"{label}: {each.store} gets another password, in all places at once", f"{each.why}.")
        for each in found
    )
    return shown, (*said, *warnings), numbers
