"""What of a declaration decides where, as whom and over what Terraform reads: an unapproved plan leaves it be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from tanada.declared.system import System
from tanada.text import quoted, visible

_ANYWHERE = ("existing", "imports", "role")
"""Fields that name what is there already, or who reads it, wherever they stand."""


def redirects(before: System, after: System) -> tuple[str, ...]:
    """Why what changed between two declarations is planned offline, where nobody has approved it: sentences, none where
    a plan with credentials reads what the base's would."""
    return tuple(dict.fromkeys(_redirects(before, after)))


def _redirects(before: System, after: System) -> Iterator[str]:
    if before.name != after.name:
        yield f"the system's name changes from {quoted(before.name)} to {quoted(after.name)}"
    for name in sorted({**before.accounts, **after.accounts}):
        old, new = before.accounts.get(name), after.accounts.get(name)
        where = f"accounts.{visible(name)}"
        if old is None or new is None:
            yield f"{where} {'is new' if old is None else 'is gone'}"
            continue
        for field in type(new).model_fields:
            # What the layer makes may be planned; all else says which account it is, and as whom.
            if field != "common" and getattr(old, field) != getattr(new, field):
                yield f"{where}.{field} changes"
        if old.common.ci != new.common.ci:
            yield f"{where}.common.ci changes"
    yield from _elsewhere(before, after)
    one, other = dict(_named(before, "")), dict(_named(after, ""))
    for path in sorted(one.keys() | other.keys()):
        if one.get(path) != other.get(path):
            yield f"{path} changes"


def _elsewhere(before: System, after: System) -> Iterator[str]:
    """What would be planned in another account than the base's."""
    for name, environment in sorted(after.environments.items()):
        was = before.environments.get(name)
        if was is not None and was.account != environment.account:
            yield f"environments.{visible(name)}.account changes"
    if before.review is not None and after.review is not None and before.review.account != after.review.account:
        yield "review.account changes"


def _named(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The fields of those names that say something, with the way to each; what has a name is found by it."""
    if isinstance(value, BaseModel):
        for field in type(value).model_fields:
            each, at = getattr(value, field), f"{path}.{field}" if path else field
            if field in _ANYWHERE and each not in (None, False, (), {}):
                yield at, each
            yield from _named(each, at)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _named(each, f"{path}.{visible(key)}")
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from _named(each, f"{path}.{visible(str(getattr(each, 'name', index)))}")
