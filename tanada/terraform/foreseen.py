"""Offline: a common layer as it will be, for the stacks that wait for it: applied to a copy of the offline states.

The copy lives as long as the run; nothing of it is kept, and what is applied later is planned and shown before.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tanada.errors import TanadaError
from tanada.terraform import records, runs
from tanada.terraform.context import Context
from tanada.terraform.folders import Folders, open_folders
from tanada.terraform.layout import Target
from tanada.terraform.opening import open_session

_LEFT_OUT = shutil.ignore_patterns("*.sqlite*", "*.log", ".terraform")
"""What lives in the AWS that is played is learnt from the states anew."""


@contextlib.contextmanager
def open_foreseen(context: Context, commons: Sequence[Target]) -> Iterator[Folders]:
    """Folders on a copy of the offline states, where those of the layers are applied that can be; they name these."""
    copy, held = runs.begin(context.layout, "foreseen", context.environ)
    try:
        if context.layout.offline.is_dir():
            shutil.copytree(context.layout.offline, copy, ignore=_LEFT_OUT, dirs_exist_ok=True, symlinks=True)
        with open_folders(context, states=copy) as folders:
            applied = frozenset(common.stack.name for common in commons if _applied(folders, common))
            yield replace(folders, foreseen=applied)
    finally:
        runs.end(copy, held)


def _applied(folders: Folders, common: Target) -> bool:
    """Apply a layer; whether it is there. What went wrong its own plan says, or its apply will."""
    context = folders.context
    if context.with_faults or not makes_nothing_here(_configuration(folders, common)):
        return False
    try:
        with open_session(context, common, folders.place(common)) as session:
            session.init()
            file = session.data / records.PLAN
            session.plan(file, {})
            session.apply(file)
    except TanadaError:
        return False
    return True


def _configuration(folders: Folders, common: Target) -> Mapping[str, Any]:
    try:
        read: dict[str, Any] = json.loads(folders.context.layout.configuration(common.stack.name).read_text("utf-8"))
    except (OSError, ValueError):
        return {"resource": {"": {}}}
    return read


def makes_nothing_here(configuration: Mapping[str, Any]) -> bool:
    """Whether applying it is played whole: a plan runs nothing, so what another provider or a provisioner would do on
    this machine is not for a plan. Pure."""
    types = configuration.get("resource") or {}
    if not isinstance(types, dict) or "module" in configuration:
        return False
    bodies = [body for named in types.values() if isinstance(named, dict) for body in named.values()]
    return all(type_.startswith("aws_") or type_ == "terraform_data" for type_ in types) and not any(
        "provisioner" in body for body in bodies
    )
