"""Values that are secret by the name over them, in anything that JSON or YAML can hold."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Mapping
from typing import Any

from tanada.secrecy.credentials import is_value, values
from tanada.secrecy.names import attribute_is_secret, looks_secret, names_secret
from tanada.secrecy.words import HIDDEN


def named(value: Any, name: str = "", *, by_people: bool = True) -> list[Any]:
    """Every scalar under a name that looks like a secret's; and the credentials in its texts.

    Names are maps' keys, the `name` beside a `value`, outputs; `by_people` says that people gave the outermost ones,
    and no provider's schema. What a policy names is no secret, nor is what a reference leads to.
    """
    found: list[Any] = []
    _collect(value, name, by_people, found)
    return found


def hidden(value: Any, name: str = "", within: str = "") -> Any:
    """What a declaration says, with a word of ours for every scalar under a name that looks like a secret's.

    `name` is what it stands under, `within` what that stands in: of an environment variable less is enough.
    """
    if isinstance(value, Mapping):
        return {key: hidden(item, str(key), name) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [
            HIDDEN if index and is_flag(value[index - 1]) else hidden(item, name, within)
            for index, item in enumerate(value)
        ]
    secret = looks_secret(name) if within == "variables" else names_secret(name) and not isinstance(value, bool)
    return HIDDEN if secret and value is not None else value


def is_secret(name: str, *, by_people: bool) -> bool:
    """Whether what stands under a name is secret."""
    return names_secret(name) if by_people else attribute_is_secret(name)


def is_flag(item: Any) -> bool:
    """Whether a secret comes behind it in a command: `["--password", "…"]`."""
    return isinstance(item, str) and item.startswith("-") and "=" not in item and names_secret(item)


_VALUES = ("value", "Value", "insecure_value")


def pair(value: Mapping[str, Any]) -> tuple[str, Any] | None:
    """Name and value of `{name: …, value: …}`, as ECS, CodeBuild and tags have them; None of any other map."""
    if value.keys().isdisjoint(_VALUES):
        return None
    name = next((value[key] for key in ("name", "Name", "key", "Key") if isinstance(value.get(key), str)), None)
    held = next((key for key in _VALUES if isinstance(value.get(key), str | int)), None)
    return None if name is None or held is None else (name, value[held])


def _collect(value: Any, name: str, by_people: bool, found: list[Any]) -> None:
    if isinstance(value, str):
        if value.lstrip()[:1] in {"{", "["}:
            with contextlib.suppress(ValueError, RecursionError):
                _collect(json.loads(value), name, True, found)
        if is_secret(name, by_people=by_people) and is_value(value):
            found.append(value)
        found += _shown(value) if len(value) < _SHORT else values(value)
    elif isinstance(value, dict):
        _collect_map(value, name, by_people, found)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _collect(item, name, by_people, found)
            if is_flag(item) and index + 1 < len(value) and isinstance(value[index + 1], str):
                found.append(value[index + 1])
    elif isinstance(value, int | float) and not isinstance(value, bool) and is_secret(name, by_people=by_people):
        found.append(value)


def _collect_map(value: dict[str, Any], name: str, by_people: bool, found: list[Any]) -> None:
    if "Statement" in value:
        return
    if (held := pair(value)) is not None:
        _collect(held[1], held[0], True, found)
    # What stands within a map that is itself called a secret is one: {credentials: {user: …}}.
    inherits = by_people and names_secret(name) and not name.lower().startswith("secret")
    for key, item in value.items():
        inner = name if inherits and not is_secret(str(key), by_people=by_people) else str(key)
        _collect(item, inner, by_people or isinstance(item, dict), found)


_SHORT = 200


@functools.lru_cache(maxsize=10_000)
def _shown(text: str) -> tuple[Any, ...]:
    """Credentials of a short text: plans say the same ones again and again."""
    return tuple(values(text))
