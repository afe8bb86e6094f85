"""What the verbs that run Terraform share: the system, which terraform, credentials, signals, confirmation."""

from __future__ import annotations

import contextlib
import difflib
import os
import select
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from tanada.cli.output import note, progress_line
from tanada.declarations.root import find_root
from tanada.errors import StoppedError, TanadaError, TerraformError
from tanada.terraform import guards, plan, program, reports, synth, workspaces
from tanada.terraform.environ import without_credentials
from tanada.terraform.layout import Layout, Target
from tanada.terraform.process import Processes
from tanada.terraform.records import Commit
from tanada.terraform.reports import Frame
from tanada.terraform.session import Context

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.declarations.models import System  # models, which take their time to load


@dataclass(frozen=True)
class Run:
    """One command."""

    root: Path
    system: System
    stacks: tuple[Stack, ...]
    layout: Layout
    processes: Processes


@contextlib.contextmanager
def running() -> Iterator[Run]:
    """The declared system, with Ctrl-C and SIGTERM handled: Terraform is told once, and we wait for it."""
    from tanada.declarations.inventory import inventory
    from tanada.declarations.loader import load  # here: `--help` reads no declaration

    processes = Processes()
    root = find_root(Path.cwd()).resolve()
    with processes.stopping_on_signals(_on_stop):
        try:
            system = load(root)
            yield Run(root, system, inventory(system), Layout(root), processes)
        except StoppedError as error:
            note(str(error))
    if processes.stopped:
        note("Ended clean: nothing runs any more, and no lock is held.")
        raise typer.Exit(StoppedError.exit_code)


def _on_stop(first: bool) -> None:
    note("Interrupted: waiting for what runs to end; terraform releases its locks." if first else "Still waiting.")


def synthesize(run: Run) -> None:
    """Write `cdktf.out/`, so that what is planned is what is declared."""
    note("Synthesizing.")
    synth.synthesize(run.root, os.environ, run.processes, progress_line())


def context(run: Run, *, offline: bool, stacks: Sequence[Stack] = ()) -> Context:
    """Which terraform, and as whom; says so. `stacks` are those that need credentials."""
    credentials, accounts = _credentials(run, () if offline else stacks)
    chosen = program.choose(run.root, os.environ, run.processes)
    made = Context(
        layout=run.layout,
        program=chosen,
        processes=run.processes,
        environ=without_credentials(os.environ),
        credentials=credentials,
        accounts=accounts,
        offline=offline,
    )
    note(f"Terraform: {made.says}.")
    if not offline and not run.layout.lock_file.is_file():
        note(f"There is no {run.layout.lock_file.name}: the provider's checksum is not checked.")
    return made


def frame(step: Literal["plan", "apply"], commit: Commit, *, offline: bool) -> Frame:
    """What the reports of this run share; what it has yet to find out is empty."""
    from tanada.forge.ci import detect  # here: only verbs that write reports need it

    ci = detect(os.environ)
    return Frame(
        step=step,
        terraform="",
        offline=offline,
        commit=commit.id,
        dirty=commit.dirty,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        log_url=ci.run_url if ci else None,
    )


@contextlib.contextmanager
def reporting_failure(run: Run, targets: Sequence[Target], shared: Frame) -> Iterator[None]:
    """What ends a run before any target's turn stands in all their reports: no report would look like no change."""
    try:
        yield
    except TanadaError as error:
        for target in targets:
            outcome = plan.went_wrong(target, error)
            reports.write(run.layout.reports, reports.report(outcome, run.stacks, shared))
        raise


def _credentials(run: Run, stacks: Sequence[Stack]) -> tuple[Mapping[str, str], Mapping[str, Mapping[str, str]]]:
    """Base credentials for Terraform; in a job that takes on roles of common.ci, those of each account instead."""
    if not stacks:
        return {}, {}
    from tanada.aws import ci_roles  # loads boto3: only where it is needed
    from tanada.aws.credentials import resolve
    from tanada.declarations.ci import role_name

    role = ci_roles.step(os.environ)
    if role is None:
        return resolve(), {}
    note(f"AWS: {role_name(run.system.name, role)} in each account (TANADA_CI_ROLE).")
    return {}, {stack.account: ci_roles.credentials(stack, run.system.name, role, os.environ) for stack in stacks}


def choose_stacks(stacks: Sequence[Stack], names: Sequence[str]) -> list[Stack]:
    """The stacks named, in the inventory's order."""
    chosen = {find_stack(stacks, name).name for name in names}
    return [stack for stack in stacks if stack.name in chosen]


def find_stack(stacks: Sequence[Stack], name: str) -> Stack:
    """The stack of that name, or the nearest name."""
    by_name = {stack.name: stack for stack in stacks}
    if name in by_name:
        return by_name[name]
    environments = {stack.environment: stack.name for stack in stacks if stack.environment}
    nearest = [environments[name]] if name in environments else difflib.get_close_matches(name, by_name, n=1)
    instead = f"did you mean {nearest[0]}?" if nearest else f"there are {', '.join(by_name)}."
    raise TerraformError(f"There is no stack {name}: {instead}")


def find_target(run: Run, name: str, workspace: str | None) -> Target:
    """The one target of a verb, its workspace's name checked."""
    stack = find_stack(run.stacks, name)
    return workspaces.choose(stack, workspace, run.system.review.domain if run.system.review else None)


def check_can_ask(*, yes: bool) -> None:
    """Refuse early what nobody could confirm."""
    guards.check_can_ask(yes=yes, terminal=sys.stdin.isatty())


def confirm(run: Run, question: str, *, yes: bool) -> None:
    """Wait for the word `yes`, unless it was given on the command line."""
    if yes:
        return
    with run.processes.asking():
        typer.echo(f"{question} Type yes: ", nl=False)
        # Not input(): a signal between its prompt and its read is noticed only after the next line.
        while not select.select([sys.stdin], [], [], 0.2)[0]:
            pass
        answer = sys.stdin.readline()
    if answer.strip() != "yes":
        raise TerraformError("Not confirmed; nothing was changed.")
