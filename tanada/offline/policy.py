"""Renders `aws_iam_policy_document` to the JSON that the real provider renders.

Source: internal/service/iam/policy_document_data_source.go (commit 04e9356d) and policy_model.go (commit 084fd7bc) of
hashicorp/terraform-provider-aws: actions, resources and identifiers sorted in reverse, a single one as a text,
conditions in the order given, the principal `*` of type `*` as a text, source documents before our statements,
override documents after, replacing statements of the same Sid.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tanada.errors import OfflineError

Statement = dict[str, Any]
_KEYS = (
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
)
_ORDER = (
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
)
_VERSION = "2012-10-17"


@dataclass(frozen=True)
class Document:
    pretty: str
    minified: str


def render(config: Mapping[str, Any]) -> Document:
    version = config.get("version") or _VERSION
    sources = [_parsed(text, "source") for text in config.get("source_policy_documents") or [] if text]
    _refuse_twice([statement for source in sources for statement in source["Statement"]], "source_policy_documents")
    ours = [_statement(statement, version) for statement in config.get("statement") or []]
    _refuse_twice(ours, "the statements")
    merged: dict[str, Any] = {"Version": "", "Id": "", "Statement": []}
    for source in sources:
        _merge(merged, source)
    _merge(merged, {"Version": version, "Id": config.get("policy_id") or "", "Statement": ours})
    for text in config.get("override_policy_documents") or []:
        if text:
            _merge(merged, _parsed(text, "override"))
    document = {key: merged[key] for key in ("Version", "Id", "Statement") if merged[key]}
    return Document(_json(document, indent=2), _json(document))


def _merge(merged: dict[str, Any], new: Mapping[str, Any]) -> None:
    merged["Id"] = new.get("Id") or merged["Id"]
    merged["Version"] = max(merged["Version"], str(new.get("Version") or ""))
    statements: list[Statement] = merged["Statement"]
    for statement in new["Statement"]:
        sid = statement.get("Sid")
        place = next((index for index, old in enumerate(statements) if sid and old.get("Sid") == sid), None)
        if place is None:
            statements.append(statement)
        else:
            statements[place] = statement


def _refuse_twice(statements: list[Statement], where: str) -> None:
    seen: set[str] = set()
    for statement in statements:
        sid = statement.get("Sid")
        if sid and sid in seen:
            raise OfflineError(f"duplicate Sid ({sid}) in {where}. Remove the Sid or ensure the Sid is unique.")
        seen.add(sid or "")


def _statement(config: Mapping[str, Any], version: str) -> Statement:
    statement: Statement = {"Sid": config.get("sid") or "", "Effect": config.get("effect") or "Allow"}
    for key, name in _KEYS:
        statement[name] = _texts(_replaced(config.get(key) or [], version, key.endswith("resources")))
    for key, name in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        pairs = [
            (item["type"], _texts(_replaced(item["identifiers"] or [], version, True)))
            for item in config.get(key) or []
        ]
        statement[name] = _principals(pairs)
    statement["Condition"] = _conditions(
        [
            (item["test"], item["variable"], _replaced(item["values"] or [], version, True))
            for item in config.get("condition") or []
        ]
    )
    return _tidy(statement)


def _tidy(statement: Statement) -> Statement:
    return {name: statement[name] for name in _ORDER if statement.get(name)}


def _replaced(texts: list[Any], version: str, replace: bool) -> list[str]:
    """`&{aws:username}` stands for `${aws:username}`, which Terraform itself would read."""
    found = [str(text or "") for text in texts]
    if not replace:
        return found
    if version == "2008-10-17" and any("&{" in text for text in found):
        raise OfflineError("found &{ sequence, which is not supported in document version 2008-10-17")
    return [text.replace("&{", "${") for text in found]


def _texts(texts: list[str]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else sorted(texts, reverse=True)


def _principals(pairs: list[tuple[str, str | list[str]]]) -> Any:
    if len(pairs) == 1 and pairs[0][0] == "*" and pairs[0][1] in ("*", ["*"]):
        return "*"
    merged: dict[str, Any] = {}
    for kind, identifiers in pairs:
        if isinstance(identifiers, list):
            before = merged.get(kind, [])
            merged[kind] = ([before] if isinstance(before, str) else before) + sorted(identifiers, reverse=True)
        elif kind not in merged:
            merged[kind] = identifiers
        else:
            before = merged[kind]
            merged[kind] = [*([before] if isinstance(before, str) else before), identifiers]
    return dict(sorted(merged.items()))


def _conditions(conditions: list[tuple[str, str, list[str]]]) -> dict[str, Any]:
    merged: dict[str, dict[str, list[str]]] = {}
    for test, variable, values in conditions:
        merged.setdefault(test, {}).setdefault(variable, []).extend(values)
    return {
        test: {name: values[0] if len(values) == 1 else values for name, values in sorted(variables.items())}
        for test, variables in sorted(merged.items())
    }


def _parsed(text: str, what: str) -> dict[str, Any]:
    """A document made elsewhere, brought into the same form."""
    try:
        document = json.loads(text)
        statements = document.get("Statement") or []
        statements = statements if isinstance(statements, list) else [statements]
        return {**document, "Statement": [_normalized(statement) for statement in statements]}
    except (ValueError, AttributeError, TypeError) as error:
        raise OfflineError(f"writing IAM Policy Document: merging {what} document: {error}") from None


def _normalized(statement: Mapping[str, Any]) -> Statement:
    made: Statement = dict(statement)
    for name in ("Principal", "NotPrincipal"):
        found = made.get(name)
        if isinstance(found, Mapping):
            made[name] = _principals(list(found.items()))
        elif isinstance(found, str):
            made[name] = "*"
    if isinstance(made.get("Condition"), Mapping):
        made["Condition"] = _conditions(
            [
                (test, variable, _condition_values(values))
                for test, variables in made["Condition"].items()
                for variable, values in variables.items()
            ]
        )
    return _tidy(made)


def _condition_values(values: Any) -> list[str]:
    if isinstance(values, bool):
        return [str(values).lower()]
    return [str(value) for value in values] if isinstance(values, list) else [str(values)]


def _json(document: Mapping[str, Any], indent: int | None = None) -> str:
    """As Go's encoder writes it: no spaces when minified, `<`, `>` and `&` escaped."""
    separators = None if indent else (",", ":")
    text = json.dumps(document, indent=indent, separators=separators, ensure_ascii=False)
    for letter, escaped in (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e")):
        text = text.replace(letter, escaped)
    return text
