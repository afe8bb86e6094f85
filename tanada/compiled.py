"""The code of texts that Python compiles anew in each process: what `dataclasses` writes for a class, annotations as
`typing` reads them, patterns of `re`. Two thousand of them are an eighth of a synth, and a fourth of `tanada check`.

`scripts/build_hook.py` writes them down when a wheel is built or a checkout is installed. Without that file, by another
Python, or for a text that is not in it, all is compiled as ever. `python -m tanada.compiled MODULE …` runs a module
with them.
"""

from __future__ import annotations

import builtins
import importlib.util
import marshal
import re
import runpy
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import CodeType
from typing import Any

from tanada import models

FILE = Path(__file__).parent / "stacks" / "fast" / "shipped" / "texts"
"""Beside what is shipped of CDKTF, as trustworthy as the code here."""
_NAME = "<string>"
"""What both modules call the file of a text."""
_compiler: Any = re._compiler  # type: ignore[attr-defined]
_stock = _compiler.compile
_sre: Any = _compiler._sre
_PYTHON = (
    f"{sys.implementation.cache_tag}|{importlib.util.MAGIC_NUMBER.hex()}|{_sre.MAGIC}|{sys.flags.optimize}\n".encode()
)
PLAIN = 2
"""Marshal's version without references, which depend on what else holds a text: the same bytes each time."""
_CHECKED = 4
"""Bytes of what says that the file is whole."""

Key = tuple[str, str]
"""A text, and whether it is for `exec` or for `eval`."""
Pattern = tuple[str, int]
"""A pattern and its flags."""

_codes: Mapping[Key | Pattern, bytes] = {}
_new: dict[Key, CodeType] = {}
_patterns: set[Pattern] = set()
_collecting = False


def install() -> None:
    """From now on, where there is a file that fits."""
    global _codes
    if _codes or _collecting:
        return
    models.install()
    try:
        content = FILE.read_bytes()
    except OSError:
        return
    begin = len(_PYTHON) + _CHECKED
    if content.startswith(_PYTHON) and zlib.crc32(content[begin:]).to_bytes(_CHECKED) == content[len(_PYTHON) : begin]:
        _codes = marshal.loads(content[begin:])  # noqa: S302 - shipped with this code
        _stand_in()


def _stand_in() -> None:
    import dataclasses
    import typing

    # Names of builtins, which these modules look up anew with each call.
    vars(dataclasses)["exec"] = _exec
    vars(typing)["compile"] = _compile
    _compiler.compile = _pattern


def _exec(text: Any, names: dict[str, Any] | None = None, own: Mapping[str, Any] | None = None) -> None:
    builtins.exec(_code((text, "exec")) if type(text) is str else text, names, own)  # noqa: S102


def _compile(text: Any, file: Any, mode: str, *others: Any, **more: Any) -> Any:
    if type(text) is not str or file != _NAME or others or more:
        return builtins.compile(text, file, mode, *others, **more)
    return _code((text, mode))


def _code(key: Key) -> CodeType:
    known = _codes.get(key)
    if known is not None:
        code: CodeType = marshal.loads(known)  # noqa: S302 - shipped with this code
        return code
    if key not in _new:
        _new[key] = _compiled(key)
    return _new[key]


def _compiled(key: Key) -> CodeType:
    # Neither of the modules has a future statement; this one has, and would hand it on.
    code: CodeType = builtins.compile(key[0], _NAME, key[1], dont_inherit=True)
    return code


def evaluated(text: str, names: dict[str, Any], own: Mapping[str, Any]) -> Any:
    """What an annotation's text means where these names do, in a class that has these of its own."""
    return builtins.eval(_code((text, "eval")), names, own)  # noqa: S307 - of our own sources


def _pattern(pattern: Any, flags: int = 0) -> Any:
    key = (pattern, int(flags))
    if type(pattern) is str and (known := _codes.get(key)) is not None:
        try:
            return _sre.compile(pattern, *marshal.loads(known))  # noqa: S302 - shipped with this code
        except (RuntimeError, ValueError, TypeError):  # not for this Python
            return _stock(pattern, flags)
    if _collecting and type(pattern) is str and not flags & re.DEBUG:
        _patterns.add(key)
    return _stock(pattern, flags)


def _parts(key: Pattern) -> tuple[Any, ...]:
    """What `re` makes of a pattern, as `re._compiler.compile` does, for the program that runs it."""
    parsed = _compiler._parser.parse(*key)
    groups = parsed.state.groupdict
    names: list[str | None] = [None] * parsed.state.groups
    for name, index in groups.items():
        names[index] = name
    code = [int(each) for each in _compiler._code(parsed, key[1])]
    return int(key[1] | parsed.state.flags), code, parsed.state.groups - 1, groups, tuple(names)


def collect() -> None:
    """From now on remember all texts, for `collected`; as if there were no file."""
    global _collecting
    _collecting = True
    _stand_in()


def collected() -> bytes:
    """What the file is to hold, the same bytes each time."""
    # Compiled anew: what was run has changed.
    codes: dict[Key | Pattern, bytes] = {key: marshal.dumps(_compiled(key), PLAIN) for key in sorted(_new)}
    codes |= {key: marshal.dumps(_parts(key), PLAIN) for key in sorted(_patterns)}
    content = marshal.dumps(codes, PLAIN)
    return _PYTHON + zlib.crc32(content).to_bytes(_CHECKED) + content


if __name__ == "__main__":
    # By its own name: this is another module, `__main__`.
    from tanada import compiled

    compiled.install()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
