"""Which of hashicorp/aws's 2,200 types a stack's commands need: Terraform reads all that it is served, in each command.

A plan needs half the processor time where only those are served (`show -json` a quarter).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tanada.contract.state import FILE as STATE
from tanada.files import CONFIGURATION, parsed

_WORD = re.compile(r"\baws_[a-z0-9_]+")


@dataclass(frozen=True)
class Used:
    """Types of a stack; equal for stacks that are made of the same."""

    declared: frozenset[str]
    """What its configuration has resources, data sources and ephemeral resources of. One that doesn't exist is
    Terraform's to refuse, which names the likeliest of all that do: then all are served."""
    named: frozenset[str]
    """Whatever looks like a type in the configuration and in its states: moves and removals name some as well."""


def used(copy: Path) -> Used:
    """Of a stack's offline copy, with the states that lie beside it."""
    text = (copy / CONFIGURATION).read_text(encoding="utf-8")
    states = [copy / STATE, *copy.glob(f"{STATE}.d/*/{STATE}")]
    texts = [text, *(state.read_text(encoding="utf-8") for state in states if state.is_file())]
    return Used(declared(parsed(text)), frozenset(word for each in texts for word in _WORD.findall(each)))


def declared(configuration: Mapping[str, Any]) -> frozenset[str]:
    """The types of its resources, data sources and ephemeral resources. Pure."""
    blocks = [configuration.get(name) or {} for name in ("resource", "data", "ephemeral")]
    each = [block for item in blocks for block in (item if isinstance(item, list) else [item])]
    return frozenset(kind for block in each for kind in block if kind.startswith("aws_"))
