"""What the peers need, installed from lock files into folders of their own; and what is known of the machine."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
ENVIRONMENTS = ("awscdk", "cdktn")
_OURS = ("tanada", "cdktf", "cdktf-cdktf-provider-aws", "constructs", "jsii")


def set_up(folder: Path) -> None:
    """Install what is missing or was locked anew."""
    for name in ENVIRONMENTS:
        lock = HERE / f"requirements-{name}.txt"
        if _outdated(folder / name, lock):
            _run([sys.executable, "-m", "venv", "--clear", str(folder / name)])
            pip = [
                str(folder / name / "bin" / "python"),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ]
            _run([*pip, "--require-hashes", "--requirement", str(lock)])
            _keep(folder / name, lock)
    node = folder / "node"
    if _outdated(node, HERE / "package-lock.json"):
        node.mkdir(parents=True, exist_ok=True)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(HERE / file, node)
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], node)
        _keep(node, HERE / "package-lock.json")


def install_wheel(folder: Path) -> None:
    """Tanada as its users have it, in a folder to import from."""
    shutil.rmtree(folder, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    with TemporaryDirectory() as built:
        _run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", built, str(HERE.parent)])
        _run([*pip, "install", "--no-deps", "--target", str(folder), *map(str, Path(built).glob("*.whl"))])


def _outdated(folder: Path, lock: Path) -> bool:
    installed = folder / ".installed"
    return not installed.is_file() or installed.read_text() != _digest(lock)


def _keep(folder: Path, lock: Path) -> None:
    (folder / ".installed").write_text(_digest(lock))


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _run(command: Sequence[str], folder: Path | None = None) -> None:
    subprocess.run(command, cwd=folder, check=True)  # noqa: S603 - our own commands


def machine() -> str:
    """Cores, memory, system; nothing that names it."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1024**3
    return f"{os.cpu_count()} cores, {pages:.0f} GiB of memory, {platform.system()} {platform.machine()}"


def load() -> str:
    """What else the machine does."""
    return f"{os.getloadavg()[0]:.1f}"


def versions() -> str:
    """Of everything that is measured."""
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S607
    named = {"Python": platform.python_version(), "Node": node.removeprefix("v")}
    named |= {name: importlib.metadata.version(name) for name in _OURS}
    for name in ENVIRONMENTS:
        pins = re.findall(r"^([\w-]+)==(\S+)$", (HERE / f"requirements-{name}.in").read_text(), re.MULTILINE)
        named |= {f"{package} (PyPI)": version for package, version in pins}
    packages = json.loads((HERE / "package.json").read_text())["dependencies"]
    named |= {f"{name} (npm)": version for name, version in packages.items() if re.search("cdk", name)}
    return ", ".join(f"{name} {version}" for name, version in named.items())
