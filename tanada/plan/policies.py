"""IAM policies in one form: what IAM takes for the same is the same (grammar of the IAM JSON policy language)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def policy(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A document with a `Statement` in one form: a single text is a list of one."""
    statements = document["Statement"]
    if isinstance(statements, Mapping):
        statements = [statements]
    if not isinstance(statements, list) or not all(isinstance(item, Mapping) for item in statements):
        return document
    return {**document, "Statement": [_statement(item) for item in statements]}


def _statement(statement: Mapping[str, Any]) -> dict[str, Any]:
    form = dict(statement)
    for key in ("Action", "NotAction", "Resource", "NotResource"):
        if key in form:
            form[key] = _list(form[key])
    for key in ("Principal", "NotPrincipal"):
        if isinstance(form.get(key), Mapping):
            form[key] = {kind: _list(item) for kind, item in form[key].items()}
    if isinstance(form.get("Condition"), Mapping):
        form["Condition"] = {operator: _test(test) for operator, test in form["Condition"].items()}
    return form


def _test(test: Any) -> Any:
    if not isinstance(test, Mapping):
        return test
    return {key: [_operand(item) for item in _list(items)] for key, items in test.items()}


def _operand(value: Any) -> Any:
    """Conditions compare texts: `true` and `"true"` are one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


def _list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]
