"""Emitted JSON that nobody has approved, read as Terraform reads it or not at all; no link is followed."""

from __future__ import annotations

import json
import math
import os
import stat
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tanada.errors import TerraformError
from tanada.files import CONFIGURATION
from tanada.text import quoted, visible

Json = Mapping[str, Any]

_LARGEST = 16 * 1024 * 1024
"""Of one stack's file; the largest seen has a tenth of it. Python needs some ten times that in memory."""


def stacks(folder: Path) -> list[str]:
    """The names in a folder like `cdktf.out`, which is no link; raises TerraformError where there are none."""
    place = folder / "stacks"
    there = not folder.is_symlink() and not place.is_symlink() and place.is_dir()
    if names := sorted(path.name for path in place.iterdir()) if there else []:
        return names
    raise TerraformError(f"{visible(str(folder))} holds no stacks: expected stacks/<stack>/{CONFIGURATION} in it.")


def read(folder: Path, *, alone: bool = False) -> Json | str:
    """The JSON of a stack's folder, where it shall be `alone` in it, or what is wrong with it."""
    found = data(folder, alone=alone)
    return found if isinstance(found, str) else parsed(found)


def data(folder: Path, *, alone: bool = False) -> bytes | str:
    """The same as bytes: whoever plans what was vetted reads it once."""
    if folder.is_symlink() or not folder.is_dir():
        return "is no folder"
    others = sorted(path.name for path in folder.iterdir() if path.name != CONFIGURATION)
    if alone and others:
        return f"holds {quoted(others[0])} beside {CONFIGURATION}, and Terraform would read it"
    try:
        descriptor = os.open(folder / CONFIGURATION, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return f"holds no {CONFIGURATION} of its own"
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            return f"holds a {CONFIGURATION} that is no file of at most {_LARGEST // 1024**2} MiB"
        return file.read(_LARGEST + 1)


def parsed(data: bytes) -> Json | str:
    """The one object that the bytes are, or what is wrong with them.

    Strict: where a key stands twice Python takes the last and Terraform both, so only one of them would be vetted.
    """
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_constant, parse_float=_number
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # half a character is none
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, _TwiceError) else "expected what Tanada emits"
        return f"is no JSON that can be vetted: {reason}"
    return value if isinstance(value, dict) else "is no JSON object"


class _TwiceError(ValueError):
    """A key that stands twice in one object."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        name = unicodedata.normalize("NFC", key)  # as Terraform does
        if name in found:
            raise _TwiceError(f"{quoted(name)} stands twice in one object")
        found[name] = value
    return found


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _constant(name: str) -> Any:
    raise ValueError(name)
