"""Putting the parts to work, in the order that lets Node start while Python imports."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from tanada.stacks.fast import versions
from tanada.stacks.fast.notices import say
from tanada.stacks.fast.scanning import PROVIDER

SWITCH = "TANADA_FAST_LOAD"

_STACKS = Path(__file__).parents[1]
_MODULES = Path(__file__).parents[3] / "modules"

Result = TypeVar("Result")
_session: Any = None
_refused = False


def activate(folders: Iterable[Path] = ()) -> bool:
    """From now on imports of CDKTF are fast; False where it must be stock CDKTF, which is said on stderr.

    Call it before anything imports CDKTF. `folders` hold further code whose imports are known beforehand.
    """
    global _session, _refused
    if _session is not None:
        return True
    # Without Node stock CDKTF fails too: that is the program's to say.
    if _refused or os.environ.get(SWITCH) == "0" or shutil.which(os.environ.get("JSII_NODE") or "node") is None:
        return False
    why = versions.misfit()
    if why is None and any(name in sys.modules for name in ("jsii", "constructs", "cdktf", PROVIDER)):
        why = "CDKTF was imported before it"
    if why is None:
        from tanada.stacks.fast.session import Session

        try:
            _session = Session([_MODULES, _STACKS, Path.cwd() / "extensions", *folders])
        except Exception as error:  # whatever it is: stock CDKTF works, or says what is wrong
            why = f"{type(error).__name__}: {error}"
    if why is not None:
        _refused = True
        say(f"fast loading is off, synth takes longer: {why}")
    return why is None


def run(work: Callable[[], Result]) -> Result:
    """Do the work with calls sent ahead of their answers; when one fails, again without, for the error's own line."""
    if not activate():
        return work()
    result: Result = _session.run(work)
    return result
