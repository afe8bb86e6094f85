"""CloudFront before a service: what it keeps, and what it never does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from tanada.declared import allow
from tanada.declared.fields import PathPattern, Seconds, Text
from tanada.declared.model import Model
from tanada.declared.paths import is_exact, meet, rank
from tanada.names import HASH_LENGTH

YEAR = 31536000
ORIGIN, ACL, SETS = "aws_cloudfront_vpc_origin", "aws_wafv2_web_acl", "aws_wafv2_ip_set"
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


LONGEST_PATTERN = 200
"""Characters of a regular expression (AWS WAF developer guide, "AWS WAF quotas")."""


_WILD = {"*": r"[\s\S]*", "?": r"[\s\S]"}
_PIECES = {**_WILD, "/": "(;[^/]*)?/", "+": "[+ ]"}


@dataclass(frozen=True)
class List:
    """Who gets in at a path, or at all that no other one fits."""

    path: str | None
    sources: tuple[str, ...]
    within: tuple[List, ...]
    """The more specific ones that a path of it may fit, too."""

    @property
    def word(self) -> str:
        """What it is called, whatever other lists there are: a set that became another path's would let that one's
        addresses in, until the rule that asks it has changed."""
        path = self.path or allow.ALL
        plain = re.sub(r"[^a-z0-9]+", "_", path.lower()).strip("_")[:40].strip("_") or (
            "all" if self.path is None else "root"
        )
        return f"{plain}_{sha256(path.encode()).hexdigest()[:HASH_LENGTH]}"

    def of(self, version: int) -> tuple[str, ...]:
        """Its addresses of IPv4, or of IPv6, as AWS WAF takes them: a range of all is two halves (API reference,
        CreateIPSet)."""
        ranges = [each for each in map(allow.network, self.sources) if each.version == version]
        return tuple(str(part) for each in ranges for part in (each.subnets() if each.prefixlen == 0 else (each,)))

    @property
    def open(self) -> bool:
        """Whether everybody gets in."""
        return allow.open_to_all(self.sources)


def lists(by_path: Mapping[str, Sequence[str]]) -> tuple[List, ...]:
    """What `allow` says, the most specific path first."""
    found: list[List] = []
    for path in sorted(by_path, key=lambda each: (each == allow.ALL, rank(each))):
        own = None if path == allow.ALL else path
        within = tuple(each for each in found if own is None or (each.path is not None and meet(own, each.path)))
        found.append(List(own, tuple(dict.fromkeys(by_path[path])), within))
    return tuple(found)


def sets(by_path: Mapping[str, Sequence[str]]) -> int:
    """How many sets of addresses they need: one of each version; who lets everybody in needs none. Of a name that no
    set has nobody knows the addresses."""
    known = {path: [each for each in sources if not allow.is_name(each)] for path, sources in by_path.items()}
    return sum(bool(each.of(version)) for each in lists(known) if not each.open for version in (4, 6))


def fits(path: str) -> str:
    """A pattern of `allow` as a regular expression of AWS WAF's, of decoded paths in lower case: what a server takes
    for that path fits, too, with what it leaves aside behind a `;`, or hands to a program behind a `/`."""
    own = "".join(_PIECES.get(each, re.escape(each)) for each in path.lower().removeprefix("/"))
    return r"^/(\.\./)*" + (own.removesuffix(_WILD["*"]) if path.endswith("*") else f"{own}([/;]|$)")


def fits_as_sent(path: str) -> str:
    """The same of a path as it is sent, and as a load balancer compares it: what is left to a list of less."""
    own = "".join(_WILD.get(each, re.escape(each)) for each in path)
    return "^" + (own.removesuffix(_WILD["*"]) if path.endswith("*") else f"{own}$")


def behaviors(cdn: Cdn) -> list[tuple[str, int | None]]:
    """Path and seconds, None for what is never kept, the most specific first: CloudFront takes the first that fits."""
    both = {**cdn.cache, **dict.fromkeys(cdn.never)}
    return sorted(both.items(), key=lambda each: (rank(each[0]), not is_exact(each[0]), each[0]))
