"""Values that are secret by the name over them, in anything that JSON or YAML can hold."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from tanada.secrecy.credentials import is_value, values
from tanada.secrecy.names import attribute_is_secret, looks_secret, names_secret
from tanada.secrecy.words import HIDDEN


def named(value: Any, name: str = "", *, by_people: bool = True) -> Iterator[Any]:
    """Every scalar under a name that looks like a secret's; and the credentials in its texts.

    Names are maps' keys, the `name` beside a `value`, outputs; `by_people` says that people gave the outermost ones,
    and no provider's schema. What a policy names is no secret, nor is what a reference leads to.
    """
    if isinstance(value, Mapping):
        yield from _of_map(value, name, by_people=by_people)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from named(item, name, by_people=by_people)
            if isinstance(item, str) and item.startswith("-") and index + 1 < len(value) and names_secret(item):
                yield value[index + 1]  # ["--password", "…"]
    elif isinstance(value, str):
        yield from _of_text(value, name, by_people=by_people)
    elif isinstance(value, int | float) and not isinstance(value, bool) and is_secret(name, by_people=by_people):
        yield value


def hidden(value: Any, name: str = "", within: str = "") -> Any:
    """What a declaration says, with a word of ours for every scalar under a name that looks like a secret's.

    `name` is what it stands under, `within` what that stands in: of an environment variable less is enough.
    """
    if isinstance(value, Mapping):
        return {key: hidden(item, str(key), name) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [hidden(item, name, within) for item in value]
    secret = looks_secret(name) if within == "variables" else names_secret(name) and not isinstance(value, bool)
    return HIDDEN if secret and value is not None else value


def is_secret(name: str, *, by_people: bool) -> bool:
    """Whether what stands under a name is secret."""
    return names_secret(name) if by_people else attribute_is_secret(name)


def pair(value: Mapping[str, Any]) -> tuple[str, Any] | None:
    """Name and value of `{name: …, value: …}`, as ECS, CodeBuild and tags have them; None of any other map."""
    name = next((value[key] for key in ("name", "Name", "key", "Key") if isinstance(value.get(key), str)), None)
    held = next((key for key in ("value", "Value", "insecure_value") if isinstance(value.get(key), str | int)), None)
    return None if name is None or held is None else (name, value[held])


def _of_map(value: Mapping[str, Any], name: str, *, by_people: bool) -> Iterator[Any]:
    if "Statement" in value:
        return
    if (found := pair(value)) is not None:
        yield from named(found[1], found[0])
    for key, item in value.items():
        # What stands within a map that is itself called a secret is one: {credentials: {user: …}}.
        inherits = by_people and names_secret(name) and not name.lower().startswith("secret")
        inner = name if inherits and not is_secret(str(key), by_people=by_people) else str(key)
        yield from named(item, inner, by_people=by_people or isinstance(item, Mapping))


def _of_text(value: str, name: str, *, by_people: bool) -> Iterator[Any]:
    if value.lstrip()[:1] in {"{", "["}:
        with contextlib.suppress(ValueError, RecursionError):
            yield from named(json.loads(value), name)
    if is_secret(name, by_people=by_people) and is_value(value):
        yield value
    yield from values(value)
