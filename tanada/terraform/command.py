"""Any Terraform command on one stack, initialised as a plan is."""

from __future__ import annotations

import contextlib
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from tanada.errors import TanadaError
from tanada.terraform import gone, guards, locks, ran, removal, seal, unsaved, variables, workspaces
from tanada.terraform.destroy import check_unused
from tanada.terraform.folders import open_folders
from tanada.terraform.layout import Target
from tanada.terraform.run import Run, check_protected, context, synthesize
from tanada.terraform.session import Session

_SAVING = {("state", "push"), ("state", "pull"), ("state", "list"), ("state", "show"), ("force-unlock",)}
"""What may be done while a state waits to be saved."""
_MAKES = {"apply", "destroy", "import", "refresh"}
"""What may take long, and leaves a state that has to be saved."""
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
        seal.key(run.environ)  # of a state that can't be saved at the end
    # Of a stack that is declared no more the configuration is empty: whatever applies it takes all of it down.
    whole = destroys(arguments) or (not stack.declared and changes(arguments) and _words(arguments)[0] == "apply")
    targeted = any(each.lstrip("-").startswith("target") for each in arguments)
    if whole and not targeted:
        removal.check_declared(run.root, run.system, stack)
    makes = changes(arguments) and _words(arguments)[0] in _MAKES
    if makes:
        guards.check_room(run.layout.root, shutil.disk_usage(run.layout.root).free)
    terraform = context(run, offline=offline, stacks=[target.stack], changes=makes)
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
        elif not whole and (planned := _saved_plan(session, arguments)) and takes_all(planned):
            removal.check_applied(run.root, run.system, stack, session.whole_state())
            check_unused(run, stack, offline=offline)
        words = colourless(unsaved.opened(arguments, session.data, run.environ), terminal=sys.stdout.isatty())
        code = session.attached(words, _given(run, session, arguments), streams)
        if unsaved_ := session.unsaved():
            run.voice.note(f"{target.label}: {unsaved_}")
        if code == 0 and (saved := unsaved.saved(arguments, run.layout, target)):
            run.voice.note(f"{target.label}: the state is saved, and {saved} deleted.")
        elif code != 0 and tuple(arguments[:2]) == ("state", "push") and (kept := unsaved.kept(run.layout, target)):
            run.voice.note(
                f"{target.label}: {kept[0]} waits still. Where a newer state, or another one, was saved meanwhile, "
                "nothing puts the two together: move that file away, so that nothing waits, and take in what it alone "
                f"holds: tanada terraform {session.named} -- import ADDRESS ID"
            )
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
    words = _words(arguments)
    # Behind another flag it may be that one's value.
    help_ = next((each for each in arguments if each.startswith("-")), "")
    if not words or help_ in ("-h", "-help", "--help"):
        return False
    first, second = words[0], words[1] if len(words) > 1 else ""
    if first == "workspace" and _flags(arguments).get("or-create", False):
        return True
    return second not in _READS_OF[first] if first in _READS_OF else first not in _READS


def destroys(arguments: Sequence[str]) -> bool:
    """Whether it destroys all that the stack holds, or all that it is targeted at."""
    if not changes(arguments):
        return False
    first = _words(arguments)[0]
    return first == "destroy" or (first == "apply" and _flags(arguments).get("destroy", False))


def _words(arguments: Sequence[str]) -> list[str]:
    return [each for each in arguments if not each.startswith("-")]


def _flags(arguments: Sequence[str]) -> dict[str, bool]:
    """Which flags are set, the last one of a name: `-destroy`, `--destroy`, `-destroy=1`, in all ways that Go reads
    (strconv.ParseBool)."""
    parts = (each.lstrip("-").partition("=") for each in arguments if each.startswith("-"))
    return {name: not equals or value in _TRUE for name, equals, value in parts}


_TRUE = ("1", "t", "T", "true", "TRUE", "True")


def _saved_plan(session: Session, arguments: Sequence[str]) -> Mapping[str, Any]:
    """The plan that an `apply` is given as a file; nothing where it is given none, or none that Terraform can show."""
    if arguments[0] != "apply" or len(arguments) == 1 or arguments[-1].startswith("-"):
        return {}
    with contextlib.suppress(TanadaError, ValueError):
        return session.show(Path(arguments[-1]))
    return {}


def takes_all(plan: Mapping[str, Any]) -> bool:
    """Whether a plan, as JSON, leaves nothing of what a state holds: made with -destroy, or of an empty
    configuration."""
    actions = [each["change"]["actions"] for each in plan.get("resource_changes") or () if each.get("mode") != "data"]
    return bool(actions) and all(each == ["delete"] for each in actions)


def colourless(arguments: Sequence[str], *, terminal: bool) -> tuple[str, ...]:
    """Without colours where no terminal reads; Terraform takes the flag behind every command."""
    return (*arguments, *(() if terminal or "-no-color" in arguments else ("-no-color",)))
