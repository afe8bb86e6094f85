"""What is found, and what the reviewed file says to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent
_PLACE = re.compile(r"\S+ aws_[a-z0-9_]+\.\S+( .+)?")


@dataclass(frozen=True)
class Finding:
    check: str
    place: str
    """`<system>/<stack> <address>`, and what is said beside."""
    name: str = ""


@dataclass(frozen=True)
class Answer:
    because: str
    found: dict[str, list[str]]


def read(file: str) -> list[Answer]:
    """The answers of a file beside this one."""
    return [Answer(**each) for each in YAML(typ="safe").load(FOLDER / file)]


def faults(findings: Sequence[Finding], answers: Iterable[Answer]) -> list[str]:
    """What is found and answered nowhere, and what answers nothing. Pure."""
    found: dict[str, set[str]] = {}
    names = {each.check: each.name for each in findings}
    for each in findings:
        found.setdefault(each.check, set()).add(each.place)
    answered: dict[str, set[str]] = {}
    said: list[str] = []
    for answer in answers:
        for check, places in answer.found.items():
            for place in places:
                if not _PLACE.fullmatch(place):
                    said.append(f"{check}: {place!r} names no type of resources")
                matched = {each for each in found.get(check, ()) if fnmatchcase(each, place)}
                if not matched - answered.get(check, set()):
                    said.append(f"{check}: nothing is found at {place!r} that no line before it answers")
                answered.setdefault(check, set()).update(matched)
    for check, places_found in sorted(found.items()):
        left = sorted(places_found - answered.get(check, set()))
        said += [f"{check} ({names[check]}): {place}" for place in left]
    return said
