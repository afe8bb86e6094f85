"""Checks of Service Connect: there is a port, ECS knows its name, and who calls is a service that reaches it."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.service import Service
from tanada.declared.service_connect import called_so, spoken
from tanada.text import one_of, quoted


def check_service_connect(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, service in scope.services.items():
        if service.service_connect is not None:
            of: Loc = ("services", name, "service_connect")
            yield from _answers(scope, of, service)
            yield from _clients(scope, of, name, service.service_connect.clients or ())
            yield from _circle(scope, of, name)


def _answers(scope: Scope, of: Loc, service: Service) -> Iterator[Mistake]:
    if service.answers_at is None:
        if service.container is None:
            yield mistake(scope.tree, of, "nothing listens here; give the service a port, or take it out")
        return
    if service.external:
        sentence = "its port has a name in the task definition, and with deploy: external others say which one runs"
        yield mistake(scope.tree, of, f"{sentence}; take one of them out", because=[(*of[:-1], "deploy")])
    http = service.https.get(service.container)
    if http is not None and http.tls and (read := spoken(service)) != "tcp":
        sentence = f"a proxy that reads {read} can't read what is encrypted, as http.tls says it is"
        yield mistake(scope.tree, (*of, "protocol"), f"{sentence}; say protocol: tcp, or leave it out")


def _clients(scope: Scope, of: Loc, name: str, clients: tuple[str, ...]) -> Iterator[Mistake]:
    callers = [each for each, service in scope.services.items() if name in service.reached]
    for index, each in enumerate(clients):
        at = (*of, "clients", index)
        if scope.homes.get(each) in ("jobs", "tasks"):
            sentence = f"{quoted(each)} is none of services, which alone have proxies; it calls by the private name"
            yield mistake(scope.tree, at, f"{sentence}: take it out")
        elif each not in callers and (each in scope.services or each not in scope.homes):
            said = one_of(callers) if callers else "nobody does; write clients: []"
            sentence = f"{quoted(each)} doesn't reach {name}; {said}"
            yield mistake(scope.tree, at, sentence, because=[("services", each, "reach")])


def _circle(scope: Scope, of: Loc, name: str) -> Iterator[Mistake]:
    """Each is deployed after those that it calls; said once, by the first of a circle."""
    paths: list[tuple[str, ...]] = [(name,)]
    seen: set[str] = set()
    while paths:
        path = paths.pop()
        for other in called_so(path[-1], scope.services):
            if other == name and name == min(path):
                way = " → ".join((*path, name))
                sentence = f"{way}: each would have to be deployed after the other, as tasks see what was there before"
                instead = "leave one that calls out of clients, which then calls by the private name"
                yield mistake(scope.tree, of, f"{sentence}; {instead}")
                return
            if other not in seen:
                seen.add(other)
                paths.append((*path, other))
