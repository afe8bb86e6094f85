"""The CDKTF app: reads the declarations beside it, makes the stacks that are new, removes those that left.

What is slow to load stands inside functions: where nothing has changed none of it is needed.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tanada import cache, crash_report, synth_process
from tanada.cache import output
from tanada.declarations.meaning import meaning
from tanada.errors import StackError, TanadaError, UnfitError
from tanada.stacks import fast, progress, signals

if TYPE_CHECKING:
    from tanada.declared.system import System
    from tanada.stacks.base import BaseStack
    from tanada.stacks.extending import Extension


def main() -> None:
    """What `main.py` runs, in the folder of the declarations; a mistake is one sentence and exit code 2."""
    root = Path.cwd()
    fast.spare_garbage()
    with signals.leaving_nothing():
        try:
            work = _Work(root)
            with progress.live(lambda: progress.READING):
                cache.through(root, os.environ, work.steps)
        except TanadaError as error:
            signals.stop_if_told()
            from tanada.secrecy import Secrets

            print(Secrets().remove(str(error)), file=sys.stderr)  # noqa: T201 - the app's own face: `cdktf synth` shows it
            sys.exit(error.exit_code)
        except Exception as error:
            signals.stop_if_told()
            text, code = crash_report.ended(error, lambda: root, os.environ)
            print(text, file=sys.stderr)  # noqa: T201 - likewise
            sys.exit(code)


class _Work:
    """The steps of one synth, and what the last of them must know of the first."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._everyone: Mapping[str, str] = {}
        self.steps = cache.Work(meaning, self._declare, self._make, prepare=lambda: _prepare(root))

    def _declare(self, remembered: Mapping[str, str]) -> cache.Declared:
        from tanada.declarations.synth import declare

        declared = declare(self._root, remembered)
        self._everyone = declared.inputs
        return declared

    def _make(self, inputs: Mapping[str, str], new: Path) -> None:
        try:
            make(inputs, new, self._everyone, self._root)
            fast.end()
        except UnfitError as error:
            from tanada.declarations.unfit import placed

            raise placed(self._root, error.ways) from None
        # Not before: a mistake, or an interrupt, is what is to be read then.
        if said := _of_node():
            sys.stderr.write(f"{said}\n")


def _prepare(root: Path) -> None:
    """Start Node; and meanwhile look which one it is, for that is a process of its own."""
    fast.activate([own] if (own := root / FOLDER).is_dir() else [])
    if (program := synth_process.node(os.environ)) is not None:
        from tanada.stacks.fast.node import version

        threading.Thread(target=version, args=(program,), daemon=True).start()


def synthesize(system: System, folder: Path | None = None, root: Path | None = None) -> None:
    """Write `stacks/<stack>/cdk.tf.json` of every stack below `folder` (default: as CDKTF says, `cdktf.out`); with what
    extends them in `root`.

    Raises StackError when constructs don't fit together.
    """
    from tanada.declarations.inputs import inputs, serialized

    texts = {name: serialized(each) for name, each in inputs(system).items()}
    target = folder or cache.outdir(Path.cwd(), os.environ)
    output.remove_left(target)
    with output.staging(target) as new:
        make(texts, new, texts, root)
        with output.alone(target):
            output.move(output.staged(new, texts), target, texts)


def make(
    inputs: Mapping[str, str], new: Path, everyone: Mapping[str, str] | None = None, root: Path | None = None
) -> None:
    """Write the stacks of these serialized inputs into an empty folder; nothing else is known of the system, but what
    extends them in `root`, and that a patch of all common layers that some of them have nothing for is right where
    another one, of `everyone`, has it: where it isn't said who that is, nobody looks."""
    refuse_shadow()
    _of_node()
    with progress.saying(lambda: progress.LOADING):
        # Node starts, and Python imports CDKTF meanwhile.
        fast.run(lambda: _make(inputs, new, root))
    if any(mark in text for text in inputs.values() for mark in _LAID):
        from tanada.stacks.patching import patch  # reads the provider's schema

        patch(inputs, new, everyone, lambda texts, folder: fast.run(lambda: _make(texts, folder, root)))


FOLDER = "extensions"
"""Beside system.yaml (tanada/declared/extensions.py, which loads pydantic)."""
_LAID = ('"patches":{"', '"imports":{"')
"""What stands in the input of a stack that has any patch, or import."""


def _of_node() -> str | None:
    """What is to be said of the Node.js that there is; raises StackError where there is none."""
    from tanada.stacks.fast.node import version

    program = synth_process.node(os.environ)
    if program is None:
        raise StackError(synth_process.missing(os.environ))
    found = version(program)
    if found is None:
        raise StackError(synth_process.no_node(program))
    return synth_process.old_or_new(found)


def _make(inputs: Mapping[str, str], new: Path, root: Path | None) -> None:
    from cdktf import App

    from tanada.declarations.inputs import deserialized
    from tanada.stacks.stack import stack_of

    extensions = _extensions(inputs, root)

    with progress.shown(len(inputs), new) as one_more:
        # Stack traces would write temporary paths into the manifest.
        app = App(stack_traces=False, outdir=str(new))
        stacks: list[BaseStack] = []
        for text in inputs.values():
            input = deserialized(text)
            stacks.append(stack_of(app, input, extensions.get(input.stack.kind)))
            one_more()
        with contextlib.ExitStack() as extending:
            for each in extensions.values():
                extending.enter_context(each.synthesizing())
            app.synth()
    if mistakes := [mistake for stack in stacks for mistake in stack.mistakes]:
        raise StackError("\n".join(mistakes))


def _extensions(inputs: Mapping[str, str], root: Path | None) -> dict[str, Extension]:
    """By kind of stacks, those that a team has of its own."""
    if root is None or not (root / FOLDER).is_dir():
        return {}
    from tanada.stacks.extending import found  # where there is one alone

    kinds = {name.partition("-")[0] for name in inputs}
    return {kind: each for kind in sorted(kinds) if (each := found(root, kind)) is not None}


def refuse_shadow() -> None:
    """A package `modules` beside main.py would be imported in the place of Tanada's own."""
    import modules
    import tanada

    imported, own = Path(str(modules.__file__)).parent.parent, Path(str(tanada.__file__)).parent.parent
    if imported != own:
        raise StackError(
            f"{imported / 'modules'} shadows the package `modules` that Tanada brings: give the folder another name"
        )
