"""Patches and imports laid over what stacks emit, once all of it is written: file by file, as CDKTF writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from modules.imports import FIELD as IMPORTS
from modules.imports import imported
from modules.patches import FIELD as PATCHES
from modules.patches import Unfit, patched
from tanada.cache import output
from tanada.declarations.inputs import CommonInput, deserialized
from tanada.declared.imports import Imports
from tanada.declared.literals import literals
from tanada.declared.patches import Patches
from tanada.errors import UnfitError
from tanada.files import replace_file

_EMPTY = re.compile(r"^( *)(.*)(\{\}|\[\])(,?)$", re.MULTILINE)
"""In the place of a value, at a line's end: no text ends so."""

Make = Callable[[Mapping[str, str], Path], None]


def patch(inputs: Mapping[str, str], new: Path, everyone: Mapping[str, str] | None, make: Make) -> None:
    """Lay the patches and imports of each input over its stack's file in `new`; raises UnfitError with all that don't
    fit.

    One that all common layers share fits where one of them has the address: those of `everyone` that aren't made here
    are made to look, by `make`.
    """
    unfit = {name: _laid(text, new / output.file(name)) for name, text in inputs.items()}
    lacking = {_place(each) for name, found in unfit.items() if _is_common(name) for each in found if each.unknown}
    if lacking:
        there = lacking if everyone is None else _there(lacking, inputs, new, everyone, make)
        unfit = {
            name: [each for each in found if not (_is_common(name) and each.unknown and _place(each) in there)]
            for name, found in unfit.items()
        }
    if any(unfit.values()):
        raise UnfitError(
            {
                name: [((*_place(each), *each.loc), each.sentence) for each in found]
                for name, found in unfit.items()
                if found
            }
        )


def _place(unfit: Unfit) -> tuple[str, str]:
    return unfit.field, unfit.address


def _is_common(name: str) -> bool:
    return name.startswith("common-")


def _laid(text: str, file: Path) -> list[Unfit]:
    patches, imports = _said(text)
    if not patches and not imports:
        return []
    stack = json.loads(file.read_text(encoding="utf-8"))
    unfit = [*patched(stack, patches), *imported(stack, imports)]
    replace_file(file, written(stack))
    return unfit


def _said(text: str) -> tuple[Patches, Imports]:
    """Those of a serialized input, as literals."""
    input = literals(deserialized(text))
    if isinstance(input, CommonInput):
        return input.layer.patches, input.layer.imports
    return input.blueprint.patches, input.imports


def _places(text: str) -> set[tuple[str, str]]:
    patches, imports = _said(text)
    return {*((PATCHES, each) for each in patches), *((IMPORTS, each) for each in imports)}


def _there(
    lacking: set[tuple[str, str]], inputs: Mapping[str, str], new: Path, everyone: Mapping[str, str], make: Make
) -> set[tuple[str, str]]:
    """Those of them whose address the common layer of any account has that says the same."""
    others = {
        name: text
        for name, text in everyone.items()
        if _is_common(name) and name not in inputs and lacking & _places(text)
    }
    with TemporaryDirectory(prefix="tanada-") as folder:
        if others:
            make(others, Path(folder))
        files = {
            name: (new if name in inputs else Path(folder)) / output.file(name)
            for name in everyone
            if _is_common(name) and (name in inputs or name in others)
        }
        return {
            place
            for name, file in files.items()
            for place in lacking & _places(everyone[name])
            if not any(each.unknown for each in _looked_for(place, json.loads(file.read_text())))
        }


def _looked_for(place: tuple[str, str], stack: dict[str, Any]) -> list[Unfit]:
    field, address = place
    return imported(stack, {address: ""}) if field == IMPORTS else patched(stack, {address: {}})


def written(stack: Mapping[str, Any]) -> str:
    """A stack's JSON as CDKTF writes it: keys in order, what is empty over two lines."""
    text = json.dumps(stack, indent=2, ensure_ascii=False)
    return _EMPTY.sub(lambda found: f"{found[1]}{found[2]}{found[3][0]}\n{found[1]}{found[3][1]}{found[4]}", text)
