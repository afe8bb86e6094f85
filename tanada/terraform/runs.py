"""Folders that live as long as one run, `.tanada/runs/*`: plans in the clear lie there, and a run that is killed leaves
them.

Each is locked (flock) by the run that made it and by the processes that it starts there, which inherit the open folder:
a terraform whose Tanada died holds it still. Whoever comes next removes those that nobody holds.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tanada.errors import TerraformError
from tanada.files import private_folder
from tanada.secrecy import Secrets
from tanada.terraform import unsaved
from tanada.terraform.layout import Layout
from tanada.terraform.messages import read_line

SAID = "said"
"""Where in its folder what its processes print lies while they run."""


def begin(
    layout: Layout, label: str, environ: Mapping[str, str], say: Callable[[str], None] = lambda _line: None
) -> tuple[Path, int]:
    """A new folder, and the open file that holds it, for `end` and for the processes that work there; what others left
    is swept first, and `say` hears what they came to, and what was kept of it."""
    private_folder(layout.own)
    runs = private_folder(layout.runs)
    with _alone(runs):
        _sweep(layout, environ, say)
        run = Path(tempfile.mkdtemp(prefix=f"{label}-", dir=runs))
        held = os.open(run, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        with contextlib.suppress(OSError):  # a file system without locks: nobody can sweep there either
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return run, held


def end(run: Path, held: int) -> None:
    """Remove a folder."""
    shutil.rmtree(run, ignore_errors=True)
    os.close(held)


@contextlib.contextmanager
def _alone(runs: Path) -> Iterator[None]:
    """Between the making of a folder and its lock nobody sweeps."""
    descriptor = os.open(runs, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sweep(layout: Layout, environ: Mapping[str, str], say: Callable[[str], None]) -> None:
    for run in sorted(layout.runs.iterdir()):
        try:
            held = os.open(run, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue  # no folder, or gone
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The name ends in what mkdtemp put there.
            _keep_states(run, layout.own / "left" / run.name.rpartition("-")[0], environ, say)
            for line in _went_on(run / SAID):
                say(f"{run.name}, which was killed: {line}\n")
            shutil.rmtree(run, ignore_errors=True)
        except OSError:
            pass  # it is held, or what was said there can't be read: nothing of it goes then
        finally:
            os.close(held)


def _keep_states(run: Path, left: Path, environ: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Move the states in a folder that nobody holds; raises TerraformError where one can't be, as whatever came next
    would begin on a state that knows nothing of it."""
    for file in sorted(run.glob("*.tfstate*")):
        if file.is_file() and not file.is_symlink():
            try:
                kept = unsaved.keep(file, left, environ)
            except OSError as error:
                raise TerraformError(
                    f"An earlier run could not save its state, which lies in {file}, and it can't be moved to {left} "
                    f"({error.strerror}): free some, or mend that folder. Nothing is done before."
                ) from None
            say(f"A run that was killed left {file.name}, which is in {kept} now.\n")


def _went_on(said: Path) -> Iterator[str]:
    """What a terraform whose Tanada was killed has done and failed at by its end; nothing of what it quotes."""
    for file in sorted(said.iterdir()) if said.is_dir() else ():
        for text in file.read_text(encoding="utf-8", errors="replace").splitlines():
            line = read_line(text)
            if line.changed:
                yield Secrets().remove(line.text)
            elif line.message is not None and line.message.severity == "error":
                yield Secrets().remove(f"Error: {line.message.summary}")
