"""Declarations: reading, merging and checking what a team writes. Knows no CDKTF."""

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
    "Environment",
    "Http",
    "Logs",
    "Network",
    "Review",
    "Service",
    "Stack",
    "Store",
    "System",
    "Table",
    "Zone",
    "inventory",
    "state_bucket",
]
