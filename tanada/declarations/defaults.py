"""Defaults that depend on the environment: each kind of part says its own; here they are laid below the declaration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from tanada.declarations.model_info import kind_at
from tanada.declarations.tree import Node
from tanada.declared.blueprint import Blueprint, groups
from tanada.declared.load_balancer import PUBLIC
from tanada.declared.model import Default, Kind
from tanada.declared.redirects import FixedResponse, Redirect

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
    where they name none, and so does what load balancers answer by themselves."""
    if len(load_balancers) != 1 or load_balancers[0] == PUBLIC:
        return tree
    only = load_balancers[0]
    tree = _each(tree, "services", lambda part: _behind(part, only))
    tree = _each(tree, "redirects", lambda each: _fill(_long(each, Redirect), ("load_balancer",), only, ONLY))
    return _each(
        tree, "fixed_responses", lambda each: _fill(_long(each, FixedResponse), ("load_balancer",), only, ONLY)
    )


def _each(tree: Node, group: str, change: Callable[[Node], Node]) -> Node:
    """The tree with each part of a group changed."""
    if (node := tree.mapping.get(group)) is None or not node.mapping:
        return tree
    parts = {name: change(part) for name, part in node.mapping.items()}
    return replace(tree, value={**tree.mapping, group: replace(node, value=parts)})


def _long(node: Node, form: type[Redirect | FixedResponse]) -> Node:
    """A short form as the mapping that it stands for."""
    if not isinstance(node.value, str):
        return node
    (field,) = form.SHORT(node.value) if form.SHORT is not None else ()
    return replace(node, value={field: node}, said=None)


def in_time_zone(tree: Node, zone: Node | None) -> Node:
    """The tree of a blueprint, or of an environment, whose jobs' schedules, and hours of services that scale, are told
    in the system's time zone where they say none of their own; a rate is told in none."""
    if zone is None:
        return tree
    tree = _hours_in(tree, zone)
    if "backup" in tree.mapping:
        tree = _put(tree, ("backup", "time_zone"), zone)
    jobs = tree.mapping.get("jobs")
    if jobs is None:
        return tree
    parts = {
        name: replace(part, value={**part.mapping, "time_zone": zone}) if _told_by_hours(part) else part
        for name, part in jobs.mapping.items()
    }
    return replace(tree, value={**tree.mapping, "jobs": replace(jobs, value=parts)}) if parts else tree


def _hours_in(tree: Node, zone: Node) -> Node:
    """… of the services that scale by the hour, and of stores' sanitised snapshots."""
    for name in tree.mapping["services"].mapping if "services" in tree.mapping else ():
        hours = tree.find(("services", name, "scale", "schedule"))
        for each in hours.mapping if hours is not None else ():
            tree = _put(tree, ("services", name, "scale", "schedule", each, "time_zone"), zone)
    for name, store in tree.mapping["stores"].mapping.items() if "stores" in tree.mapping else ():
        for kind in store.mapping:
            said = store.find((kind, "sanitised"))
            if said is not None and _told_by_hours(said):
                tree = _put(tree, ("stores", name, kind, "sanitised", "time_zone"), zone)
    return tree


def _put(node: Node, loc: Sequence[str], value: Node) -> Node:
    """The node with another there, where it is a mapping that lacks it."""
    if not isinstance(node.value, Mapping) or (len(loc) == 1 and loc[0] in node.mapping):
        return node
    below = value if len(loc) == 1 else _put(node.mapping[loc[0]], loc[1:], value)
    return replace(node, value={**node.mapping, loc[0]: below})


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


def with_addresses(tree: Node, sets: Node | None) -> Node:
    """The tree of an environment, or of review, with the addresses of its account's sets in place of their names,
    wherever `allow`, or `addresses` of people, has one; each stands where its set is named."""
    known = sets.mapping if sets is not None else {}
    if not known:
        return tree
    tree = _each(tree, "services", lambda part: _allowing(part, known))
    return _each(tree, "people", lambda person: _from(person, known))


def _from(person: Node, sets: Mapping[str, Node]) -> Node:
    if (addresses := person.mapping.get("addresses")) is None:
        return person
    return replace(person, value={**person.mapping, "addresses": _listed(addresses, sets)})


def _allowing(part: Node, sets: Mapping[str, Node]) -> Node:
    """A service, or a sidecar."""
    part = _each(part, "sidecars", lambda each: _allowing(each, sets))
    tcp = part.mapping.get("tcp")
    if tcp is not None and isinstance(tcp.value, Mapping) and (who := tcp.mapping.get("allow")) is not None:
        tcp = replace(tcp, value={**tcp.mapping, "allow": _listed(who, sets)})
        part = replace(part, value={**part.mapping, "tcp": tcp})
    http = part.mapping.get("http")
    lists = http.mapping.get("allow") if http is not None else None
    if http is None or lists is None:
        return part
    if isinstance(lists.value, Mapping):
        lists = replace(lists, value={path: _listed(each, sets) for path, each in lists.value.items()})
    else:
        lists = _listed(lists, sets)
    http = replace(http, value={**http.mapping, "allow": lists})
    return replace(part, value={**part.mapping, "http": http})


def _listed(node: Node, sets: Mapping[str, Node]) -> Node:
    """A list, or one text, without names of sets; one that nobody knows stays, and what is none at all."""
    items = node.value if isinstance(node.value, tuple) else (node,)
    found = tuple(new for each in items for new in _named(each, sets))
    return (
        node if found == items or not all(isinstance(each.value, str) for each in found) else replace(node, value=found)
    )


def _named(node: Node, sets: Mapping[str, Node]) -> tuple[Node, ...]:
    named = sets.get(node.value) if isinstance(node.value, str) else None
    if named is None:
        return (node,)
    ranges = named.value if isinstance(named.value, tuple) else (named,)
    return tuple(replace(node, value=each.value) for each in ranges)


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
    if any(field in said.mapping for field in default.without):
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
