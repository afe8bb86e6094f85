"""Passwords that no state holds: where each is written, and when a plan would write it in one place alone.

A store's password is made anew at each apply, and each resource takes it (`…_wo`) where it is created or where its
number (`…_wo_version`) is another one (Terraform's documentation, "Use write-only arguments"). All resources of one
store carry the same number, `lookup(var.store_versions, …)`. So what makes one of them anew writes a value that the
others haven't; with a higher number all are written from one value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tanada.contract.tokens import is_note, says_alone

_NUMBER = "_wo_version"
_OF_STORE = re.compile(r'\$\{lookup\(var\.store_versions, "([^"\\]+)", 1\)\}')
"""As `modules/here.py` writes it."""
_OF_NOTE = "input.number"
_REFERENCE = re.compile(r"\b(aws_[a-z0-9_]+|terraform_data)\.([A-Za-z0-9_-]+)\.([a-z0-9_]+)")


@dataclass(frozen=True)
class Place:
    """One of the places where a store's password is written."""

    address: str
    number: str
    """The attribute that holds its number; of a cache's note (tanada/contract/tokens.py) within its input."""
    takes: frozenset[tuple[str, str]]
    """What is written with it: attributes of other resources, each by its address."""

    @property
    def note(self) -> bool:
        """Whether it says no more than what the runner did."""
        return self.number == _OF_NOTE


def places(emitted: Mapping[str, Any]) -> dict[str, tuple[Place, ...]]:
    """By store, where a configuration writes its password."""
    found: dict[str, list[Place]] = {}
    for type_, resources in (emitted.get("resource") or {}).items():
        for name, body in resources.items():
            noted = isinstance(body, Mapping) and (is_note(body) or says_alone(body))
            if noted and (match := _OF_STORE.fullmatch(str(body["input"]["number"]))):
                found.setdefault(match[1], []).append(Place(f"{type_}.{name}", _OF_NOTE, _taken(body["input"])))
            for attribute, value in body.items() if isinstance(body, Mapping) else ():
                if attribute.endswith(_NUMBER) and (match := _OF_STORE.fullmatch(str(value))):
                    takes = _taken(body.get(attribute.removesuffix("_version")))
                    found.setdefault(match[1], []).append(Place(f"{type_}.{name}", attribute, takes))
    return {store: tuple(each) for store, each in found.items()}


def _taken(value: Any) -> frozenset[tuple[str, str]]:
    return frozenset((f"{of}.{other}", each) for of, other, each in _REFERENCE.findall(json.dumps(value)))


@dataclass(frozen=True)
class Raised:
    """A store whose password a plan would not write everywhere, with the number that writes it everywhere."""

    store: str
    number: int
    why: str
    """What the plan would do, as a sentence without its full stop."""


def raised(emitted: Mapping[str, Any], plan: Mapping[str, Any], numbers: Mapping[str, int]) -> Iterator[Raised]:
    """What has to be written everywhere, of a plan (`terraform show -json`) that was given these numbers.

    The number is one more than any that is known, so two plans of the same state come to the same.
    """
    if not (of_stores := places(emitted)):
        return
    changes = _changes_of(plan)
    for store, written in sorted(of_stores.items()):
        alone = [each.address for each in written if _writes(changes.get(each.address), each)]
        if len(alone) == len(written):
            continue
        others = [
            f"{at}: {name}"
            for at, name in sorted({took for each in written for took in each.takes})
            if _changes(changes.get(at), name) or _comes(changes.get(at))
        ]
        if alone or others:
            known = [numbers.get(store, 1), *(n for each in written for n in _numbers(changes.get(each.address), each))]
            why = (
                f"only {' and '.join(alone)} would get a new one"
                if alone
                else f"{others[0]} changes, which it is kept with"
            )
            yield Raised(store, max(known) + 1, why)


def noted_first(emitted: Mapping[str, Any], plan: Mapping[str, Any], noted: Mapping[str, int]) -> dict[str, int]:
    """The numbers that the state has to hold before a plan is carried out, where `noted` are those that it holds: of
    what is there and gets another password.

    An apply that is killed after the database took it, and before the state says so, would leave the secret with the
    old one, and the next plan empty. What is made anew needs none: until the state holds it, each plan makes it.
    """
    changes = _changes_of(plan)
    found = {}
    for store, written in places(emitted).items():
        here = [(each, changes[each.address]) for each in written if _writes(changes.get(each.address), each)]
        number = max((n for each, change in here for n in _numbers(change, each)), default=1)
        if here and noted.get(store, 1) < number and all(_written_again(change, each) for each, change in here):
            found[store] = number
    return found


def _changes_of(plan: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {str(each["address"]): each["change"] for each in plan.get("resource_changes") or ()}


def _written_again(change: Mapping[str, Any], place: Place) -> bool:
    """Whether it stays but for its password: a secret's version is replaced by another number."""
    forced = change.get("replace_paths") or [[place.number]]
    return bool(change.get("before")) and all(path == [place.number] for path in forced)


def _writes(change: Mapping[str, Any] | None, place: Place) -> bool:
    if change is None or not (change.get("after") or {}):
        return False
    if "create" in change["actions"]:
        return True
    before = change.get("before") or {}
    return bool("update" in change["actions"] and _number(before, place) != _number(change["after"], place))


def _comes(change: Mapping[str, Any] | None) -> bool:
    """Whether it is made, and wasn't there: what is there already and says where it answers said another one before, as
    where a database is restored beside."""
    return change is not None and "create" in change["actions"] and not change.get("before")


def _changes(change: Mapping[str, Any] | None, attribute: str) -> bool:
    """Whether what is there gets another value; what comes or goes is no change of one."""
    if change is None or "no-op" in change["actions"] or not change.get("before") or not change.get("after"):
        return False
    unknown = (change.get("after_unknown") or {}).get(attribute)
    return bool(unknown) or change["before"].get(attribute) != change["after"].get(attribute)


def _numbers(change: Mapping[str, Any] | None, place: Place) -> Iterator[int]:
    for side in ("before", "after"):
        number = _number((change or {}).get(side), place)
        if isinstance(number, int | float):
            yield int(number)


def _number(side: Any, place: Place) -> Any:
    for name in place.number.split("."):
        side = side.get(name) if isinstance(side, Mapping) else None
    return side
