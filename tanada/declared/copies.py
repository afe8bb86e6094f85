"""What is in an SQL database when it is made: nothing, what a task puts there, or a copy."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_validator

from tanada.declared.engines import refused
from tanada.declared.fields import Name, Text, expected
from tanada.declared.model import Model
from tanada.text import listed

SnapshotName = Annotated[
    str,
    Text(
        r"^(arn:aws[a-z-]*:rds:[a-z0-9-]+:[0-9]{12}:(cluster-)?snapshot:)?((rds|awsbackup):)?[a-zA-Z](-?[a-zA-Z0-9])*$",
        "a snapshot's name, such as main-before-17, or its whole ARN where another account shares it",
    ),
]
"""RDS API reference, CreateDBSnapshot: letters, digits and single hyphens, at most 255; RDS's own begin with
`rds:`, AWS Backup's with `awsbackup:`."""


class Data(Model):
    """Where the data come from that it begins with: one of these, or `empty`."""

    seed: Name | None = None
    """A task that fills it, once, before any service that reaches it starts; again only where it is made anew."""
    snapshot: SnapshotName | None = None
    """A snapshot that it is made from, by its name."""
    clone: Name | None = None
    """A permanent environment of the same account whose store of this name it is a copy of, as it is when it is made;
    never a protected one."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        said = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(said) > 1:
            sentence = f"{listed(said, len(said))} are said at once; leave one, the others null where all inherit them"
            raise refused(sentence)
        return self

    def bare(self) -> str | None:
        return None if self.seed or self.snapshot or self.clone else "empty"

    @property
    def copied(self) -> bool:
        """Whether it is made from another's data, with that one's user and database."""
        return self.snapshot is not None or self.clone is not None


EMPTY = Data()


def _data(value: Any) -> Any:
    if isinstance(value, str):
        if value != "empty":
            raise expected("empty, {seed: TASK}, {snapshot: NAME} or {clone: ENVIRONMENT}")
        return {}
    return value


BeginsWith = Annotated[Data, BeforeValidator(_data, json_schema_input_type=Literal["empty"] | Data)]
"""`empty`, or one of the others."""
