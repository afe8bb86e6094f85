"""Opens what a value holds: JSON texts as JSON, policies in one form, environment variables with hidden values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tanada.plan.containers import TASK_DEFINITION, by_name
from tanada.plan.model import HIDDEN, SENSITIVE
from tanada.plan.secrets import Secrets, holds_credentials, looks_secret
from tanada.plan.values import Sealed, parsed

_LISTS = frozenset({"environment", "environmentvariable", "environmentvariables", "envvars", "env"})
"""Names (without `_`, in small letters) of lists of `{name, value}`: ECS and its overrides, CodeBuild, Batch."""
_MAPS = frozenset({*_LISTS, "runtimeenvironmentvariables", "variables"})
"""Names of maps from a variable's name to its value; `variables` only within an environment: Lambda."""
_REFERENCES = frozenset({"PARAMETER_STORE", "SECRETS_MANAGER"})
"""Types of CodeBuild's variables whose value is but the name of one."""


class Opener:
    """Opens the values of one plan."""

    def __init__(self, secrets: Secrets, shown: Collection[str]) -> None:
        """`shown` are the environment variables whose values the declaration shows."""
        self._secrets = secrets
        self._shown = frozenset(shown)

    def resource(self, type_: str, value: Any) -> Any:
        """A resource's attributes, opened."""
        opened = self.open(value)
        if type_ == TASK_DEFINITION and isinstance(opened, Mapping) and "container_definitions" in opened:
            definitions = by_name(opened["container_definitions"], opened.get("network_mode"))
            return {**opened, "container_definitions": definitions}
        return opened

    def open(self, value: Any, name: str = "", within: str = "") -> Any:
        """A value that stands under `name`, within something called `within`."""
        if isinstance(value, str):
            document = parsed(value)
            if document is not None and self._secrets.swallows(value):
                return Sealed(SENSITIVE, value)
            return value if document is None else self.open(document, name, within)
        if isinstance(value, Mapping):
            variables = _plain(name) in _MAPS and (_plain(name) != "variables" or _plain(within) == "environment")
            if variables and not any(isinstance(item, Mapping | list) for item in value.values()):
                return {key: self._variable(str(key), item) for key, item in value.items()}
            opened = {key: self.open(item, str(key), name) for key, item in value.items()}
            return _policy(opened) if "Statement" in opened else opened
        if isinstance(value, list):
            if _plain(name) in _LISTS and any(isinstance(item, Mapping) and "value" in item for item in value):
                return self._variables(value)
            if _plain(name) in {"secrets", "secretoptions"}:
                return _references(value)
            # A block is a list of one: what stands in it stands under its name.
            return [self.open(item, name, within) for item in value]
        return value

    def _variables(self, items: list[Any]) -> Any:
        hidden = [self._named(item) if isinstance(item, Mapping) else item for item in items]
        names = [item.get("name") if isinstance(item, Mapping) else None for item in hidden]
        plain = all(isinstance(item, Mapping) and set(item) <= {"name", "value"} for item in hidden)
        if plain and _all_different(names):
            return {item["name"]: item.get("value") for item in hidden}
        return hidden

    def _named(self, item: Mapping[str, Any]) -> dict[str, Any]:
        if "value" not in item or item.get("type") in _REFERENCES:
            return dict(item)
        name = item.get("name", item.get("Name"))
        return {**item, "value": self._variable(name if isinstance(name, str) else "", item["value"])}

    def _variable(self, name: str, value: Any) -> Any:
        if value is None or not isinstance(value, str | int | float | list | Mapping):
            return value  # nothing, or masked already
        shown = name in self._shown and not looks_secret(name)
        if shown and not (isinstance(value, str) and holds_credentials(value)):
            return value
        return Sealed(HIDDEN, value)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _all_different(names: list[Any]) -> bool:
    return all(isinstance(name, str) and name for name in names) and len(set(names)) == len(names)


def _references(items: list[Any]) -> Any:
    """Secrets of a container: by name; `valueFrom` is a reference and no secret itself."""
    keys = {"name", "valueFrom"}
    plain = all(isinstance(item, Mapping) and set(item) == keys for item in items)
    if plain and _all_different([item["name"] for item in items]):
        return {item["name"]: item["valueFrom"] for item in items}
    return items


def _policy(document: dict[str, Any]) -> dict[str, Any]:
    """An IAM policy in one form: a single text is a list of one (IAM's grammar: both mean the same)."""
    statements = document["Statement"]
    if isinstance(statements, Mapping):
        statements = [statements]
    if not isinstance(statements, list) or not all(isinstance(item, Mapping) for item in statements):
        return document
    return {**document, "Statement": [_statement(item) for item in statements]}


def _statement(statement: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(statement)
    for key in ("Action", "NotAction", "Resource", "NotResource"):
        if key in made:
            made[key] = _listed(made[key])
    for key in ("Principal", "NotPrincipal"):
        if isinstance(made.get(key), Mapping):
            made[key] = {kind: _listed(item) for kind, item in made[key].items()}
    if isinstance(made.get("Condition"), Mapping):
        made["Condition"] = {
            operator: {key: [_condition(item) for item in _listed(items)] for key, items in test.items()}
            if isinstance(test, Mapping)
            else test
            for operator, test in made["Condition"].items()
        }
    return made


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _condition(value: Any) -> Any:
    """Conditions compare texts: `true` and `"true"` are one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value
