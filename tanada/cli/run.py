"""`tanada run`: run a task or a job of an environment now."""

from __future__ import annotations

from typing import Annotated

import typer

from tanada.cli import options
from tanada.cli.output import running


def run(
    environment: Annotated[
        str, typer.Argument(metavar="ENV", help="An environment's name, in review review-WORKSPACE.")
    ],
    name: Annotated[str, typer.Argument(metavar="NAME", help="One of its tasks or jobs.")],
    protected: options.Protected = None,
) -> None:
    """Run a task or a job now, as it was last applied, follow its log, and end with its exit code.

    One that Tanada started before and that still runs is followed instead. Interrupted, it is stopped.
    """
    from tanada.terraform.run_task import run_task

    with running() as started:
        code = run_task(started, environment, name, protected)
    raise typer.Exit(code)
