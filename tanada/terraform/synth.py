"""Synthesizing: main.py as a process of its own, so that no other command pays for loading CDKTF."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tanada.terraform.errors import StoppedError, TerraformError
from tanada.terraform.process import Processes

_QUIET = {
    # jsii's banner about Node: which of them it asks depends on today's date, so all are set (read from jsii 1.142).
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "18,20",
    "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
}


class SynthError(TerraformError):
    """main.py refused or failed; it has said why itself."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.exit_code = code


def synthesize(root: Path, environ: Mapping[str, str], processes: Processes, on_line: Callable[[str], None]) -> None:
    """Write `cdktf.out/` from the declarations."""
    if not (root / "main.py").is_file():
        raise TerraformError(f"{root / 'main.py'} is missing: it is the app that synthesizes.")
    node = environ.get("JSII_NODE") or "node"
    if shutil.which(node, path=environ.get("PATH")) is None:
        raise TerraformError("Node.js is missing: CDKTF needs version 20 or later on PATH (apt-get install nodejs).")
    # JSII_NOSTACK breaks Python's reader of jsii's errors.
    kept = {name: value for name, value in environ.items() if name != "JSII_NOSTACK"}
    finished = processes.run([sys.executable, "main.py"], cwd=root, environment={**_QUIET, **kept}, on_output=on_line)
    if finished.code != 0 and processes.stopped:
        raise StoppedError("Interrupted while synthesizing.")
    if finished.code != 0:
        text = finished.errors.strip() or finished.output.strip() or f"main.py ended with exit code {finished.code}."
        raise SynthError(text, 2 if finished.code == 2 else 1)
