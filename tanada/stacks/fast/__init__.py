"""Fast synth: stock CDKTF underneath, loaded and spoken to without its detours; `docs/synth-speed.md` tells how.

`TANADA_FAST_LOAD=0` switches all of it off.
"""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tanada import compiled
from tanada.stacks.fast import packages

if TYPE_CHECKING:
    from tanada.stacks.fast.runtime import Runtime

__all__ = ["activate", "end", "run", "spare_garbage"]

_SWITCH = "TANADA_FAST_LOAD"
_STACKS = Path(__file__).parents[1]
_MODULES = Path(__file__).parents[3] / "modules"

Result = TypeVar("Result")
_runtime: Runtime | None = None
_refused = False


def spare_garbage() -> None:
    """Look for garbage seldom: models and modules stay, and looking among them is a sixth of reading a declaration."""
    if os.environ.get(_SWITCH) != "0":
        gc.set_threshold(100_000, 50, 50)
        atexit.register(gc.freeze)  # nor at the end


def activate(folders: Iterable[Path] = ()) -> bool:
    """From now on imports of CDKTF are fast; False where it must be stock CDKTF, which is said on stderr.

    Call it before anything imports CDKTF. `folders` hold further code whose imports are known beforehand.
    """
    global _runtime, _refused
    if _runtime is not None:
        _runtime.foresee(folders)
        return True
    # Without Node stock CDKTF fails too: that is the program's to say.
    if _refused or os.environ.get(_SWITCH) == "0" or shutil.which(os.environ.get("JSII_NODE") or "node") is None:
        return False
    why = packages.misfit()
    if why is None and any(name in sys.modules for name in packages.VERSIONS):
        why = "CDKTF was imported before it"
    if why is None:
        compiled.install()
        from tanada.stacks.fast.runtime import Runtime

        try:
            _runtime = Runtime([_MODULES, _STACKS, *folders])
        except Exception as error:  # whatever it is: stock CDKTF works, or says what is wrong
            why = f"{type(error).__name__}: {error}"
    if why is not None:
        _refused = True
        sys.stderr.write(f"tanada: fast loading is off, synth takes longer: {why}\n")
    return why is None


def end() -> None:
    """Nothing more is to be made, as far as is known: let Node end meanwhile."""
    if _runtime is not None:
        _runtime.end()


def run(work: Callable[[], Result]) -> Result:
    """Do the work with calls sent ahead of their answers; when one fails, again without, for the error's own line."""
    if not activate() or _runtime is None:
        return work()
    return _runtime.run(work)
