"""Credentials that a text shows by its form, whoever wrote it: in URLs, behind a name that looks like a secret's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from tanada.patterns import pattern
from tanada.secrecy.names import given, mentions, names_secret
from tanada.secrecy.tokens import tokens
from tanada.secrecy.urls import HARMLESS_USERS, Span, of_drivers, random, userinfo
from tanada.secrecy.words import HIDDEN, SENSITIVE, UNKNOWN

_TAGGED = pattern(r"(?<=<)(?P<name>[\w.-]{1,60}+)>(?P<secret>[^<>]++)</")
_PAIRED = pattern(
    r"""(?i:\bname|<add\s+key)["']?\s{0,9}[=:]\s{0,9}["']?(?P<name>[\w.-]{1,60}+)["']?[,\s]{1,9}["']?value["']?\s{0,9}[=:]\s{0,9}
        (?:"(?P<double>[^"\n]++)"|'(?P<single>[^'\n]++)'|(?P<bare>[^\s"',}]++))""",
    re.VERBOSE,
)
"""`{"name":"API_TOKEN","value":"…"}` of ECS, `name=…,value=…` of the CLI, `<add key="…" value="…"/>` of .NET."""
_IDENTIFIED = pattern(r"(?i:\bidentified\s{1,9}by\s{1,9})(?:'(?P<single>[^'\n]++)'|\"(?P<double>[^\"\n]++)\")")
"""SQL's."""
_USERS = pattern(r"""(?<![\w-])(?:-u|--user)[ =]?["']?[\w.+-]{1,60}+:(?P<secret>[^\s"']++)""")
"""curl's."""
_KEYS = pattern(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<secret>.+?)(?:-----END|$)", re.DOTALL)
_HEADERS = pattern(r"(?i:\b(?:bearer|basic))\s+(?P<secret>[A-Za-z0-9._~+/=-]{8,}+)")
_OPAQUE = 20
"""Characters from which on what follows is no word."""

_NAME = pattern(
    r"(?<![A-Za-z0-9_.])(?<![A-Za-z0-9_.]-)[A-Za-z_][A-Za-z0-9_.-]*|(?:API)?[ァ-ヶー]{3,}|[々一-龠]{2,}(?:の?鍵|キー)?"
)
"""A word that may be a name: of letters, of katakana, of kanji."""
_BARE = r"""(?:[^\s&;,"']|,(?![\s\w.-]{0,60}[=:])(?=\S)|["'](?=[^\s,;:)\]}&]))++"""
_ASSIGNED = pattern(
    rf"""(?:\\?["'])?\s*(?P<by>=>?|:=?)\s*
         (?:\\"(?P<escaped>.*?)\\"|"(?P<double>(?:[^"\\]|\\.)*+)"|'(?P<single>[^']*)'|(?P<braced>\{{[^{{}}"=:]*\}})|(?P<bare>{_BARE}))""",
    re.VERBOSE,
)
"""`password=…` of JDBC, libpq and ADO, `--token=…`, `"password": "…"` of JSON."""
_STRINGS = pattern("password|pwd", re.IGNORECASE)
"""How connection strings call it (ADO.NET and ODBC: a value goes up to `;`, or stands in braces or quotes, in which the
closing sign twice is one; learn.microsoft.com, "Connection string syntax", "SQLDriverConnect function")."""
_STRING = pattern(
    r"""\s{0,9}=\s{0,9}(?:(?P<odbc>\{(?:[^{}\n]|\{|\}\}){1,500}+\})(?=[;"'\s]|$)
       |"(?P<twice>(?:[^"\n]|""){1,500}+)"(?=;)
       |'(?P<once>(?:[^'\n]|''){1,500}+)'(?=;)
       |(?P<words>[^\s;="'&{]{1,500}+(?:[ ][\w!@#$%^*.,~+-]{1,60}+(?![=/])){1,8})
       |(?P<parts>[^\s;="'&{]{1,500}+(?:;[^\s;="'&{|/()]{1,60}+(?=;|$|["'])){1,8}))""",
    re.VERBOSE,
)
_SPOKEN = pattern(
    r"""(?P<by>\s+is\s+|:\s+|\s+)["'`「『]?(?P<bare>[^\s"'`「」『』、。]+)|\s*は\s*["'`「『]?(?P<ascii>[!#-&(-_a-~]+)"""
)
"""`password is …`, `パスワードは…`, `--password …`: what a sentence says of a secret is taken for it
only where it looks like one."""
_ARROW = pattern(r" (?:→|->) ")
"""What stands before it is what was, as plans say it: known secrets are no longer there."""
_ONE = pattern(r"[A-Za-z0-9!@$%^&*+=]+[.,;]?|[A-Za-z0-9+/]{40}={0,2}|(?=.{12})(?:[^\d\s]*+\d){5}[\w.=+-]*")
"""What a sentence without `is` says behind a secret's name: one word, or one of many digits."""
_LONG = 200
"""Characters without a space from which on what is assigned to a secret's name is hidden, whatever it looks like."""
_GROUPS = ("escaped", "double", "single", "braced", "bare")

_TICKET = pattern(r"[A-Z]{2,10}-\d+\.?|https?://\S+")
_NO_VALUE = pattern(
    "true|false|yes|no|on|off|null|none|nil|unknown|required|optional|enabled|disabled|active|inactive|default|auto|empty"
    "|seconds|minutes|hours|days"
)
_REFERENCE = pattern(
    r"arn:|\$\{|\{\{|\$[A-Z_][A-Z0-9_]*+(?![\w$!@#%^&*])|(?:var|local|data|module|each|self|aws_\w+)\.\w|[({]?(?:sensitive|known|hidden)\b"
)
"""What leads to a value and is none: ARNs, references of Terraform, of shells, of templates; and our own words."""


def is_value(text: str) -> bool:
    """Whether a text that stands for a secret can be one, and doesn't merely lead to it, or say that there is one."""
    text = text.strip()
    return bool(text) and _NO_VALUE.fullmatch(text.lower()) is None and _REFERENCE.match(text) is None


def spans(text: str) -> Iterator[Span]:
    """Where credentials stand in a text."""
    if "@" in text:
        yield from ((start, end) for start, end, _ in userinfo(text))
        yield from of_drivers(text)
    yield from tokens(text)
    if "-u" in text:
        yield from (match.span("secret") for match in _USERS.finditer(text) if random(match["secret"]))
    if "-----BEGIN" in text:
        yield from (match.span("secret") for match in _KEYS.finditer(text))
    if any(sign in text for sign in ("earer", "asic", "EARER", "ASIC")):
        headers = (
            match for match in _HEADERS.finditer(text) if random(match["secret"]) or len(match["secret"]) >= _OPAQUE
        )
        yield from (match.span("secret") for match in headers)
    if "dentified" in text or "DENTIFIED" in text:
        yield from (match.span(match.lastgroup or "") for match in _IDENTIFIED.finditer(text))
    if _speaks(text):
        yield from _assigned(text)
        yield from _spoken(text)
        for match in _PAIRED.finditer(text):
            if names_secret(match["name"]) and is_value(match[match.lastgroup or ""]):
                yield match.span(match.lastgroup or "")
        if "</" in text:
            tags = (match for match in _TAGGED.finditer(text) if names_secret(match["name"]))
            yield from (match.span("secret") for match in tags if is_value(match["secret"]))


def _speaks(text: str) -> bool:
    if mentions(text):
        return True
    text = text.upper()
    return any(word in text for word in ("PW", "SIG", "JWT", "_PAT"))


def without_made_up(text: str) -> str:
    """A comment beside a secret, without the words that may be one: what it was before, or will be."""
    return re.sub(r"[^\s\"'`,;()]+", lambda word: SENSITIVE if _made_up(word[0]) else word[0], text)


def _made_up(word: str) -> bool:
    return len(word) >= 6 and random(word) and is_value(word) and _TICKET.fullmatch(word) is None


def values(text: str) -> Iterator[str]:
    """What is secret in a text by its form, to be looked for elsewhere; of a URL the password, or the token alone."""
    if "@" in text:
        for _, end, secret in userinfo(text):
            if text[secret:end] not in HARMLESS_USERS:
                yield text[secret:end]
                yield unquote(text[secret:end])
    if _speaks(text):
        yield from (text[start:end] for start, end in _assigned(text))


def _secret_names(text: str) -> Iterator[re.Match[str]]:
    for name in _NAME.finditer(text):
        within, _, last = name[0].rstrip(".-").rpartition(".")
        if names_secret(given(last, within.rpartition(".")[2])):
            yield name


def _assigned(text: str) -> Iterator[Span]:
    read = 0
    for name in _secret_names(text):
        # A value is read once: a name within it begins another only where the value is short.
        if name.start() < read:
            continue
        if (span := _of_string(text, name) or _after(text, name)) is not None:
            yield span
            read = span[1]


def _after(text: str, name: re.Match[str]) -> Span | None:
    """The value that is assigned to a name: behind `=`, `=>` or `:`, quoted or not."""
    match = _ASSIGNED.match(text, name.end())
    if match is None or text.endswith("--image ", 0, name.start()):
        return None
    group = next(group for group in _GROUPS if match[group] is not None)
    value = match[group]
    if group == "bare" and len(value) > _LONG:
        return match.span(group)
    # What follows a colon may be a sentence (`aws_x.db_password: Creating...`), a part of an ARN (`…:secret:shop/db`),
    # an image's tag (`repository/token:4f2a9c1`), or what it was (`auth: 4f2a9c1 → 5b3d0e2`).
    doubtful = match["by"] == ":" and group in ("braced", "bare")
    if doubtful and (_in_path(text, name) or not random(value) or _ARROW.match(text, match.end())):
        return None
    return match.span(group) if is_value(value) else None


def _in_path(text: str, name: re.Match[str]) -> bool:
    return text.endswith((":", "/"), 0, name.start())


def _of_string(text: str, name: re.Match[str]) -> Span | None:
    """The value in a connection string, where it goes on behind a blank, a semicolon or a quote."""
    if _STRINGS.fullmatch(name[0]) is None or (match := _STRING.match(text, name.end())) is None:
        return None
    group = match.lastgroup or ""
    if group == "words":
        # `PASSWORD=x make all; …` is a command.
        among = text.endswith(";", 0, name.start())
        ended = text[match.end() : match.end() + 1]
        if not (ended == ";" and (among or not name[0].isupper())) and not (among and ended in {"", '"', "'", "\n"}):
            return None
    return match.span(group) if is_value(match[group]) else None


def _spoken(text: str) -> Iterator[Span]:
    for name in _secret_names(text):
        match = _SPOKEN.match(text, name.end())
        if match is None or text.endswith("--image ", 0, name.start()):
            continue
        group = match.lastgroup or ""
        value, by = match[group], (match["by"] or "は").strip()
        if not is_value(value):
            continue
        if by or not text.endswith("-", 0, name.start()):
            # No flag: it must look like a secret, and without a verb be one word.
            before = by in ("", ":") and _ARROW.match(text, match.end())
            if before or not random(value) or (by == ":" and _in_path(text, name)) or not (by or _ONE.fullmatch(value)):
                continue
        start, end = match.span(group)
        yield start, end - (value[-1] in ".,;" and len(value) > 1)


OUR_WORDS = (SENSITIVE, UNKNOWN, HIDDEN)
