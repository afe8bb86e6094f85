"""Systems to measure: the default one, and one of N environments of a blueprint that is frozen, as the peers are."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tanada.declarations.limits import TARGET_GROUPS

ROOT = Path(__file__).parents[1]
FROZEN = Path(__file__).with_name("system")
DOMAIN = "example.jp"
A_LOAD_BALANCER = TARGET_GROUPS
"""Environments, for each has one target group."""

ROLES, CI_ROLES = 2, 3
"""A service's, and those of CI (`needs` in tanada/declared/)."""

_FOLDERS = ("environments", "workspaces")


def name(number: int) -> str:
    """Environment's name; no other word of a system contains it."""
    return f"e{number:04}"


def default(folder: Path) -> Path:
    """The default system, as it stands in the repository."""
    folder.mkdir(parents=True)
    _app(folder)
    shutil.copy(ROOT / "system.yaml", folder)
    for each in _FOLDERS:
        shutil.copytree(ROOT / each, folder / each)
    return folder


def environments(folder: Path, count: int) -> Path:
    """So many permanent environments of the frozen blueprint, in one account without review environments."""
    folder.mkdir(parents=True)
    _app(folder)
    yaml = YAML()
    system: dict[str, Any] = yaml.load(FROZEN / "system.yaml")
    system["tanada"] = yaml.load(ROOT / "system.yaml")["tanada"]
    services = len(system["blueprint"]["services"])
    # What AWS raises on request; the target groups of a load balancer it does not raise.
    system["accounts"]["main"]["quotas"] = {"iam_roles": max(1000, ROLES * services * count + CI_ROLES)}
    balancers = ["public", *(f"more-{number}" for number in range(2, -(-count // A_LOAD_BALANCER) + 1))]
    system["common"]["load_balancers"] = {each: {} for each in balancers}
    yaml.dump(system, folder / "system.yaml")
    (folder / "environments").mkdir()
    for number in range(1, count + 1):
        (folder / "environments" / f"{name(number)}.yaml").write_text(
            f"account: main\ndomain: {name(number)}.{DOMAIN}\n"
            f"services: {{web: {{http: {{load_balancer: {balancers[(number - 1) // A_LOAD_BALANCER]}}}}}}}\n",
            encoding="utf-8",
        )
    return folder


def repository(folder: Path) -> None:
    """Make it a repository of git with one commit, on `main`."""
    (folder / ".gitignore").write_text(".tanada\ncdktf.out\n", encoding="utf-8")
    person = ("-c", "user.name=bench", "-c", "user.email=bench@example.jp")
    for command in (("init", "--quiet", "-b", "main"), ("add", "--all"), (*person, "commit", "--quiet", "-m", "all")):
        subprocess.run(["git", *command], cwd=folder, check=True)  # noqa: S603, S607


def with_another_comment(folder: Path) -> None:
    """One that no run has seen."""
    with _first(folder).open("a", encoding="utf-8") as file:
        file.write(f"# {os.urandom(8).hex()}\n")


def with_another_number(folder: Path) -> None:
    """In one environment, one that no run has seen."""
    text = _first(folder).read_text(encoding="utf-8").partition(", port:")[0].rstrip("}\n")
    _first(folder).write_text(f"{text}}}, port: {_number()}}}}}\n", encoding="utf-8")


def with_another_blueprint(folder: Path) -> None:
    """A number that all inherit, one that no run has seen."""
    file = folder / "system.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"^( +)port: \d+", rf"\1port: {_number()}", text, count=1, flags=re.M), encoding="utf-8")


def _first(folder: Path) -> Path:
    return folder / "environments" / f"{name(1)}.yaml"


def _number() -> int:
    return 1024 + int.from_bytes(os.urandom(3)) % 60_000


def _app(folder: Path) -> None:
    for each in ("main.py", "cdktf.json"):
        shutil.copy(ROOT / each, folder)
