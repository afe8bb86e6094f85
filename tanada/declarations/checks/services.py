"""Checks of services, and of tasks: what they refer to, their size, their way in."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import Node, at_removal, mistake, plain, repeated
from tanada.declared.fargate import is_pair, nearest_pair
from tanada.declared.image import reference
from tanada.declared.service import Service
from tanada.text import meant, one_of, quoted

Way = tuple[str, str]
"""Group and name of what runs."""


def check_services(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, service in scope.running.items():
        part = (scope.homes[name], name)
        yield from _size(scope.tree, part, service)
        yield from _writable(scope.tree, part, service)
        yield from _variables(scope.tree, part, service)
        yield from _commands(scope.tree, part, service)
        yield from _limits(scope.tree, part, service)
        yield from _common(scope, part, service)
    for name, service in scope.services.items():
        yield from _ways_in(scope.tree, name, service)
        yield from _recreate(scope.tree, name, service)


def _size(tree: Node, part: Way, service: Service) -> Iterator[Mistake]:
    if is_pair(service.cpu, service.memory):
        return
    cpu, memory = nearest_pair(service.cpu, service.memory)
    last = _written_last(tree, part, "cpu", "memory")
    yield mistake(
        tree,
        (*part, last),
        f"Fargate has no size of cpu {service.cpu} with memory {service.memory}; "
        f"the nearest is cpu {cpu} with memory {memory}",
    )


def _written_last(tree: Node, loc: tuple[str, ...], first: str, second: str) -> str:
    """Whichever of two fields an environment changed, else the second, where it is written."""
    one, other = tree.find((*loc, first)), tree.find((*loc, second))
    if other is None:
        return first
    return first if one is not None and (one.source, other.source) == ("override", "blueprint") else second


def _ways_in(tree: Node, name: str, service: Service) -> Iterator[Mistake]:
    if service.port is not None:
        return
    by_path = service.health_check is not None and service.health_check.path is not None
    for field, asks in (("http", service.http is not None), ("health_check", by_path)):
        if asks:
            sentence = f"without a port nothing can ask it; give services.{name} a port"
            yield at_removal(tree, ("services", name, "port"), f"{field} needs it, so take that away too") or mistake(
                tree, ("services", name, field), sentence, at_key=True
            )


def _writable(tree: Node, part: Way, service: Service) -> Iterator[Mistake]:
    loc = (*part, "writable")
    node = tree.find(loc)
    written = plain(node) if node is not None else ()
    listed = isinstance(written, (list, tuple))
    if "/" in service.writable:
        if not listed and node is not None:
            yield mistake(
                tree, (*loc, "/"), '"/" makes all of the container writable and has no size; write [/]', at_key=True
            )
        for index, path in enumerate(written):
            if path != "/":
                sentence = f'"/" makes all of the container writable; take out either it or {quoted(path)}'
                yield mistake(tree, (*loc, index if listed else path), sentence, at_key=not listed)
    elif listed:
        for index in repeated(written):
            yield mistake(tree, (*loc, index), f"{quoted(written[index])} is here twice")


def _variables(tree: Node, part: Way, service: Service) -> Iterator[Mistake]:
    for variable, text in service.variables.items():
        if not text:
            # hashicorp/terraform-provider-aws#39533
            sentence = "is empty; ECS leaves such a variable out, so every plan would differ: give it a value, or none"
            yield mistake(tree, (*part, "variables", variable), sentence)


def _commands(tree: Node, part: Way, service: Service) -> Iterator[Mistake]:
    for field in ("command", "entrypoint"):
        if getattr(service, field) == ():
            sentence = "is empty, which ECS takes for the image's own; take it out, or write what runs instead"
            yield mistake(tree, (*part, field), sentence)


def _recreate(tree: Node, name: str, service: Service) -> Iterator[Mistake]:
    last = _written_last(tree, ("services", name), "count", "rollout")
    if service.rollout.recreate and service.rollout.minimum == 0 and service.count > 1:
        # `maximumPercent` limits the number of tasks, whichever their revision (ECS API reference,
        # DeploymentConfiguration).
        yield mistake(
            tree,
            ("services", name, last),
            f"only one task goes with rollout: recreate, and count is {service.count}: ECS counts tasks, not versions, "
            "so old and new ones would mix; say count: 1, or rollout: rolling",
        )
    elif service.rollout.stands_still(service.count):
        percents = f"{service.rollout.minimum} and {service.rollout.maximum} percent of {service.count}"
        sentence = (
            f"with {percents} no task may stop before another starts, and none may start: every deployment stands"
        )
        yield mistake(tree, ("services", name, last), f"{sentence}; lower the minimum, or raise the maximum")


_FILES = 1024 * 1024
"""Files that a process may have open at most: `nr_open` of Linux (Documentation/admin-guide/sysctl/fs.rst), above which
setrlimit fails; on Fargate it is the default (reown-com/blockchain-api#1183)."""
_STARTS_WITH = ("cpu", "data", "nofile", "stack")
"""Limits without which no program starts (setrlimit(2))."""


def _limits(tree: Node, part: Way, service: Service) -> Iterator[Mistake]:
    for kind, limit in service.ulimits.items():
        loc = (*part, "ulimits", kind)
        most = limit.soft if limit.hard is None else limit.hard
        if kind == "nofile" and most > _FILES:
            sentence = f"{most:,} open files are more than Linux has for a process, so no task would start"
            yield mistake(tree, loc, f"{sentence}; expected at most {_FILES}")
        elif kind in _STARTS_WITH and limit.soft == 0:
            yield mistake(tree, loc, f"with {kind} 0 no program starts; raise it, or take it out")


def _common(scope: Scope, part: Way, service: Service) -> Iterator[Mistake]:
    """What a service takes from the common layer of its account."""
    layer = scope.layer
    if layer is None:
        return
    common = ("accounts", str(scope.account), "common")
    if (image := service.built) is not None and image not in layer.images:
        yield mistake(
            scope.tree,
            (*part, "image"),
            f"{quoted(image)} is none of common.images; {one_of(layer.images)}{meant(image, layer.images)}",
            because=[(*common, "images")],
        )
    named = reference(service.image).partition("@")[0].partition(":")[0]
    if service.built is None and named in layer.images:
        yield mistake(
            scope.tree,
            (*part, "image"),
            f"{named} is one of common.images, whose tag is given when you plan, and with one here it would be Docker "
            f"Hub's; write {named} alone",
            because=[(*common, "images")],
        )
    if service.http is not None and service.http.load_balancer > layer.load_balancers:
        yield mistake(
            scope.tree,
            (*part, "http", "load_balancer"),
            f"load balancer {service.http.load_balancer} is not there; common.load_balancers is {layer.load_balancers}",
            because=[(*common, "load_balancers")],
        )
