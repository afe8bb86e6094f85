"""What is secret in a plan: what Terraform marks, and what stands under a name that looks like a secret's.

Terraform marks values (`before_sensitive`, `sensitive_values`) and variables (`sensitive` in the configuration), but a
value that is marked in one place turns up unmarked in others: `nonsensitive()`, messages of checks, the top-level
`variables`, which carry no marks at all. So whatever is secret anywhere is taken out everywhere.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tanada.plan.marks import marked
from tanada.secrecy import Secrets, found, found_elsewhere, names_in

_BLOCKS = ("resource", "data", "ephemeral")


def secrets_of(plan: Mapping[str, Any]) -> Secrets:
    """Every value that a plan marks as sensitive or names as a secret, wherever it stands, as it was or as it will be.

    Takes `terraform show -json PLAN`, of an errored plan too.
    """
    return said(plan).secrets


@dataclass(frozen=True)
class Said:
    """What a plan says of secrets."""

    secrets: Secrets
    holds: bool
    """Whether it marks or names any, those too that are too ordinary to be looked for elsewhere."""


class Shown(dict[str, Any]):
    """A plan's JSON that nobody changes any more: what it says of secrets is looked for once, not by each who asks."""

    @functools.cached_property
    def said(self) -> Said:
        return _said(self)


def said(plan: Mapping[str, Any]) -> Said:
    """What a plan says of secrets."""
    return plan.said if isinstance(plan, Shown) else _said(plan)


def _said(plan: Mapping[str, Any]) -> Said:
    sensitive, by_name = [*_sensitive(plan)], [*_named(plan)]
    marks = [leaf for value in sensitive for leaf in leaves(value)]
    every = (*(each for leaf in marks for each in found(leaf)), *by_name)
    return Said(Secrets(marks, found_elsewhere(every, lambda: names_in(plan))), bool(sensitive or by_name))


def secrets_of_configuration(configuration: Mapping[str, Any]) -> Secrets:
    """What a configuration (`cdk.tf.json`) names as a secret: known before there is a plan."""
    secret: list[Any] = []
    by_name: list[tuple[Any, str]] = []
    for word in _BLOCKS:
        for named_blocks in (configuration.get(word) or {}).values():
            for block in named_blocks.values():
                by_name += found(block, by_people=False)
    for name, block in (configuration.get("variable") or {}).items():
        if block.get("sensitive"):
            secret += leaves(block.get("default"))
        else:
            by_name += found(block.get("default"), name)
    for word in ("output", "locals"):
        for name, block in (configuration.get(word) or {}).items():
            by_name += found(block.get("value") if word == "output" else block, name)
    return Secrets(
        map(_literal, secret),
        [(_literal(value), what) for value, what in found_elsewhere(by_name, lambda: names_in(configuration))],
    )


def _literal(value: Any) -> Any:
    """`$${` is how a configuration writes `${` where it means no expression."""
    return value.replace("$${", "${").replace("%%{", "%{") if isinstance(value, str) else value


def secrets_of_state(state: Mapping[str, Any]) -> Secrets:
    """What a state file marks as sensitive or names as a secret: known before there is a plan.

    Takes the format's version 4 (internal/states/statefile/version4.go): `sensitive_attributes` are paths of steps.
    """
    secret: list[Any] = []
    by_name: list[tuple[Any, str]] = []
    for name, output in (state.get("outputs") or {}).items():
        if output.get("sensitive"):
            secret += leaves(output.get("value"))
        else:
            by_name += found(output.get("value"), name)
    for resource in state.get("resources") or ():
        for instance in resource.get("instances") or ():
            attributes = instance.get("attributes")
            by_name += found(attributes, by_people=False)
            for path in instance.get("sensitive_attributes") or ():
                secret += leaves(_at(attributes, path))
    return Secrets(secret, found_elsewhere(by_name, lambda: names_in(state)))


def _at(value: Any, path: Iterable[Mapping[str, Any]]) -> Any:
    """What stands at the end of a path, or as near to it as the path can be followed."""
    for step in path:
        key = step.get("value")
        if isinstance(key, Mapping):  # {"value": 0, "type": "number"}
            key = key.get("value")
        here = dict(enumerate(value)) if isinstance(value, list) else value
        if isinstance(here, Mapping) and key in here:
            value = here[key]
    return value


def _sensitive(plan: Mapping[str, Any]) -> Iterator[Any]:
    """The values, whole or in part, that a plan marks: of changes, of its states, of the configuration's variables."""
    for change in (*_resource_changes(plan), *(plan.get("output_changes") or {}).values()):
        for side in ("before", "after"):
            yield from marked(change.get(side), change.get(f"{side}_sensitive"))
    for values in _states(plan):
        for output in (values.get("outputs") or {}).values():
            if output.get("sensitive"):
                yield output.get("value")
        for resource in _resources(values):
            yield from marked(resource.get("values"), resource.get("sensitive_values"))
    given = plan.get("variables") or {}
    for name, variable in _variables(plan).items():
        if variable.get("sensitive"):
            yield variable.get("default")
            yield (given.get(name) or {}).get("value")


def _named(plan: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    """The values that stand under names of secrets in the same places, with what each is."""
    for said in _by_address(plan).values():
        for value in said:
            yield from found(value, by_people=False)
    for name, change in (plan.get("output_changes") or {}).items():
        for side in ("before", "after"):
            yield from found(change.get(side), name)
    for values in _states(plan):
        for name, output in (values.get("outputs") or {}).items():
            yield from found(output.get("value"), name)
    for name, given in (plan.get("variables") or {}).items():
        yield from found(given.get("value"), name)


def _by_address(plan: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What is said of each resource, each value once: a plan says most of them three times, and looking through one
    takes ten times as long as comparing it."""
    said: dict[str, list[Any]] = {}
    for entry in _changed(plan):
        change = entry.get("change") or {}
        _say(said, entry, change.get("before"))
        _say(said, entry, change.get("after"))
    for values in _states(plan):
        for resource in _resources(values):
            _say(said, resource, resource.get("values"))
    return said


def _say(said: dict[str, list[Any]], entry: Mapping[str, Any], value: Any) -> None:
    values = said.setdefault(str(entry.get("address")), [])
    if value is not None and value not in values:
        values.append(value)


def _variables(plan: Mapping[str, Any]) -> Mapping[str, Any]:
    return ((plan.get("configuration") or {}).get("root_module") or {}).get("variables") or {}


def _states(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan.get("planned_values") or {}
    yield (plan.get("prior_state") or {}).get("values") or {}


def _resource_changes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for entry in _changed(plan):
        yield entry.get("change") or {}


def _changed(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from plan.get("resource_changes") or ()
    yield from plan.get("resource_drift") or ()
    for entry in plan.get("deferred_changes") or ():
        yield entry.get("resource_change") or {}


def _resources(values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    modules = [values.get("root_module") or {}]
    while modules:
        module = modules.pop()
        yield from module.get("resources") or ()
        modules += module.get("child_modules") or ()


def leaves(value: Any) -> Iterator[Any]:
    """All scalars of a value."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif value is not None:
        yield value
