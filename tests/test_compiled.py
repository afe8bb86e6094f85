"""What is compiled once for all processes: the same classes, and nothing of a file that doesn't fit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

COLLECTED = """
import pathlib, sys
from tanada import compiled
compiled.collect()
import dataclasses
@dataclasses.dataclass(frozen=True, order=True)
class Pair:
    one: int
    other: "str | None" = None
assert Pair(1, "a") == Pair(1, "a") < Pair(2) and repr(Pair(3)) == "Pair(one=3, other=None)"
pathlib.Path(sys.argv[1]).write_bytes(compiled.collected())
"""
USED = """
import builtins, pathlib, sys, typing
from tanada import compiled
compiled.FILE = pathlib.Path(sys.argv[1])
compiled.install()
import dataclasses
stands_in = "exec" in vars(dataclasses)
asked = []
compiled._compiled = lambda key: asked.append(key) or builtins.compile(key[0], "<string>", key[1], dont_inherit=True)
@dataclasses.dataclass(frozen=True, order=True)
class Pair:
    one: int
    other: "str | None" = None
assert Pair(1, "a") == Pair(1, "a") < Pair(2) and repr(Pair(3)) == "Pair(one=3, other=None)"
known = not asked
@dataclasses.dataclass
class Odd:
    nobody_has_this: "dict[str, int]" = dataclasses.field(default_factory=dict)
assert Odd().nobody_has_this == {}
assert typing.get_type_hints(Odd) == {"nobody_has_this": dict[str, int]}
try:
    typing.get_type_hints(type("Wrong", (), {"__annotations__": {"it": "1 +"}}))
except SyntaxError:
    print(stands_in, stands_in and known, bool(asked))
"""


def run(program: str, file: Path) -> str:
    done = subprocess.run([sys.executable, "-c", program, str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_is_known_is_not_compiled_and_what_is_not_is(tmp_path: Path) -> None:
    file = tmp_path / "texts"
    run(COLLECTED, file)
    assert run(USED, file) == "True True True"


def test_a_file_that_does_not_fit_is_as_none(tmp_path: Path) -> None:
    file = tmp_path / "texts"
    run(COLLECTED, file)
    content = file.read_bytes()
    for other in (content[:-1], content[:-9] + b"?" + content[-8:], b"cpython-27|" + content, b""):
        file.write_bytes(other)
        assert run(USED, file) == "False False False"


PATTERNS = """
import pathlib, sys
from tanada import compiled
compiled.collect()
import re
CASES = [
    (r"(?P<word>[a-z]+)-(?P<number>[0-9]+)?", 0, "kakei-12"),
    ("k", re.IGNORECASE, chr(0x212A)),
    (f"(?i)stra(ss|{chr(0xDF)})e$", 0, "STRASSE"),
    ("^b$", re.MULTILINE, f"a{chr(10)}b"),
    (f"{chr(92)}w{chr(92)}b", re.ASCII, f"{chr(0xE9)}a"),
    (r"(a)|(b)(?(2)c)", 0, "bc"),
    (r" a  b # said", re.VERBOSE, "ab"),
    (f"(?<=x)[^{chr(0x3042)}-{chr(0x3093)}]{{2,}}?$", 0, "xab"),
]
def told(case):
    pattern, flags, text = case
    made = re.compile(pattern, flags)
    found = made.search(text)
    assert found, case
    said = found.span(), found.groups(), found.groupdict()
    return made.pattern, made.flags, made.groups, dict(made.groupindex), said
"""
NOTED = f"{PATTERNS}\nprint(list(map(told, CASES)))\npathlib.Path(sys.argv[1]).write_bytes(compiled.collected())\n"
FOUND = PATTERNS.replace("compiled.collect()", "compiled.FILE = pathlib.Path(sys.argv[1]); compiled.install()").replace(
    "def told", "asked = []\ncompiled._stock = lambda *what: asked.append(what)\ndef told"
)


def test_patterns_that_are_known_are_those_that_re_makes(tmp_path: Path) -> None:
    file = tmp_path / "texts"
    made = run(NOTED, file)
    assert run(f"{FOUND}\nprint(list(map(told, CASES)))\nassert not asked", file) == made


def test_what_no_pattern_is_known_for_is_compiled_as_ever(tmp_path: Path) -> None:
    file = tmp_path / "texts"
    run(NOTED, file)
    for program in ("re.compile(b'(?P<word>[a-z]+)-(?P<number>\\\\d+)?')", "re.compile('no (?P<one>knows)')"):
        assert run(f"{FOUND}\nasked.clear()\n{program}\nprint(len(asked))", file) == "1"


LATE = """
from tanada import compiled
compiled.collect()
from tanada import patterns
from tanada.secrecy import Secrets
assert not compiled._patterns & {(each._text, each._flags) for each in patterns.every}
for each in patterns.every:
    each.search("")
print(len(patterns.every) > 60, compiled._patterns >= {(each._text, each._flags) for each in patterns.every})
"""


def test_patterns_that_are_compiled_late_are_known_too(tmp_path: Path) -> None:
    """Secrecy's, of which a short command asks for none: what is written down holds all that there are."""
    assert run(LATE, tmp_path) == "True True"
