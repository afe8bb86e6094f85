"""`tanada approved`: fetch what was approved on the pull request, for the apply of its merge."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from tanada.cli import reports
from tanada.cli.output import say


def approved(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder for the reports.")],
    commit: Annotated[
        str | None, typer.Option("--commit", metavar="SHA", help="The merge commit; else the one that this CI builds.")
    ] = None,
    forge: reports.Forge = None,
    repository: reports.Repository = None,
) -> None:
    """Download the reports of the pull request that this commit merged, for `tanada apply --all --approved DIR`.

    Takes the artifact tanada-reports of the last run on the pull request's last commit, never of a fork.
    """
    from tanada.errors import ForgeError
    from tanada.forge.archives import extract
    from tanada.forge.ci import detect
    from tanada.forge.connection import connect

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ForgeError(f"{folder} is not empty: name a new folder, for old reports would approve too.")
    ci = reports.resolve_ci(detect(os.environ), forge, repository)
    built = commit or ci.commit
    if built is None:
        raise ForgeError("Which commit was merged? Run this on a push to the main branch, or give --commit SHA.")
    client = connect(ci, os.environ)
    pull = client.merged(built)
    if pull is None:
        raise ForgeError(
            f"No pull request was merged as {built[:12]}: nothing is approved. Look at a plan of this commit, and"
            " approve it by tanada apply --all --approve FINGERPRINT."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    # All reports or none: half of them must not look like all.
    fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".approved-"))
    try:
        number_of_files = sum(extract(archive, fresh / archive.name) for archive in client.reports(pull))
        if not number_of_files:
            raise ForgeError(f"The artifacts of pull request {pull.number} hold no reports: run its plan again.")
        if folder.exists():
            folder.rmdir()
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    number = sum(1 for _ in folder.rglob("*.json"))
    say(f"{folder}: {number} {'report' if number == 1 else 'reports'} of pull request {pull.number}, {pull.head[:12]}.")
