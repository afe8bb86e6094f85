"""A cache folder of a test's own that is not empty where filling it takes longest."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tanada.cache.folder import folder


def apart(path: Path) -> str:
    """A value for XDG_CACHE_HOME: nothing is known there but what makes synth fast, which is the user's.

    That is derived from the installed packages alone (ten seconds of work), and checked whenever it is read.
    """
    if (fast := folder(os.environ, "fast")) is not None:
        # The same files under other names: a link to the folder would not be followed.
        shutil.copytree(fast, path / "tanada" / "fast", copy_function=os.link)
    return str(path)
