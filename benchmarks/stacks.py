"""Emitted stacks: what two of them must have in common, and how many resources a run made."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def comparable(stack: Mapping[str, Any]) -> Any:
    """What two stacks must have in common to be the same: all but comments and the versions of the tools."""
    return {key: value for key, value in _plain(stack).items() if key != "terraform"}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items() if key != "//"}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def difference(ours: Mapping[str, Any], peers: Mapping[str, Any]) -> str | None:
    """What Tanada makes otherwise by now than the peers' frozen programs, in a sentence; None where nothing."""
    if comparable(ours) == comparable(peers):
        return None
    now, frozen = _types(ours), _types(peers)
    words = [
        f"{name} {now[name]} instead of {frozen[name]}" for name in sorted({*now, *frozen}) if now[name] != frozen[name]
    ]
    counts = f"{now.total()} resources an environment, its peers {frozen.total()}"
    return f"Tanada makes {counts}: {', '.join(words) or 'the same types with other settings'}."


def _types(stack: Mapping[str, Any]) -> Counter[str]:
    return Counter({name: len(named) for name, named in stack["resource"].items()})


def count(stack: Mapping[str, Any]) -> int:
    """How many resources a stack has."""
    return _types(stack).total()


def resources(out: Path) -> int:
    """How many resources the environments have that a run wrote, for Terraform or CloudFormation."""
    stacks = [json.loads(file.read_bytes()) for file in out.glob("stacks/environment-*/cdk.tf.json")]
    templates = [json.loads(file.read_bytes())["Resources"] for file in out.glob("environment-*.template.json")]
    return sum(map(count, stacks)) + sum(map(len, templates))
