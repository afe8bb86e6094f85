"""Folders of reports that another job handed over: named by whoever starts us, and written by nobody else.

What a repository tracks comes with every checkout, and a link leads to whatever its writer wants: both would let a
commit bring its own reports, and with them its own approval.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from tanada.errors import TerraformError
from tanada.terraform import git
from tanada.terraform.own import links
from tanada.terraform.process import Processes
from tanada.terraform.reports import ENDED


def check(folders: Sequence[Path], environ: Mapping[str, str], processes: Processes) -> None:
    """Refuse a folder that is a link, lies behind one in this repository, holds one, or holds what git tracks."""
    here = Path.cwd()
    repository = git.toplevel(here, environ, processes)
    for folder in folders:
        if link := _link(folder, repository):
            raise TerraformError(f"{link} is a link: name a folder of its own for reports, outside the repository.")
        if repository is None or not folder.resolve().is_relative_to(repository):
            continue
        if tracked := git.tracked(
            here, [f":(literal,top){folder.resolve().relative_to(repository)}"], environ, processes
        ):
            raise TerraformError(
                f"{folder}: the repository itself holds {tracked[0]}, and a commit must not bring its own reports: take"
                " it out of git, and name a folder outside the repository."
            )


def _link(folder: Path, repository: Path | None) -> Path | None:
    """The first link on the way to a folder, from the repository's own top on, or anywhere in it."""
    whole = Path(os.path.abspath(folder))  # noqa: PTH100 - Path.resolve would follow what is looked for
    inside = [each for each in whole.parents if repository and each != repository and each.is_relative_to(repository)]
    return next((each for each in reversed(inside) if each.is_symlink()), None) or next(links(whole), None)


def unended(folders: Sequence[Path]) -> bool:
    """Whether a run's reports lie there without the mark that it came to its end: it was killed.

    Each job's reports lie in a folder of their own; where several share one, as GitLab unpacks shards, `--expect`
    misses those that died.
    """
    for folder in folders:
        for _, _, names in os.walk(folder):
            if ENDED not in names and any(name.endswith(".json") for name in names):
                return True
    return False
