"""When jsii's checks of argument types run: always for a team's own code, never for Tanada's, which mypy checks."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

VARIABLE = "TANADA_TYPE_CHECKS"


def chosen(extensions: Path, generated: tuple[Path, ...]) -> Callable[[], bool]:
    """The question that each generated function asks.

    `TANADA_TYPE_CHECKS=1` checks all calls (as the tests do); else those that come from the folder `extensions`.
    """
    if os.environ.get(VARIABLE) == "1":
        return _always
    if not extensions.is_dir():
        return _never
    return _from(f"{extensions}{os.sep}", tuple(f"{folder}{os.sep}" for folder in generated))


def _always() -> bool:
    return True


def _never() -> bool:
    return False


def _from(extensions: str, generated: tuple[str, ...]) -> Callable[[], bool]:
    """Whether the first file up the stack that is not generated lies in the folder."""
    verdicts: dict[str, bool | None] = {}

    def asked() -> bool:
        frame = sys._getframe(2)
        while frame is not None:
            name = frame.f_code.co_filename
            try:
                verdict = verdicts[name]
            except KeyError:
                path = str(Path(name).absolute())
                verdict = verdicts[name] = None if path.startswith(generated) else path.startswith(extensions)
            if verdict is not None:
                return verdict
            if frame.f_back is None:
                break
            frame = frame.f_back
        return False

    return asked
