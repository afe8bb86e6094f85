"""CloudFront before a service: what it keeps, and what it never does."""

from __future__ import annotations

from typing import Annotated

from tanada.declared.fields import PathPattern, Seconds, Text
from tanada.declared.model import Model

YEAR = 31536000
ORIGIN = "aws_cloudfront_vpc_origin"
COOKIES = 10
"""Of what a behaviour forwards by name (CloudFront developer guide, "Quotas")."""
CookieName = Annotated[
    str,
    Text(r"^(?=.)[A-Za-z0-9_.-]*\*?$", "a cookie's name; * at its end stands for any text", longest=128),
]
"""As CloudFront compares it (API reference, CookieNames)."""


class Cdn(Model):
    """CloudFront before a service; without a word nothing is kept."""

    cache: dict[PathPattern, Annotated[int, Seconds(1, YEAR)]] = {}
    """What it keeps, and how long where the answer says nothing of it; `Cache-Control` of the answer holds."""
    cookies: tuple[CookieName, ...] = ()
    """Those that make an answer another one: they reach the service from cached paths, too, kept by their values."""
    never: tuple[PathPattern, ...] = ()
    """Paths that it never keeps, whatever `cache` says of those around them."""


def behaviors(cdn: Cdn) -> list[tuple[str, int | None]]:
    """Path and seconds, None for what is never kept, the most specific first: CloudFront takes the first that fits."""
    from tanada.declared.routes import is_exact, rank  # which knows of this

    both = {**cdn.cache, **dict.fromkeys(cdn.never)}
    return sorted(both.items(), key=lambda each: (rank(each[0]), not is_exact(each[0]), each[0]))
