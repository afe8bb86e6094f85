"""`like: web`: what another service says, laid below what a part says itself, so that `tanada show` names the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tanada.declarations.common_settings import FIELD
from tanada.declarations.merge import merge
from tanada.declarations.mistakes import Mistake
from tanada.declarations.tree import BROKEN, Node, at_removal, mistake
from tanada.declared.like import GIVEN
from tanada.declared.secrets import generated_at
from tanada.text import meant, one_of, quoted

_GROUPS = ("services", "jobs", "tasks")
"""Whose parts may be like a service."""


def alike(tree: Node) -> tuple[Node, list[Mistake]]:
    """The tree of a blueprint, or of an environment over it, with what `like` gives; what names no service that it
    could be like is a mistake, and broken."""
    mistakes: list[Mistake] = []
    others = tree.mapping.get("services")
    whole = others is None or isinstance(others.value, Mapping)
    services = others.mapping if others is not None else {}
    changed = {}
    for group in _GROUPS:
        node = tree.mapping.get(group)
        if node is None or not any(_like(part) for part in node.mapping.values()):
            continue
        parts = dict(node.mapping)
        for name, part in node.mapping.items():
            if (other := _like(part)) is not None:
                found = _mistake(tree, services, (group, name), other) if whole else None
                given = services.get(other)
                if found is not None:
                    mistakes.append(found)
                if found is not None or given is None or _like(given) is not None:
                    parts[name] = replace(part, value=BROKEN)
                else:
                    parts[name] = _over(_of_its_own(given, other), part)
        changed[group] = replace(node, value=parts)
    return (replace(tree, value={**tree.mapping, **changed}) if changed else tree), mistakes


def _like(part: Node) -> str | None:
    said = part.mapping.get("like")
    return said.value if said is not None and isinstance(said.value, str) else None


def _circle(services: Mapping[str, Node], name: str) -> list[str]:
    """The services that are like each other all round, where those that this one is like lead there; else none."""
    seen: list[str] = []
    while name not in seen:
        seen.append(name)
        further = _like(services[name])
        if further is None or further not in services:
            return []
        name = further
    return seen[seen.index(name) :]


def _of_its_own(given: Node, name: str) -> Node:
    """With the references of the values that are made for it: what is like it takes these, and has none of its own."""
    secrets = given.mapping.get("secrets")
    if secrets is None or not any(isinstance(each.value, Mapping) for each in secrets.mapping.values()):
        return given
    before = given.mapping.get("renamed_from")
    names = [before.value] if before is not None and isinstance(before.value, str) else []
    if before is not None and isinstance(before.value, tuple):
        names = [each.value for each in before.value if isinstance(each.value, str)]
    owner = next(iter(names), name)
    own = {
        variable: replace(each, value=generated_at(owner, variable)) if isinstance(each.value, Mapping) else each
        for variable, each in secrets.mapping.items()
    }
    return replace(given, value={**given.mapping, "secrets": replace(secrets, value=own)})


def _over(given: Node, part: Node) -> Node:
    if not isinstance(given.value, Mapping):
        return replace(part, value=BROKEN)  # said of the other one
    lower = replace(given, value={key: each for key, each in given.mapping.items() if key in GIVEN}, removed={})
    own = {
        key: each for key, node in part.mapping.items() if (each := _own(node) if key in GIVEN else node) is not None
    }
    merged = merge(lower, replace(part, value=own))
    return replace(merged, at=part.at, key=part.key, path=part.path, source=part.source)


def _own(node: Node) -> Node | None:
    """What a part says itself: what `defaults` lay under it stands under the other one, too, which may say more."""
    if node.path[:1] == (FIELD,) or node.path[:2] == ("blueprint", FIELD):
        return None
    if not isinstance(node.value, Mapping):
        return node
    return replace(node, value={key: own for key, each in node.value.items() if (own := _own(each)) is not None})


def _mistake(tree: Node, services: Mapping[str, Node], part: tuple[str, str], other: str) -> Mistake | None:
    (group, name), loc = part, (*part, "like")
    if group == "services" and other == name:
        return mistake(tree, loc, f"{quoted(other)} is the service itself; name another one, or take it out")
    if other not in services:
        needed = f"{group}.{name} is like it; override that like too"
        known = [each for each in services if not (group == "services" and each == name)]
        sentence = f"{quoted(other)} is no service; {one_of(known)}{meant(other, known)}"
        removed = at_removal(tree, ("services", other), needed)
        return removed or mistake(tree, loc, sentence, because=[("services", other)])
    if circle := _circle(services, other):
        # Once: of what leads into it nothing can be said.
        if group != "services" or name != next(each for each in services if each in circle):
            return None
        way = " → ".join([*circle[circle.index(name) :], *circle[: circle.index(name)], name])
        return mistake(tree, loc, f"these are like each other in a circle: {way}; say image in one, and no like")
    if (further := _like(services[other])) is not None:
        sentence = f"{quoted(other)} is itself like {quoted(further)}; name one that says what it is"
        return mistake(tree, loc, sentence)
    return None
