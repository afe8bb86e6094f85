"""`tanada synth`: write the Terraform JSON of every stack."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from tanada.cli.output import note, say, synthesizing
from tanada.terraform import own
from tanada.terraform import synth as synthesizer
from tanada.terraform.process import Processes


def synth(
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Make every stack anew, even where nothing has changed.")
    ] = False,
) -> None:
    """Write cdktf.out/ from the declarations, as `python main.py` and `cdktf synth` do."""
    if no_cache:
        os.environ["TANADA_CACHE"] = "0"
    processes = Processes()
    root = own.root_of(Path.cwd(), os.environ, processes)
    stacks = synthesizer.unchanged(root, os.environ)
    if stacks is None:
        with processes.stopping_on_signals(lambda _: None), synthesizing() as listener:
            synthesizer.synthesize(root, os.environ, processes, listener)
        stacks = synthesizer.unchanged(root, os.environ) or _declared(root)
    else:
        note("Nothing has changed since the last synth.")
    for stack in stacks:
        say(f"cdktf.out/stacks/{stack}/cdk.tf.json")


def _declared(root: Path) -> tuple[str, ...]:
    """Where nothing is kept."""
    from tanada.declarations.inventory import inventory
    from tanada.declarations.loader import load

    return tuple(stack.name for stack in inventory(load(root)))
