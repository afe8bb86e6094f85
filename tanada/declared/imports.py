"""Imports: what was made by hand and Tanada goes on with, by the address that it has here."""

from __future__ import annotations

from typing import Annotated

from tanada.declared.fields import Text


def _expected(text: str) -> str:
    """What is wrong with an address."""
    if "[" in text:
        return "an address without an index"
    if text.startswith(("data.", "output.", "var.", "local.", "module.")):
        return "the address of a resource such as aws_vpc.network_vpc: nothing else is imported"
    return "the address of an AWS resource as a plan shows it, such as aws_vpc.network_vpc"


Address = Annotated[str, Text(r"^aws_[a-z0-9_]+\.[A-Za-z][A-Za-z0-9_-]*$", _expected)]
"""As plans show it (docs/capabilities/patches.md)."""
Id = Annotated[
    str,
    Text(
        r"^[!-~]([ -~]*[!-~])?$",
        "what AWS calls it, on one line, in the form of the page of its type (docs/capabilities/imports.md)",
    ),
]
Imports = dict[Address, Id]
"""By address the id, in the form that the provider's page of the type says ("Import")."""
