"""Systems to measure: the default one, and one of N environments of a blueprint that is frozen, as the peers are."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tanada.declarations.limits import TARGET_GROUPS

ROOT = Path(__file__).parents[1]
FROZEN = Path(__file__).with_name("system")
DOMAIN = "example.jp"
A_LOAD_BALANCER = TARGET_GROUPS
"""Environments, for each has one target group."""

ROLES = 2
"""A service, and CI's (`needs` in tanada/declared/)."""

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
    system["accounts"]["main"]["quotas"] = {"iam_roles": max(1000, ROLES * services * count + ROLES)}
    system["common"]["load_balancers"] = -(-count // A_LOAD_BALANCER)
    yaml.dump(system, folder / "system.yaml")
    (folder / "environments").mkdir()
    for number in range(1, count + 1):
        (folder / "environments" / f"{name(number)}.yaml").write_text(
            f"account: main\ndomain: {name(number)}.{DOMAIN}\n"
            f"services: {{web: {{http: {{load_balancer: {(number - 1) // A_LOAD_BALANCER + 1}}}}}}}\n",
            encoding="utf-8",
        )
    return folder


def _app(folder: Path) -> None:
    for each in ("main.py", "cdktf.json"):
        shutil.copy(ROOT / each, folder)
