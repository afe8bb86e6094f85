"""Image registries."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from tanada.declared.fields import Name, Text
from tanada.declared.model import Model


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


def _by_name(value: Any) -> Any:
    """A list of names is the images of which nothing else is said."""
    return {name: {} for name in value} if isinstance(value, list) and all(isinstance(n, str) for n in value) else value


Images = Annotated[
    dict[Name, Image], BeforeValidator(_by_name, json_schema_input_type=tuple[Name, ...] | dict[Name, Image])
]
"""The images that a system builds, by name; each has an ECR repository."""
