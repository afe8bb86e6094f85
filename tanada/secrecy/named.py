"""Values that are secret by the name over them, in anything that JSON or YAML can hold."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

from tanada.secrecy.credentials import is_value, values
from tanada.secrecy.names import attribute_is_secret, given, looks_secret, names_secret, of_variables, speaks_of
from tanada.secrecy.words import HIDDEN


def named(value: Any, name: str = "", *, by_people: bool = True) -> list[Any]:
    """Every scalar under a name that looks like a secret's; and the credentials in its texts.

    Names are maps' keys, the `name` beside a `value`, outputs; `by_people` says that people gave the outermost ones,
    and no provider's schema. What a policy names is no secret, nor is what a reference leads to.
    """
    return [secret for secret, _ in found(value, name, by_people=by_people)]


def found(value: Any, name: str = "", *, by_people: bool = True) -> list[tuple[Any, str]]:
    """The same, each with what it is: `the value of variable A_TOKEN, which is named like a secret`."""
    collected: list[tuple[Any, str]] = []
    _collect(value, name, names_secret if by_people else attribute_is_secret, collected)
    return collected


def hidden(value: Any, name: str = "", within: str = "") -> Any:
    """What a declaration says, with a word of ours for every scalar under a name that looks like a secret's.

    `name` is what it stands under, `within` what that stands in: of an environment variable less is enough.
    """
    if isinstance(value, Mapping):
        return {key: hidden(item, given(str(key), name), name) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [
            HIDDEN if index and is_flag(value[index - 1]) else hidden(item, name, within)
            for index, item in enumerate(value)
        ]
    name = given(name, within)
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


_Rule = Callable[[str], bool]
"""Which names are a secret's: those that people gave, a provider's, environment variables'."""


def _variable(name: str) -> bool:
    return looks_secret(name) and (names_secret(name) or not speaks_of(name))


def _every(_name: str) -> bool:
    """Of a secret that is JSON every part is one."""
    return True


def _by_people(rule: _Rule) -> _Rule:
    """The rule for what stands within: there people gave the names."""
    return names_secret if rule is attribute_is_secret else rule


def _collect(value: Any, name: str, rule: _Rule, found: list[tuple[Any, str]]) -> None:
    if isinstance(value, str):
        if not value:
            return
        if (value[0] in "{[" or value[0].isspace()) and value.lstrip()[:1] in {"{", "["}:
            with contextlib.suppress(ValueError, RecursionError):
                _collect(json.loads(value), name, _every if rule(name) else _by_people(rule), found)
        if rule(name) and is_value(value):
            found.append((value, _value_of(name, rule)))
        if credentials := _shown(value) if len(value) < _SHORT else tuple(values(value)):
            found += [(each, f"a credential that stands in {name or 'another text'}") for each in credentials]
    elif isinstance(value, dict):
        _collect_map(value, name, rule, found)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _collect(item, name, rule, found)
            if is_flag(item) and index + 1 < len(value) and isinstance(value[index + 1], str):
                found.append((value[index + 1], f"what follows {item}, which is named like a secret"))
    elif isinstance(value, int | float) and not isinstance(value, bool) and rule(name):
        found.append((value, _value_of(name, rule)))


def _value_of(name: str, rule: _Rule) -> str:
    return f"the value of {'variable ' if rule is _variable else ''}{name}, which is named like a secret"


def _collect_map(value: dict[str, Any], name: str, rule: _Rule, found: list[tuple[Any, str]]) -> None:
    if "Statement" in value:
        return
    if (held := pair(value)) is not None:
        _collect(held[1], held[0], _variable if of_variables(name) else names_secret, found)
    # What stands within a map that is itself called a secret is one: {credentials: {user: …}}.
    inherits = rule is not attribute_is_secret and names_secret(name) and not name.lower().startswith("secret")
    variables = of_variables(name) and not any(isinstance(item, dict | list | tuple) for item in value.values())
    for key, item in value.items():
        if item is None or item is True or item is False:  # most of what a provider's schema knows is not set
            continue
        inner = given(str(key), name)
        mine = rule if rule is _every else _variable if variables else names_secret if rule is _variable else rule
        if rule is _every or (inherits and not mine(inner)):
            inner = name
        # In a map of a provider's attribute, people gave the keys.
        _collect(item, inner, _by_people(mine) if isinstance(item, dict) else mine, found)


_SHORT = 200


@functools.lru_cache(maxsize=10_000)
def _shown(text: str) -> tuple[Any, ...]:
    """Credentials of a short text: plans say the same ones again and again."""
    return tuple(values(text))
