"""`tanada destroy`: take down one stack or one review environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tanada.cli import options
from tanada.cli.output import say, steps
from tanada.cli.running import (
    Run,
    check_can_ask,
    confirm,
    context,
    find_target,
    running,
    synthesize,
)
from tanada.plan import achieved, render
from tanada.plan import summary as summary_of
from tanada.terraform import guards, plan, records
from tanada.terraform.folders import occupied_offline, open_folders
from tanada.terraform.session import Context

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack  # models, which take their time to load


def destroy(
    stack: Annotated[str, typer.Argument(help="The stack.")],
    workspace: options.Workspace = None,
    offline: options.Offline = False,
    yes: options.Yes = False,
    protected: options.Protected = None,
    destroy: options.Destroy = None,
    no_synth: options.NoSynth = False,
) -> None:
    """Destroy everything in one stack; of the stack review, one workspace, which goes too."""
    with running() as run:
        target = find_target(run, stack, workspace)
        guards.check_removal(run.system, target.stack)
        guards.check_protected(target.stack, protected)
        check_can_ask(yes=yes)

        if not no_synth:
            synthesize(run)
        terraform = context(run, offline=offline, stacks=[target.stack])
        guards.check_unused(target.stack, _states_in_use(run, terraform, target.stack))
        folder = run.layout.plans(target)
        with (
            open_folders(terraform) as folders,
            plan.session(terraform, folders, target, steps(target.label)) as session,
        ):
            session.init()
            if target.workspace:
                if target.workspace not in session.workspaces():
                    records.discard(folder)
                    say(f"{target.label} is gone already ({terraform.says}).")
                    return
                session.select(target.workspace)  # never -or-create: a misspelt name would make one
            tags = session.state().image_tags
            file = session.data / records.PLAN  # goes with the session
            session.plan(file, plan.variables(run.layout, target, tags), destroy=True)
            shown = plan.shown_variables(run.system, target.stack)
            summary = summary_of(session.show(file), target.stack, shown)
            guards.check_named(summary, destroy or [])
            if guards.keeps(run.system, target.stack):
                guards.check_kept(summary, destroy or [])
            say(f"{target.label}: {render(summary)}")
            if not summary.empty or target.workspace:
                confirm(run, f"Destroy {target.label} ({terraform.says})?", yes=yes)
            if not summary.empty:
                session.apply(file)
            if target.workspace:
                session.delete_workspace(target.workspace)
            records.discard(folder)
            say(f"{target.label}: {achieved(summary)} ({terraform.says}).")


def _states_in_use(run: Run, terraform: Context, stack: Stack) -> list[str]:
    """The states that rest on a common stack and still hold resources."""
    if stack.kind != "common":
        return []
    others = [other for other in run.stacks if other.account == stack.account and other.name != stack.name]
    if terraform.offline:
        return occupied_offline(run.layout, [other.name for other in others])
    from tanada.aws.states import occupied  # loads boto3: only where it is needed

    return occupied(stack, run.system.name)
