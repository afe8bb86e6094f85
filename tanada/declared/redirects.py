"""What load balancers answer by themselves, before every service: redirects and fixed responses, by host and path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator

from tanada.declared.fields import DNS_LABEL, PORT, Expanded, Host, Name, PathPattern, Text, Whole, expected, whole
from tanada.declared.load_balancer import PUBLIC
from tanada.declared.model import Model

ALL = "/*"
"""The path of all."""
LONGEST = 128
"""Characters of a redirect's host, path or query (Elastic Load Balancing API reference, RedirectActionConfig)."""
BODY = 1024
"""Of a fixed response (FixedResponseActionConfig, MessageBody); in bytes, which are never fewer than characters."""
_PATHS: Text = get_args(PathPattern)[1]
_HOSTS: Text = get_args(Host)[1]
_PLACEHOLDERS = re.compile(r"#(\{\{?)(host|path|port|protocol|query)\}\}?")
"""The load balancer's own, as AWS writes them; ours have no # before them. Kept with doubled braces."""
_TAKES = {"host": ("host",), "path": ("host", "path", "port")}
"""What of these stands where; in a query all may (RedirectActionConfig)."""
_OURS = re.compile(r"\{[^{}]*\}")
_URLS = re.compile(r"\{(url|[a-z0-9-]+\.public_url)\}")


def _key(text: str) -> str:
    """What is wrong with where something is answered."""
    host, slash, _ = text.partition("/")
    if not slash:
        return f"a path such as /old, or a host and a path: {host}/"
    if "://" in text:
        return "a host and a path alone, such as www.example.jp/old: no https://"
    if "?" in text and "*" not in text:
        return "a path without a query; ? stands for one letter of it"
    return "a path such as /old or /old/*, on every host of the environment, or a host and a path: www.example.jp/old"


Key = Annotated[
    str,
    Text(
        rf"^({_HOSTS.pattern[1:-1]})?(/\*|{_PATHS.pattern[1:-1]})$",
        _key,
        longest=_HOSTS.longest + _PATHS.longest,
    ),
]
"""`/path`, on every host of the environment, or `host/path`; a label is one below the environment's domain."""


@dataclass(frozen=True)
class Target:
    """Where a redirect leads, as a rule's action says it."""

    protocol: str
    host: str
    port: str
    path: str
    query: str


_URL = re.compile(r"(?P<scheme>https?)://(?P<host>[^/?]*?)(:(?P<port>[0-9]{1,5}))?(?P<path>/[^?]*)?(\?(?P<query>.*))?")
_NAME = r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
"""A host's name (RFC 1123, 2.1)."""
_PORTS = {"http": "80", "https": "443"}


def target(url: str) -> Target:
    """What a URL, a path or a host says. The query goes along where none is said, and with a bare host the path too."""
    if url.startswith("/"):
        path, asked, query = url.partition("?")
        return Target("#{protocol}", "#{host}", "#{port}", path, query if asked else "#{query}")
    if (found := _URL.fullmatch(url)) is not None:
        query = found["query"] if found["query"] is not None else "#{query}"
        scheme = found["scheme"]
        return Target(scheme.upper(), found["host"], found["port"] or _PORTS[scheme], found["path"] or "/", query)
    return Target("HTTPS", url, "443", "/#{path}", "#{query}")


def is_host(url: str) -> bool:
    """Whether it is a bare host, to which all of a host may be led."""
    return not url.startswith("/") and "://" not in _URLS.sub("https://", url)


def is_label(host: str) -> bool:
    """Whether it is one below the environment's domain, as hosts are: no dot, and nothing that is known later."""
    return re.fullmatch(DNS_LABEL[1:-1], host) is not None


def _url(text: str) -> str:
    """With the load balancer's placeholders as what is no placeholder of ours, once it is known to be a URL."""
    if "#" in _PLACEHOLDERS.sub("", text):
        raise expected("an address without #: browsers keep that part to themselves")
    plain = _OURS.sub("x", _PLACEHOLDERS.sub("x", _URLS.sub("https://x.example", text)))
    if not re.fullmatch(r"[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]{1,1024}", plain):
        raise expected(_TARGET)
    if plain.startswith("/"):
        if plain.startswith("//"):
            raise expected("a path with one slash first; another host is https://www.example.jp/path")
    elif "://" in plain:
        if (found := _URL.fullmatch(plain)) is None or not re.fullmatch(_NAME, found["host"]):
            raise expected(_TARGET)
        if found["scheme"] == "http":
            raise expected("an address that begins with https://: load balancers lead nobody from HTTPS to HTTP")
        if found["port"] is not None and not re.fullmatch(PORT, found["port"]):
            raise expected(f"an address whose port is one from 1 to 65535; this says {found['port']}")
    elif not re.fullmatch(rf"{DNS_LABEL[1:-1]}|{_HOSTS.pattern[1:-1]}", plain):
        raise expected(_TARGET)
    led = target(plain)
    for what, said in (("host", led.host), ("path", led.path), ("query", led.query)):
        if len(said) > LONGEST:
            raise expected(f"an address whose {what} has at most {LONGEST} characters; this has {len(said)}")
    led = target(text)
    for part, said in (("host", led.host), ("path", led.path)):
        for word in (found[2] for found in _PLACEHOLDERS.finditer(said) if found[2] not in _TAKES[part]):
            there = " and ".join(f"#{{{each}}}" for each in _TAKES[part])
            raise expected(f"a {part} without #{{{word}}}: load balancers put {there} alone there")
    return _PLACEHOLDERS.sub(r"#{{\2}}", text)


_TARGET = "a host such as www.example.jp, a path such as /new, or a whole address: https://example.org/start"


def _short(text: str) -> Mapping[str, str]:
    return {"url": text}


def _redirect(value: Any) -> Any:
    return _short(value) if isinstance(value, str) else value


class Redirect(Model):
    """Where a browser is sent instead."""

    SHORT = _short

    url: Annotated[Expanded, AfterValidator(_url)]
    """A host, to which path and query go along; a path on the same host; or a whole address. Of the load balancer are
    `#{host} #{path} #{port} #{protocol} #{query}`; the query goes along unless one is said."""
    status: Annotated[Literal[301, 302], BeforeValidator(whole)] = 301
    """301, for good: browsers remember it; or 302, for now."""
    load_balancer: Name = PUBLIC
    """Which one the host's name leads to, where no service answers it."""

    def bare(self) -> str | None:
        return _PLACEHOLDERS.sub(r"#{\2}", self.url) if self.model_fields_set <= {"url"} else None


def _body(text: str) -> Mapping[str, str]:
    return {"body": text}


def _response(value: Any) -> Any:
    return _body(value) if isinstance(value, str) else value


def _status(status: int) -> int:
    if 300 <= status < 400:
        raise expected("a status from 200, 400 or 500 on; what leads elsewhere is one of redirects")
    return status


def _sized(body: str) -> str:
    if (length := len(body.replace("{{", "{").replace("}}", "}").encode())) > BODY:
        raise expected(f"a body of at most {BODY:,} bytes; this has {length:,}")
    return body


class FixedResponse(Model):
    """What the load balancer answers itself."""

    SHORT = _body

    status: Annotated[int, Whole(200, 599), AfterValidator(_status)] = 200
    """From 200, 400 or 500 on, a hundred each."""
    body: Annotated[Expanded, AfterValidator(_sized)] = ""
    """At most 1,024 bytes; `"{file: files/maintenance.html}"` is a file's text."""
    content_type: Literal["text/plain", "text/css", "text/html", "application/javascript", "application/json"] = (
        "text/plain"
    )
    """What browsers take it for."""
    load_balancer: Name = PUBLIC
    """Which one the host's name leads to, where no service answers it."""

    def bare(self) -> str | None:
        return self.body if self.model_fields_set <= {"body"} else None


Redirects = dict[Key, Annotated[Redirect, BeforeValidator(_redirect, json_schema_input_type=str | Redirect)]]
FixedResponses = dict[
    Key, Annotated[FixedResponse, BeforeValidator(_response, json_schema_input_type=str | FixedResponse)]
]
Static = Redirect | FixedResponse


@dataclass(frozen=True)
class Asked:
    """What a key stands for."""

    host: str | None
    """As it is written; None: every host of the environment."""
    path: str | None
    """None: all of them."""


def asked(key: str, static: Static) -> Asked:
    """`host/` that leads to a bare host is all of the host; elsewhere `/` is that path alone."""
    host, _, rest = key.partition("/")
    path = f"/{rest}"
    whole_host = path == ALL or (host and path == "/" and isinstance(static, Redirect) and is_host(static.url))
    return Asked(host or None, None if whole_host else path)


def in_review(statics: Mapping[str, Static]) -> dict[str, Any]:
    """Those of a review environment: a full name belongs to one environment alone."""
    return {key: each for key, each in statics.items() if "." not in key.partition("/")[0]}
