"""The record beside a saved plan: what it was made from, so that apply can say exactly what differs since."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from tanada.plan import Summary
from tanada.terraform.errors import TerraformError
from tanada.terraform.layout import Layout, Target, private_file
from tanada.terraform.process import Processes

PLAN = "plan.tfplan"
DESTROY_PLAN = "destroy.tfplan"
RECORD = "record.json"


@dataclass(frozen=True)
class Origin:
    """What has to be the same at apply as it was at plan."""

    stack: str
    workspace: str | None
    offline: bool
    terraform_version: str
    commit: str | None
    """None outside a git repository."""
    configuration: str
    """SHA-256 of cdk.tf.json."""
    lineage: str | None
    """None where there was no state yet."""
    serial: int | None


@dataclass(frozen=True)
class Record:
    origin: Origin
    dirty: bool
    """Files differed from the commit."""
    terraform: str
    """The image, or the local binary."""
    image_tags: Mapping[str, str]
    created_at: str
    summary: Mapping[str, Any]


_WORDS = {
    "stack": "the stack",
    "workspace": "the workspace",
    "offline": "--offline",
    "terraform_version": "Terraform's version",
    "commit": "the commit",
    "configuration": "the configuration (cdk.tf.json)",
    "lineage": "the state's lineage",
    "serial": "the state's serial",
}


def differences(planned: Origin, now: Origin) -> list[str]:
    """`the commit was 1a2b3c4d5e6f and is 6f5e4d3c2b1a`, one sentence for each difference."""
    return [
        f"{_WORDS[name]} was {_short(before)} and is {_short(after)}"
        for name in (field.name for field in fields(Origin))
        if (before := getattr(planned, name)) != (after := getattr(now, name))
    ]


def _short(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "on" if value else "off"
        case str() if len(value) in {40, 64}:
            return value[:12]
        case _:
            return str(value)


def check_fresh(label: str, planned: Origin, now: Origin) -> None:
    """Refuse a plan that was made from something else."""
    if found := differences(planned, now):
        raise TerraformError(f"The plan of {label} is stale: {'; '.join(found)}. Plan again: {plan_command(now)}")


def check_workspace(label: str, planned: Origin, existing: Sequence[str]) -> None:
    """Refuse a plan whose workspace was deleted since."""
    if planned.workspace not in existing:
        raise TerraformError(
            f"The plan of {label} is stale: its workspace is gone. Plan again: {plan_command(planned)}"
        )


def plan_command(origin: Origin) -> str:
    workspace = f" --workspace {origin.workspace}" if origin.workspace else ""
    return f"tanada plan {origin.stack}{workspace}{' --offline' if origin.offline else ''}"


def configuration_hash(layout: Layout, stack: str) -> str:
    return hashlib.sha256(layout.configuration(stack).read_bytes()).hexdigest()


@dataclass(frozen=True)
class Commit:
    id: str | None
    dirty: bool


def commit(root: Path, environ: Mapping[str, str], processes: Processes) -> Commit:
    """The commit checked out in `root`; none outside a repository, before its first commit, or without git."""
    try:
        head = processes.run(["git", "rev-parse", "HEAD"], cwd=root, environment=environ)
        status = processes.run(["git", "status", "--porcelain"], cwd=root, environment=environ)
    except TerraformError:
        if processes.stopped:
            raise
        return Commit(None, dirty=False)
    if head.code != 0:
        return Commit(None, dirty=False)
    return Commit(head.output.strip(), dirty=bool(status.output.strip()))


def write(folder: Path, record: Record) -> None:
    with os.fdopen(private_file(folder / RECORD), "w", encoding="utf-8") as file:
        json.dump(asdict(record), file, indent=2, sort_keys=True)
        file.write("\n")


def summary_data(summary: Summary) -> dict[str, Any]:
    return {**asdict(summary), "counts": asdict(summary.counts)}


def read(folder: Path, target: Target, *, offline: bool) -> Record:
    """The record of the target's saved plan."""
    command = f"tanada plan {target.stack.name}" + (f" --workspace {target.workspace}" if target.workspace else "")
    command += " --offline" if offline else ""
    if not ((folder / RECORD).is_file() and (folder / PLAN).is_file()):
        raise TerraformError(f"There is no saved plan of {target.label}: run {command} first.")
    try:
        data = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return Record(**{**data, "origin": Origin(**data["origin"])})
    except (ValueError, TypeError, KeyError):
        raise TerraformError(f"{folder / RECORD} can't be read: plan again with {command}.") from None


def discard(folder: Path) -> None:
    """Delete a plan that was used, or that was never good."""
    for name in (PLAN, RECORD):
        (folder / name).unlink(missing_ok=True)
