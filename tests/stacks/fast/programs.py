"""Programs in processes of their own: fast loading is chosen once a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tanada.stacks.fast.node import version
from tanada.synth_process import old_or_new

ROOT = Path(__file__).parents[3]
APPS = Path(__file__).parent / "apps"
SECONDS = 900
"""For what hangs: a busy machine takes minutes for stock CDKTF."""


OF_NODE = f"{old_or_new(version('node') or 'v22')}\n"
"""What main.py says where this machine's Node.js is old: tests/stacks/test_app.py is about that."""


def environment(temporary: Path, root: Path = ROOT, **variables: str) -> dict[str, str]:
    """Ours, with a temporary folder that is the test's alone, and the packages of a checkout."""
    temporary.mkdir(parents=True, exist_ok=True)
    quiet = {
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "18,20",
        "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TANADA_", "CDKTF_"))}
    return {**kept, **quiet, "PYTHONPATH": str(root), "TMPDIR": str(temporary), **variables}


def run(program: str, *arguments: object, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A program of `apps`, or one given as text, in the checkout whose packages it imports."""
    path = APPS / program
    command = [str(path)] if program.endswith(".py") and path.is_file() else ["-c", program]
    done = subprocess.run(
        [sys.executable, *command, *map(str, arguments)],
        env=env,
        cwd=env["PYTHONPATH"],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    done.stderr = done.stderr.replace(OF_NODE, "")
    return done


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder, by relative path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def kept(home: Path) -> list[Path]:
    """What is derived in a cache, by the value of its XDG_CACHE_HOME; locks left out."""
    folder = home / "tanada" / "fast"
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".lock-"))
