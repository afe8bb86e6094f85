"""The CDKTF app: reads the declarations beside it, makes every stack of the inventory, removes those that left.

What is slow to load stands inside functions: where nothing has changed none of it is needed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tanada import cache, crash_report, synth_process
from tanada.cache import output
from tanada.errors import StackError, TanadaError
from tanada.stacks import fast, progress, signals

if TYPE_CHECKING:
    from tanada.declared.system import System


def main() -> None:
    """What `main.py` runs, in the folder of the declarations; a mistake is one sentence and exit code 2."""
    root = Path.cwd()
    with signals.leaving_nothing():
        try:
            cache.through(root, os.environ, lambda new: _make_declared(root, new))
        except TanadaError as error:
            print(error, file=sys.stderr)  # noqa: T201 - the app's own face: `cdktf synth` shows it
            sys.exit(error.exit_code)
        except Exception as error:
            print(crash_report.report(error, root, os.environ), file=sys.stderr)  # noqa: T201 - likewise
            sys.exit(crash_report.EXIT_CODE)


def _make_declared(root: Path, new: Path) -> list[str]:
    # Node starts while the declarations are read.
    fast.activate()
    from tanada.declarations.loader import load

    return make(load(root), new)


def synthesize(system: System, folder: Path | None = None) -> None:
    """Write `stacks/<stack>/cdk.tf.json` of every stack below `folder` (default: as CDKTF says, `cdktf.out`).

    Raises StackError when constructs don't fit together.
    """
    target = folder or cache.outdir(Path.cwd(), os.environ)
    with output.staging(target) as new:
        stacks = make(system, new)
        output.move(new, target, stacks, output.files(stacks))


def make(system: System, new: Path) -> list[str]:
    """Write all stacks into an empty folder; their names, in the inventory's order."""
    refuse_shadow()
    if synth_process.node(os.environ) is None:
        raise StackError("node is not on PATH: CDKTF needs Node.js 20 or later (https://nodejs.org)")
    return fast.run(lambda: _make(system, new))


def _make(system: System, new: Path) -> list[str]:
    # Here: these start Node, which a mistake in a declaration should not wait for.
    from cdktf import App

    from tanada.declarations.inventory import inventory
    from tanada.stacks.base import BaseStack
    from tanada.stacks.common import CommonStack
    from tanada.stacks.environment import EnvironmentStack, ReviewStack

    entries = {entry.name: entry for entry in inventory(system)}
    with progress.shown(len(entries), new) as one_more:
        # Stack traces would write temporary paths into the manifest.
        app = App(stack_traces=False, outdir=str(new))
        stacks: list[BaseStack] = []
        for entry in entries.values():
            if entry.kind == "common":
                stacks.append(CommonStack(app, system, entry))
            elif entry.kind == "environment":
                stacks.append(EnvironmentStack(app, system, entry, entries[entry.common]))
            else:
                stacks.append(ReviewStack(app, system, entry, entries[entry.common]))
            one_more()
        app.synth()
    if mistakes := [mistake for stack in stacks for mistake in stack.mistakes]:
        raise StackError("\n".join(mistakes))
    return list(entries)


def refuse_shadow() -> None:
    """A package `modules` beside main.py would be imported in the place of Tanada's own."""
    import modules
    import tanada

    imported, own = Path(str(modules.__file__)).parent.parent, Path(str(tanada.__file__)).parent.parent
    if imported != own:
        raise StackError(
            f"{imported / 'modules'} shadows the package `modules` that Tanada brings: give the folder another name"
        )
