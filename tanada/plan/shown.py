"""A report as anybody may read it: the one door for reports that are written, and for those that comments are made of.

A plan's summary and the lines of a declaration come without secrets already, for each knows its own; but a value that
the declaration names as a secret stands in a plan's message too, and a report may have been made by somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from tanada.plan.model import Difference, Summary
from tanada.plan.report import Message, Reason, Report
from tanada.secrecy import HIDDEN, Secrets, elsewhere, looks_secret, names_secret
from tanada.secrecy.credentials import is_value, without_made_up
from tanada.text import visible_lines

T = TypeVar("T")

_LAST = re.compile(r'(?:^|[.\[])"?(?P<name>[A-Za-z][\w-]*)"?\]?$')
"""The last step of a path: `environment.API_TOKEN`, `tags["db-password"]`."""
_POLICY = re.compile(r"\b(?:Statement|Condition)\b")
_FLOW = re.compile(r'(?<![\w.-])(?P<name>[A-Za-z_][\w.-]*+): (?P<value>"(?:[^"\\]|\\.)*+"|[^,{}\[\]]+)')
"""`name: value` in a mapping on one line."""
_IDENTIFIERS = frozenset(
    ("address", "previous_address", "deferred", "deposed", "type", "action", "status", "name", "path", "service")
) | {"terraform_version", "fingerprint", "keyed", "dated", "unknown", "by_use"}
"""Fields of a summary that say what a thing is, as a plan's printer has seen them; every other one holds texts."""


def shown(report: Report, secrets: Secrets | None = None) -> Report:
    """The report without any of the secrets, without what it shows under names of secrets, and without credentials."""
    secrets = (secrets or Secrets()) | Secrets(elsewhere(_named(report), lambda: _names(report)))
    return replace(
        report,
        messages=tuple(message(each, secrets) for each in report.messages),
        reasons=tuple(reason(each, secrets) for each in report.reasons),
        configuration=tuple(secrets.remove(each) for each in report.configuration),
        summary=_walked(report.summary, secrets) if report.summary else None,
        everything_changed=_removed(report.everything_changed, secrets),
        maker=_removed(report.maker, secrets),
        log_url=_removed(report.log_url, secrets),
    )


def message(message: Message, secrets: Secrets) -> Message:
    """What Terraform said, or Tanada."""
    return replace(
        message,
        summary=visible_lines(secrets.remove(message.summary)),
        detail=visible_lines(secrets.remove(message.detail)),
        address=_removed(message.address, secrets),
    )


def reason(reason: Reason, secrets: Secrets) -> Reason:
    """A line of the declaration, and what stands beside it."""
    before, after = (_value(text, reason.path, secrets) for text in (reason.before, reason.after))
    comment = _removed(reason.comment, secrets)
    if comment and _secret(reason.path):
        comment = without_made_up(comment)
    return replace(reason, before=before, after=after, comment=comment)


def _named(report: Report) -> Iterator[str]:
    """What stands in the report under a name of a secret."""
    held: list[Reason | Difference] = [*report.reasons, *(_differences(report.summary) if report.summary else ())]
    for each in held:
        if _secret(each.path):
            yield from (text for text in (each.before, each.after) if text and text != HIDDEN and is_value(text))
        elif isinstance(each, Reason):
            for text in (each.before or "", each.after or ""):
                yield from (match["value"].strip('"') for match in _FLOW.finditer(text) if _in_flow(match, text))


def _names(report: Report) -> frozenset[str]:
    """What stands in a report as a name."""
    named = (report.label, report.stack, report.common, report.account, *(name for name, _ in report.images))
    return frozenset(each.lower() for name in named if name for each in (name, name.partition("-")[2]))


def _differences(summary: Summary) -> Iterator[Difference]:
    for change in summary.changes:
        yield from change.differences
    for drift in summary.drift:
        yield from drift.differences
    yield from (output.difference for output in summary.outputs if output.difference)


def _secret(path: str) -> bool:
    last = _LAST.search(path)
    return last is not None and names_secret(last["name"]) and not _POLICY.search(path)


def _value(text: str | None, path: str, secrets: Secrets) -> str | None:
    if text is None or text == HIDDEN:
        return text
    variable = re.search(r"\bvariables\.([\w-]+)$", path)
    if (_secret(path) and is_value(text)) or (variable and looks_secret(variable[1])):
        return HIDDEN
    if text.startswith("{"):
        text = _FLOW.sub(lambda match: f"{match['name']}: {HIDDEN}" if _in_flow(match, text or "") else match[0], text)
    return secrets.remove(text)


def _in_flow(match: re.Match[str], text: str) -> bool:
    return text.startswith("{") and names_secret(match["name"]) and is_value(match["value"].strip('"'))


def _walked(value: T, secrets: Secrets) -> T:
    """The same with every text of others' without secrets."""
    assert is_dataclass(value)
    changed = {}
    for field in fields(value):
        held = getattr(value, field.name)
        new = _field(field.name, held, secrets)
        if new is not held:
            changed[field.name] = new
    if isinstance(value, Difference) and _secret(value.path):
        hide = {side: HIDDEN for side in ("before", "after") if (text := getattr(value, side)) and is_value(text)}
        changed |= hide | ({"lines": ()} if value.lines else {})
    return replace(value, **changed) if changed else value  # type: ignore[type-var]


def _field(name: str, held: Any, secrets: Secrets) -> Any:
    if isinstance(held, tuple) and held:
        return tuple(_field(name, item, secrets) for item in held)
    if isinstance(held, str):
        return held if name in _IDENTIFIERS else secrets.remove(held)
    return _walked(held, secrets) if is_dataclass(held) and not isinstance(held, type) else held


def _removed(text: str | None, secrets: Secrets) -> str | None:
    return None if text is None else secrets.remove(text)
