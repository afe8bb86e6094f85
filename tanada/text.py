"""Small rules for words and sentences, each in one place: what is visible, cut, quoted, counted, probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from itertools import islice

_IGNORABLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Letters and marks that show nothing (Unicode's Default_Ignorable_Code_Point); `isprintable` lets them pass."""

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""What steers a terminal or turns the direction of text around, and can't be seen."""


def visible(text: str) -> str:
    """One line in which every control, bidi, zero-width and other hidden character stands as its escape."""
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return _IGNORABLE.sub(lambda hidden: hidden[0].encode("unicode_escape").decode(), shown)


def visible_lines(text: str) -> str:
    """Text of several lines without what steers a terminal or turns text around; spaces and letters stay as they are.

    For values that are cut, quoted or compared before `visible` gets what is shown of them.
    """
    text = _STEERING.sub(lambda hidden: f"\\u{ord(hidden[0]):04x}", text)
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def cut(text: str, longest: int) -> str:
    """At most `longest` characters, the last of them `…` where something is missing."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def cut_line(text: str, longest: int) -> str:
    """The same, with all white space folded into single spaces."""
    return cut(" ".join(text.split()), longest)


def cut_counted(text: str, longest: int) -> str:
    """A text's beginning, and how much of it is missing."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text) - longest:,} more characters)"


def without_middle(text: str, longest: int) -> str:
    """A text's beginning and end, and between them how long it is."""
    if len(text) <= longest:
        return text
    half = (longest - 24) // 2
    return f"{text[:half]} … ({len(text):,} characters) … {text[-half:]}"


def quoted(value: str) -> str:
    """A value of the user's as it stands in a sentence."""
    return f'"{visible(value if len(value) <= 60 else value[:57] + "…")}"'


def plural(word: str) -> str:
    """`databases`, `addresses`, `policies`, `resources of a protected account`."""
    head, of, tail = word.partition(" of ")
    if of:
        return f"{plural(head)}{of}{tail}"
    if word.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


def count(number: int, word: str) -> str:
    """`1 database`, `2 databases`, `3 addresses`, `2 policies`."""
    return f"{number:,} {word if number == 1 else plural(word)}"


LISTED = 12
"""Words that a sentence lists at most; a fleet has hundreds of names."""


def listed(words: Iterable[str], total: int) -> str:
    """The first words, and how many more there are of a total."""
    first = ", ".join(islice(words, LISTED))
    return first if total <= LISTED else f"{first} and {total - LISTED:,} more"


def one_of(words: Collection[str]) -> str:
    """The known words, as the middle of a sentence."""
    if not words:
        return "none is declared"
    return f"expected {'one of ' if len(words) > 1 else ''}{listed(words, len(words))}"


COMPARED = 1000
"""Known words that one is compared with: a file of thousands of mistakes must cost no more than reading it."""

_CLOSE = 100
"""Of these, those that are compared letter by letter."""


def _similar(word: str, known: Collection[str]) -> Iterable[str]:
    """Where there are many, those that are about as long and have one half alike: one slip leaves the other half."""
    if len(known) <= _CLOSE:
        return known
    half = max(2, len(word) // 2)
    alike = (each for each in known if each[:half] == word[:half] or each[-half:] == word[-half:])
    return islice((each for each in alike if abs(len(each) - len(word)) <= 2), _CLOSE)


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word that was probably meant; of numbers the nearest one. None among more than a thousand."""
    if len(known) > COMPARED:
        return None
    # In one order: a set's differs from run to run.
    words = {each.lower(): each for each in sorted(known)}
    numbers = [int(each) for each in words if each.isdecimal()]
    if numbers and word.isdecimal() and len(word) < 19:
        return str(min(numbers, key=lambda number: abs(number - int(word))))
    word = word[:60].lower()
    close = tuple(_similar(word, words))
    # Letters in another order are the likelier slip than other letters ("prot" is port, not spot).
    if turned := next((each for each in close if sorted(each) == sorted(word)), None):
        return words[turned]
    matches = difflib.get_close_matches(word, close, n=1, cutoff=0.75)
    return words[matches[0]] if matches else None


def nearest_first(word: str, known: Collection[str]) -> list[str]:
    """The known words, those first that are written like the word; more than a thousand as they are."""
    if len(known) > COMPARED:
        return list(known)
    likeness = {each: difflib.SequenceMatcher(None, word[:60], each[:60]).ratio() for each in known}
    return sorted(known, key=lambda each: (-likeness[each], each))


def meant(word: str, known: Collection[str]) -> str:
    """The end of a sentence that offers the nearest known word, or nothing."""
    match = nearest(word, known)
    return f'; did you mean "{match}"?' if match else ""
