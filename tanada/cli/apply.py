"""`tanada apply`: carry out the saved plan of one stack, or what was approved of all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from tanada.cli import options
from tanada.cli.output import running
from tanada.cli.shown import check_shown_once
from tanada.errors import TerraformError
from tanada.terraform import approval, handed, images, targets
from tanada.terraform.apply_all import Approved, apply_all
from tanada.terraform.apply_saved import apply_saved
from tanada.terraform.run import ChangeOptions


def apply(
    stack: Annotated[str | None, typer.Argument(help="The stack; none with --all.")] = None,
    every: Annotated[
        bool,
        typer.Option(
            "--all", help="All stacks in order but review: of unprotected accounts, or of the one --protected names."
        ),
    ] = False,
    workspace: options.Workspace = None,
    offline: options.Offline = False,
    yes: options.Yes = False,
    verbose: options.Verbose = False,
    protected: options.Protected = None,
    destroy: options.Destroy = None,
    no_synth: options.NoSynth = False,
    approved: Annotated[
        Path | None,
        typer.Option("--approved", metavar="DIR", help="With --all: reports of what was approved, not saved plans."),
    ] = None,
    approve: Annotated[
        list[str] | None,
        typer.Option(
            "--approve", metavar="FINGERPRINT", help="With --all: a plan that was looked at; 32 digits or more."
        ),
    ] = None,
    image: options.Image = None,
) -> None:
    """Apply the plan that `tanada plan` saved; a stale one is refused, with what differs.

    With --all each stack is planned anew, and applied when that plan does what was approved, or nothing at all. The
    first stack that fails or isn't approved ends it; a table says what was applied and what was not.
    """
    asked = ChangeOptions(offline=offline, yes=yes, protected=protected, destroy=destroy or (), no_synth=no_synth)
    if not every:
        if stack is None:
            raise TerraformError("Name a stack, or say --all.")
        if approved or approve or image:
            raise TerraformError("--approved, --approve and --image belong to --all; one stack's saved plan stands.")
        with running(verbose=verbose) as run:
            apply_saved(run, targets.one(run.system, run.stacks, stack, workspace), asked)
        return
    if stack or workspace:
        raise TerraformError("--all takes no stack and no --workspace: review environments are applied one by one.")
    from tanada.forge.ci import detect

    ci = detect(os.environ)
    person = ci.person if ci else None
    approval.check_person(approve or (), in_ci=ci is not None, person=person)
    if approved is not None:
        check_shown_once(ci, protected, os.environ)
    given = Approved(approved, approve or (), images.parse(image or ()), person)
    with running(verbose=verbose) as run:
        if approved is not None:
            handed.check([approved], run.environ, run.processes)
        outcomes = apply_all(run, asked, given)
    raise typer.Exit(options.applied_code(outcomes))
