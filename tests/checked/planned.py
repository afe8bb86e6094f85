"""Stacks as plan JSON, made of what they emit: the form that checkov reads best, with every id and ARN filled in.

Terraform itself would take half a minute of processor time for all stacks of all systems, and leave each policy unknown
that names an ARN. Here the offline provider plans and makes each resource as it does for Terraform. References are
followed; whatever else is an expression becomes a word. A test holds the verdicts to those on Terraform's own plan.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tanada.offline import computed, configuration, data_sources, schema
from tanada.offline.blocks import Block, Nested
from tanada.offline.ledger import Ledger
from tanada.offline.plan import plan
from tanada.resources.seed import UNKNOWN

Json = dict[str, Any]
_STEP = re.compile(r'\.([A-Za-z_][\w-]*)|\.(\d+)|\[(\d+)\]|\["([^"]*)"\]')
_REFERENCE = re.compile(r'[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\.\d+|\[\d+\]|\["[^"]*"\])+')


class System:
    """The stacks of one system."""

    def __init__(self, stacks: Mapping[str, Json]) -> None:
        self._stacks = {name: _Stack(name, stack, self) for name, stack in stacks.items()}

    def plan(self, stack: str) -> Json:
        """What `terraform show -json` would say of its first plan, as far as checkov reads it."""
        return self._stacks[stack].plan()

    def output(self, stack: str, name: str) -> Any:
        return self._stacks[stack].output(name)


class _Stack:
    def __init__(self, name: str, stack: Json, system: System) -> None:
        self._json, self._system = stack, system
        self._workspace = "pr-1" if name == "review" else "default"
        self._made: dict[tuple[str, str, str], Any] = {}
        [provider] = (each for each in stack["provider"]["aws"] if "alias" not in each)
        self._provider = configuration.read({})
        self._provider = configuration.read(self.value(provider))
        self._ledger = Ledger()

    def plan(self) -> Json:
        resources, changes, expressions = [], [], []
        for type_, named in self._json["resource"].items():
            if not type_.startswith("aws_"):
                continue  # Terraform's own
            for name, body in named.items():
                address = f"{type_}.{name}"
                at = {"address": address, "mode": "managed", "type": type_, "name": name}
                values = _known(self.made("resource", type_, name), _schemas().resource(type_))
                resources.append({**at, "values": values})
                changes.append({**at, "change": {"actions": ["create"], "before": None, "after": values}})
                expressions.append({**at, "expressions": _expressions(body)})
        return {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "planned_values": {"root_module": {"resources": resources}},
            "resource_changes": changes,
            "configuration": {"root_module": {"resources": expressions}},
        }

    def made(self, block: str, type_: str, name: str) -> Any:
        """A resource, or what a data source answers."""
        key = (block, type_, name)
        if key not in self._made:
            self._made[key] = UNKNOWN  # to whoever asks on the way
            body = self._json[block][type_][name]
            schemas = _schemas()
            kind = schemas.resource(type_) if block == "resource" else schemas.data_source(type_)
            config = self._object(kind, body)
            if block == "data":
                self._made[key] = data_sources.read(type_, kind, config, self._provider)
            else:
                planned = plan(type_, kind, None, config, config, self._provider).planned
                self._made[key] = computed.create(type_, kind, planned, self._provider, self._ledger)
        return self._made[key]

    def output(self, name: str) -> Any:
        return self.value(self._json["output"][name]["value"])

    def _object(self, block: Block, body: Any) -> Json:
        body = body if isinstance(body, dict) else {}
        found: Json = {
            name: _typed(attribute.type, self.value(body.get(name))) for name, attribute in block.attributes.items()
        }
        return found | {name: self._blocks(nested, body.get(name)) for name, nested in block.blocks.items()}

    def _blocks(self, nested: Nested, body: Any) -> Any:
        if nested.nesting == "single":
            return None if body is None else self._object(nested.block, body)
        if nested.nesting == "map":
            return {name: self._object(nested.block, each) for name, each in (body or {}).items()}
        return [self._object(nested.block, each) for each in _listed(body)]

    def value(self, written: Any) -> Any:
        """What is written, with its references followed."""
        if isinstance(written, dict):
            return {name: self.value(each) for name, each in written.items()}
        if isinstance(written, list):
            return [self.value(each) for each in written]
        if not isinstance(written, str) or "${" not in written:
            return written
        parts = list(_parts(written))
        if len(parts) == 1:
            return self._follow(parts[0][1])
        return "".join(text if not inner else _word(self._follow(text), text) for inner, text in parts)

    def _follow(self, expression: str) -> Any:
        """UNKNOWN where it is no reference."""
        if expression == "terraform.workspace":
            return self._workspace
        if not _REFERENCE.fullmatch(expression):
            return UNKNOWN
        first, *steps = [next(filter(None, found)) for found in _STEP.findall(f".{expression}")]
        if first == "local":
            return _walk(self.value(self._json["locals"][steps[0]]), steps[1:])
        if first == "var":
            return _walk(self._json["variable"][steps[0]].get("default", UNKNOWN), steps[1:])
        if first == "data" and steps[0] == "terraform_remote_state":
            source = self._json["data"]["terraform_remote_state"][steps[1]]["config"]["key"]
            stack = source.rpartition("/")[2].removesuffix(".tfstate")
            return _walk(self._system.output(stack, steps[3]), steps[4:])
        if first == "data":
            return _walk(self.made("data", steps[0], steps[1]), steps[2:])
        if first.startswith("aws_"):
            after = steps[1:]
            if "count" in self._json["resource"][first][steps[0]]:
                after = after[1:]
            return _walk(self.made("resource", first, steps[0]), after)
        return UNKNOWN  # a module's, a path's, an ephemeral value


@functools.cache
def _schemas() -> schema.Schemas:
    return schema.Schemas(schema.load())


def _listed(body: Any) -> list[Any]:
    return body if isinstance(body, list) else [] if body is None else [body]


def _parts(written: str) -> Iterator[tuple[bool, str]]:
    """The text outside of braces, and the expressions in them, which come with True."""
    depth, begun = 0, 0
    for place, letter in enumerate(written):
        if depth == 0 and written[place : place + 2] == "${" and written[place - 1 : place] != "$":
            if place > begun:
                yield False, written[begun:place]
            begun = place + 2
            depth = -1  # the brace comes next
        elif letter == "{" and depth:
            depth = 1 if depth == -1 else depth + 1
        elif letter == "}" and depth:
            depth -= 1
            if depth == 0:
                yield True, written[begun:place]
                begun = place + 1
    if begun < len(written):
        yield False, written[begun:]


def _word(value: Any, expression: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    return f"x{hashlib.sha256(expression.encode()).hexdigest()[:7]}"


def _walk(value: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return UNKNOWN
    return value


def _typed(type_: Any, value: Any) -> Any:
    """As Terraform converts it."""
    if value is None or value is UNKNOWN:
        return value
    if type_ == "string":
        return _word(value, "") if not isinstance(value, str) else value
    if type_ == "bool" and isinstance(value, str):
        return value == "true"
    if type_ == "number" and isinstance(value, str):
        return float(value) if "." in value else int(value)
    if isinstance(type_, list) and type_[0] in ("list", "set"):
        return [_typed(type_[1], each) for each in _listed(value)]
    if isinstance(type_, list) and type_[0] == "map":
        return {name: _typed(type_[1], each) for name, each in value.items()}
    if isinstance(type_, list) and type_[0] == "object":
        return {name: _typed(each, value.get(name)) for name, each in type_[1].items()}
    return value


def _known(made: Json, block: Block) -> Json:
    """As a plan shows it: without what AWS alone says, but for ids and ARNs."""
    return {
        name: _plain(value)
        for name, value in made.items()
        if name in ("id", "arn") or name in block.blocks or block.attributes[name].settable
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return None if value is UNKNOWN else value


def _expressions(body: Any) -> Any:
    """What each attribute refers to, as a plan's `configuration` says it."""
    if isinstance(body, dict):
        return {name: _expressions(each) for name, each in body.items() if name not in ("//", "lifecycle")}
    if isinstance(body, list) and any(isinstance(each, dict) for each in body):
        return [_expressions(each) for each in body]
    found = [text for text in _REFERENCE.findall(_inside(body)) if not text.startswith("each.")]
    return {"references": [way for text in found for way in _ways(text)]} if found else {"constant_value": body}


def _inside(body: Any) -> str:
    texts = body if isinstance(body, list) else [body]
    return " ".join(part for text in texts if isinstance(text, str) for inner, part in _parts(text) if inner)


def _ways(reference: str) -> list[str]:
    """`aws_vpc.network_vpc.id`, and the resource itself."""
    steps = reference.split(".")
    resource = ".".join(steps[: 3 if steps[0] == "data" else 2])
    return [reference] if resource == reference else [reference, resource]
