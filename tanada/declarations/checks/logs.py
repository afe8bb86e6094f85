"""Checks of `logs`: whom lines can be mailed to, where they can go, and what a router beside the containers needs."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.checks.containers import containers
from tanada.declarations.checks.secrets import words_of, written
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.placeholders import mistakes
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.logs import ROUTER, FireLens, destination_fault
from tanada.declared.service import Service
from tanada.declared.ways import OPEN
from tanada.text import quoted

LISTENS = 24224
"""The port at which a router takes lines, inside the task (ECS developer guide, "Send Amazon ECS logs to an AWS service
or AWS Partner": it must not be open to others)."""


def check_logs(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, lambda scope: _scope(system, scope))


def _scope(system: Scopes, scope: Scope) -> Iterator[Mistake]:
    for name, service in scope.running.items():
        loc = (scope.homes[name], name, "logs")
        yield from _mail(scope, loc, service)
        yield from _destination(system, scope, loc, service)
        if (firelens := service.logs.firelens) is not None:
            yield from _instead(scope, loc, service)
            yield from _router(scope, name, service)
            yield from _way(scope, loc, service, firelens)


def _mail(scope: Scope, loc: Loc, service: Service) -> Iterator[Mistake]:
    """Of review environments nobody is mailed."""
    if service.logs.mail is None or scope.kind != "environment" or scope.layer is None:
        return
    if scope.layer.alarms is None:
        sentence = f"account {scope.account} says nowhere whom to mail; write common: {{alarms: {{mail: …}}}}"
        common = ("accounts", str(scope.account), "common", "alarms")
        yield mistake(scope.tree, (*loc, "mail"), sentence, at_key=True, because=[common])


def _destination(system: Scopes, scope: Scope, loc: Loc, service: Service) -> Iterator[Mistake]:
    text, account = service.logs.destination, system.accounts.get(str(scope.account))
    words = words_of(system, scope)
    if text is None or account is None or any(mistakes(text, words)):
        return
    if (fault := destination_fault(filled := written(text, words), account.region, account.id)) is not None:
        yield mistake(scope.tree, (*loc, "destination"), f"{quoted(filled)} {fault}")


def _instead(scope: Scope, loc: Loc, service: Service) -> Iterator[Mistake]:
    """What looks at lines in CloudWatch finds the router's alone."""
    for field in ("mail", "destination"):
        if getattr(service.logs, field) is not None:
            sentence = (
                "finds no line: with firelens they go to the router, and CloudWatch keeps what that one says; take out "
                "one of them"
            )
            yield mistake(scope.tree, (*loc, field), sentence, at_key=True, because=[(*loc, "firelens")])


def _router(scope: Scope, name: str, service: Service) -> Iterator[Mistake]:
    """What ECS takes of a router, and what the others need of it."""
    tree, router = scope.tree, service.sidecars[ROUTER]
    loc, also = ("services", name, "sidecars", ROUTER), [("services", name, "logs", "firelens")]
    if (router.user or "0").partition(":")[0] != "0":
        sentence = f"{quoted(str(router.user))} is not root (0), and ECS runs a router as nobody else; take it out"
        yield mistake(tree, (*loc, "user"), sentence, because=also)
    for other in router.depends_on:
        sentence = f"{other} waits for the router of its logs, so none of them starts; take it out"
        yield mistake(tree, (*loc, "depends_on", other), sentence, at_key=True, because=also)
    for of, container in containers(name, service):
        if container.port == LISTENS:
            sentence = f"the router of logs (firelens) takes lines at port {LISTENS} of the task; choose another"
            yield mistake(tree, (*of, "port"), sentence, because=also)


def _way(scope: Scope, loc: Loc, service: Service, firelens: FireLens) -> Iterator[Mistake]:
    """Whether the router gets out to where its options say: HTTPS is open to everybody."""
    if (place := firelens.place) is None or place[1] == OPEN or "{" in place[0]:
        return
    host, port = place
    if not any(way.host is not None and way.port == port for way in service.reach):
        sentence = f"the router can't connect to port {port}; add {{host: {host}, port: {port}}} to reach"
        yield mistake(
            scope.tree, (*loc, "firelens", "options"), sentence, at_key=True, because=[(loc[0], loc[1], "reach")]
        )
