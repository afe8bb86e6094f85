"""Names that look like a secret's: of variables, options, labels, tags, outputs; and of a resource's attributes."""

from __future__ import annotations

import functools
import re

_LIKELY = (
    *("PASS", "PWD", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "PRIVATE", "DSN", "AUTH", "SALT", "COOKIE", "SIGNATURE"),
    *("WEBHOOK", "CONNECTIONSTRING", "CONNECTION_STRING"),
)
_LONGEST = 200
"""Characters of a name that are read, the last ones."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_ALWAYS = re.compile(
    "PASSWORD|PASSWD|PASSPHRASE|PASSCODE|SECRET|CREDENTIAL|TOKEN"
    "|(API|ACCESS|PRIVATE|SIGNING|ENCRYPTION|LICEN[CS]E|SHARED|ACCOUNT|AUTH|HMAC)KEY"
    "|CONNECTIONSTRING|WEBHOOK|BASICAUTH"
)
"""What says it wherever it stands in a name, its words written as one."""
_NO_SECRETS = re.compile(
    "(CREATION|NEXT|IDEMPOTENCY|CONTINUATION|CLIENTREQUEST)TOKEN"
    "|^(MAX|MIN|NUM|NUMBER|COUNT|LIMIT|PROMPT|INPUT|OUTPUT|COMPLETION|CONTEXT|TOTAL|THINKING|NEW).*TOKENS$"
)
"""Tokens that open nothing, and how many of them."""
_WORDS = re.compile("PASS|PWD|PW|PAT|JWT|DSN|SALT|COOKIE|AUTH|AUTHORIZATION|SIG|SIGNATURE")
"""What says it as a name's last word."""
_OPEN_KEYS = re.compile(
    "HASH|RANGE|PARTITION|SORT|PRIMARY|FOREIGN|PUBLIC|KMS|CMK|TAG|OBJECT|S3|CACHE|MAP|INDEX|LABEL|ROUTE|ROUTING|STATE"
    "|SOURCE|TARGET|FILTER|CONTEXT|DIMENSION|BUCKET|LOG|GROUP|SEARCH|TRACE|USAGE|MESSAGE|EVENT|VALUE|FOR|SHARD"
)
"""Words before `key` with which it names a thing, and opens nothing."""
_ABOUT = re.compile(
    "IDS?|ARNS?|NAMES?|TTL|TYPE|LENGTH|SIZE|COUNT|LIMIT|MIN|MAX|MINIMUM|MAXIMUM|ENABLED|DISABLED|REQUIRED|VALIDITY|UNITS?"
    "|EXPIRY|EXPIRATION|EXPIRES|LIFETIME|TIMEOUT|DAYS|HOURS|MINUTES|SECONDS|AGE|PREFIX|SUFFIX|MODE|POLICY|ALGORITHM|ALG"
    "|VERSION|USAGE|SPEC|ROTATION|STRATEGY|FILE|PATH|DIR|DIRECTORY|ENDPOINT|ISSUER|AUDIENCE|HOST|PORT|REGION|PARAMETERS?"
    "|REFERENCE|REF|FROM|STATUS|STATE|PERIOD|WINDOW|RESET|RECOVERY|CHARACTERS|PROVIDER|SOURCE|FORMAT|HEADER|FIELD|SERVER"
    "|SERVICE|METHOD|URL|URI|ENCRYPTION|CONFIG|CONFIGURATION"
)
"""Last words with which a name speaks of a secret, and holds none."""

_WRITE_ONLY = re.compile(r"(?!has_)[a-z0-9_]{1,200}_wo")
"""The provider's arguments that not even a state may hold; `has_value_wo` says whether there is one."""


def looks_secret(name: str) -> bool:
    """Whether an environment variable of this name may hold a secret: rather too often than not."""
    name = name.upper()
    return any(word in name for word in _LIKELY)  # in long texts faster than a pattern


def names_secret(name: str) -> bool:
    """Whether what people gave this name holds a secret: a key of a map, a label, a tag, an option, an output."""
    return _names_secret(name[-_LONGEST:])


def attribute_is_secret(name: str) -> bool:
    """The same of a name that a provider gave, which marks its secrets itself: only what can mean nothing else."""
    return _WRITE_ONLY.fullmatch(name) is not None or _attribute_is_secret(name[-_LONGEST:])


@functools.lru_cache(maxsize=4096)
def _names_secret(name: str) -> bool:
    words, joined = _words(name)
    if _attribute_is_secret(name):
        return True
    if not words or _ABOUT.fullmatch(words[-1]) or _NO_SECRETS.search(joined):
        return False
    return _WORDS.fullmatch(words[-1]) is not None or (
        words[-1] == "KEY" and len(words) > 1 and _OPEN_KEYS.fullmatch(words[-2]) is None
    )


@functools.lru_cache(maxsize=4096)
def _attribute_is_secret(name: str) -> bool:
    words, joined = _words(name)
    if "WEBHOOK" in joined or "CONNECTIONSTRING" in joined:
        return words[-1] not in {"ID", "ARN", "NAME", "ENABLED"}
    return (
        bool(words)
        and _ABOUT.fullmatch(words[-1]) is None
        and _ALWAYS.search(joined) is not None
        and _NO_SECRETS.search(joined) is None
    )


def _words(name: str) -> tuple[list[str], str]:
    """`dbPassword` → (`DB`, `PASSWORD`), `DBPASSWORD`; of a path such as `/shop/test/db_password` the last part."""
    words = [word.upper() for word in _WORD.findall(name.rpartition("/")[2])]
    return words, "".join(words)
