"""Image registries."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from tanada.declared.fields import Flag, Name, Text
from tanada.declared.model import Model

_PART = r"[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*"
_REPOSITORY = rf"^(?=.{{2}})(?![0-9]{{12}}\.dkr\.ecr){_PART}(/{_PART})*$"
"""ECR API reference, CreateRepository, repositoryName: 2 to 256 characters. The address of one has that form, too."""


def _repository(text: str) -> str:
    if ".dkr.ecr" in text or text.startswith("arn:"):
        return "the repository's name alone, such as par/web: it lies in the account and region of the entry"
    if re.fullmatch(_REPOSITORY, text.partition(":")[0]):
        return "a repository's name such as par/web, without a tag: the tag is given when you plan"
    return "the name of an ECR repository such as par/web: 2 to 256 of a-z and 0-9, with . _ - or / between them"


class Image(Model):
    """An image that the system builds."""

    folder: (
        Annotated[
            str,
            Text(
                r"^(\.|[A-Za-z0-9_@+-][A-Za-z0-9._@+-]*(/[A-Za-z0-9_@+-][A-Za-z0-9._@+-]*)*)$",
                "a folder from the repository's top on, such as services/web",
            ),
        ]
        | None
    ) = None
    """Where it is built from, from the repository's top on: its tag is the commit that last changed this folder."""
    repository: Annotated[str, Text(_REPOSITORY, _repository, longest=256)] | None = None
    """Its ECR repository's name in place of `<system>/<image>`."""
    existing: Flag = False
    """The repository is there already, in the entry's account and region: nothing is made of it."""
    account: Name | None = None
    """The account of this system in whose registry it lies, for all accounts: that one lets them pull, nothing is
    pushed to another."""
    mutable: Flag = False
    """A push may give a tag to another image. Plans don't see that: the same tag deploys nothing."""

    def called(self, system: str, image: str) -> str:
        """The name of its repository in ECR."""
        return self.repository or f"{system}/{image}"


def _by_name(value: Any) -> Any:
    """A list of names is the images of which nothing else is said."""
    return {name: {} for name in value} if isinstance(value, list) and all(isinstance(n, str) for n in value) else value


Images = Annotated[
    dict[Name, Image], BeforeValidator(_by_name, json_schema_input_type=tuple[Name, ...] | dict[Name, Image])
]
"""The images that a system builds, by name; each has an ECR repository."""
