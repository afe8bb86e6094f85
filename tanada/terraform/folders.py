"""What a stack's terraform reads, and where it runs: in a folder of the run's own, or beside its offline state."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanada.contract import state
from tanada.contract.outputs import version
from tanada.errors import TerraformError, WaitsForCommonError
from tanada.files import CONFIGURATION, private_file, private_folder
from tanada.terraform import roles
from tanada.terraform.context import Context
from tanada.terraform.layout import Layout, Target
from tanada.terraform.opening import Place, open_session
from tanada.terraform.session import Session
from tanada.terraform.voice import WAITS, OnStep

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack


@dataclass(frozen=True)
class Folders:
    """Where the targets of one command run."""

    context: Context
    place: Callable[[Target], Place]
    states: Path | None = None
    """Offline: where the states lie."""
    foreseen: frozenset[str] = frozenset()
    """Offline: the common layers that stand there as they will be, and were never applied so."""

    @contextlib.contextmanager
    def session(self, target: Target, on_step: OnStep, *, saving: bool = False) -> Iterator[Session]:
        """A session in the target's folder, whose text goes to the target's log; `saving` a state that waits for it."""
        place = self.place(target)
        with _log(self.context.layout.log(target), on_step) as write:
            write(f"# {target.label}: {self.context.says}\n")

            def on_line(line: str) -> None:
                write(line)
                if line.startswith(("module.", "data.", "aws_", "terraform_data.", WAITS)):  # `aws_x.y: Creating...`
                    on_step(line.strip())

            with open_session(self.context, target, place, on_line, saving=saving) as session:
                yield session


@contextlib.contextmanager
def _log(file: Path, on_step: OnStep) -> Iterator[Callable[[str], None]]:
    """What writes a line of the log at once. On a disk that gets full it ends, and Terraform goes on: a run that ended
    there would leave half of what it does."""
    writing = threading.Lock()
    lost = False
    with os.fdopen(private_file(file), "wb", buffering=0) as log:

        def write(line: str) -> None:
            nonlocal lost
            with writing:
                try:
                    if not lost:
                        log.write(line.encode("utf-8", "replace"))
                except OSError as error:
                    lost = True
                    on_step(f"{file} ends here ({error.strerror})")

        yield write


@contextlib.contextmanager
def open_folders(context: Context, *, any_command: bool = False, states: Path | None = None) -> Iterator[Folders]:
    """Where targets run; offline, the provider runs as long as this is open.

    Without `any_command` it serves what a stack's own commands need, which makes them twice as fast. `states` is where
    offline states lie, if not where they are kept.
    """
    layout = context.layout
    if not context.offline:
        yield Folders(context, lambda target: Place(_in_the_account(context, target)))
        return

    from tanada import offline  # only where it is needed

    kept = states or layout.offline
    with offline.start(private_folder(kept), container=context.program.container) as provider:
        environment = {}
        if provider.mounts:  # a socket in a folder; else it is reached over the network
            environment["TANADA_TERRAFORM_MOUNTS"] = ":".join(str(path) for path in provider.mounts)
            environment["TANADA_TERRAFORM_NETWORK"] = "none"

        def place(target: Target) -> Place:
            folder = kept / target.stack.name
            common = kept / target.stack.common
            source = _synthesized(layout, target).parent
            text = offline.prepare(source, folder, {target.stack.common: common}, provider.existing)
            served = provider.environment if any_command else provider.environment_for(folder)
            return Place(text, folder, {**environment, **served})

        yield Folders(context, place, kept)


def check_common(states: Path | None, target: Target) -> None:
    """Offline the common layer's state is a file: whether it holds a contract is known before Terraform runs."""
    if states is None or target.stack.kind == "common":
        return
    common = state.parse_file(states / target.stack.common / state.FILE)
    if not version(common.get("outputs", {})):
        raise WaitsForCommonError(f"{target.label} waits for {target.stack.common}.")


def check_host(context: Context, target: Target, review: Target | None) -> None:
    """Refuse an environment at whose host a review environment answers, made before this one was declared: both would
    have the same records."""
    if review is None:
        return
    if context.offline:
        states = {label: state.parse_file(file) for label, file in offline_states(context.layout, review.stack.name)}
        there = state.resources(states.get(review.label, {})) > 0
    else:
        from tanada.aws.states import holds  # loads boto3

        there = holds(review.stack, review.workspace)
    if there:
        raise TerraformError(
            f"The review environment {review.workspace} answers where {target.label} shall: take it down first, with "
            f"tanada destroy review --workspace {review.workspace}."
        )


def state_of(context: Context, stack: Stack) -> state.State:
    """What another stack's state says; AwsError where it can't be read."""
    if context.offline:
        file = context.layout.offline / stack.name / state.FILE
        return state.read(file.read_bytes() if file.is_file() else "")
    from tanada.aws.states import read  # loads boto3

    return read(stack)


def occupied_offline(layout: Layout, stacks: Iterable[str]) -> list[str]:
    """Labels of the offline states that hold resources, of the stacks given."""
    return [
        label
        for stack in sorted(stacks)
        for label, file in offline_states(layout, stack)
        if state.resources(state.parse_file(file))
    ]


def others_offline(layout: Layout, stack: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The states of all other stacks that were applied offline, by their labels."""
    folders = sorted(layout.offline.iterdir()) if layout.offline.is_dir() else []
    for folder in folders:
        for label, file in offline_states(layout, folder.name) if folder.is_dir() and folder.name != stack else ():
            yield label, state.parse_file(file)


def offline_states(layout: Layout, stack: str) -> Iterator[tuple[str, Path]]:
    """Labels and states of a stack's offline copy: its own, which may not be there, and those of its workspaces."""
    folder = layout.offline / stack
    yield stack, folder / state.FILE
    for file in sorted(folder.glob(f"{state.FILE}.d/*/{state.FILE}")):
        yield f"{stack}-{file.parent.name}", file


def _in_the_account(context: Context, target: Target) -> str:
    """The stack's configuration; in the CI without roles: its credentials are the account's already."""
    text = _synthesized(context.layout, target).read_text(encoding="utf-8")
    if target.stack.account not in context.accounts or target.stack.role is None:
        return text
    return json.dumps(roles.without_roles(json.loads(text)), indent=2, ensure_ascii=False)


def _synthesized(layout: Layout, target: Target) -> Path:
    stack = target.stack
    file = layout.configuration(stack.name) if stack.declared else layout.gone(stack.name) / CONFIGURATION
    if not file.is_file():
        raise TerraformError(f"{target.stack.name} is not synthesized yet: run tanada synth.")
    return file
