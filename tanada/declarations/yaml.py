"""Reading one YAML file into a tree with positions, and refusing at its place what a declaration may not hold.

YAML is walked as parser events, not loaded: nothing is built that the text does not show, so aliases, tags and
merge keys can't hide a value, and size and depth are bounded before any recursion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)
from ruamel.yaml.reader import Reader
from ruamel.yaml.scanner import Scanner

from tanada.declarations.mistakes import Mistake, Position
from tanada.declarations.tree import BROKEN, Broken, Node, dotted
from tanada.literal import REFERENCE, references
from tanada.text import quoted, visible

MAX_BYTES = 256 * 1024
"""A hundred times a large declaration."""
MAX_VALUES = 20_000
"""Keys and values, thirty times those of a large declaration: the pure-Python parser takes 40 µs for each, of which a
file of nothing else holds 130,000."""
MAX_DEPTH = 20
"""The models are 7 deep."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
"""YAML 1.2, 10.3.2 (core schema)."""

_NO_TEXT = re.compile("[\x00\x85\u2028\u2029\ud800-\udfff\ufffe\uffff]")
"""What an escape in double quotes can say, and no environment variable, JSON or shell takes: NUL, half a character,
what YAML 1.1 calls the end of a line (5.4), and what is no character (Unicode, 23.7)."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""YAML 1.2, 5.1: what a file may not hold as it is; and what ends a line to some readers and not to others (5.4), or is
a mark of the byte order that nobody sees."""

_BEYOND = re.compile(r"\\U(?!000|0010)[0-9a-fA-F]{8}")
"""The escape of a number that Unicode doesn't reach."""

_CONFLICT = re.compile("^(?:<{7}|={7}|>{7})(?: |$)", re.MULTILINE)
"""What git writes around the two sides of a conflict."""
_OF_GIT = "a conflict of git stands here; settle it, and take its marks out"

_PROBLEMS = {
    "mapping values are not allowed here": 'a ":" where none can stand; quote the text, or check the indentation',
    "could not find expected ':'": 'a key without ":"; write "key: value", or check the indentation',
    "found unexpected end of stream": "a quote is opened here and never closed",
    "found unexpected ':'": 'a ":" where none can stand; quote the text',
    "found unknown escape character": "an unknown escape in double quotes; double the backslash or use single quotes",
    "expected <block end>, but found": "does not fit what stands above it; check the indentation",
    "expected ',' or": 'a bracket is opened here and never closed, or a "," is missing between here and line {line}',
    "expected the node content, but found": "a value is missing, or a bracket is opened and never closed",
    "expected escape sequence of": "an unknown escape in double quotes; double the backslash or use single quotes",
    "expected alphabetic or numeric character": "a lone * or &, which would be an alias or anchor; quote the text",
    "sequence entries are not allowed here": 'a "-" where no list can begin; begin it below, or quote the text',
    "expected '<document start>'": "does not fit what stands above it; check the indentation",
    "found undefined tag handle": "a tag; take it out, the field knows its type",
}
"""How the parser's own words for what users meet most begin, and ours."""

_BEGINNINGS = ("could not find expected ':'", "found unexpected end of stream", "expected ',' or")
"""Those that the parser notices lines below: shown where it began to read what doesn't end."""


_NOT_THAT_COLON = re.compile("^\\s*[\\w-]+(?::[\xa0\u2000-\u200b\u202f\u3000]|\uff1a)")
"""A key whose colon, or the blank behind it, is another character that looks like it."""

_TAB = "a tab in the indentation; indent with spaces"


class _Checked(Reader):
    """Reads what was looked at before (`_UNPRINTABLE`), of which the parser's own pattern takes 3 ms to compile."""

    def check_printable(self, data: Any) -> None:
        """Nothing is left to find."""


class _Scanner(Scanner):
    """Takes tabs where YAML does (6.2): between what stands in a line, before a comment, in a line of nothing else."""

    def scan_to_next_token(self) -> None:
        super().scan_to_next_token()
        while self.reader.peek() == "\t":
            blanks = 1
            while self.reader.peek(blanks) in " \t":
                blanks += 1
            line = self.reader.buffer.rfind("\n", 0, self.reader.pointer) + 1
            indents = not self.reader.buffer[line : self.reader.pointer].strip()
            if indents and self.reader.peek(blanks) not in "#\r\n\0":
                return
            self.reader.forward(blanks)
            super().scan_to_next_token()


class _UnreadableError(Exception):
    """Nothing after this place can be read."""

    def __init__(self, place: Position, sentence: str) -> None:
        super().__init__(sentence)
        self.mistake = Mistake(place, "", sentence)


def read(file: str, data: bytes, source: str = "") -> tuple[Node | None, list[Mistake]]:
    """The tree of a file and the mistakes in its form; no tree where the text can't be read to its end."""
    try:
        text = _text(file, data)
        reader = _Reader(file, source, text)
        return reader.document(), reader.mistakes
    except _UnreadableError as error:
        return None, [error.mistake]


def _text(file: str, data: bytes) -> str:
    if len(data) > MAX_BYTES:
        limit = f"{MAX_BYTES // 1024} KiB"
        raise _UnreadableError(Position(file), f"larger than {limit}, which no declaration is")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8-sig", "ignore")
        line = good.count("\n") + 1
        column = len(good) - (good.rfind("\n") + 1) + 1
        raise _UnreadableError(
            Position(file, line, column), f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        ) from None
    if text.count("\0") > len(text) // 4:
        raise _UnreadableError(Position(file), "every other byte is 0, as in UTF-16; save the file as UTF-8")
    if found := _UNPRINTABLE.search(text):
        sentence = f"the character {_named(found[0])} can't stand here; take it out"
        raise _UnreadableError(_position(file, text, found.start()), sentence)
    return text


def _position(file: str, text: str, index: int) -> Position:
    """Where a character stands."""
    return Position(file, text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1)


def _named(character: str) -> str:
    """U+0007, as Unicode writes it."""
    return f"U+{ord(character):04X}"


def _events(file: str, text: str) -> Iterator[Event]:
    """The parser's events up to the depth limit; whatever it throws becomes a mistake at its place."""
    depth = values = 0
    last = Position(file)
    yaml = YAML(typ="safe", pure=True)
    yaml.Reader = _Checked
    yaml.Scanner = _Scanner
    try:
        for event in yaml.parse(text):
            last = _place(file, event)
            if isinstance(event, MappingStartEvent | SequenceStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    raise _UnreadableError(last, f"nested more than {MAX_DEPTH} deep; no declaration is")
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                depth -= 1
            values += isinstance(event, ScalarEvent)
            if values > MAX_VALUES:
                raise _UnreadableError(last, f"more than {MAX_VALUES:,} keys and values up to here; no declaration has")
            yield event
    except MarkedYAMLError as error:
        if conflict := _CONFLICT.search(text):
            place = _position(file, text, conflict.start())
            raise _UnreadableError(place, _OF_GIT) from None
        mark = error.problem_mark or error.context_mark
        problem, line = str(error.problem), mark.line + 1 if mark else 0
        if problem.startswith(_BEGINNINGS) and error.context_mark:
            mark = error.context_mark
        place = Position(file, mark.line + 1, mark.column + 1) if mark else last
        raise _UnreadableError(place, _problem(problem, text, place).format(line=line)) from None
    except _UnreadableError:
        raise
    except Exception as error:  # ruamel.yaml lets others pass, e.g. OverflowError for "\UFFFFFFFF"
        if beyond := _BEYOND.search(text):
            place = _position(file, text, beyond.start())
            raise _UnreadableError(place, f"{beyond[0]} is no character; Unicode ends at \\U0010FFFF") from None
        raise _UnreadableError(last, f"not readable as YAML after this place: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return visible(lines[0]) if lines else type(error).__name__


def _problem(problem: str, text: str, place: Position) -> str:
    if "\\t" in problem or "\t" in problem:
        before = text.split("\n")[place.line - 1][: place.column - 1]
        return "a tab where a value starts; use spaces" if before.strip() else _TAB
    line = text.split("\n")[place.line - 1]
    if found := _NOT_THAT_COLON.search(line):
        return f'a ":" and a plain blank belong here, not {_named(found[0][-1])}'
    here = line[place.column - 1 : place.column]
    if problem.startswith("expected ',' or") and re.search(r"\w:[\[{\w]", line):
        return 'a bracket is opened here and never closed, or a blank is missing behind a ":"'
    if here in ("]", "}") and not problem.startswith(("could not", "expected ',' or")):
        return "a bracket is closed here that was not opened, or a value is missing"
    if problem.startswith("expected <block end>") and line[: place.column - 1].rstrip().endswith(("'", '"')):
        return "text behind a closing quote; quote all of it"
    if found := re.match("found character '(.)' that cannot start any token", problem):
        return f"a text can't begin with {found[1]} here; quote it".replace("{", "{{").replace("}", "}}")
    ours = next((sentence for begin, sentence in _PROBLEMS.items() if problem.startswith(begin)), None)
    return ours or "not readable as YAML: " + visible(problem).replace("{", "{{").replace("}", "}}")


def _no_text(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return "half a character (\\ud800 to \\udfff alone); write the whole one"
    return f"holds {_named(character)}, which JSON, shells or ECS don't take as text; take it out"


def _place(file: str, event: Event) -> Position:
    return Position(file, event.start_mark.line + 1, event.start_mark.column + 1)


class _Reader:
    """Builds the tree of one file out of its events and collects the mistakes in its form."""

    def __init__(self, file: str, source: str, text: str) -> None:
        self.file = file
        self.source = source
        self.text = text
        self.events = _events(file, text)
        self.mistakes: list[Mistake] = []

    def document(self) -> Node | None:
        """The one mapping that a file holds."""
        tree: Node | None = None
        documents = 0
        for event in self.events:
            place = _place(self.file, event)
            match event:
                case StreamStartEvent() | StreamEndEvent() | DocumentEndEvent():
                    continue
                case DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        raise _UnreadableError(
                            place, 'a second document; a file holds one, so take out the "---" or "..." before it'
                        )
                    if event.version or event.tags:
                        line = self.text[: self.text.find("\n%") + 1].count("\n") + 1
                        directive = Position(self.file, 1 if self.text.startswith("%") else line)
                        self._complain(directive, (), 'a "%" directive; take it out, YAML 1.2 is read')
                case MappingStartEvent():
                    tree = self._node(event, (), None)
                case _:
                    self._node(event, (), None)
                    if isinstance(event, ScalarEvent) and event.value == "" and event.implicit[0]:
                        continue
                    if conflict := _CONFLICT.search(self.text):
                        raise _UnreadableError(_position(self.file, self.text, conflict.start()), _OF_GIT)
                    what = quoted(event.value) if isinstance(event, ScalarEvent) else "a list"
                    first = self.text.split("\n")[place.line - 1]
                    if found := _NOT_THAT_COLON.match(first):
                        sentence = f'a ":" and a plain blank belong here, not {_named(found[0][-1])}'
                        raise _UnreadableError(replace(place, column=found.end()), sentence)
                    if isinstance(event, ScalarEvent) and re.match(r"[\w-]+:[^\s:/]", first):
                        raise _UnreadableError(place, f'{what} at the top; write a blank behind the ":"')
                    raise _UnreadableError(place, f'{what} at the top; expected a mapping, "field: value" on each line')
        if tree is None and not self.mistakes:
            raise _UnreadableError(Position(self.file), "the file is empty; expected a mapping")
        return tree

    def _complain(self, place: Position, path: tuple[str, ...], sentence: str) -> None:
        self.mistakes.append(Mistake(place, dotted(path), sentence))

    def _node(self, event: Event, path: tuple[str, ...], key: Position | None) -> Node:
        place = _place(self.file, event)
        broken = Node(BROKEN, place, key or place, path, self.source)
        if isinstance(event, AliasEvent):
            self._complain(place, path, f"*{visible(event.anchor)} is an alias; write the value out where it belongs")
            return broken
        if anchor := getattr(event, "anchor", None):
            self._complain(place, path, f"&{visible(anchor)} is an anchor; aliases are not read, so take it out")
        tag = getattr(event, "tag", None)
        if tag:
            name = str(tag).replace("tag:yaml.org,2002:", "!!")
            self._complain(place, path, f"{visible(name)} is a tag; take it out, the field knows its type")
        match event:
            case ScalarEvent():
                if found := _NO_TEXT.search(event.value):
                    self._complain(place, path, _no_text(found[0]))
                    return broken
                if references(event.value):
                    self._complain(place, path, REFERENCE)
                null = event.implicit[0] and event.style in (None, "") and event.value in _NULLS
                # The parser places what isn't there at the token that follows, lines below.
                at = key if null and event.value == "" and key else place
                node = replace(broken, value=None if null else event.value, at=at)
            case SequenceStartEvent():
                node = replace(broken, value=self._items(path))
            case _:
                node = replace(broken, value=self._entries(path))
        return broken if tag else node

    def _items(self, path: tuple[str, ...]) -> tuple[Node, ...]:
        items = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            items.append(self._node(event, path, None))
        return tuple(items)

    def _entries(self, path: tuple[str, ...]) -> dict[str, Node] | Broken:
        entries: dict[str, Node] = {}
        merged = False
        while not isinstance(event := next(self.events), MappingEndEvent):
            place = _place(self.file, event)
            key = self._node(event, path, None)
            name = key.value if isinstance(key.value, str) else None
            if name is None and isinstance(event, ScalarEvent) and event.tag and not _NO_TEXT.search(event.value):
                name = event.value  # with a tag before it, of which it is said already
            merge = name == "<<" and isinstance(event, ScalarEvent) and event.style in (None, "")
            said = len(self.mistakes)
            node = self._node(next(self.events), (*path, "?" if name is None else name), place)
            if merge:
                del self.mistakes[said:]
                self._complain(place, path, "<< is a merge key; write the fields out")
                merged = True
            elif name is None:
                if key.value is not BROKEN:  # of that it is said already
                    self._complain(place, path, "a key that is no text; expected a field or a name")
            elif name in entries:
                first = entries[name].key
                self._complain(place, (*path, name), f"{quoted(name)} is here twice; the first is in line {first.line}")
                # Which of them is meant nobody knows, so nothing is said of either.
                entries[name] = replace(entries[name], value=BROKEN)
            else:
                entries[name] = node
        return BROKEN if merged else entries
