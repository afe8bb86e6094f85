"""`tanada synth`: write the Terraform JSON of every stack."""

from __future__ import annotations

from tanada.cli.running import running, synthesize
from tanada.cli.showing import say


def synth() -> None:
    """Write cdktf.out/ from the declarations, as `python main.py` and `cdktf synth` do."""
    with running() as run:
        synthesize(run)
        for stack in run.stacks:
            say(str(run.layout.configuration(stack.name).relative_to(run.root)))
