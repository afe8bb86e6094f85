"""Any Terraform command on one stack, initialised as a plan is."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import IO

from tanada.terraform import gone, locks, ran, removal, unsaved, variables, workspaces
from tanada.terraform.destroy import check_unused
from tanada.terraform.folders import open_folders
from tanada.terraform.layout import Target
from tanada.terraform.run import Run, check_protected, context, synthesize
from tanada.terraform.session import Session

_SAVING = {("state", "push"), ("state", "pull"), ("state", "list"), ("state", "show"), ("force-unlock",)}
"""What may be done while a state waits to be saved."""
_WITH_VARIABLES = {"apply", "console", "destroy", "import", "plan", "refresh"}


def command(
    run: Run,
    word: str,
    workspace: str | None,
    arguments: Sequence[str],
    *,
    offline: bool,
    no_synth: bool,
    protected: str | None = None,
    streams: tuple[IO[str], IO[str]] | None = None,
) -> int:
    """Run `terraform ARGUMENTS` with our own input and output; its exit code. Review may go without a workspace, and a
    stack that is declared no more is one whose state is left.

    Where `streams` are given it writes to these, not to ours. Raises TanadaError where what changes something lacks the
    second word that Tanada's own verbs ask for.
    """
    stack = gone.find(run, word, offline=offline)
    target = workspaces.choose(run.system, stack, workspace) if workspace else Target(stack)
    if changes(arguments):
        check_protected(run, stack, protected)
    whole, targeted = destroys(arguments), any(each.lstrip("-").startswith("target") for each in arguments)
    if whole and not targeted:
        removal.check_declared(run.root, run.system, stack)
    terraform = context(run, offline=offline, stacks=[target.stack])
    if whole:
        check_unused(run, stack, offline=offline)
    if not no_synth:
        synthesize(run)
    if not stack.declared:
        gone.emit(run.layout, stack, run.stacks)
    opened = open_folders(terraform, any_command=True)  # `providers schema` prints all types
    saving = not _SAVING.isdisjoint({tuple(arguments[:1]), tuple(arguments[:2])})
    with opened as folders, folders.session(target, run.voice.steps(target.label), saving=saving) as session:
        session.init()
        if target.workspace:
            there = session.workspaces()
            if arguments[0] == "force-unlock" and target.workspace not in there:
                return locks.lift(run, session, arguments[1:])
            workspaces.check_there(target.workspace, there)
            session.select(target.workspace)
        if whole and (not targeted or removal.is_written(run.system, stack) or not stack.declared):
            removal.check_applied(run.root, run.system, stack, session.whole_state())
        words = colourless(unsaved.opened(arguments, session.data, run.environ), terminal=sys.stdout.isatty())
        code = session.attached(words, _given(run, session, arguments), streams)
        if code == 0 and (saved := unsaved.saved(arguments, run.layout, target)):
            run.voice.note(f"{target.label}: the state is saved, and {saved} deleted.")
        return code


def _given(run: Run, session: Session, arguments: Sequence[str]) -> dict[str, str]:
    """The variables that a command takes."""
    stack = session.target.stack
    if arguments[0] not in _WITH_VARIABLES or not stack.declared:
        return {}
    state = ran.known(session.context, session.target, session.state()).state
    if not (state.image_tags or state.store_versions):
        return {}
    return variables.given(run.layout, stack.name, state.image_tags, state.store_versions)


_READS = {
    *("console", "fmt", "get", "graph", "init", "metadata", "modules", "output", "plan", "providers", "show"),
    *("validate", "version"),
}
_READS_OF = {"state": {"list", "pull", "show"}, "workspace": {"list", "show", "select"}}
"""What changes neither a state, nor a lock, nor anything in AWS; whatever is not among them may."""


def changes(arguments: Sequence[str]) -> bool:
    """Whether a Terraform command may change something that others see."""
    words = [each for each in arguments if not each.startswith("-")]
    if not words or any(each in ("-h", "-help", "--help") for each in arguments):
        return False
    first, second = words[0], words[1] if len(words) > 1 else ""
    return second not in _READS_OF[first] if first in _READS_OF else first not in _READS


def destroys(arguments: Sequence[str]) -> bool:
    """Whether it destroys all that the stack holds, or all that it is targeted at."""
    words = [each for each in arguments if not each.startswith("-")]
    flags = {each.lstrip("-").removesuffix("=true") for each in arguments if each.startswith("-")}
    if not changes(arguments):
        return False
    return words[0] == "destroy" or (words[0] == "apply" and "destroy" in flags)


def colourless(arguments: Sequence[str], *, terminal: bool) -> tuple[str, ...]:
    """Without colours where no terminal reads; Terraform takes the flag behind every command."""
    return (*arguments, *(() if terminal or "-no-color" in arguments else ("-no-color",)))
