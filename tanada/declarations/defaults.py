"""Defaults that depend on the environment: each kind of part says its own; here they are laid below the declaration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tanada.declarations.model_info import kind_at
from tanada.declarations.tree import Node
from tanada.declared.blueprint import Blueprint, groups
from tanada.declared.load_balancer import PUBLIC
from tanada.declared.model import Default, Kind

SOURCE = "default (protected account)"


def lay_below(tree: Node) -> Node:
    """The tree of an environment in a protected account, with its defaults where it says nothing."""
    for group in groups():
        node = tree.mapping.get(group)
        if node is not None and isinstance(node.value, Mapping):
            parts = {name: _part(group, part) for name, part in node.value.items()}
            tree = replace(tree, value={**tree.mapping, group: replace(node, value=parts)})
    return tree


ONLY = "default (the only load balancer)"


def behind_the_only_one(tree: Node, load_balancers: Sequence[str]) -> Node:
    """The tree of an environment in an account of these load balancers: its public services stand behind the only one
    where they name none."""
    services = tree.mapping.get("services")
    if len(load_balancers) != 1 or load_balancers[0] == PUBLIC or services is None:
        return tree
    parts = {name: _behind(part, load_balancers[0]) for name, part in services.mapping.items()}
    return replace(tree, value={**tree.mapping, "services": replace(services, value=parts)}) if parts else tree


def in_time_zone(tree: Node, zone: Node | None) -> Node:
    """The tree of a blueprint, or of an environment, whose jobs' schedules are told in the system's time zone where
    they say none of their own; a rate is told in none."""
    jobs = tree.mapping.get("jobs")
    if zone is None or jobs is None:
        return tree
    parts = {
        name: replace(part, value={**part.mapping, "time_zone": zone}) if _told_by_hours(part) else part
        for name, part in jobs.mapping.items()
    }
    return replace(tree, value={**tree.mapping, "jobs": replace(jobs, value=parts)}) if parts else tree


def _told_by_hours(job: Node) -> bool:
    schedule = job.mapping.get("schedule")
    return schedule is not None and isinstance(schedule.value, str) and "time_zone" not in job.mapping


def _behind(part: Node, load_balancer: str) -> Node:
    """A service, or a sidecar, with that load balancer where it is public and names none."""
    if "http" in part.mapping:
        part = _fill(part, ("http", "load_balancer"), load_balancer, ONLY)
    if (sidecars := part.mapping.get("sidecars")) is None or not isinstance(sidecars.value, Mapping):
        return part
    inner = {name: _behind(each, load_balancer) for name, each in sidecars.mapping.items()}
    return replace(part, value={**part.mapping, "sidecars": replace(sidecars, value=inner)})


def _part(group: str, part: Node) -> Node:
    for default in _defaults(group, part):
        part = _fill(part, default.field, default.value)
    return part


def _defaults(group: str, part: Node) -> Iterator[Default]:
    """Those of the part itself, or of the kind that is its key, as far as they hold for what it says."""
    for loc in ((), *((key,) for key in part.mapping)):
        kind, said = kind_at(Blueprint, (group, "", *loc)), part.find(loc)
        if said is not None and isinstance(kind, type) and issubclass(kind, Kind):
            yield from (
                replace(default, field=(*loc, *default.field)) for default in kind.PROTECTED if _holds(default, said)
            )


def _holds(default: Default, said: Node) -> bool:
    if default.having and not any(field in said.mapping for field in default.having):
        return False
    if default.unless is None:
        return True
    field, value = default.unless
    return (other := said.mapping.get(field)) is None or other.value != value


def _fill(node: Node, field: tuple[str, ...], value: str, source: str = SOURCE) -> Node:
    """The node with the field added, where it is a mapping that lacks it."""
    if not isinstance(node.value, Mapping):
        return node
    first, rest = field[0], field[1:]
    below = node.mapping.get(first)
    if below is None:
        below = Node({} if rest else value, node.key, node.key, (*node.path, first), source)
    return replace(node, value={**node.mapping, first: _fill(below, rest, value, source) if rest else below})
