"""What is said once of what runs, with the first plan of it: what it may write to, and which values are made for it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tanada.plan.model import Caution
from tanada.plan.source import Source
from tanada.text import listed

_DEFINITION = "aws_ecs_task_definition"
_GENERATED = re.compile(
    r"arn:[^:]*:ssm:[^:]*:[^:]*:parameter/(?P<system>[^/]+)/(?P<environment>[^/]+)/generated/(?P<owner>.+)/(?P<name>[^/]+)"
)
"""How a value that Tanada makes is called (`tanada.declared.secrets.generated_at`)."""


def first(source: Source, quiet: Collection[str]) -> tuple[Caution, ...]:
    """`quiet` are the services that say nowhere what they write to."""
    entries = [each for each in source.plan.get("resource_changes") or () if each.get("type") == _DEFINITION]
    found = [*_made(entries), *_unsaid(entries, quiet)]
    return tuple(Caution(source.printer.text(words)) for words in found)


def _made(entries: Collection[Mapping[str, Any]]) -> Iterator[str]:
    """Values that no task of the environment has read before: nobody asks AWS whether they are there."""
    before = {each for entry in entries for each in _read(entry["change"].get("before") or {})}
    after = {each for entry in entries for each in _read(entry["change"].get("after") or {})}
    if new := sorted(after - before):
        names = listed([f"{owner.replace('/', '.')}.{name}" for owner, name in new], len(new))
        yield f"{names} will be generated at apply, where not there yet: random letters and digits that nobody sees"


def _read(definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Owner and variable of each such value of its own environment."""
    family = str(definition.get("family"))
    for container in _containers(definition):
        for secret in container.get("secrets") or ():
            found = _GENERATED.fullmatch(str(secret.get("valueFrom")))
            if found and family.startswith(f"{found['environment']}_") and family.endswith(f"_{found['system']}"):
                yield found["owner"], found["name"]


def _containers(definition: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    text = definition.get("container_definitions")
    try:
        found = json.loads(text) if isinstance(text, str) else []
    except ValueError:
        return []
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _unsaid(entries: Collection[Mapping[str, Any]], quiet: Collection[str]) -> Iterator[str]:
    """What most who move in meet first: of 36 public systems 33 write elsewhere."""
    made = {f"{_DEFINITION}.{name}_task_definition": name for name in quiet}
    new = sorted(
        made[entry["address"]]
        for entry in entries
        if entry["change"]["actions"] == ["create"] and entry["address"] in made
    )
    if new:
        yield (
            f"{listed(new, len(new))} can write to /tmp alone (64 MiB in memory), and an image that writes elsewhere "
            "ends at its first write: say writable"
        )
