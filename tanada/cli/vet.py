"""`tanada vet`: may emitted JSON be planned with credentials, though nobody has approved the code that made it?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tanada.cli.output import note, say


def vet(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What the head's code emitted: its cdktf.out.")],
    base: Annotated[
        Path, typer.Option("--base", metavar="FOLDER", help="What the base emits: the cdktf.out of its own code.")
    ],
) -> None:
    """Print the stacks whose emitted JSON may be planned with credentials, one a line, though its code is not approved.

    Every other one is named on stderr with what stands against it, and the exit code is 2: plan it offline.
    """
    from tanada.terraform.vet import vet_folder
    from tanada.text import visible

    vetted = vet_folder(folder, base)
    for name in vetted.passed:
        say(name)
    for name, sentences in vetted.refused.items():
        for sentence in sentences:
            note(f"{visible(name)}: {sentence}.")
    if vetted.refused:
        raise typer.Exit(2)
