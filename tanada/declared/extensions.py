"""What a team's own Python makes and services may reach: its names, words and permissions are declared, so that a check
knows them without running anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Self

from pydantic import Field

from tanada.declared.fields import Text
from tanada.declared.model import Kind, Need
from tanada.declared.permissions import Action

FOLDER = "extensions"
"""Beside system.yaml; its files are called as the kinds of stacks."""
KINDS = ("common", "environment", "review")
Word = Annotated[str, Text(r"^[a-z][a-z0-9_]*$", "a word such as url: small letters, digits and _, a letter first")]


def file_of(kind: str) -> str:
    """The file that extends the stacks of a kind."""
    return f"{FOLDER}/{kind}.py"


class Extension(Kind):
    """One thing that `extensions/environment.py` makes, and `extensions/review.py`."""

    PROTECTED = ()
    WORDS: ClassVar = {}
    renamed_from: ClassVar[tuple[str, ...]] = ()

    says: Annotated[tuple[Word, ...], Field(alias="words")] = ()
    """What texts may say of it, in braces: `url` for `{pdf.url}`."""
    actions: tuple[Action, ...] = ()
    """What whoever reaches it may do with it: IAM's actions, such as `lambda:InvokeFunction`."""

    @property
    def kind(self) -> Self:
        """It is of one kind alone."""
        return self

    def words(self) -> Sequence[str]:
        return self.says

    def needs(self) -> Sequence[Need]:
        return ()

    def closed(self) -> str | None:
        return None
