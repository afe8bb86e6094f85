"""Declarations: reading, merging and checking what a team writes. Knows no CDKTF.

Each name is loaded when it is asked for: who only looks for the system's folder does not wait for models and YAML.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING

# pydantic looks through every installed package for plugins (30 ms), and none has a say in what a declaration means.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

if TYPE_CHECKING:
    from tanada.declarations.composing import Declarations, compose, load
    from tanada.declarations.errors import DeclarationError, Mistake
    from tanada.declarations.finding import find_root
    from tanada.declarations.models import (
        Account,
        Blueprint,
        Ci,
        CommonLayer,
        Environment,
        Http,
        Logs,
        Network,
        Review,
        Service,
        Store,
        System,
        Table,
        Zone,
    )
    from tanada.declarations.stacks import Stack, inventory, state_bucket

__all__ = [
    "Account",
    "Blueprint",
    "Ci",
    "CommonLayer",
    "DeclarationError",
    "Declarations",
    "Environment",
    "Http",
    "Logs",
    "Mistake",
    "Network",
    "Review",
    "Service",
    "Stack",
    "Store",
    "System",
    "Table",
    "Zone",
    "compose",
    "find_root",
    "inventory",
    "load",
    "state_bucket",
]

_HOMES = {
    **dict.fromkeys(("Declarations", "compose", "load"), "composing"),
    **dict.fromkeys(("DeclarationError", "Mistake"), "errors"),
    "find_root": "finding",
    **dict.fromkeys(("Stack", "inventory", "state_bucket"), "stacks"),
}
"""The module of each name (never of the same name: it would take its place); the others are models."""

if not TYPE_CHECKING:  # else a misspelt name would have a type

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'models')}"), name)
