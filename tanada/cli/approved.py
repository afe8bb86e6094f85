"""`tanada approved`: fetch what was approved on the pull request, for the apply of its merge."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tanada.cli import reports
from tanada.cli.output import tell

if TYPE_CHECKING:
    from tanada.forge.base import Forge as ForgeClient
    from tanada.forge.base import PullRequest
    from tanada.forge.ci import CI


def approved(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder for the reports.")],
    commit: Annotated[
        str | None, typer.Option("--commit", metavar="SHA", help="The merge commit; else the one that this CI builds.")
    ] = None,
    forge: reports.Forge = None,
    repository: reports.Repository = None,
) -> None:
    """Download the reports of the pull request that this commit merged, for `tanada apply --all --approved DIR`.

    Takes the artifact tanada-reports of the last run of the plan's workflow for the pull request, on its last commit;
    never of a fork. Where a merge queue pushed several pull requests at once, those of each.
    """
    from tanada.errors import ForgeError
    from tanada.forge.archives import extract
    from tanada.forge.ci import detect
    from tanada.forge.connection import connect

    reports.check_handed([folder])
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ForgeError(f"{folder} is not empty: name a new folder, for old reports would approve too.")
    ci = reports.resolve_ci(detect(os.environ), forge, repository)
    built = commit or ci.commit
    if built is None:
        raise ForgeError("Which commit was merged? Run this on a push to the main branch, or give --commit SHA.")
    client = connect(ci, os.environ)
    # An approved plan that was undone since does the same again: its fingerprint fits once more.
    if ci.again and ci.branch and commit is None and (tip := client.tip(ci.branch)) != built:
        raise ForgeError(
            f"This run was started again, and {ci.branch} is at {tip[:12]} now: what was approved of {built[:12]} may"
            " have been undone since. Nothing is approved; start a run of the newest commit."
        )
    pulls = merged(client, ci, built)
    if not pulls:
        raise ForgeError(
            f"No pull request was merged as {built[:12]}: nothing is approved. Look at a plan of this commit, and"
            " approve it by tanada apply --all --approve FINGERPRINT."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    # All reports or none: half of them must not look like all.
    fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".approved-"))
    try:
        for pull in pulls:
            place = fresh / str(pull.number)
            if not sum(extract(archive, place / archive.name) for archive in client.reports(pull)):
                raise ForgeError(f"The artifacts of pull request {pull.number} hold no reports: run its plan again.")
        if folder.exists():
            folder.rmdir()
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    number = sum(1 for _ in folder.rglob("*.json"))
    whose = "; ".join(f"pull request {pull.number}, {pull.head[:12]}" for pull in pulls)
    tell(f"{folder}: {number} {'report' if number == 1 else 'reports'} of {whose}.")


def merged(client: ForgeClient, ci: CI, commit: str) -> list[PullRequest]:
    """The pull requests that the push of a commit merged into the branch that is built, the last first; none where the
    last commit itself was pushed by hand."""
    last = client.merged(commit, ci.branch)
    if last is None or ci.before is None or commit != ci.commit:
        return [] if last is None else [last]
    others = (client.merged(each, ci.branch) for each in client.pushed(commit, ci.before)[1:])
    return [last, *(each for each in others if each is not None)]
