"""EFS file systems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from tanada.declared.fields import Flag, Text
from tanada.declared.model import Kind, Need

PORT = 2049
"""NFS (EFS user guide, "Using VPC security groups")."""


class FileSystem(Kind):
    """An EFS file system: files that last, shared by all that have it among their `volumes`."""

    PROTECTED = ()
    WORDS = {}
    IN_VPC = True

    user: Annotated[
        str, Text(r"^(0|[1-9][0-9]{0,8}):(0|[1-9][0-9]{0,8})$", 'user and group by number, in quotes, such as "33:33"')
    ] = "1000:1000"
    """User and group, by number, that own what is written, whoever in the containers writes it."""
    backup: Flag = True
    """Whether AWS Backup keeps a copy of each day for five weeks; never of review environments."""

    @property
    def owner(self) -> tuple[int, int]:
        """User and group."""
        user, _, group = self.user.partition(":")
        return int(user), int(group)

    def needs(self) -> Sequence[Need]:
        return (Need("aws_security_group", 1),)

    def closed(self) -> str | None:
        return None
