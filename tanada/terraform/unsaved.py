"""A state that Terraform could not save: kept and saved again, and until then nothing else happens to what it is of.

What it holds and the saved one doesn't stands in AWS, known to nobody: a run that went on from the saved one would make
it a second time, and its state could never be put together with this one (Terraform: "a forked state").
"""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from tanada.contract.state import parse
from tanada.errors import TanadaError, TerraformError
from tanada.files import private_folder, write_private
from tanada.terraform import seal
from tanada.terraform.layout import Layout, Target

FILE = "errored.tfstate"
"""What Terraform calls it (internal/backend/local/backend_local.go, of the folder that it runs in)."""
PART = "part.tfstate"
"""One of which only the beginning fitted on its disk, or that a killed Terraform left."""


def keep(file: Path, folder: Path, environ: Mapping[str, str]) -> Path:
    """Move what Terraform left to where nothing removes it, and nothing lies yet: readable by its owner alone, for a
    state holds secrets; a state that could not be saved sealed where there is a key, as plans are, for it may have to
    travel."""
    key = None
    if file.name == FILE and not is_whole(file):
        file = file.replace(file.with_name(PART))  # nobody could save it: it would wait for ever
    elif file.name == FILE:
        with contextlib.suppress(TerraformError):  # a key that is none hides no state from its owner
            key = seal.key(environ)
    private_folder(folder)
    wanted, number = folder / file.name, 1
    while os.path.lexists(wanted) or os.path.lexists(f"{wanted}.sealed"):
        number += 1
        wanted = folder / f"{file.stem}-{number}{file.suffix}"
    if key is None:
        file.chmod(0o600)
        return file.replace(wanted)
    sealed = wanted.with_name(f"{wanted.name}.sealed")
    write_private(sealed, seal.seal(key, b"", file.read_bytes()))
    file.unlink()
    return sealed


def hand_out(kept: Path, layout: Layout, target: Target) -> None:
    """Copy a sealed one beside the reports: what a CI keeps of a job, whose own folders go with its machine."""
    if kept.suffix == ".sealed":
        write_private(layout.reports / f"{target.label}.tfstate.sealed", kept.read_bytes())


def is_whole(state: Path) -> bool:
    """Whether one that Terraform wrote in its need can be read: the disk that failed it may be this one, too."""
    try:
        return bool(parse(state.read_text(encoding="utf-8")))
    except (OSError, ValueError, TanadaError):
        return False


def kept(layout: Layout, target: Target) -> list[Path]:
    """Those of a target that wait, the oldest first."""
    return sorted(layout.left(target).glob("errored*.tfstate*"), key=lambda file: file.stat().st_mtime)


def refuse(layout: Layout, target: Target, named: str) -> None:
    """Nothing goes on while one waits; `named` is the target as `tanada terraform` takes it."""
    if waiting := kept(layout, target):
        raise TerraformError(
            f"{target.label}: a state that could not be saved waits in {waiting[0]}. What it holds is known to nothing "
            f"else, so nothing is done here before: {how_to_save(waiting[0], named)}"
        )


def how_to_save(file: Path, named: str) -> str:
    """The command, which deletes the file when it is saved."""
    return f"tanada terraform {named} -- state push {shlex.quote(str(file))}"


def opened(arguments: Sequence[str], folder: Path, environ: Mapping[str, str]) -> tuple[str, ...]:
    """A command's words, in which a sealed state is one that Terraform can read, in a folder that goes with the run."""
    if list(arguments[:2]) != ["state", "push"] or not arguments[-1].endswith(".sealed"):
        return tuple(arguments)
    file, key = Path(arguments[-1]), seal.key(environ)
    if key is None:
        raise TerraformError(f"{file} is sealed: set {seal.VARIABLE} to the key that it was sealed with.")
    try:
        _, state = seal.unseal(key, file.read_bytes())
    except FileNotFoundError:
        raise TerraformError(f"{file} is not there.") from None
    except ValueError:
        raise TerraformError(
            f"{file} doesn't open: {seal.VARIABLE} is another key than it was sealed with, or the file is damaged."
        ) from None
    write_private(folder / FILE, state)
    return (*arguments[:-1], str(folder / FILE))


def saved(arguments: Sequence[str], layout: Layout, target: Target) -> Path | None:
    """After a `state push` that ended well: the file that was waiting, and is deleted now; None where it was none."""
    if list(arguments[:2]) != ["state", "push"]:
        return None
    with contextlib.suppress(OSError):
        for waiting in kept(layout, target):
            if waiting.samefile(arguments[-1]):
                waiting.unlink()
                return waiting
    return None
