"""Credentials in URLs, and in what drivers take for one; a word that looks made up.

Whoever writes a text may write a long one: no pattern here, nor in credentials, reads twice what it has read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tanada.patterns import pattern

Span = tuple[int, int]
"""From where to where a text is secret."""

_AUTHORITY = pattern(r"(?:(?<=[A-Za-z0-9+.-]:)|(?<![\w/:]))//")
_USER = pattern(r"""[^\s/?#@"'<>`\\:]*+""")
_PORT = pattern(r"\d{1,5}(?:[/?#]|$)")
# A password may hold quotes and brackets; one that ends a value in JSON, in a list or in a sentence ends the URL too.
_PASSWORD = pattern(r"""(?:[^\s"'<>]|["'<>](?![\s,;:)\]}]|$))*+""")
_HOST = pattern(r"@(?=[\w\[$%({.-])(?!sha\d+:)")
_SECOND = pattern(r"""@[^\s/?#@"'<>:]*+:(?!\d{1,5}(?:[/?#]|$))[^\s/"'<>@]*+(?=@[\w\[$%({.-])""")
"""The rest of a user that is an address itself: `smtps://web@example.jp:password@host`."""
_LOOSE = pattern(
    r"(?<![\w/:@.+-])(?!mailto:|sip:|acct:|xmpp:)[\w.+-]{1,60}+:(?P<secret>[^\s@/:\"']{6,200}+)@(?=[\w-]+(?:\.[\w-]|:\d))(?!sha\d+:)"
)
"""`user:password@host.example.jp` without a scheme."""
_MYSQL = pattern(r"(?<![^@\s/])(?P<account>[^@\s/]++)@(?:tcp|udp|unix)\(")
"""Of MySQL's driver for Go: `user:password@tcp(…`."""
_ACCOUNT = pattern(r"""(?<![\w.+-])[\w.+-]++:(?=[^"'])""")
_ORACLE = pattern(r"jdbc:oracle:[a-z0-9]{1,20}+:[^\s@/]*+(?:/(?P<secret>[^\s@]++)(?P<at>@)?)?")
HARMLESS_USERS = frozenset({"", "git"})


def userinfo(text: str) -> Iterator[tuple[int, int, int]]:
    """Of `https://token@host` and `postgres://user:password@host` where this begins and ends, and the secret in it.

    Not the port and path of `http://host:80/@scope` (RFC 3986, 3.2.1; drivers take passwords that are not encoded, up
    to the last `@`).
    """
    at = 0
    while (found := _AUTHORITY.search(text, at)) is not None:
        start = found.end()
        at = user = _end_of(_USER, text, start)
        secret = start
        if text[user : user + 1] == ":" and _PORT.match(text, user + 1) is None:
            at = _end_of(_PASSWORD, text, user + 1)
            hosts = [match.start() for match in _HOST.finditer(text, user + 1, min(at + 1, len(text)))]
            if not hosts:
                continue  # nor has any that begins before the run's end
            end, secret = hosts[-1], user + 1
            at = end
        elif _HOST.match(text, user):
            second = _SECOND.match(text, user)
            at = end = second.end() if second else user
        else:
            continue
        if text[start:end] not in HARMLESS_USERS:
            yield start, end, secret


def _end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where what a pattern matches from a place on ends."""
    match = pattern.match(text, start)
    return match.end() if match else start


def of_drivers(text: str) -> Iterator[Span]:
    yield from (match.span("secret") for match in _LOOSE.finditer(text) if random(match["secret"]))
    if "@tcp(" in text or "@udp(" in text or "@unix(" in text:
        for match in _MYSQL.finditer(text):
            if account := _ACCOUNT.search(match["account"]):
                yield match.start("account") + account.end(), match.end("account")
    if "jdbc:oracle:" in text:
        yield from (match.span("secret") for match in _ORACLE.finditer(text) if match["at"])


def random(value: str) -> bool:
    """Whether a word looks made up: letters and digits, or letters and what no sentence has within a word."""
    letters, digits = re.search("[A-Za-z]", value), re.search(r"\d", value)
    return len(value) >= 6 and bool(letters) and bool(digits or re.search(r"[!@#$%^&*=+~]", value))
