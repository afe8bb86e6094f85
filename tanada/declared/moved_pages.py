"""The list of a site's old addresses: `/?p=1632,/blog/1632.html`, a line each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from tanada.declared.fields import Text
from tanada.declared.model import Model

KEY, VALUE = 512, 1024
"""Characters of a key and bytes of a value in a key-value store (CloudFront developer guide, "Quotas")."""
_NAMED = 5
_ADDRESS = r"[\x21-\x7e]+"
_COLUMNS = 4


@dataclass(frozen=True)
class Moved:
    """One line of it."""

    line: int
    old: str
    """As CloudFront's function looks for it: no slash last, the query in order."""
    new: str
    title: str = ""
    image: str = ""

    @property
    def value(self) -> str:
        """What stands in the store: the new address, and what crawlers are told beside it."""
        return "\n".join((self.new, self.title, self.image)).rstrip("\n")


class _WrongError(Exception):
    """What is wrong with a line."""


def moved(text: str) -> tuple[Moved, ...]:
    """The lines of a list that is well."""
    return tuple(each for each in _lines(text) if isinstance(each, Moved))


def _well(text: str) -> str:
    wrong = [each for each in _lines(text) if isinstance(each, str)] or [*circles(moved(text))]
    if wrong:
        more = f"; and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
        raise PydanticCustomError("sentence", "{sentence}", {"sentence": "; ".join(wrong[:_NAMED]) + more})
    return text


def _lines(text: str) -> Iterator[Moved | str]:
    """Each line as it is, or the sentence on what is wrong with it."""
    import csv  # where a site has such a list

    first: dict[str, int] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            each = _line(number, next(csv.reader([line], skipinitialspace=True)))
        except _WrongError as error:
            yield f"line {number}: {error}"
            continue
        except csv.Error:  # a field of more than 128 KiB
            yield f"line {number}: expected at most {KEY} characters of an old address, and {VALUE:,} bytes behind it"
            continue
        if (other := first.setdefault(each.old, number)) != number:
            yield f"line {number}: {each.old} is what line {other} has already; take one of them out"
        else:
            yield each


def _line(number: int, columns: list[str]) -> Moved:
    if not 1 < len(columns) <= _COLUMNS:
        raise _WrongError(
            f"expected an old address, a comma and the new one, and behind these a title and a picture or nothing; "
            f"there {'is one column' if len(columns) == 1 else f'are {len(columns)} columns'}"
        )
    old, new, title, image = (each.strip() for each in (*columns, "", "")[:_COLUMNS])
    if not old.startswith("/") or old.startswith("//") or "#" in old or "*" in old:
        raise _WrongError("expected an old address from the site's slash on, such as /?p=1632, with no * and no #")
    made = Moved(number, key(old), _encoded(new), title, _encoded(image))
    # To browsers a backslash is a slash: `/\\example.net` is another host.
    if "\\" in made.new or not (re.match(r"/(?!/)", made.new) or _is_url(made.new)):
        raise _WrongError("expected a new address such as /blog/1632.html or https://www.example.jp/blog/1632.html")
    if made.image and not _is_url(made.image):
        raise _WrongError("expected a picture's whole address, such as https://www.example.jp/1632.png")
    if not all(re.fullmatch(_ADDRESS, each) for each in (made.old, made.new, made.image or "-")):
        raise _WrongError("an address holds no blank; write %20")
    if any(not letter.isprintable() for letter in title):
        raise _WrongError("the title holds what nobody can see; take it out")
    if len(made.old) > KEY:
        raise _WrongError(f"the old address has {len(made.old)} characters, and CloudFront keeps {KEY}")
    if (size := len(made.value.encode())) > VALUE:
        raise _WrongError(f"what stands behind the old address has {size:,} bytes, and CloudFront keeps {VALUE:,}")
    return made


def _is_url(text: str) -> bool:
    return re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#].*)?", text) is not None


def _encoded(text: str) -> str:
    """As browsers write it: other letters than ASCII's in percent signs."""
    return quote(text, safe="".join(map(chr, range(0x20, 0x7F))))


def _upper(text: str) -> str:
    return re.sub("%[0-9a-fA-F]{2}", lambda code: code[0].upper(), _encoded(text))


def key(address: str) -> str:
    """The one form of an old address (functions/sites/redirects.js has the same)."""
    path, _, query = address.partition("?")
    pairs = (each.partition("=") for each in query.split("&") if each)
    said = {_upper(name): _upper(value) for name, _, value in pairs}
    asked = "&".join(f"{name}={said[name]}" for name in sorted(said))
    return (_upper(path).rstrip("/") or "/") + (f"?{asked}" if asked else "")


def _names(lines: Iterable[Moved]) -> list[str]:
    queries = (urlsplit(each.old).query for each in lines)
    return sorted({pair.partition("=")[0] for query in queries for pair in query.split("&") if pair})


def looked_for(address: str, known: Collection[str]) -> Iterator[str]:
    """The keys that CloudFront's function looks for, one after the other: with all of the query that the list knows, by
    one of its names alone, and without any."""
    path, _, query = address.partition("?")
    pairs = [each for each in query.split("&") if each.partition("=")[0] in known]
    if len(pairs) > 1:
        yield f"{path}?{'&'.join(pairs)}"
    yield from (f"{path}?{each}" for each in pairs)
    yield path


def circles(lines: tuple[Moved, ...], hosts: Collection[str] = ()) -> Iterator[str]:
    """A sentence for each line that leads back to itself, by whole addresses at these hosts of the site's own, too."""
    led = {each.old: key(_at(each.new, hosts)) for each in lines if _at(each.new, hosts).startswith("/")}
    known, done = _names(lines), set[str]()
    for each in lines:
        way, at = [each.old], each.old
        while at in led:
            at = next((found for found in looked_for(led[at], known) if found in led), led[at])
            if at in way:
                yield f"line {each.line}: leads in a circle: {' to '.join([*way[way.index(at) :][:4], at])}"
            if at in (*way, *done):
                break
            way.append(at)
        done.update(way)


def _at(new: str, hosts: Collection[str]) -> str:
    """Where a new address leads, from the site's slash on where it is the site's own; without what no server sees."""
    there = urlsplit(new.partition("#")[0])
    if there.netloc.lower().removesuffix(":443" if there.scheme == "https" else ":80") not in hosts:
        return new.partition("#")[0]
    return (there.path or "/") + (f"?{there.query}" if there.query else "")


class MovedPages(Model):
    """A site's old addresses, which lead to new ones."""

    file: Annotated[str, AfterValidator(_well)]
    """A file below `files/`: a line each, `/?p=1632,/blog/1632.html`; what crawlers are told beside it may follow, a
    title and the address of a picture."""
    crawlers: tuple[
        Annotated[str, Text(r"^[A-Za-z0-9._/+-]+$", "part of a crawler's name, such as facebookexternalhit", 64)], ...
    ] = ()
    """Who isn't sent on but told of the new page under its old address: part of what they call themselves
    (`User-Agent`)."""

    @property
    def moved(self) -> tuple[Moved, ...]:
        return moved(self.file)

    @property
    def query(self) -> list[str]:
        """The names in queries that the list knows."""
        return _names(self.moved)

    def pairs(self) -> Mapping[str, str]:
        """What stands in the store."""
        return {each.old: each.value for each in self.moved}
