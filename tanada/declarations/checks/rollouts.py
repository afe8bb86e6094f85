"""Checks of how services are deployed: what moves requests can, and alarms that roll back are there."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tanada.declarations.checks.services import of_http
from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared import alarm_words
from tanada.declared.rollout import LEAST_STEP
from tanada.declared.rules import VALUES
from tanada.declared.service import Service
from tanada.text import meant, one_of, quoted


def check_rollouts(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, service in scope.services.items():
        yield from _fields(scope, name, service)
        if service.rollout.shifts:
            yield from _shifts(scope, name, service)
    yield from _rules(scope)
    yield from _alarms(scope)


_OF_ROLLING, _OF_STEPS, _OF_SHIFTING = ("minimum", "maximum"), ("percent", "wait"), ("bake",)


def _fields(scope: Scope, name: str, service: Service) -> Iterator[Mistake]:
    """Each strategy has fields of its own."""
    tree, loc, rollout = scope.tree, ("services", name, "rollout"), service.rollout
    strange = {
        **dict.fromkeys(_OF_ROLLING if rollout.shifts else (), "rolling"),
        **dict.fromkeys(_OF_STEPS if rollout.step is None else (), "canary and linear"),
        **dict.fromkeys(() if rollout.shifts else _OF_SHIFTING, "blue_green, canary and linear"),
    }
    for field, whose in strange.items():
        if tree.find((*loc, field)) is not None and getattr(rollout, field) is not None:
            sentence = f"{field} says something of {whose} alone, and this is {rollout.strategy}; take it out"
            yield mistake(tree, (*loc, field), sentence, because=[(*loc, "strategy")])
    if rollout.strategy == "linear" and rollout.percent is not None and rollout.percent < LEAST_STEP:
        sentence = f"a step of linear is at least {LEAST_STEP} percent; say percent: {LEAST_STEP}, or canary"
        yield mistake(tree, (*loc, "percent"), sentence)


def _shifts(scope: Scope, name: str, service: Service) -> Iterator[Mistake]:
    tree, word = scope.tree, service.rollout.strategy
    said = ("services", name, "rollout", "strategy")
    loc = said if tree.find(said) is not None else said[:-1]
    if not service.external:
        sentence = (
            f"{word} goes with deploy: external alone: of deployments that Terraform starts ECS lets the target groups "
            "take no turns (terraform-provider-aws#45678); say deploy: external, or rollout: rolling"
        )
        yield mistake(tree, loc, sentence, because=[("services", name, "deploy")])
    elif not service.https:
        if scope.kind != "review":  # where a full name is left out, it is private, and rolls
            sentence = f"{word} moves the requests of load balancers, and it stands behind none; add http, or say"
            yield mistake(tree, loc, f"{sentence} rollout: rolling")
    elif service.scale is not None and service.scale.requests is not None:
        sentence = (
            f"requests are counted by target group, and with {word} one of two rests: nothing is counted there, so no "
            "task would ever be taken away; scale by cpu"
        )
        yield mistake(tree, ("services", name, "scale", "requests"), sentence, because=[loc])


def _rules(scope: Scope) -> Iterator[Mistake]:
    """ECS moves requests in one rule of a load balancer."""
    leading: dict[tuple[str, str | None, str], int] = {}
    for rule in scope.rules:
        if rule.static is None and not rule.refuses and scope.services[rule.service].shifts:
            key = (rule.service, rule.container, rule.load_balancer)
            leading[key] = leading.get(key, 0) + 1
    for (name, sidecar, _), number in leading.items():
        if number > 1:
            word = scope.services[name].rollout.strategy
            sentence = (
                f"its hosts and paths make {number} rules, {VALUES} hosts and paths each, and with {word} ECS "
                "moves requests in one; say fewer, or rollout: rolling"
            )
            loc = of_http(name, sidecar)
            yield mistake(scope.tree, loc, sentence, at_key=True, because=[("services", name, "rollout")])
            return


def _alarms(scope: Scope) -> Iterator[Mistake]:
    naming = {name: each for name, each in scope.services.items() if each.rollback_alarms}
    if scope.kind == "review" or not naming:
        return  # nothing is watched in review
    known = alarm_words.named(scope.services)
    for name, service in naming.items():
        yield from _named(scope, name, service, known)


def _named(scope: Scope, name: str, service: Service, known: Collection[str]) -> Iterator[Mistake]:
    broken = tuple(f"{each}-" for each in scope.homes if each not in scope.parts)
    for index, each in enumerate(service.rollback_alarms or ()):
        loc = ("services", name, "rollback_alarms", index)
        if each.startswith(broken):
            continue
        if each not in known:
            near = [alarm for alarm in known if alarm.startswith(f"{name}-")] or list(known)
            sentence = f"{quoted(each)} is no alarm of a service; {one_of(near)}{meant(each, known)}"
            yield mistake(scope.tree, loc, sentence)
        elif each in (service.rollback_alarms or ())[:index]:
            yield mistake(scope.tree, loc, f"{quoted(each)} is here twice; take one of them out")
