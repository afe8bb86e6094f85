"""Writes down what commands compile of texts (`tanada.compiled`): run in a checkout, with that on PYTHONPATH."""

from __future__ import annotations

import importlib
import os
import pkgutil
from pathlib import Path

from tanada import compiled


def main() -> None:
    """All of the package is imported, and the declarations of the working folder are read."""
    compiled.collect()
    import tanada
    from tanada import patterns
    from tanada.declarations.synth import declare
    from tanada.stacks import fast

    fast.activate()
    import modules

    declare(Path.cwd(), {})
    for package in (tanada, modules):
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not each.name.endswith("__main__"):
                importlib.import_module(each.name)
    for pattern in patterns.every:
        pattern.search("")  # which compiles it
    compiled.FILE.parent.mkdir(exist_ok=True)
    # Processes may be reading the one that is there.
    new = compiled.FILE.with_name(f".texts-{os.getpid()}")
    new.write_bytes(compiled.collected())
    new.replace(compiled.FILE)


if __name__ == "__main__":
    main()
