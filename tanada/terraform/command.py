"""Any Terraform command on one stack, initialised as a plan is."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import IO

from tanada.declarations.lookup import find_stack
from tanada.terraform import locks, variables, workspaces
from tanada.terraform.folders import open_folders
from tanada.terraform.layout import Target
from tanada.terraform.run import Run, context, synthesize

_WITH_VARIABLES = {"apply", "console", "destroy", "import", "plan", "refresh"}


def command(
    run: Run,
    word: str,
    workspace: str | None,
    arguments: Sequence[str],
    *,
    offline: bool,
    no_synth: bool,
    streams: tuple[IO[str], IO[str]] | None = None,
) -> int:
    """Run `terraform ARGUMENTS` with our own input and output; its exit code. Review may go without a workspace.

    Where `streams` are given it writes to these, not to ours.
    """
    stack = find_stack(run.stacks, word)
    target = workspaces.choose(run.system, stack, workspace) if workspace else Target(stack)
    terraform = context(run, offline=offline, stacks=[target.stack])
    if not no_synth:
        synthesize(run)
    opened = open_folders(terraform, any_command=True)  # `providers schema` prints all types
    with opened as folders, folders.session(target, run.voice.steps(target.label)) as session:
        session.init()
        if target.workspace:
            there = session.workspaces()
            if arguments[0] == "force-unlock" and target.workspace not in there:
                return locks.lift(run, session, arguments[1:])
            workspaces.check_there(target.workspace, there)
            session.select(target.workspace)
        state = session.state() if arguments[0] in _WITH_VARIABLES else None
        known = state and (state.image_tags or state.store_versions)
        given = (
            variables.given(run.layout, stack.name, state.image_tags, state.store_versions) if state and known else {}
        )
        return session.attached(colourless(arguments, terminal=sys.stdout.isatty()), given, streams)


def colourless(arguments: Sequence[str], *, terminal: bool) -> tuple[str, ...]:
    """Without colours where no terminal reads; Terraform takes the flag behind every command."""
    return (*arguments, *(() if terminal or "-no-color" in arguments else ("-no-color",)))
