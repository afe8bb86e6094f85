"""Declarations: reading, merging and checking what a team writes. Knows no CDKTF."""

from tanada.declarations.composing import Declarations, compose, find_root, load
from tanada.declarations.errors import DeclarationError, Mistake
from tanada.declarations.inventory import Stack, inventory, state_bucket
from tanada.declarations.models import (
    Account,
    Blueprint,
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

__all__ = [
    "Account",
    "Blueprint",
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
