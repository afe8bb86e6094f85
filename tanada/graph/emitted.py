"""An emitted stack with its common one: resources, where their construct stands, and what refers to what."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

Json = Mapping[str, Any]
Where = Literal["own", "common"]

_EXPRESSION = re.compile(r"\$\{((?:[^{}]|\{[^{}]*\})*)\}")
_ADDRESS = re.compile(r"(?<![\w.])(?:data\.)?aws_\w+\.[A-Za-z_][\w-]*")
_OUTPUT = re.compile(r"data\.terraform_remote_state\.common\.outputs((?:\.\w+|\[\"[^\"]*\"\]|\[\d+\])+)")
_STEP = re.compile(r"\.(\w+)|\[\"([^\"]*)\"\]|\[(\d+)\]")
_LOCAL = re.compile(r"local\.(\w+)")
_DEEPEST = 8
"""Outputs and locals that lead to one another."""


@dataclass(frozen=True)
class Resource:
    """One block, and where its construct stands."""

    where: Where
    type: str
    name: str
    path: tuple[str, ...]
    """Without the stack: `(services)`, `web`, `service`."""
    body: Json
    data: bool = False

    @property
    def address(self) -> str:
        """`own:aws_lb.console`; it is the stack's own or the common one's."""
        return f"{self.where}:{'data.' if self.data else ''}{self.type}.{self.name}"

    @property
    def part(self) -> str | None:
        """The declared part that it belongs to: `services/web`; None for what belongs to none."""
        group, *names = self.path
        return f"{group.strip('()')}/{names[0]}" if group.startswith("(") and len(names) > 1 else None


class Emitted:
    """The JSON of a stack and of its common one, which for a common stack is the same."""

    def __init__(self, own: Json, common: Json | None) -> None:
        self._stacks: dict[Where, Json] = {"own": own} if common is None else {"own": own, "common": common}

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """All blocks by address, in a stable order."""
        return {each.address: each for each in self._read()}

    def _read(self) -> Iterator[Resource]:
        for where, stack in self._stacks.items():
            for block in ("resource", "data"):
                for type_, bodies in sorted(fields(stack.get(block)).items()):
                    for name, written in sorted(fields(bodies).items()):
                        body = fields(written)
                        path = str(fields(fields(body.get("//")).get("metadata")).get("path", name)).split("/")
                        yield Resource(where, type_, name, tuple(path[1:] or path), body, block == "data")

    def of(self, *types: str, where: Where | None = None) -> Iterator[Resource]:
        """Resources (no data sources) of some types."""
        for each in self.resources.values():
            if each.type in types and not each.data and where in (None, each.where):
                yield each

    def output(self, where: Where, name: str) -> Any:
        """An output's value; None where there is none."""
        return fields(fields(self._stacks.get(where, {}).get("output")).get(name)).get("value")

    def texts(self, where: Where, value: Any, depth: int = 0) -> Iterator[tuple[Where, str]]:
        """Every text of a value; an output of common as what it holds there."""
        if isinstance(value, str):
            whole = re.fullmatch(r"\$\{(.*)\}", value, re.DOTALL)
            output = _OUTPUT.fullmatch(whole[1]) if whole else None
            if output is None or depth > _DEEPEST:
                yield where, value
            else:
                yield from self.texts("common", self._at(output[1]), depth + 1)
        elif isinstance(value, Mapping):
            for each in value.values():
                yield from self.texts(where, each, depth)
        elif isinstance(value, list | tuple):
            for each in value:
                yield from self.texts(where, each, depth)

    def addresses(self, where: Where, value: Any, depth: int = 0) -> Iterator[str]:
        """What a value refers to, through outputs and locals."""
        for there, text in self.texts(where, value):
            for inner in _EXPRESSION.findall(text):
                yield from (f"{there}:{address}" for address in _ADDRESS.findall(inner))
                if depth > _DEEPEST:
                    continue
                for output in _OUTPUT.findall(inner):
                    yield from self.addresses("common", self._at(output), depth + 1)
                for local in _LOCAL.findall(inner):
                    yield from self.addresses(there, fields(self._stacks[there].get("locals")).get(local), depth + 1)

    def _at(self, steps: str) -> Any:
        """The value of an output of common, as far as it is written out there."""
        found = [next(filter(None, each), "") for each in _STEP.findall(steps)]
        value = self.output("common", found[0]) if found else None
        for step in found[1:]:
            if isinstance(value, Mapping):
                value = value.get(step)
            elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
        return value

    def plain(self, text: str) -> str:
        """A name for people: a workspace's as `<workspace>`, locals filled in; other expressions as `…`."""
        locals_ = fields(self._stacks["own"].get("locals"))
        for _ in range(_DEEPEST):
            filled = _LOCAL_WHOLE.sub(lambda found: str(locals_.get(found[1], "…")), text)
            if filled == text:
                break
            text = filled
        text = text.replace("${terraform.workspace}", "<workspace>").replace("${local.environment}", "<workspace>")
        return _EXPRESSION.sub("…", text)


_LOCAL_WHOLE = re.compile(r"\$\{local\.(\w+)\}")


def parsed(text: Any) -> Any:
    """A JSON document within JSON (a policy); itself where it is none."""
    try:
        return json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return text


def fields(value: Any) -> Json:
    """A mapping; none of its fields where it is something else: patches of a team's write what they like."""
    return value if isinstance(value, Mapping) else {}


def blocks(value: Any) -> list[Json]:
    """The mappings of a list, or the one that stands alone."""
    return [each for each in listed(value) if isinstance(each, Mapping)]


def listed(value: Any) -> list[Any]:
    """A list, also of what stands alone or is left out."""
    return [] if value is None else list(value) if isinstance(value, list | tuple) else [value]
