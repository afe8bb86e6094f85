"""What requirements.txt leads to: the files that it includes, and what it installs from this repository.

The rules are pip's: pip's documentation, "Requirements File Format", and `pip/_internal/req/req_file.py` for what that
leaves out (a path of `-r` and `-c` is relative to the file that names it, others to the folder that pip runs in).
"""

from __future__ import annotations

import codecs
import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from tanada.text import cut, visible

LISTED = "requirements.txt"
_DEEPEST = 8
"""Files on the way to one; teams have two or three."""
_MOST = 100
_LARGEST = 4 * 1024 * 1024
"""Of one file; Tanada's own has 80 KiB."""
_COMMENT = re.compile(r"(^|\s+)#.*$")
_CODING = re.compile(r"\s*#.*coding[:=]\s*([-\w.]+)")
_ARCHIVE = re.compile(r"\.(whl|zip|tar|tgz|tbz|tlz|txz|tar\.(gz|bz2|xz|lzma?))$", re.IGNORECASE)
_DIRECT = re.compile(r"^[\w.-]+\s*(?:\[[^\]]*\])?\s*@\s*(.+)$")
_TAKES = {
    "-r": "--requirement",
    "-c": "--constraint",
    "-e": "--editable",
    "-f": "--find-links",
}


class Read(Protocol):
    def __call__(self, path: str, *, look: bool = False) -> bytes | str | None:
        """A file by its path from the repository's top: its bytes, None where there is none, or what it is instead.

        `look` asks for no bytes: a wheel has thirty million.
        """


@dataclass(frozen=True)
class Line:
    """A logical line of a requirements file."""

    number: int
    requirement: str
    """What stands before the first option."""
    words: tuple[str, ...]
    """Its options, as words of a shell."""


@dataclass(frozen=True)
class Included:
    """What requirements.txt leads to; paths are git's, from the repository's top."""

    texts: Mapping[str, str] = field(default_factory=dict)
    """The requirements and constraints files, itself first."""
    constraints: frozenset[str] = frozenset()
    """Those that only hold others to versions, and install nothing."""
    places: frozenset[str] = frozenset()
    """Files and folders that decide what is installed, those that aren't there yet among them."""
    unfollowed: tuple[str, ...] = ()
    """What can't be compared: clauses, such as `-r other.txt is a link`."""


def follow(prefix: str, read: Read) -> Included:
    """Everything that the requirements.txt in a folder leads to; `prefix` is the folder's path, with a slash or empty.

    Nothing is fetched, no link is followed, and nothing outside the repository is read.
    """
    walk = _Walk(prefix, read)
    walk.file(f"{prefix}{LISTED}", 0, constraint=False, by=LISTED)
    places = frozenset(place for place in walk.places if place != f"{prefix}{LISTED}")
    return Included(walk.texts, frozenset(walk.constraints), places, tuple(dict.fromkeys(walk.unfollowed)))


def of_folder(top: Path) -> Read:
    """Read the files of a folder and below it; nothing by way of a link."""

    def read(path: str, *, look: bool = False) -> bytes | str | None:
        file = top
        for part in path.split("/"):
            file = file / part
            if file.is_symlink():
                return "is a link"
        if not file.is_file():
            return "is no file" if file.exists() else None
        if look:
            return b""
        with file.open("rb") as stream:
            return stream.read(_LARGEST + 1)

    return read


def lines(text: str) -> Iterator[Line]:
    """The logical lines that hold something, as pip reads them."""
    for number, line in _joined(text):
        words = _COMMENT.sub("", line).strip().split(" ")
        at = next((index for index, word in enumerate(words) if word.startswith("-")), len(words))
        options = " ".join(words[at:])
        try:
            found = shlex.split(options)
        except ValueError:  # pip refuses it
            found = options.split()
        requirement = " ".join(words[:at]).strip()
        if requirement or found:
            yield Line(number, requirement, tuple(found))


def hashed(line: Line) -> bool:
    """Whether pip would hold what it installs to a hash."""
    return any(word.startswith("--hash") for word in line.words)


def option(line: Line) -> str:
    """The name of the option that a line begins with, without what it says: an address may hold a password."""
    first = line.words[0]
    return first.partition("=")[0] if first.startswith("--") else first[:2]


class _Walk:
    def __init__(self, prefix: str, read: Read) -> None:
        self.prefix = prefix
        self.read = read
        self.texts: dict[str, str] = {}
        self.constraints: set[str] = set()
        self.places: set[str] = set()
        self.unfollowed: list[str] = []

    def file(self, path: str, depth: int, *, constraint: bool, by: str) -> None:
        """Read a requirements file and what it includes."""
        self.places.add(path)
        if path in self.texts:
            if not constraint:
                self.constraints.discard(path)
            return
        if depth > _DEEPEST or len(self.texts) >= _MOST:
            self._not(by, f"is included more than {_DEEPEST} deep, or as one of more than {_MOST}")
            return
        data = self.read(path)
        if data is None:
            return  # pip refuses that; once it is there, it differs
        if isinstance(data, str):
            self._not(by, data)
            return
        if (text := _decoded(data)) is None:
            self._not(by, f"is no text in UTF-8 of at most {_LARGEST // 1024**2} MiB")
            text = data[:_LARGEST].decode(errors="replace")
        self.texts[path] = text
        if constraint:
            self.constraints.add(path)
        for line in lines(text):
            self._line(line, path, depth)

    def _line(self, line: Line, path: str, depth: int) -> None:
        for name, value in _options(line.words):
            by = f"{name} {value}"
            if name in ("--requirement", "--constraint"):
                if (found := self._place(value, posixpath.dirname(path), by)) is not None:
                    self.file(found, depth + 1, constraint=name == "--constraint", by=by)
            elif name == "--editable":
                self._source(value, by)
            elif "://" not in value or value.startswith("file:"):
                # pip looks beside the file first, and then in the folder that it runs in.
                for folder in {posixpath.dirname(path), self.prefix.rstrip("/")}:
                    if (found := self._place(_path(value), folder, by)) is not None:
                        self.places.add(found)
        # pip puts variables in before it reads a line; behind an address they are a password, as a rule.
        unnamed = (line.requirement, *(word.partition("=")[0] for word in line.words if word.startswith("-")))
        if any("${" in text for text in unnamed) and not (hashed(line) and _is_url(line.requirement)):
            self._not(line.requirement or unnamed[-1], "names a variable")
        elif line.requirement and not (hashed(line) and _is_url(line.requirement)):
            self._source(line.requirement, line.requirement)

    def _source(self, requirement: str, by: str) -> None:
        """What a requirement installs, where that isn't a name of an index."""
        if _is_url(requirement):
            self._not(by, "lies elsewhere, and no hash holds it")
        elif (path := _local(requirement)) is not None and (
            found := self._place(path, self.prefix.rstrip("/"), by)
        ) is not None:
            self.places.add(found)
            if self.read(found, look=True) == "is a link":
                self._not(by, "is a link")

    def _place(self, name: str, folder: str, by: str) -> str | None:
        """The path from the top that a name means in a folder; None for what can't be compared."""
        if "${" in name:
            self._not(by, "names a variable")
        elif re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", name):
            self._not(by, "lies elsewhere")
        else:
            parts = [part for part in name.split("/") if part not in ("", ".")]
            inner = [part for index, part in enumerate(parts) if part == ".." and {*parts[:index]} - {".."}]
            path = posixpath.normpath(posixpath.join(folder, name))
            if inner:  # where the folder before it is a link, it leads elsewhere
                self._not(by, "leads back by ..")
            elif path.startswith(("/", "../")) or path == "..":
                self._not(by, "lies outside the repository")
            else:
                return "" if path == "." else path
        return None

    def _not(self, what: str, why: str) -> None:
        # The end of an address may hold a password, and so may its beginning.
        shown = re.sub(r"[^\s@]*://\S+", "a URL", what)
        self.unfollowed.append(f"{visible(cut(shown, 100))} {why}")


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Lines with those that they continue on."""
    begun: list[str] = []
    first = 0
    for number, line in enumerate(text.splitlines(), 1):
        first = first if begun else number
        comment = _COMMENT.match(line)
        if line.endswith("\\") and not comment:
            begun.append(line.strip("\\"))
            continue
        yield first, "".join([*begun, f" {line}" if comment else line])
        begun = []
    if begun:
        yield first, "".join(begun)


def _options(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Those that name a file or a folder, by their long names; optparse takes the beginning of a name too."""
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word.startswith("--"):
            name, sign, value = word.partition("=")
            known = [each for each in _TAKES.values() if len(name) > len("--") and each.startswith(name)]
        else:
            known, sign, value = [_TAKES[word[:2]]] if word[:2] in _TAKES else [], word[2:], word[2:]
        if known:
            value = value if sign else rest.pop(0) if rest else ""
            yield from ((each, value) for each in known if value)


def _target(requirement: str) -> str:
    """What is installed, without its marker and the name before an `@`."""
    text = requirement.split(";")[0].strip()
    direct = _DIRECT.match(text)
    return (direct[1] if direct else text).strip()


def _is_url(requirement: str) -> bool:
    target = _target(requirement)
    return "://" in target and not target.startswith("file:")


def _local(requirement: str) -> str | None:
    """The path that a requirement names; None for a name of an index."""
    target = _path(re.sub(r"\[[^\]]*\]$", "", _target(requirement)))
    return target if "/" in target or target.startswith(".") or _ARCHIVE.search(target) else None


def _path(text: str) -> str:
    """The path of a `file:` address, or the path that it is."""
    address = re.sub(r"^file:(//(localhost)?(?=/))?", "", text)
    return text if address == text else unquote(address.partition("#")[0])


def _decoded(data: bytes) -> str | None:
    """The text; None for another encoding, which pip would read otherwise (a byte order mark, `# coding: …`)."""
    marks = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
    if len(data) > _LARGEST or data.startswith(marks):
        return None
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        return None
    named = next((found for line in text.split("\n")[:2] if (found := _CODING.match(line))), None)
    return None if named and named[1].lower().replace("_", "-") not in ("utf-8", "utf8", "ascii", "us-ascii") else text
