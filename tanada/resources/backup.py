"""AWS Backup."""

from __future__ import annotations

from tanada.resources.cost import NoPrice
from tanada.resources.entry import NotRead, Resource

RESOURCES = (
    Resource(
        type="aws_backup_vault",
        lost="backup vault",
        kept=True,  # the copies that are there when all else is gone
        replaces=NotRead(),
        cost=NoPrice(),
    ),
)
