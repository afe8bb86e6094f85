"""S3 buckets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from tanada.declared.fields import PORT, Days, Expanded, Text
from tanada.declared.model import Kind, Model, Need

_LONGEST = 36500
"""Days; S3 takes 2,147,483,647, and whoever writes more than a century means for ever."""


def _origin(text: str) -> str:
    """What is wrong with an origin: of the several things that can be, the one that is."""
    if re.fullmatch(r"https?://[^/\s]{1,64}/.*", text):
        return f"an origin as browsers send it, without a path: {text[: text.index('/', 8)]}"
    if re.fullmatch(r"[a-z0-9.{}-]{1,64}(:[0-9]+)?", text):
        return f"an origin with its scheme: https://{text}"
    if text.count("*") > 1:
        return "at most one * in an origin"
    return 'an origin such as "https://{domain}", https://*.example.jp or http://localhost:3000'


Origin = Annotated[
    Expanded,
    Text(
        r"^(?!([^*]*\*){2})(\*|\{([a-z0-9-]+\.public_)?url\}|https?://[A-Za-z0-9.{}_*-]+(:(" + PORT + r"|\*))?)$",
        _origin,
    ),
]
"""As a browser says where a page is from (RFC 6454, 6.2), with one `*` for any text (S3 user guide, "Elements of a CORS
configuration")."""


class Expire(Model):
    """When objects are deleted, without a way back."""

    current: Annotated[int, Days(1, _LONGEST)] | None = None
    """So long after it was put an object is deleted; what it was stays as an old version."""
    noncurrent: Annotated[int, Days(1, _LONGEST)] | None = None
    """So long after it was overwritten or deleted an old version goes for ever."""


class Bucket(Kind):
    """An S3 bucket: private, encrypted, with the old versions of its objects."""

    PROTECTED = ()
    WORDS = {"name": "the name that AWS knows the bucket by"}
    ACCESS = ("read", "write", "append")

    cors: tuple[Origin, ...] = ()
    """Whose pages may send browsers to it, with addresses that your service signs: `["https://{domain}"]`."""
    expire: Expire | None = None
    """What is deleted by itself; left out, nothing is."""
    existing: (
        Annotated[
            str,
            Text(
                r"^(?!\d+(\.\d+){3}$)[a-z0-9]([a-z0-9.-]{1,61}[a-z0-9])$",
                "the name of a bucket, 3 to 63 lower-case letters, digits, hyphens and dots",
                longest=63,
            ),
        ]
        | None
    ) = None
    """The name of a bucket that is there already: nothing is made of it, permissions alone are given."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        said = [word for word, value in (("cors", self.cors), ("expire", self.expire)) if value]
        if self.existing is not None and said:
            sentence = f"nothing is made of a bucket that exists; take {' and '.join(said)} out"
            raise PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})
        return self

    def needs(self) -> Sequence[Need]:
        return ()

    def closed(self) -> str | None:
        return None
