"""Which types of resources an IAM action works on: a dated table, made by `scripts/iam_actions.py`."""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("iam_actions.xz")


def read() -> str:
    """The day on which the table was read."""
    return _table()[0]


def matching(pattern: str) -> dict[str, tuple[str, ...]]:
    """The actions that a pattern such as `sqs:Get*` means, as AWS writes them, each with its types of resources; none
    where the table knows no such action. An action's case counts for nothing (IAM JSON policy elements, "Action")."""
    service, _, name = pattern.partition(":")
    actions = _actions(service.lower())
    return {
        f"{service.lower()}:{action}": types
        for action, types in actions.items()
        if fnmatchcase(action.lower(), name.lower())
    }


@cache
def _actions(service: str) -> Mapping[str, tuple[str, ...]]:
    by_types = _table()[1].get(service, {})
    return {action: tuple(types.split()) for types, actions in sorted(by_types.items()) for action in actions.split()}


@cache
def _table() -> tuple[str, Mapping[str, Mapping[str, str]]]:
    """Read when a permission asks for it: most commands never do."""
    table = json.loads(lzma.decompress(FILE.read_bytes()))
    return table["read"], table["services"]
