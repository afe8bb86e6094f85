"""The CDKTF app: reads the declarations beside it, makes every stack of the inventory, removes those that left."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from tanada.declarations import System, inventory, load
from tanada.errors import TanadaError
from tanada.stacks.errors import StackError


def main() -> None:
    """What `main.py` runs, in the folder of the declarations; a mistake is one sentence and exit code 2."""
    try:
        synthesize(load(Path.cwd()))
    except TanadaError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the app's own face: `cdktf synth` shows it
        sys.exit(error.exit_code)


def synthesize(system: System, folder: Path | None = None) -> None:
    """Write `stacks/<stack>/cdk.tf.json` of every stack below `folder` (default: as CDKTF says, `cdktf.out`).

    Raises StackError when constructs don't fit together.
    """
    refuse_shadow()
    if shutil.which(os.environ.get("JSII_NODE", "node")) is None:
        raise StackError("node is not on PATH: CDKTF needs Node.js 20 or later (https://nodejs.org)")
    # Here: these start Node, which a mistake in a declaration should not wait for.
    from cdktf import App

    from tanada.stacks.base import Stack
    from tanada.stacks.common import CommonStack
    from tanada.stacks.environment import EnvironmentStack, ReviewStack

    entries = {entry.name: entry for entry in inventory(system)}
    target = folder or Path(os.environ.get("CDKTF_OUTDIR", "cdktf.out"))
    target.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, and moved when all of it is there: a mistake leaves the earlier files as they were.
    with TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as new:
        # Stack traces would write temporary paths into the manifest.
        app = App(stack_traces=False, outdir=new)
        stacks: list[Stack] = []
        for entry in entries.values():
            if entry.kind == "common":
                stacks.append(CommonStack(app, system, entry))
            elif entry.kind == "environment":
                stacks.append(EnvironmentStack(app, system, entry, entries[entry.common]))
            else:
                stacks.append(ReviewStack(app, system, entry, entries[entry.common]))
        app.synth()
        if mistakes := [mistake for stack in stacks for mistake in stack.mistakes]:
            raise StackError("\n".join(mistakes))
        move(Path(new), target, entries)


def move(new: Path, target: Path, entries: Collection[str]) -> None:
    """Put the synthesized files where they belong, and remove the stacks that left the inventory.

    What terraform keeps beside a stack's file stays.
    """
    for entry in entries:
        (target / "stacks" / entry).mkdir(parents=True, exist_ok=True)
        (new / "stacks" / entry / "cdk.tf.json").replace(target / "stacks" / entry / "cdk.tf.json")
    (new / "manifest.json").replace(target / "manifest.json")
    for old in (target / "stacks").iterdir():
        if old.name not in entries:
            shutil.rmtree(old)


def refuse_shadow() -> None:
    """A package `modules` beside main.py would be imported in the place of Tanada's own."""
    import modules
    import tanada

    found, own = Path(str(modules.__file__)).parent.parent, Path(str(tanada.__file__)).parent.parent
    if found != own:
        raise StackError(
            f"{found / 'modules'} shadows the package `modules` that Tanada brings: give the folder another name"
        )
