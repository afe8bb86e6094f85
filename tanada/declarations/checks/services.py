"""Checks of services: what they refer to, their size, their way in."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tanada.declarations.checks.containers import nothing_asks
from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import Node, at_removal, mistake
from tanada.declared.answers import TARGET_GROUPS
from tanada.declared.fargate import is_pair, nearest_pair
from tanada.declared.http import Http
from tanada.declared.service import Service
from tanada.declared.store import Store
from tanada.text import meant, one_of, quoted


def check_services(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, service in scope.running.items():
        yield from _size(scope.tree, (scope.homes[name], name), service)
        yield from _limits(scope.tree, (scope.homes[name], name), service)
    for name, service in scope.services.items():
        yield from _ways_in(scope.tree, name, service)
        yield from _codes(scope, name, service)
        yield from _recreate(scope.tree, name, service)
        yield from _scale(scope, name, service)
        yield from _common(scope, name, service)


def _size(tree: Node, loc: tuple[str, str], service: Service) -> Iterator[Mistake]:
    if is_pair(service.cpu, service.memory):
        return
    cpu, memory = nearest_pair(service.cpu, service.memory)
    last = _written_last(tree, loc, "cpu", "memory")
    yield mistake(
        tree,
        (*loc, last),
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
    if service.http is not None and service.answers_at is None and service.container is None:
        yield nothing_asks(tree, ("services", name), "http")
    for each, sidecar in service.sidecars.items():
        if sidecar.http is not None and sidecar.port is None:
            yield nothing_asks(tree, ("services", name, "sidecars", each), "http")
    groups = [balancer for http in service.https.values() for balancer in http.load_balancer]
    if len(groups) * (1 + service.shifts) > TARGET_GROUPS:
        each = f"two target groups ({service.rollout.strategy})" if service.shifts else "a target group"
        sentence = (
            f"its containers stand behind load balancers {len(groups)} times, each with {each}, and ECS takes "
            f"{TARGET_GROUPS} a service; take some of http out"
        )
        also = [of_http(name, each) for each in service.https]
        yield mistake(tree, ("services", name), sentence, at_key=True, because=also)


def _recreate(tree: Node, name: str, service: Service) -> Iterator[Mistake]:
    said = "count" if service.scale is None else "scale"
    many = f"count is {service.count}" if service.scale is None else f"scale goes up to {service.most}"
    last = _written_last(tree, ("services", name), said, "rollout")
    if service.rollout.recreate and service.rollout.minimum == 0 and service.most > 1:
        # `maximumPercent` limits the number of tasks, whichever their revision (ECS API reference,
        # DeploymentConfiguration).
        yield mistake(
            tree,
            ("services", name, last),
            f"only one task goes with rollout: recreate, and {many}: ECS counts tasks, not versions, "
            "so old and new ones would mix; say count: 1, or rollout: rolling",
        )
    elif service.rollout.stands_still(tasks := max(1, service.least) if service.scale else service.count):
        percents = f"{service.rollout.minimum} and {service.rollout.maximum} percent of {tasks}"
        sentence = (
            f"with {percents} no task may stop before another starts, and none may start: every deployment stands"
        )
        yield mistake(tree, ("services", name, last), f"{sentence}; lower the minimum, or raise the maximum")


def _scale(scope: Scope, name: str, service: Service) -> Iterator[Mistake]:
    """Of what it scales by: each must be measured."""
    if service.scale is None:
        return
    tree, loc = scope.tree, ("services", name, "scale")
    if tree.find((*loc[:2], "count")) is not None:
        last = _written_last(tree, loc[:2], "count", "scale")
        other = "scale" if last == "count" else "count"
        sentence = f"count and scale exclude each other; take one out, here by {other}: null"
        yield mistake(tree, (*loc[:2], last), sentence, because=[(*loc[:2], other)])
    if service.scale.requests is not None and not service.https:
        sentence = "requests are counted by load balancers, and it stands behind none; add http, or scale by cpu"
        yield mistake(tree, (*loc, "requests"), sentence)
    for queue in service.scale.queue:
        store = scope.parts.get(queue)
        at = (*loc, "queue", queue)
        known = [each for each, part in scope.parts.items() if _is_queue(part) and not _elsewhere(part)]
        if store is None and queue not in scope.homes:
            if scope.whole:
                needed = f"services.{name} scales by it; override that too"
                yield at_removal(tree, ("stores", queue), needed) or mistake(
                    tree, at, f"{quoted(queue)} is no queue; {one_of(known)}{meant(queue, known)}"
                )
        elif store is not None and not _is_queue(store):
            sentence = f"{quoted(queue)} is no queue, and messages are counted in queues alone; {one_of(known)}"
            yield mistake(tree, at, sentence, because=[(scope.homes[queue], queue)])
        elif store is not None and _elsewhere(store):
            sentence = "CloudWatch counts messages in the account of their queue, which is another's; scale by cpu"
            yield mistake(tree, at, sentence, because=[("stores", queue, "queue", "existing")])


def _is_queue(part: object) -> bool:
    return isinstance(part, Store) and part.queue is not None


def _elsewhere(part: object) -> bool:
    """Whether it is a queue of another account."""
    return isinstance(part, Store) and part.queue is not None and (part.queue.existing or "").startswith("arn:")


_FILES = 1024 * 1024
"""Files that a process may have open at most: `nr_open` of Linux (Documentation/admin-guide/sysctl/fs.rst), above which
setrlimit fails; on Fargate it is the default (reown-com/blockchain-api#1183)."""
_STARTS_WITH = ("cpu", "data", "nofile", "stack")
"""Limits without which no program starts (setrlimit(2))."""


def _limits(tree: Node, part: tuple[str, str], service: Service) -> Iterator[Mistake]:
    for kind, limit in service.ulimits.items():
        loc = (*part, "ulimits", kind)
        most = limit.soft if limit.hard is None else limit.hard
        if kind == "nofile" and most > _FILES:
            sentence = f"{most:,} open files are more than Linux has for a process, so no task would start"
            yield mistake(tree, loc, f"{sentence}; expected at most {_FILES}")
        elif kind in _STARTS_WITH and limit.soft == 0:
            yield mistake(tree, loc, f"with {kind} 0 no program starts; raise it, or take it out")


def _common(scope: Scope, name: str, service: Service) -> Iterator[Mistake]:
    """What a service takes from the common layer of its account."""
    layer = scope.layer
    if layer is None:
        return
    yield from _balancers(scope, name, service, layer.load_balancers)


def _codes(scope: Scope, name: str, service: Service) -> Iterator[Mistake]:
    """HTTP's are of three digits."""
    for sidecar, http in service.https.items():
        grpc = len(http.health_check.codes.partition(",")[0].partition("-")[0]) < len("200")
        if grpc is not (http.protocol_version == "grpc"):
            sentence = (
                "these don't go with protocol_version: gRPC answers with codes from 0 to 99, HTTP from 200 to 499"
            )
            loc = of_http(name, sidecar)
            yield mistake(scope.tree, (*loc, "health_check", "codes"), sentence, because=[(*loc, "protocol_version")])


def of_http(name: str, sidecar: str | None) -> tuple[str, ...]:
    """The way to the service's own `http`, or to a sidecar's."""
    return ("services", name, "http") if sidecar is None else ("services", name, "sidecars", sidecar, "http")


def _balancers(scope: Scope, name: str, service: Service, there: Collection[str]) -> Iterator[Mistake]:
    for sidecar, http in service.https.items():
        yield from _behind(scope, of_http(name, sidecar), http, there)


def _behind(scope: Scope, of: tuple[str, ...], http: Http, there: Collection[str]) -> Iterator[Mistake]:
    loc: tuple[str | int, ...] = (*of, "load_balancer")
    node = scope.tree.find(loc)
    for index, each in enumerate(http.load_balancer):
        at = (*loc, index) if node is not None and isinstance(node.value, tuple) else loc
        if each in http.load_balancer[:index]:
            yield mistake(scope.tree, at, f"{quoted(each)} is here twice")
        elif not there:
            sentence = "has no load balancer (common.load_balancers is {}), so nothing is public; take http out"
            yield mistake(scope.tree, of, f"account {scope.account} {sentence}", at_key=True)
        elif each not in there:
            said = f"{quoted(each)} is none of common.load_balancers; {one_of(there)}{meant(each, there)}"
            if node is None:
                first = next(iter(there))
                said = f"there are several load balancers and none is called {each}; say load_balancer: {first}"
            yield mistake(scope.tree, at, said, because=[("accounts", str(scope.account), "common", "load_balancers")])
