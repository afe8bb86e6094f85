"""The hard stacks, the small one, and the systems named by `name=folder`, each into a folder of its name; of those
named by `name=folder=stack,stack` these alone."""

from __future__ import annotations

import sys
from pathlib import Path

from tanada.declarations.inputs import inputs, serialized
from tanada.declarations.loader import load
from tanada.stacks import fast
from tanada.stacks.app import make, synthesize
from tests.stacks.fast.apps import hard, small

if __name__ == "__main__":
    target = Path(sys.argv[1])
    fast.activate()
    fast.run(lambda: hard.write(str(target / "hard")))
    fast.run(lambda: small.write(str(target / "small")))
    for name, folder, *stacks in (argument.split("=") for argument in sys.argv[2:]):
        system, out = load(Path(folder)), target / name / "cdktf.out"
        if stacks:
            every = {each: serialized(said) for each, said in inputs(system).items()}
            out.mkdir(parents=True)
            make({each: every[each] for each in stacks[0].split(",")}, out, every)
        else:
            synthesize(system, out)
