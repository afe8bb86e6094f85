"""New stacks are held to the base's others of their kind: as one of them, but for their own name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tanada.terraform.emitted import Json

SAME = ("terraform", "provider", "removed")
"""Blocks that decide what runs, with which rights, and what is let go: `removed` may run commands too."""
STATE = "terraform_remote_state"

_OWN_NAME = "\0stack\0"
_OWN_ENVIRONMENT = "\0environment\0"


def alike(name: str, head: Json, base: Mapping[str, Json]) -> Json | None:
    """A stack of the base, of the same kind, that has the new one's backend, provider and states, each under its own
    name."""
    kind = name.partition("-")[0]
    if "\\u0000" in as_text(_deciding(head)):
        return None  # it brings our marks along
    wanted = as_text(_deciding(_masked(name, head)))
    return next(
        (
            other
            for each, other in base.items()
            if each.partition("-")[0] == kind and as_text(_deciding(_masked(each, other))) == wanted
        ),
        None,
    )


def _deciding(stack: Json) -> list[Any]:
    return [*(decisive(stack, block) for block in SAME), states(stack)]


def decisive(stack: Json, block: str) -> Any:
    """A block as it is compared: `encrypt: true` of the backend, which Tanada wrote before, says no more than none, and
    a team's own tags say nothing where they are plain texts."""
    value = stack.get(block)
    if block == "provider":
        return _without_plain_tags(value)
    backend = value.get("backend") if isinstance(value, dict) else None
    s3 = backend.get("s3") if isinstance(backend, dict) else None
    if not isinstance(value, dict) or not isinstance(backend, dict) or not isinstance(s3, dict):
        return value
    without = {name: each for name, each in s3.items() if name != "encrypt" or each is not True}
    return {**value, "backend": {**backend, "s3": without}}


_OURS = ("System", "Environment", "ManagedBy")


def _without_plain_tags(provider: Any) -> Any:
    """Nothing is read, run or reached by a default tag; an expression in one could tell what is hidden."""

    def without(value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, list):
            return [without(each, path) for each in value]
        if not isinstance(value, Mapping):
            return value
        kept = [*value.items()]
        if path == ("aws", "default_tags", "tags"):
            kept = [(key, each) for key, each in kept if key in _OURS or not _plain(key) or not _plain(each)]
        return {key: without(each, (*path, key)) for key, each in kept}

    return without(provider, ())


def _plain(value: Any) -> bool:
    return isinstance(value, str) and "${" not in value and "%{" not in value


def states(stack: Json) -> Any:
    """The states of other stacks that a stack reads."""
    data = stack.get("data")
    return data.get(STATE) if isinstance(data, Mapping) else data


def as_text(value: Any) -> str:
    """Not by Python's equality, for which true is 1."""
    return json.dumps(value, sort_keys=True)


def _masked(name: str, stack: Json) -> Json:
    """What decides, with marks where the stack's own name and its environment's have to stand."""
    return {
        "terraform": _replaced(stack.get("terraform"), ("backend", "s3", "key"), f"/{name}.tfstate", _OWN_NAME),
        "provider": _environment(name, stack.get("provider")),
        "data": {STATE: _messages(name, states(stack))},
    }


def _replaced(value: Any, path: tuple[str, ...], end: str, mark: str) -> Any:
    if not path:
        return f"{value.removesuffix(end)}{mark}" if isinstance(value, str) and value.endswith(end) else value
    if not isinstance(value, Mapping) or path[0] not in value:
        return value
    return {**value, path[0]: _replaced(value[path[0]], path[1:], end, mark)}


def _environment(name: str, provider: Any) -> Any:
    """The tag Environment of a permanent environment is its name."""
    own = name.partition("-")[2]

    def masked(value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, list):
            return [masked(each, path) for each in value]
        if isinstance(value, Mapping):
            return {key: masked(each, (*path, key)) for key, each in value.items()}
        at_tag = path == ("aws", "default_tags", "tags", "Environment")
        return _OWN_ENVIRONMENT if at_tag and value == own and name.startswith("environment-") else value

    return masked(provider, ())


def _messages(name: str, states: Any) -> Any:
    """Only what is said where the common layer isn't there yet names the reader."""
    if isinstance(states, list):
        return [_messages(name, each) for each in states]
    if not isinstance(states, Mapping):
        return states
    return {
        key: re.sub(rf"(?<![a-z0-9-]){re.escape(name)}(?![a-z0-9-])", _OWN_NAME, each)
        if key == "error_message" and isinstance(each, str)
        else _messages(name, each)
        for key, each in states.items()
    }
