"""Checks of services: what they refer to, their size, their way in."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.fargate import is_pair, nearest_pair
from tanada.declarations.mistakes import Mistake
from tanada.declarations.models import Service
from tanada.declarations.parts import Part, Parts, each_once
from tanada.declarations.tree import Node, mistake
from tanada.text import meant, one_of, quoted


def check_services(system: Parts) -> Iterator[Mistake]:
    return each_once(system.parts, _part)


def _part(part: Part) -> Iterator[Mistake]:
    yield from _names(part)
    yield from _one_public(part)
    yield from _tables(part)
    for name, service in part.services.items():
        yield from _size(part.tree, name, service)
        yield from _ways_in(part.tree, name, service)
        yield from _reach(part, name, service)
        yield from _writable(part.tree, name, service)
        yield from _common(part, name, service)


def _names(part: Part) -> Iterator[Mistake]:
    for name in part.store_names:
        if name in part.service_names:
            sentence = "a service has this name already; a reference is a bare name, so give one of them another"
            yield mistake(part.tree, ("stores", name), sentence, at_key=True)


def _tables(part: Part) -> Iterator[Mistake]:
    for name in part.store_names:
        loc = ("stores", name, "table")
        key, sort = part.tree.find((*loc, "key")), part.tree.find((*loc, "sort"))
        if key is not None and sort is not None and isinstance(sort.value, str) and key.value == sort.value:
            yield mistake(part.tree, (*loc, "sort"), f"{quoted(sort.value)} is the key already; name another attribute")


def _one_public(part: Part) -> Iterator[Mistake]:
    public = [name for name, service in part.services.items() if service.http is not None]
    for name in public[1:]:
        sentence = f"{public[0]} answers at the environment's domain already; only one service can have http"
        yield mistake(part.tree, ("services", name, "http"), sentence, at_key=True)


def _size(tree: Node, name: str, service: Service) -> Iterator[Mistake]:
    if is_pair(service.cpu, service.memory):
        return
    cpu, memory = nearest_pair(service.cpu, service.memory)
    loc = ("services", name)
    # At whichever of the two an environment changed, else at the memory.
    last = _written_last(tree, loc)
    yield mistake(
        tree,
        (*loc, last),
        f"Fargate has no size of cpu {service.cpu} with memory {service.memory}; "
        f"the nearest is cpu {cpu} with memory {memory}",
    )


def _written_last(tree: Node, loc: tuple[str, ...]) -> str:
    cpu, memory = tree.find((*loc, "cpu")), tree.find((*loc, "memory"))
    if memory is None:
        return "cpu"
    return "cpu" if cpu is not None and (cpu.source, memory.source) == ("override", "blueprint") else "memory"


def _ways_in(tree: Node, name: str, service: Service) -> Iterator[Mistake]:
    if service.port is not None:
        return
    for field in ("http", "health"):
        if getattr(service, field) is not None:
            sentence = f"without a port nothing can ask it; give services.{name} a port"
            yield _at_removal(tree, ("services", name, "port"), f"{field} needs it, so take that away too") or mistake(
                tree, ("services", name, field), sentence, at_key=True
            )


def _reach(part: Part, name: str, service: Service) -> Iterator[Mistake]:
    known = [each for each in (*part.service_names, *part.store_names) if each != name]
    for index, other in enumerate(service.reach):
        loc = ("services", name, "reach", index)
        needed = f"services.{name} reaches it; override that reach too"
        if other == name:
            yield mistake(part.tree, loc, f"{quoted(other)} is the service itself, which needs no way; take it out")
        elif other not in known:
            sentence = f"{quoted(other)} is no service or store; {one_of(known)}{meant(other, known)}"
            yield (
                _at_removal(part.tree, ("services", other), needed)
                or _at_removal(part.tree, ("stores", other), needed)
                or mistake(part.tree, loc, sentence)
            )
        elif other in part.services and part.services[other].port is None:
            sentence = f"{quoted(other)} has no port, so it can't be reached; give services.{other} one"
            yield _at_removal(part.tree, ("services", other, "port"), needed) or mistake(part.tree, loc, sentence)
        elif other in service.reach[:index]:
            yield mistake(part.tree, loc, f"{quoted(other)} is here twice")


def _at_removal(tree: Node, loc: tuple[str, ...], sentence: str) -> Mistake | None:
    """The mistake at the `null` that took the thing away, where one did."""
    parent = tree.find(loc[:-1])
    if parent is None or loc[-1] not in parent.removed:
        return None
    return mistake(tree, loc, f"is taken away here, but {sentence}")


def _writable(tree: Node, name: str, service: Service) -> Iterator[Mistake]:
    for index, path in enumerate(service.writable):
        loc = ("services", name, "writable", index)
        if path != "/" and "/" in service.writable:
            yield mistake(tree, loc, f'"/" makes all of the container writable; take out either it or {quoted(path)}')
        elif path in service.writable[:index]:
            yield mistake(tree, loc, f"{quoted(path)} is here twice")


def _common(part: Part, name: str, service: Service) -> Iterator[Mistake]:
    """What a service takes from the common layer of its account."""
    layer = part.layer
    if layer is None:
        return
    if service.image not in layer.images:
        yield mistake(
            part.tree,
            ("services", name, "image"),
            f"{quoted(service.image)} is none of common.images; {one_of(layer.images)}"
            f"{meant(service.image, layer.images)}",
        )
    if service.http is not None and service.http.load_balancer > layer.load_balancers:
        yield mistake(
            part.tree,
            ("services", name, "http", "load_balancer"),
            f"load balancer {service.http.load_balancer} is not there; common.load_balancers is {layer.load_balancers}",
        )
