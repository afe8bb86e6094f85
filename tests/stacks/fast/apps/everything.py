"""The hard stacks, the small one, and the systems named by `name=folder`, each into a folder of its name."""

from __future__ import annotations

import sys
from pathlib import Path

from tanada.declarations.loader import load
from tanada.stacks import fast
from tanada.stacks.app import synthesize
from tests.stacks.fast.apps import hard, small

if __name__ == "__main__":
    target = Path(sys.argv[1])
    fast.activate()
    fast.run(lambda: hard.write(str(target / "hard")))
    fast.run(lambda: small.write(str(target / "small")))
    for name, _, folder in (argument.partition("=") for argument in sys.argv[2:]):
        synthesize(load(Path(folder)), target / name / "cdktf.out")
