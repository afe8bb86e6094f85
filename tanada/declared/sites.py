"""Sites: static files behind CloudFront, and paths of the same names that a service answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from tanada.declared.fields import Host, Name, PathPattern, Seconds, Text
from tanada.declared.hosts import DOMAIN, host_of
from tanada.declared.model import Kind, Model, Need
from tanada.declared.moved_pages import MovedPages
from tanada.declared.operators import MAKING_USERS, Operator
from tanada.declared.paths import is_exact, rank
from tanada.declared.publishers import Publisher

BEHAVIORS = 75
"""Of a distribution (CloudFront developer guide, "Quotas")."""
ALIASES = 100
"""Names of a distribution (the same page, "Alternate domain names")."""
HTML = ("*/", "*.html", "*.htm")
"""Patterns of pages, before FILES; a folder's is one, too, and so is whatever has no dot: the rest."""
FILES = "*.*"
YEAR = 31536000
_ALL_HEADERS = 10_240
"""Characters of their names and values together (CloudFront developer guide, "Quotas on headers")."""
_HEADERS = 10
"""Of a policy beside those of security ("Custom headers per response headers policy")."""
SECURITY: Mapping[str, str] = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
"""What is said where nothing is: as CloudFront's own policy does (developer guide, "Use managed response headers
policies", SecurityHeadersPolicy)."""
HSTS = "Strict-Transport-Security"
LONGEST = 2147483647
"""Seconds (API reference, ResponseHeadersPolicyStrictTransportSecurity: AccessControlMaxAgeSec is an integer of 32
bits)."""
_FORMS = {
    HSTS: (
        r"max-age=\d{1,10}(; ?includeSubDomains)?(; ?preload)?",
        "max-age=31536000; includeSubDomains; preload, of which the last two may be left out",
    ),
    "X-Content-Type-Options": ("nosniff", "nosniff"),
    "X-Frame-Options": ("DENY|SAMEORIGIN", "DENY or SAMEORIGIN"),
    "Referrer-Policy": (
        "no-referrer|no-referrer-when-downgrade|origin|origin-when-cross-origin|same-origin|strict-origin|"
        "strict-origin-when-cross-origin|unsafe-url",
        "one of the Referrer Policy standard, such as same-origin",
    ),
    "Content-Security-Policy": (r"[\x20-\x7e]{1,1783}", "at most 1,783 letters of ASCII"),
}
"""Headers that CloudFront takes as settings of its own, as it knows them (API reference,
ResponseHeadersPolicySecurityHeadersConfig)."""
OF_CLOUDFRONT = tuple(_FORMS)
"""The same, in that order."""
_TAKEN = re.compile(
    r"X-(Amz|Edge)-.*|X-XSS-Protection|Cache-Control|Connection|Content-(Encoding|Length)|Date|Expect|Host|Keep-Alive|"
    r"Location|Server|Set-Cookie|TE|Trailer|Transfer-Encoding|Upgrade|Via|Warning"
)
"""Some CloudFront takes from nobody (developer guide, "Restrictions on edge functions"); files say the first one
themselves, the last is one that browsers know no more."""
HeaderName = Annotated[
    str,
    Text(r"^[A-Z][a-z0-9]*(-[A-Z0-9][A-Za-z0-9]*)*$", "a header as it is mostly written, such as X-Robots-Tag", 256),
]
HeaderValue = Annotated[
    str, Text(r"^[\x20-\x7e]*$", "a value of ASCII letters, or an empty one for none", longest=1783)
]


def _headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    for name, value in headers.items():
        if _TAKEN.fullmatch(name):
            raise _wrong(f"{name} is none that can be said here: CloudFront, the files or nobody says it; take it out")
        form, what = _FORMS.get(name, ("", ""))
        if form and value and not re.fullmatch(form, value):
            raise _wrong(f"{name} is said in another way; expected {what}")
        if (seconds := re.match(r"max-age=(\d+)", value)) and name == HSTS and int(seconds[1]) > LONGEST:
            raise _wrong(f"{name}: CloudFront takes a max-age of at most {LONGEST}; two years are max-age=63072000")
    if len(others := [name for name in headers if name not in _FORMS]) > _HEADERS:
        raise _wrong(f"CloudFront takes {_HEADERS} headers beside those of security; these are {len(others)}")
    if (size := sum(len(name) + len(headers[name]) for name in others)) > _ALL_HEADERS:
        raise _wrong(f"these have {size:,} characters beside those of security, and CloudFront takes {_ALL_HEADERS:,}")
    return headers


def _wrong(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


def _page(text: str) -> str:
    return (
        "a file such as 404.html, or below folders such as errors/404.html, without a slash first"
        if text.startswith("/")
        else "a file of the site, such as 404.html"
    )


Page = Annotated[str, Text(r"^(?!.*(^|/)\.{1,2}(/|$))[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*$", _page, longest=255)]


class Kept(Model):
    """How long CloudFront keeps what it has fetched."""

    html: Annotated[int, Seconds(0, YEAR)] = 60
    """Pages (`.html`, folders, what has no dot): at most so long, whatever they say themselves."""
    files: Annotated[int, Seconds(0, YEAR)] = 60
    """Other files: so long where they say nothing; what they say in `Cache-Control` holds."""


class Site(Kind):
    """Files in a private bucket behind CloudFront, at names of the environment's."""

    PROTECTED = ()
    WORDS: ClassVar[Mapping[str, str]] = {}
    PUBLIC: ClassVar[Mapping[str, str]] = {"public_url": "`https://` and its first host"}
    renamed_from: ClassVar[tuple[str, ...]] = ()

    hosts: tuple[Host, ...] = ()
    """Where it answers, if not at the environment's domain: `www` is `www.<domain>` (in review
    `<workspace>-www.<domain>`), a name with dots is itself (a site that has no other isn't made in review)."""
    index: Page = "index.html"
    """The file that stands for its folder: `/news/` is `/news/index.html`."""
    error_page: Page | None = None
    """The file that is shown, with 404, for what isn't there."""
    paths: dict[PathPattern, Name] = {}
    """What a service answers there instead, uncached: `{/contact*: web}`. It answers at the site's hosts itself, which
    lead here."""
    bucket: Name | None = None
    """A bucket of `stores` that holds the files; left out, the site has one of its own."""
    cache: Kept = Kept()
    """How long CloudFront keeps what it has fetched: `{html: 60s, files: 1h}`."""
    redirects: MovedPages | None = None
    """Old addresses, and crawlers that are told of the new page under the old one: `{file: files/redirects.csv,
    crawlers: [facebookexternalhit]}`."""
    headers: Annotated[dict[HeaderName, HeaderValue], AfterValidator(_headers)] = {}
    """What its files are sent with in a permanent environment, laid over what protects browsers; empty text takes one
    of these away."""
    operators: dict[Name, Operator] = {}
    """Who uploads to a permanent environment's site, each below a prefix: `{design: {prefix: /, by: role, from:
    [arn:…]}}`."""
    publishers: tuple[Publisher, ...] = ()
    """What writes to a permanent environment's site and invalidates it, of any environment and account:
    `[staging.cms]`, a service, a job or a task."""
    removal: Literal["keep", "delete"] = "keep"
    """`delete`, applied, lets go of its own bucket, to be taken away; that of its environment lets go of all."""

    @property
    def kind(self) -> Self:
        """It is of one kind alone."""
        return self

    def public_words(self) -> Sequence[str]:
        return tuple(self.PUBLIC)

    def needs(self) -> Sequence[Need]:
        roles = sum(each.by == "role" for each in self.operators.values()) + bool(self.publishers)
        return (
            Need("aws_cloudfront_distribution", 1),
            Need("aws_cloudfront_function", 1),
            *([Need("aws_cloudfront_response_headers_policy", 1)] if self.headers else []),
            *([Need("aws_iam_role", roles)] if roles else []),
        )

    def asks(self) -> set[str]:
        return {MAKING_USERS} if any(each.by == "key" for each in self.operators.values()) else set()

    def closed(self) -> str | None:
        return None

    @property
    def sent(self) -> dict[str, str]:
        """All headers that its files are sent with."""
        return {name: value for name, value in {**SECURITY, **self.headers}.items() if value}


def hosts_of(site: Site, domain: str) -> tuple[str, ...]:
    """Where a site answers, each host in its one form."""
    return tuple(dict.fromkeys(host_of(each, domain) for each in site.hosts)) or (DOMAIN,)


def hosts(sites: Mapping[str, Site], domain: str) -> tuple[str, ...]:
    """Where an environment's sites answer."""
    return tuple(dict.fromkeys(host for each in sites.values() for host in hosts_of(each, domain)))


def ordered(paths: Mapping[str, Name]) -> list[tuple[str, Name]]:
    """Those of services, the most specific first: CloudFront takes the first that fits."""
    return sorted(paths.items(), key=lambda each: (rank(each[0]), not is_exact(each[0]), each[0]))


def in_review(sites: dict[str, Site]) -> dict[str, Site]:
    """Those of a review environment: a full name belongs to one environment alone, and a site of no other isn't there.
    Nor are headers of its own: an account has 20 policies, and all would be workspaces'; and nobody
    uploads but who applies."""
    left = {name: tuple(host for host in site.hosts if "." not in host) for name, site in sites.items()}
    return {
        name: site.model_copy(update={"hosts": left[name], "headers": {}, "operators": {}, "publishers": ()})
        for name, site in sites.items()
        if left[name] or not site.hosts
    }
