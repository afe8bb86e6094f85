"""Tanada's own folders are nobody's input: what a commit brings there is refused before anything is read from them.

A report is an approval, a file beside a stack's is configuration; in CI the checkout fills these folders first.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tanada.declarations.root import find_root
from tanada.errors import TerraformError
from tanada.terraform import git
from tanada.terraform.process import Processes

FOLDERS = (".tanada", "cdktf.out")
_THEIRS = frozenset({".terraform", "bench", "runs"})
"""Where Terraform and `make bench` lay links of their own; nothing is read from there."""
_NAMED = 3


def root_of(start: Path, environ: Mapping[str, str], processes: Processes) -> Path:
    """The folder of the system that a folder belongs to, whose own folders are nobody else's; raises as `check`."""
    root = find_root(start).resolve()
    check(root, environ, processes)
    return root


def check(root: Path, environ: Mapping[str, str], processes: Processes) -> None:
    """Refuse what git tracks in these folders, and links anywhere in them; raises TerraformError."""
    # In whatever case: some file systems know none.
    paths = [f":(icase){folder}" for folder in FOLDERS]
    inside = git.toplevel(root, environ, processes) is not None
    if inside and (known := git.tracked(root, paths, environ, processes)):
        raise TerraformError(
            f"{_some(known)} came with a commit, and what lies in {' or '.join(FOLDERS)} is taken for Tanada's own: "
            f"take it out (git rm -r --cached {known[0]}) and commit that."
        )
    if found := [str(link.relative_to(root)) for folder in FOLDERS for link in links(root / folder, _THEIRS)]:
        raise TerraformError(f"{_some(found)} is a link, and Tanada makes none there: remove it.")


def links(folder: Path, skipped: frozenset[str] = frozenset()) -> Iterator[Path]:
    """The folder where it is a link, else every link below it; in folders of the `skipped` names none is sought."""
    if folder.is_symlink():
        yield folder
        return
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in (*folders, *files) if Path(place, name).is_symlink())
        folders[:] = [name for name in folders if name not in skipped]


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
