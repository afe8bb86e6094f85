"""A report as anybody may read it: the one door for reports that are written, and for those that comments are made of.

A plan's summary and the lines of a declaration come without secrets already, for each knows its own; but a value that
the declaration names as a secret stands in a plan's message too, and a report may have been made by somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from tanada.plan.model import Deploy, Difference, Summary
from tanada.plan.report import Message, Reason, Report
from tanada.secrecy import (
    HIDDEN,
    Secrets,
    decides,
    found_elsewhere,
    looks_secret,
    may_hold_credentials,
    names_of,
    names_secret,
)
from tanada.secrecy.credentials import is_value, without_made_up
from tanada.secrecy.names import given
from tanada.text import visible_lines

T = TypeVar("T")

_TAG = re.compile(r"\w[\w.-]{0,127}(?:@sha256:[0-9a-f]{64})?|sha256:[0-9a-f]{64}", re.ASCII)
"""Of an image, or its digest (Distribution specification, "Pulling manifests")."""
_FLOW = re.compile(r'(?<![\w.-])(?P<name>[A-Za-z_][\w.-]*+): (?P<value>"(?:[^"\\]|\\.)*+"|[^,{}\[\]]+)')
"""`name: value` in a mapping on one line."""
_IDENTIFIERS = frozenset(
    ("address", "previous_address", "deferred", "deposed", "type", "action", "status", "name", "path", "service")
) | {"terraform_version", "fingerprint", "keyed", "dated", "unknown", "by_use"}
"""Fields of a summary that say what a thing is, as a plan's printer has seen them; every other one holds texts."""


def shown(report: Report, secrets: Secrets | None = None) -> Report:
    """The report without any of the secrets, without what it shows under names of secrets, and without credentials."""
    secrets = (secrets or Secrets()) | Secrets(named=found_elsewhere(_named(report), lambda: _names(report)))
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
    comment = _removed(reason.comment, secrets)
    if comment and _secret(reason.path):
        comment = without_made_up(comment)
    before, after = (_without_named(text, reason.path) for text in (reason.before, reason.after))
    told = [secrets.remove(each) for each in reason.hidden]
    if decides(names_of(reason.path)) and not any(text.startswith("{") for text in (before, after) if text):
        secrets = secrets.marked
        remove = secrets.remove if may_hold_credentials(names_of(reason.path)) else secrets.remove_known
        before, after = (text if text is None else remove(text) for text in (before, after))
    else:
        told += [words for text in (before, after) if text for words in secrets.why(text)]
        before, after = (_removed(text, secrets) for text in (before, after))
    hidden = tuple(dict.fromkeys(map(visible_lines, told)))
    return replace(reason, before=before, after=after, comment=comment, hidden=hidden)


def _named(report: Report) -> Iterator[tuple[str, str]]:
    """What stands in the report under a name of a secret, with what it is."""
    held: list[Reason | Difference] = [*report.reasons, *(_differences(report.summary) if report.summary else ())]
    for each in held:
        texts = [text for text in (each.before, each.after) if text and text != HIDDEN]
        if _secret(each.path):
            name = names_of(each.path)[-1]
            yield from (
                (text, f"the value of {name}, which is named like a secret") for text in texts if is_value(text)
            )
        elif isinstance(each, Reason):
            for text in texts:
                yield from (
                    (match["value"].strip('"'), f"the value of {match['name']}, which is named like a secret")
                    for match in _FLOW.finditer(text)
                    if _in_flow(match, text, each.path)
                )


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
    """Whether a path ends in a name of a secret, and says nothing of who may do what."""
    names = ("", "", *names_of(path))
    return names_secret(given(names[-1], names[-2])) and not {"Statement", "Condition"} & {*names}


def _without_named(text: str | None, path: str) -> str | None:
    """A value of the declaration without what stands under a name of a secret, its own or one in it."""
    if text is None or text == HIDDEN:
        return text
    variable = re.search(r"\bvariables\.([\w-]+)$", path)
    if (_secret(path) and is_value(text)) or (variable and looks_secret(variable[1])):
        return HIDDEN
    return _FLOW.sub(lambda match: f"{match['name']}: {HIDDEN}" if _in_flow(match, text, path) else match[0], text)


def _in_flow(match: re.Match[str], text: str, path: str) -> bool:
    # Of a service that is called `auth` all but a scalar stands in braces of its own.
    name = given(match["name"], (names_of(path) or ("",))[-1])
    return text.startswith("{") and names_secret(name) and is_value(match["value"].strip('"'))


def _walked(value: T, secrets: Secrets) -> T:
    """The same with every text of others' without secrets."""
    assert is_dataclass(value)
    if isinstance(value, Difference):
        return _difference(value, secrets)  # type: ignore[return-value]
    if isinstance(value, Deploy):
        return _deploy(value, secrets)  # type: ignore[return-value]
    changed = {}
    for field in fields(value):
        held = getattr(value, field.name)
        new = _field(field.name, held, secrets)
        if new is not held:
            changed[field.name] = new
    return replace(value, **changed) if changed else value  # type: ignore[type-var]


def _difference(value: Difference, secrets: Secrets) -> Difference:
    """Where something decides who may do what, the plan's printer took out what there was to take."""
    remove = secrets.marked.remove_known if value.decides else secrets.remove
    if _secret(value.path):
        hide = {side: HIDDEN for side in ("before", "after") if (text := getattr(value, side)) and is_value(text)}
        value = replace(value, lines=(), **hide)  # type: ignore[arg-type]
    held = [text for text in (value.before, value.after, *value.lines) if text]
    why = [words for text in held if remove(text) != text for words in secrets.why(text)]
    return replace(
        value,
        before=None if value.before is None else remove(value.before),
        after=None if value.after is None else remove(value.after),
        lines=tuple(map(remove, value.lines)),
        hidden=tuple(dict.fromkeys((*map(secrets.remove, value.hidden), *map(visible_lines, why)))),
    )


def _deploy(deploy: Deploy, secrets: Secrets) -> Deploy:
    """A tag says what runs, whatever it looks like."""

    def tag(text: str) -> str:
        return secrets.marked.remove_known(text) if _TAG.fullmatch(text) else secrets.remove(text)

    images = tuple((secrets.remove(name), tag(before), tag(after)) for name, before, after in deploy.images)
    return replace(deploy, images=images)


def _field(name: str, held: Any, secrets: Secrets) -> Any:
    if isinstance(held, tuple) and held:
        return tuple(_field(name, item, secrets) for item in held)
    if isinstance(held, str):
        return held if name in _IDENTIFIERS else secrets.remove(held)
    return _walked(held, secrets) if is_dataclass(held) and not isinstance(held, type) else held


def _removed(text: str | None, secrets: Secrets) -> str | None:
    return None if text is None else secrets.remove(text)
