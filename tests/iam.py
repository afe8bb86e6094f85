"""IAM's verdict on a request, as the user guide's "Policy evaluation logic" says; what it doesn't know, it refuses.

An explicit deny wins; else the request needs an allow, and where the principal has a boundary, one there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

Document = Mapping[str, Any]
Context = Mapping[str, str]


def allowed(
    documents: Iterable[Document],
    action: str,
    resource: str = "*",
    context: Context | None = None,
    *,
    boundary: Document | None = None,
) -> bool:
    """Whether the policies of a principal let it do something."""
    given = list(documents)
    verdicts = [_verdict(each, action, resource, context or {}) for each in (given, [boundary] if boundary else given)]
    return all(verdict == "Allow" for verdict in verdicts)


def trusted(document: Document, claims: Context) -> bool:
    """Whether a role's trust policy takes a token with these claims, by their condition keys."""
    return any(
        statement["Effect"] == "Allow" and _meets(statement.get("Condition", {}), claims)
        for statement in document["Statement"]
    )


def _verdict(documents: Sequence[Document], action: str, resource: str, context: Context) -> str | None:
    effects = {
        statement["Effect"]
        for document in documents
        for statement in document["Statement"]
        if _applies(statement, action, resource) and _meets(statement.get("Condition", {}), context)
    }
    return "Deny" if "Deny" in effects else "Allow" if "Allow" in effects else None


def _applies(statement: Document, action: str, resource: str) -> bool:
    """`*` matches any characters, slashes too; an action's case does not count."""
    return _named(statement, "Action", action.lower(), str.lower) and _named(statement, "Resource", resource, str)


def _named(statement: Document, key: str, value: str, form: Any) -> bool:
    if key in statement:
        return any(fnmatchcase(value, form(pattern)) for pattern in _texts(statement[key]))
    return not any(fnmatchcase(value, form(pattern)) for pattern in _texts(statement[f"Not{key}"]))


def _meets(condition: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    return all(
        _test(operator, context.get(key), _texts(values))
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def _test(operator: str, value: str | None, texts: list[str]) -> bool:
    if operator == "Null":
        return (value is None) == (texts == ["true"])
    if operator == "StringEqualsIfExists":
        return value is None or value in texts
    if operator in ("StringEquals", "Bool"):
        return value is not None and value in texts
    if operator == "StringNotEquals":  # a key that is not there is not equal either
        return value not in texts
    if operator in ("ArnLike", "StringLike"):
        return value is not None and any(fnmatchcase(value, each) for each in texts)
    raise NotImplementedError(operator)


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
