"""EFS file systems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from tanada.declared.existing import check_alone
from tanada.declared.fields import Flag, Text
from tanada.declared.model import Kind, Need
from tanada.declared.ways import SecurityGroupId

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
    """Whether AWS Backup keeps a copy of each day for five weeks, or where the environment says `backup` as that says;
    never of review environments."""
    existing: (
        Annotated[str, Text(r"^fs-([0-9a-f]{8}|[0-9a-f]{17})$", "the id of a file system such as fs-0123456789abcdef0")]
        | None
    ) = None
    """The id of a file system that is there already: nothing is made of it but an access point."""
    security_group: SecurityGroupId | None = None
    """Of one that exists: the security group that its mount targets wear, which lets in who mounts it."""
    folder: Annotated[
        str,
        Text(r"^/([A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){0,3})?$", "a folder of at most four levels such as /media", 100),
    ] = "/"
    """Of one that exists: what of it is mounted, which must be there."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_alone(self, ("user", "security_group", "folder"))
        if self.existing is not None and self.security_group is None:
            raise _refused(
                "says no security_group; expected that of its mount targets, such as sg-0123456789abcdef0, so that the "
                "way there can be opened"
            )
        if self.existing is None and (self.security_group is not None or self.folder != "/"):
            said = "security_group" if self.security_group is not None else "folder"
            raise _refused(f"{said} is of a file system that is there already; say existing, or take it out")
        return self

    @property
    def owner(self) -> tuple[int, int]:
        """User and group."""
        user, _, group = self.user.partition(":")
        return int(user), int(group)

    def needs(self) -> Sequence[Need]:
        return (Need("aws_security_group", 1),) if self.existing is None else ()

    def closed(self) -> str | None:
        return None


def _refused(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})
