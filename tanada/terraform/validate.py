"""`terraform validate` of stacks side by side, without a backend and so without credentials."""

from __future__ import annotations

from collections.abc import Sequence

from tanada.declarations.lookup import find_stacks
from tanada.terraform import outcome, parallel
from tanada.terraform.folders import Folders, open_folders
from tanada.terraform.layout import Target
from tanada.terraform.outcome import Outcome
from tanada.terraform.run import Run, context, synthesize
from tanada.terraform.voice import OnStep


def validate(
    run: Run, words: Sequence[str], *, offline: bool, jobs: int | None, no_synth: bool
) -> tuple[list[Outcome], str]:
    """Check the configuration of the stacks that words mean, or of all: how each went, and which terraform said so."""
    wanted = [Target(stack) for stack in (find_stacks(run.stacks, words) if words else run.stacks)]
    terraform = context(run, offline=offline)
    if not no_synth:
        synthesize(run)
    with open_folders(terraform) as folders, run.voice.progress([target.label for target in wanted]) as steps:
        outcomes = parallel.each(
            wanted, lambda target: _validate(folders, target, steps(target.label)), jobs or parallel.default_jobs()
        )
    return outcomes, terraform.says


def _validate(folders: Folders, target: Target, on_step: OnStep) -> Outcome:
    def work() -> Outcome:
        with folders.session(target, on_step) as session:
            on_step("init")
            session.init(backend=False)
            on_step("validate")
            session.validate()
        return Outcome(target, "valid")

    return outcome.attempt(target, work)
