"""Patches laid over what stacks emit, once all of it is written: file by file, as CDKTF writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from modules.patches import Unfit, patched
from tanada.cache import output
from tanada.declarations.inputs import CommonInput, deserialized
from tanada.declared.literals import literals
from tanada.declared.patches import Patches
from tanada.errors import UnfitError
from tanada.files import replace_file

_EMPTY = re.compile(r"^( *)(.*)(\{\}|\[\])(,?)$", re.MULTILINE)
"""In the place of a value, at a line's end: no text ends so."""

Make = Callable[[Mapping[str, str], Path], None]


def patch(inputs: Mapping[str, str], new: Path, everyone: Mapping[str, str] | None, make: Make) -> None:
    """Lay the patches of each input over its stack's file in `new`; raises UnfitError with all that don't fit.

    A patch that all common layers share fits where one of them has the address: those of `everyone` that aren't made
    here are made to look, by `make`.
    """
    unfit = {name: _patched(text, new / output.file(name)) for name, text in inputs.items()}
    lacking = {each.address for name, found in unfit.items() if _is_common(name) for each in found if each.unknown}
    if lacking:
        there = lacking if everyone is None else _there(lacking, inputs, new, everyone, make)
        unfit = {
            name: [each for each in found if not (_is_common(name) and each.unknown and each.address in there)]
            for name, found in unfit.items()
        }
    if any(unfit.values()):
        raise UnfitError(
            {
                name: [((each.address, *each.loc), each.sentence) for each in found]
                for name, found in unfit.items()
                if found
            }
        )


def _is_common(name: str) -> bool:
    return name.startswith("common-")


def _patched(text: str, file: Path) -> list[Unfit]:
    if not (patches := _patches(text)):
        return []
    stack = json.loads(file.read_text(encoding="utf-8"))
    unfit = patched(stack, patches)
    replace_file(file, written(stack))
    return unfit


def _patches(text: str) -> Patches:
    """Those of a serialized input, as literals."""
    input = literals(deserialized(text))
    return input.layer.patches if isinstance(input, CommonInput) else input.blueprint.patches


def _there(
    lacking: set[str], inputs: Mapping[str, str], new: Path, everyone: Mapping[str, str], make: Make
) -> set[str]:
    """Those addresses that the common layer of any account has which patches them."""
    others = {
        name: text
        for name, text in everyone.items()
        if _is_common(name) and name not in inputs and lacking & _patches(text).keys()
    }
    with TemporaryDirectory(prefix="tanada-") as folder:
        if others:
            make(others, Path(folder))
        places = {
            name: (new if name in inputs else Path(folder)) / output.file(name)
            for name in everyone
            if _is_common(name) and (name in inputs or name in others)
        }
        return {
            address
            for name, place in places.items()
            for address in lacking & _patches(everyone[name]).keys()
            if not any(each.unknown for each in patched(json.loads(place.read_text()), {address: {}}))
        }


def written(stack: Mapping[str, Any]) -> str:
    """A stack's JSON as CDKTF writes it: keys in order, what is empty over two lines."""
    text = json.dumps(stack, indent=2, ensure_ascii=False)
    return _EMPTY.sub(lambda found: f"{found[1]}{found[2]}{found[3][0]}\n{found[1]}{found[3][1]}{found[4]}", text)
