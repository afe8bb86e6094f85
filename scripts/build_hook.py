"""What is derived from the pinned packages, made when the wheel is built or the checkout is installed for editing.

A user's first synth then derives nothing. It is what synth itself derives: the default system is synthesized with an
empty cache, and what lies in that afterwards is shipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHIPPED = Path("tanada/stacks/fast/shipped")
"""The one that `tanada/stacks/fast/derived.py` names; this file is run where that can't be imported."""
ELKJS = {"lib/elk.bundled.js": "elk.bundled.js", "LICENSE.md": "LICENSE.md"}
"""Of the npm package, what lays pictures out (tanada/terraform/pictures.py) and under which license."""
_INHERITED = ("TANADA_", "CDKTF_", "JSII_", "NODE_", "XDG_")


class BuildHook(BuildHookInterface[Any]):
    """Run by hatchling for wheels, those of editable installs too, and for sdists."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make what is missing or out of date; put elkjs into what is handed on, where `npm ci` was run."""
        package = Path(self.root, "node_modules", "elkjs")
        if version == "standard" and package.is_dir():
            for source, target in ELKJS.items():
                build_data["force_include"][str(package / source)] = f"tanada/graph/elkjs/{target}"
        if self.target_name == "sdist":
            return
        if shutil.which("node") is None:
            self.app.display_warning("Node.js is not on PATH: the first synth takes some seconds more")
        else:
            self.app.display_waiting("Preparing CDKTF, some seconds")
            ship(Path(self.root))


def ship(root: Path) -> None:
    """Fill the folder of a checkout; nothing is written when a synth has all that it needs."""
    shipped = root / SHIPPED
    with tempfile.TemporaryDirectory(prefix="tanada-build-") as temporary:
        if shipped.is_dir() and not _derived(root, Path(temporary, "with it")):
            _texts(root)
            return
        # Of a copy: synths of this checkout may be running.
        copy, cache, new = copied(root, Path(temporary, "copy")), Path(temporary, "cache"), Path(temporary, "new")
        _derived(copy, cache)
        # The code that V8 made is kept by the second.
        for file in _derived(copy, cache):
            # For whatever Node this one is: others refuse it.
            name = file.name.rpartition("-")[0] if file.name.startswith("v8-") else file.name
            target = new / file.parent.relative_to(cache / "tanada" / "fast") / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        shutil.rmtree(shipped, ignore_errors=True)
        shutil.copytree(new, shipped)
    _texts(root)


def copied(root: Path, folder: Path) -> Path:
    """The packages and the default system in another folder, without what is derived."""
    for name in ("tanada", "modules", "functions", "environments", "workspaces"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", SHIPPED.name))
    for name in ("main.py", "system.yaml"):
        shutil.copy(root / name, folder)
    return folder


def _texts(root: Path) -> None:
    """Write down what each process would work out of our own code: `tanada/compiled.py`, `tanada/models.py`."""
    for script in ("models.py", "compiled_texts.py"):
        command = [sys.executable, str(Path(__file__).with_name(script))]
        # A library's pattern is made of a set, in its order.
        environ = {**os.environ, "PYTHONPATH": str(root), "PYTHONHASHSEED": "0"}
        done = subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise RuntimeError(f"not all of the package can be imported:\n{done.stderr}")


def _derived(root: Path, cache: Path) -> list[Path]:
    """What lies in a cache after a synth with it."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(_INHERITED)}
    with tempfile.TemporaryDirectory(prefix="tanada-build-") as temporary:
        environ |= {
            "XDG_CACHE_HOME": str(cache),
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(Path(temporary, "jsii")),
            "CDKTF_OUTDIR": str(Path(temporary, "cdktf.out")),
            "TANADA_CACHE": "0",
        }
        command = [sys.executable, "main.py"]
        done = subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise RuntimeError(f"the default system can't be synthesized:\n{done.stderr}")
    folder = cache / "tanada" / "fast"
    return sorted(file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("."))


if __name__ == "__main__":  # an edited checkout: see the Makefile
    if shutil.which("node") is not None:
        ship(Path.cwd())
    SHIPPED.mkdir(exist_ok=True)
    SHIPPED.touch()
