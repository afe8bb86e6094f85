"""`tanada graph`: a picture of what a stack consists of and who reaches whom."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tanada.cli.output import say, synthesizing

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack

Format = Literal["svg", "mermaid"]


def graph(
    stack: Annotated[
        str, typer.Argument(metavar="STACK", help="A stack or an environment; without one the whole system.")
    ] = "",
    format_: Annotated[
        Format, typer.Option("--format", metavar="svg|mermaid", help="mermaid is what forges draw in Markdown.")
    ] = "svg",
) -> None:
    """Print a picture of what runs where and who reaches whom, from the emitted JSON: tanada graph test > test.svg.

    Accounts, networks and subnets are boxes around services, jobs and stores; logs, roles and rules belong to what they
    are for. It has forty nodes at most: what is too many becomes one that says how many. The same JSON gives the same
    bytes.
    """
    from tanada.declarations.inventory import inventory
    from tanada.declarations.loader import load
    from tanada.declarations.lookup import find_stack
    from tanada.terraform import own, pictures
    from tanada.terraform import synth as synthesizer
    from tanada.terraform.process import Processes

    processes = Processes()
    root = own.root_of(Path.cwd(), os.environ, processes)
    system = load(root)
    stacks = inventory(system)
    chosen: Stack | None = find_stack(stacks, stack) if stack else None
    with processes.stopping_on_signals(lambda _: None):
        with synthesizing() as listener:
            synthesizer.synthesize(root, os.environ, processes, listener)
        emitted = pictures.read(root, pictures.needed(stacks, chosen))
        picture = pictures.graph_of(system.name, stacks, chosen, emitted)
        say(pictures.drawn(picture, format_, os.environ, processes).rstrip("\n"))
