"""Synthesizing: main.py as a process of its own, so that no other command pays for loading CDKTF."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

import tanada
from tanada import cache, synth_process
from tanada.declarations.meaning import meaning
from tanada.errors import StoppedError, SynthError, TerraformError
from tanada.terraform.environ import without_secrets
from tanada.terraform.layout import Layout
from tanada.terraform.process import Processes
from tanada.terraform.voice import NOBODY, Listener


def unchanged(root: Path, environ: Mapping[str, str]) -> tuple[str, ...] | None:
    """All stacks' names, once `cdktf.out/` is as main.py would write it; None where it must run to know."""
    return cache.unchanged(root, environ, meaning) if _ours(root) else None


def same(root: Path, other: Path, environ: Mapping[str, str]) -> bool:
    """Whether two systems surely synthesize to the same, told without doing so."""
    return _ours(root) and _ours(other) and cache.same(root, other, environ, meaning)


def check(root: Path, environ: Mapping[str, str]) -> None:
    """Raise the declaration's mistakes; nothing is read where it was synthesized before."""
    if unchanged(root, environ) is None:
        from tanada.declarations.loader import load

        load(root)


def _ours(root: Path) -> bool:
    """Whether its main.py is the one that `tanada init` writes; one's own may do more than what is kept."""
    app = Path(str(tanada.__file__)).parent / "templates" / "repository" / "main.py"
    try:
        return (root / "main.py").read_bytes() == app.read_bytes()
    except OSError:
        return False


def synthesize(root: Path, environ: Mapping[str, str], processes: Processes, listener: Listener = NOBODY) -> None:
    """Write `cdktf.out/` from the declarations."""
    if unchanged(root, environ) is None:
        _run_main(root, environ, processes, listener)


def unlike(
    root: Path,
    environ: Mapping[str, str],
    processes: Processes,
    others: Mapping[str, str],
    listener: Listener = NOBODY,
) -> tuple[tuple[str, ...], dict[str, bytes]]:
    """The names of all stacks of another checkout, and the files of those that `others` (by name the SHA-256 of a file)
    has not, or has otherwise; synthesizes where that is not known.
    """
    if _ours(root) and (known := cache.unlike(root, environ, meaning, others)) is not None:
        return known
    _run_main(root, environ, processes, listener)
    files = {file.parent.name: file.read_bytes() for file in sorted(Layout(root).synthesized.glob("*/cdk.tf.json"))}
    contents = {name: data for name, data in files.items() if hashlib.sha256(data).hexdigest() != others.get(name)}
    return tuple(files), contents


def _run_main(root: Path, environ: Mapping[str, str], processes: Processes, listener: Listener) -> None:
    def hear(line: str) -> None:
        if listener.progress and line.startswith(synth_process.PREFIX):
            listener.progress(line.removeprefix(synth_process.PREFIX).rstrip("\n"))

    if not (root / "main.py").is_file():
        raise TerraformError(f"{root / 'main.py'} is missing: it is the app that synthesizes.")
    if synth_process.node(environ) is None:
        raise TerraformError(synth_process.missing(environ))
    listener.begins()
    # JSII_NOSTACK breaks Python's reader of jsii's errors.
    kept = {name: value for name, value in without_secrets(environ).items() if name != "JSII_NOSTACK"}
    environment = {**synth_process.QUIET, **kept, synth_process.PROGRESS: "1" if listener.progress else "0"}
    finished = processes.run([sys.executable, "main.py"], cwd=root, environment=environment, on_output=hear)
    if finished.code != 0 and processes.stopped:
        raise StoppedError("Interrupted while synthesizing.")
    if finished.code != 0:
        text = finished.errors.strip() or finished.output.strip() or f"main.py ended with exit code {finished.code}."
        raise SynthError(text, 2 if finished.code == 2 else 1)
    for line in finished.errors.splitlines():
        listener.said(line)
