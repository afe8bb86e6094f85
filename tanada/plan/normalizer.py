"""A plan's values in one form: JSON texts as documents, containers by name, values of environment variables sealed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from tanada.plan.containers import TASK_DEFINITION, by_name
from tanada.plan.policies import policy
from tanada.plan.values import Sealed
from tanada.secrecy import HIDDEN, SENSITIVE, Secrets, looks_secret
from tanada.secrecy.credentials import is_value, spans
from tanada.secrecy.named import is_flag, is_secret, pair
from tanada.secrecy.names import given

_LISTS = frozenset({"environment", "environmentvariable", "environmentvariables", "envvars", "env"})
"""Names (without `_`, in small letters) of lists of `{name, value}`: ECS and its overrides, CodeBuild, Batch."""
_MAPS = frozenset({*_LISTS, "runtimeenvironmentvariables", "variables"})
"""Names of maps from a variable's name to its value; `variables` only within an environment: Lambda."""
_REFERENCES = frozenset({"PARAMETER_STORE", "SECRETS_MANAGER"})
"""Types of CodeBuild's variables whose value is but the name of one."""
_DEEPEST = 60
"""Levels of a JSON text that is still opened."""


class Normalizer:
    """Brings the values of one plan into one form, in which they can be compared and shown."""

    def __init__(self, secrets: Secrets, shown: Collection[str]) -> None:
        """`shown` are the environment variables whose values the declaration shows."""
        self._secrets = secrets
        self._shown = frozenset(shown)

    def resource(self, type_: str, value: Any) -> Any:
        """A resource's attributes."""
        attributes = self.value(value, by_people=False)
        if type_ == TASK_DEFINITION and isinstance(attributes, Mapping) and "container_definitions" in attributes:
            definitions = by_name(attributes["container_definitions"], attributes.get("network_mode"))
            return {**attributes, "container_definitions": definitions}
        return attributes

    def value(self, value: Any, name: str = "", within: str = "", *, by_people: bool = True) -> Any:
        """A value under `name`, within something called `within`; `by_people`: no provider gave the name."""
        if isinstance(value, str):
            return self._text(value, name, within, by_people=by_people)
        if isinstance(value, Mapping):
            return self._map(value, name, within, by_people=by_people)
        if isinstance(value, list):
            return self._list(value, name, within, by_people=by_people)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return Sealed(HIDDEN, value) if number and is_secret(name, by_people=by_people) else value

    def _text(self, value: str, name: str, within: str, *, by_people: bool) -> Any:
        document = parsed(value)
        if document is None:
            hidden = is_secret(name, by_people=by_people) and is_value(value)
            return Sealed(HIDDEN, value) if hidden else value
        return Sealed(SENSITIVE, value) if self._secrets.swallows(value) else self.value(document, name, within)

    def _map(self, value: Mapping[str, Any], name: str, within: str, *, by_people: bool) -> Any:
        variables = _plain(name) in _MAPS and (_plain(name) != "variables" or _plain(within) == "environment")
        if variables and not any(isinstance(item, Mapping | list) for item in value.values()):
            return {key: self._variable(str(key), item) for key, item in value.items()}
        if "Statement" in value:
            return policy(value)  # what it names (`token.actions.githubusercontent.com:sub`) is no secret
        # In a map of a provider's attribute, people gave the keys.
        form = {
            key: self.value(item, given(str(key), name), name, by_people=by_people or isinstance(item, Mapping))
            for key, item in value.items()
        }
        if (found := pair(value)) is not None and is_secret(found[0], by_people=True):
            form |= {key: self.value(item, found[0]) for key, item in value.items() if key.lower().endswith("value")}
        return form

    def _list(self, value: list[Any], name: str, within: str, *, by_people: bool) -> Any:
        if _plain(name) in _LISTS and any(isinstance(item, Mapping) and "value" in item for item in value):
            return self._variables(value)
        if _plain(name) in {"secrets", "secretoptions"}:
            return _by_name(value, "valueFrom", {"name", "valueFrom"})  # a reference, and no secret itself
        # A block is a list of one: what stands in it stands under its name.
        return [
            Sealed(HIDDEN, item)
            if index and is_flag(value[index - 1]) and isinstance(item, str)
            else self.value(item, name, within, by_people=by_people)
            for index, item in enumerate(value)
        ]

    def _variables(self, items: list[Any]) -> Any:
        hidden = [self._named(item) if isinstance(item, Mapping) else item for item in items]
        return _by_name(hidden, "value", {"name"})

    def _named(self, item: Mapping[str, Any]) -> dict[str, Any]:
        if "value" not in item or item.get("type") in _REFERENCES:
            return dict(item)
        name = item.get("name", item.get("Name"))
        return {**item, "value": self._variable(name if isinstance(name, str) else "", item["value"])}

    def _variable(self, name: str, value: Any) -> Any:
        if value is None or not isinstance(value, str | int | float | list | Mapping):
            return value  # nothing, or masked already
        shown = name in self._shown and not looks_secret(name)
        if shown and not (isinstance(value, str) and any(True for _ in spans(value))):
            return value
        return Sealed(HIDDEN, value)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _by_name(items: list[Any], value: str, needed: set[str]) -> Any:
    """Elements `{name, value}` by name; as they are where they hold more or less, or a name stands twice."""
    if not all(isinstance(item, Mapping) and needed <= set(item) <= {"name", value} for item in items):
        return items
    names = [item["name"] for item in items]
    if not all(isinstance(name, str) and name for name in names) or len(set(names)) != len(names):
        return items
    return {item["name"]: item.get(value) for item in items}


def parsed(text: str) -> Any:
    """The object or array that a text holds as JSON; None for any other text."""
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if _depth_within(value, _DEEPEST) else None


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _depth_within(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, Mapping) else item if isinstance(item, list) else ())
            if isinstance(child, Mapping | list)
        ]
        if not level:
            return True
    return False
