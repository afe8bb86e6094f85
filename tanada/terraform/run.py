"""One command that runs Terraform: the system, which terraform, credentials, signals, and who hears of it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tanada import provider
from tanada.declarations import content
from tanada.errors import StoppedError, TanadaError, TerraformError
from tanada.terraform import git, guards, images, outcome, own, program, reports, synth, taken
from tanada.terraform.context import Context
from tanada.terraform.environ import without_credentials
from tanada.terraform.layout import Layout, Target
from tanada.terraform.plugins import plugin_cache
from tanada.terraform.process import Processes
from tanada.terraform.reports import Frame
from tanada.terraform.voice import Voice

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.declared.system import System


@dataclass(frozen=True)
class Run:
    """One command on a declared system."""

    root: Path
    system: System
    stacks: tuple[Stack, ...]
    layout: Layout
    environ: Mapping[str, str]
    processes: Processes
    voice: Voice


@dataclass(frozen=True, kw_only=True)
class ChangeOptions:
    """What is said of any apply or destroy."""

    offline: bool = False
    yes: bool = False
    """Nobody is asked."""
    protected: str | None = None
    """The protected account that this is meant for."""
    destroy: Sequence[str] = ()
    """Addresses that may be lost."""
    no_synth: bool = False


@contextlib.contextmanager
def running(start: Path, environ: Mapping[str, str], voice: Voice) -> Iterator[Run]:
    """The system that a folder belongs to, with Ctrl-C and SIGTERM handled: Terraform is told once, and we wait for it.

    Raises StoppedError at the end of a run that was interrupted.
    """
    from tanada.declarations.inventory import inventory
    from tanada.declarations.loader import load

    def on_stop(first: bool) -> None:
        waiting = "Interrupted: waiting for what runs to end; terraform releases its locks."
        voice.note(waiting if first else "Still waiting.")

    processes = Processes()
    with processes.stopping_on_signals(on_stop):
        try:
            root = own.root_of(start, environ, processes)
            system = load(root)
            yield Run(root, system, inventory(system), Layout(root), environ, processes, voice)
        except StoppedError as error:
            voice.note(str(error))
    if processes.locked:
        raise StoppedError(f"Ended: nothing of this run runs any more. {' '.join(processes.locked)}")
    if processes.stopped:
        raise StoppedError("Ended clean: nothing runs any more, and no lock is held.")


def synthesize(run: Run) -> None:
    """Write `cdktf.out/`, so that what is planned is what is declared."""
    plugin_cache(run.environ)  # what comes after the synth, and takes a minute to come to, needs it
    with run.voice.synthesizing() as listener:
        synth.synthesize(run.root, run.environ, run.processes, listener)


def context(run: Run, *, offline: bool, stacks: Sequence[Stack] = (), changes: bool = False) -> Context:
    """Which terraform, and as whom; says so. `stacks` are those that need credentials, long ones where it `changes`
    something. All of it needs no synth, so it comes before one."""
    credentials, accounts, reads_only = _credentials(run, () if offline else stacks, changes=changes)
    chosen = program.choose(run.root, run.environ, run.processes)
    terraform = Context(
        layout=run.layout,
        program=chosen,
        processes=run.processes,
        environ=without_credentials(run.environ),
        credentials=credentials,
        accounts=accounts,
        renewed=None if offline else lambda stack: _renewed(run, stack),
        offline=offline,
        reads_only=reads_only,
    )
    run.voice.note(f"Terraform: {terraform.says}.")
    if not offline:
        _hold_provider(run)
    return terraform


def _hold_provider(run: Run) -> None:
    """Raises TerraformError where the lock file holds to another provider than what is emitted asks for."""
    lock = run.layout.lock_file
    if not lock.is_file():
        run.voice.note(f"There is no {lock.name}: the provider's checksum is not checked.")
    elif said := provider.refusal(lock.read_text(encoding="utf-8", errors="replace")):
        raise TerraformError(said)


def prepared(run: Run, options: ChangeOptions, stacks: Sequence[Stack]) -> Context:
    """A terraform that may change these stacks; first what needs no synth, then that, unless `cdktf.out` is to be used
    as it is."""
    terraform = ready(run, options, stacks)
    if not options.no_synth:
        synthesize(run)
    return terraform


def ready(run: Run, options: ChangeOptions, stacks: Sequence[Stack]) -> Context:
    """The same before the synth."""
    taken.refuse(run.layout, "apply")
    guards.check_room(run.layout.root, shutil.disk_usage(run.layout.root).free)
    return context(run, offline=options.offline, stacks=stacks, changes=True)


def _credentials(
    run: Run, stacks: Sequence[Stack], *, changes: bool
) -> tuple[Mapping[str, str], Mapping[str, Mapping[str, str]], bool]:
    """Base credentials for Terraform; in a job that assumes roles of common.ci, those of each account instead, and
    whether these write nothing."""
    if not stacks:
        return {}, {}, False
    from tanada.aws import ci_roles  # loads boto3
    from tanada.aws.credentials import check, resolve
    from tanada.declared.ci import READING, role_name

    role = ci_roles.step(run.environ)
    if role is None:
        found = resolve(for_long=changes)
        check(found, stacks)
        return found, {}, False
    names = {role_name(run.system.name, role, stack.account if stack.protected else None) for stack in stacks}
    run.voice.note(f"AWS: {', '.join(sorted(names))} in each account (TANADA_CI_ROLE).")
    accounts = {stack.account: ci_roles.credentials(stack, run.system.name, role, run.environ) for stack in stacks}
    return {}, accounts, role in READING


def _renewed(run: Run, stack: Stack) -> Mapping[str, str]:
    """Credentials for one stack, asked for anew."""
    credentials, accounts, _ = _credentials(run, [stack], changes=False)
    return accounts.get(stack.account, credentials)


def commit(run: Run) -> git.Commit:
    """What is checked out, or was taken into the checkout."""
    if held := taken.read(run.layout):
        return git.Commit(held.commit, dirty=False)
    return git.commit(run.root, run.environ, run.processes)


def check_can_ask(run: Run, *, yes: bool) -> None:
    """Refuse early what nobody could confirm."""
    guards.check_can_ask(yes=yes, terminal=run.voice.can_ask())


def check_images(run: Run, given: Mapping[str, str], chosen: Sequence[Stack]) -> None:
    """Refuse tags of images that no stack uses; a note of those that the chosen stacks don't."""

    def used(stacks: Sequence[Stack]) -> set[str]:
        return {name for stack in stacks for name in content.images(run.system, stack)}

    for note in images.check_known(given, used(chosen), used(run.stacks)):
        run.voice.note(note)


def check_protected(run: Run, stack: Stack, named: str | None) -> None:
    """A protected account wants its name; a note where another protected account's is given for a stack of none."""
    protected = {each.account for each in run.stacks if each.protected}
    if note := guards.check_protected(stack, named, protected):
        run.voice.note(note)


def confirm(run: Run, question: str, *, yes: bool) -> None:
    """Wait for the word `yes`, unless it was given with the command."""
    if yes:
        return
    with run.processes.asking():
        answer = run.voice.ask(f"{question} Type yes: ")
    if answer != "yes":
        raise TerraformError("Not confirmed; nothing was changed.")


def frame(run: Run, step: Literal["plan", "apply"], checked_out: git.Commit, *, offline: bool) -> Frame:
    """What the reports of this run share; what it has yet to find out is empty."""
    from tanada.forge.ci import detect  # loads what reads the CI's event

    ci = detect(run.environ)
    return Frame(
        step=step,
        terraform="",
        offline=offline,
        commit=checked_out.id,
        dirty=checked_out.dirty,
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
            report = reports.report(outcome.of_error(target, error), run.stacks, shared)
            reports.write(run.layout.reports, report)
        if targets:
            reports.end(run.layout.reports, shared.step)
        raise
