"""Which values are too ordinary to be looked for elsewhere, though they stand under a name that looks like a secret's.

Under such a name everything is hidden. Elsewhere the same text is taken out only where it is hardly there by chance:
`AUTH: production` must not blacken every address that holds the environment's name, nor `PASSWORD: postgres` every
image. What Terraform marks as sensitive doesn't come here: somebody said that it is secret.

A value is ordinary if it is

- short: a secret of five characters is guessed sooner than found, and stands in the middle of other words;
- words, or words with a number behind, joined by what joins names and paths (`environment-test2`, `AWS_IAM`);
- a number that may count, measure or date something, or an account's id;
- a domain, an address, a version, a date, a reference;
- a name: what stands as one in the same plan or declaration is said by the rest of the text anyhow.

So of secrets made of words alone only sentences are found elsewhere, of three words or more: whoever takes a word of
the dictionary for a password hides it under its name alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from tanada.patterns import pattern
from tanada.secrecy.credentials import is_value

SHORTEST = 6
_PHRASE = 3
_LONGEST_WORD = 24
_LONGEST = 300
"""Characters from which on nothing is ordinary."""

_ORDINARY = pattern(
    r"""(?:[a-z][a-z0-9+-]{1,20}://)?[a-z0-9_-]++(?:\.[a-z0-9_-]+)*\.[a-z]{2,18}\.?(?::\d{1,5})?/?  # a domain, a file
    |(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?:[/:]\d{1,5})?  # an address
    |v?\d+(?:[.:-]\d+)*(?:[.+-][A-Za-z]+)?  # a version, a date, a time
    |\d{4}-\d\d-\d\dT[\d:.]+Z?
    """,
    re.VERBOSE,
)
_NUMBER = pattern(r"\d+")
_COUNTS = 7
"""Digits of a number that may be a port, a size, milliseconds of an hour."""
_ACCOUNT = 12
_PARTS = pattern(r"[-_./:,+@\s]+")
_PART = pattern(r"[A-Za-z]*\d{0,3}[a-z]?")
_NUMBERED = 7
"""Characters of one word with a number behind that is more than `oauth2`."""
_NAMING = frozenset(
    spelt
    for word in ("name", "family", "engine", "environment", "region", "identifier", "bucket", "domain", "cluster")
    for spelt in (word, word.capitalize(), word.upper())
)
_NAME = pattern(r"[a-z][a-z-]{0,30}\d{0,3}")
_SWITCHES = pattern("[a-z](?=[A-Z])|[A-Z](?=[A-Z]?[a-z])")


def elsewhere(values: Iterable[Any], names: Callable[[], Collection[str]] = frozenset) -> Iterator[Any]:
    """Those of the values that are looked for elsewhere; `names` says what stands as a name, in small letters.

    It is asked at most once, and only where something of `values` could be one.
    """
    known: Collection[str] | None = None
    for value in dict.fromkeys(values):
        if ordinary(value):
            continue
        if len(str(value)) <= _LONGEST:
            known = names() if known is None else known
            if str(value).strip().lower() in known:
                continue
        yield value


def found_elsewhere(
    found: Iterable[tuple[Any, str]], names: Callable[[], Collection[str]] = frozenset
) -> list[tuple[Any, str]]:
    """The same of values with what each is (`named.found`)."""
    what: dict[Any, str] = {}
    for value, words in found:
        what.setdefault(value, words)
    return [(value, what[value]) for value in elsewhere(what, names)]


def names_in(*values: Any) -> frozenset[str]:
    """What stands as a name in plans, states, configurations and declarations, in small letters.

    Keys of maps, the parts of addresses, and what is called the name of something, where it looks like one.
    """
    keys: set[Any] = set()
    found: set[str] = set()
    held = list(values)
    while held:
        value = held.pop()
        if isinstance(value, dict):
            keys.update(value)
            for key, item in value.items():
                if isinstance(item, dict | list | tuple):
                    held.append(item)
                elif key in _NAMING and isinstance(item, str) and _NAME.fullmatch(item.lower()):
                    found.add(item.lower())
                elif key == "address" and isinstance(item, str):
                    found.update(_PARTS.split(item.lower().replace("[", ".").replace("]", ".").replace('"', ".")))
        elif isinstance(value, list | tuple):
            held += value
    return frozenset(found | {str(key).lower() for key in keys})


def ordinary(value: Any) -> bool:
    """Whether a value says too little to be looked for."""
    text = str(value).strip()
    if len(text) < SHORTEST or not is_value(text):
        return True
    if len(text) > _LONGEST:
        return False
    if _NUMBER.fullmatch(text):
        return len(text) <= _COUNTS or len(text) == _ACCOUNT
    return _ORDINARY.fullmatch(text) is not None or _words(text)


def _words(text: str) -> bool:
    if len(text.split()) >= _PHRASE:
        return False
    parts = [part for part in _PARTS.split(text) if part]
    if not all(_PART.fullmatch(part) and len(part) <= _LONGEST_WORD and not _mixed(part) for part in parts):
        return False
    # `hunter2` is no name unless it stands as one.
    return len(parts) != 1 or parts[0].isalpha() or len(parts[0]) < _NUMBERED


def _mixed(word: str) -> bool:
    """Whether small letters and capitals alternate as in no word: `xKqPzRtL`, not `AvailabilityZone`."""
    return len(_SWITCHES.findall(word)) * 3 > len(word) > 5
