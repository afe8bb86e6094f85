"""The input of each stack: all that its function is given, as plain data, so that its bytes are the stack's key."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator

from pydantic import TypeAdapter

from tanada.declarations.domains import certified, labels_below, needed_certificates, zone_of
from tanada.declarations.inventory import Stack, ci_accounts, ci_buckets, common_stack, inventory
from tanada.declared.blueprint import Blueprint, Environment, Review
from tanada.declared.common import CommonLayer
from tanada.declared.model import Model
from tanada.declared.system import System


class CiRoles(Model):
    """What the roles of an AWS account's CI reach: they are global to it, its first entry makes them."""

    buckets: tuple[str, ...]
    """Those of the states."""
    environments: tuple[str, ...]
    """The forge's environments whose approval a protected account needs; else none."""
    asked: tuple[str, ...] = ()
    """Actions that roles of its environments' services are given beyond what resources' entries name."""


class CommonInput(Model):
    """All that a common stack is made of."""

    system: str
    stack: Stack
    layer: CommonLayer
    certificates: dict[str, str]
    """Domain → the zone that it is in."""
    roles: CiRoles | None
    """None where there is no CI, or where another entry of the same AWS account makes them."""


class EnvironmentInput(Model):
    """All that a permanent environment, or the stack of review environments, is made of."""

    system: str
    stack: Stack
    common: Stack
    """The common stack of its account."""
    domain: str
    zone: str | None
    """The hosted zone that its domain is in."""
    nat: bool
    """Whether the VPC has a NAT; without one tasks have public addresses."""
    keep: bool
    """Whether its stores refuse to be destroyed."""
    ci: bool
    """Whether CI applies in its AWS account, so that roles have a boundary there."""
    taken: tuple[str, ...] = ()
    """Of review: labels below its domain that are permanent environments' or hosted zones'; no workspace's name."""
    blueprint: Blueprint


Input = CommonInput | EnvironmentInput
_INPUT: TypeAdapter[Input] = TypeAdapter(Input)


def serialized(input: Input) -> str:
    """The same text for the same input, in every process."""
    return input.model_dump_json()


def deserialized(text: str) -> Input:
    """The input that a text was made of."""
    return _INPUT.validate_json(text)


def with_taken(text: str, taken: tuple[str, ...]) -> str:
    """A serialized input of review, where other labels are taken now than when it was made."""
    if tuple(json.loads(text)["taken"]) == taken:
        return text
    return serialized(deserialized(text).model_copy(update={"taken": taken}))


def taken_labels(system: System, review: str, domains: Iterable[str]) -> tuple[str, ...]:
    """The labels below review's domain that are hosted zones', or of `domains`, those of all environments."""
    zones = (zone.name for account in system.accounts.values() for zone in account.common.zones)
    return labels_below(review, (*domains, *zones))


def inputs(system: System) -> dict[str, Input]:
    """The inputs of all stacks, by their names in the inventory's order."""
    domains = [(each.account, certified(each.domain, review=False)) for each in system.environments.values()]
    if system.review is not None:
        domains.append((system.review.account, certified(system.review.domain, review=True)))
    return {
        stack.name: common_input(
            system, stack, (domain for account, domain in domains if account == stack.account), _asks(system)
        )
        if stack.kind == "common"
        else environment_input(system, stack, [each.domain for each in system.environments.values()])
        for stack in inventory(system)
    }


def _asks(system: System) -> Iterator[tuple[str, set[str]]]:
    """By account what the services of each environment ask for."""
    instances: list[Environment | Review] = [*system.environments.values()]
    for each in [*instances, *([system.review] if system.review is not None else [])]:
        yield each.account, {action for service in each.services.values() for action in service.asks()}


def common_input(
    system: System, stack: Stack, domains: Iterable[str], asks: Iterable[tuple[str, Collection[str]]]
) -> CommonInput:
    """The input of an account's common stack; `domains` are those of all its environments, one may begin with `*.`.

    `asks`: of each environment of the system its account, and what its services' roles ask for.
    """
    layer = system.accounts[stack.account].common
    return CommonInput(
        system=system.name,
        stack=stack,
        layer=layer,
        certificates={domain: zone.name for domain, zone in needed_certificates(layer, domains).items()},
        roles=_roles(system, stack, layer, asks),
    )


def _roles(
    system: System, stack: Stack, layer: CommonLayer, asks: Iterable[tuple[str, Collection[str]]]
) -> CiRoles | None:
    sharing = ci_accounts(system, stack.account)
    if layer.ci is None or sharing[0] != stack.account:
        return None
    return CiRoles(
        buckets=tuple(ci_buckets(system, stack.account)),
        environments=tuple(sharing) if stack.protected else (),
        asked=tuple(
            sorted({action for account, actions in asks if _same(system, account, stack) for action in actions})
        ),
    )


def _same(system: System, account: str, stack: Stack) -> bool:
    """Whether an entry is the AWS account of a stack: roles know no regions."""
    return system.accounts[account].id == stack.account_id


def environment_input(system: System, stack: Stack, domains: Iterable[str]) -> EnvironmentInput:
    """The input of a permanent environment's stack, or of review's; `domains` are those of all environments."""
    settings = system.review if stack.environment is None else system.environments[stack.environment]
    assert settings is not None, "the inventory names a review stack only where review is declared"
    layer = system.accounts[stack.account].common
    zone = zone_of(settings.domain, layer)
    return EnvironmentInput(
        system=system.name,
        stack=stack,
        common=common_stack(system, stack.account),
        domain=settings.domain,
        zone=zone.name if zone is not None else None,
        nat=layer.network.nat != "none",
        keep=isinstance(settings, Environment) and settings.removal == "keep",
        ci=bool(ci_accounts(system, stack.account)),
        taken=taken_labels(system, settings.domain, domains) if stack.kind == "review" else (),
        blueprint=Blueprint.model_construct(**{name: getattr(settings, name) for name in Blueprint.model_fields}),
    )
