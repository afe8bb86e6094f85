"""Domains that another environment still answers: AWS refuses a record that is there, when this one's own is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tanada.contract.state import State

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.declared.system import System


@dataclass(frozen=True)
class Neighbour:
    """Another environment of the account, whose zones are the same."""

    stack: Stack
    domain: str | None
    """What it is declared to answer; its state may say another one."""


def neighbours(system: System, stack: Stack) -> tuple[Neighbour, ...]:
    """Those of an environment; none of other stacks."""
    from tanada.declarations import content
    from tanada.declarations.inventory import inventory

    return tuple(
        Neighbour(each, content.domain(system, each))
        for each in inventory(system)
        if stack.kind == each.kind == "environment" and each.account == stack.account and each.name != stack.name
    )


def wanted(shown: Mapping[str, Any]) -> frozenset[str]:
    """The names of the records that a plan makes, but for those that only the apply knows."""
    made = (entry for entry in shown.get("resource_changes") or () if entry["type"] == "aws_route53_record")
    names = (entry["change"]["after"].get("name") for entry in made if "create" in entry["change"]["actions"])
    return frozenset(name for name in names if isinstance(name, str))


def refusals(
    names: frozenset[str], own: State, others: tuple[Neighbour, ...], state: Callable[[Stack], State]
) -> tuple[str, ...]:
    """Why a plan that makes records of these names can't be applied now; `state` is asked only where it makes any.

    `own` is the state that it was made of.
    """
    holds = {each.stack.name: state(each.stack).hosts for each in others} if names else {}
    wants = {each.stack.name: each.domain for each in others}

    def holder(host: str | None) -> str | None:
        return next((name for name, hosts in holds.items() if host in hosts), None)

    def waits_for_this_one(name: str) -> bool:
        seen: set[str] = set()
        while name not in seen:
            seen.add(name)
            if wants[name] in own.hosts:
                return True
            name = holder(wants[name]) or name
        return False

    return tuple(
        f"{other} answers {host}, and waits for what this one answers: AWS refuses a record that is there, so neither "
        "can go first. Give one of them a third domain and apply it; then apply the other, then this domain."
        if waits_for_this_one(other)
        else f"{other} still answers {host}, and AWS refuses a record that is there: apply {other} first."
        for host in sorted(names)
        if (other := holder(host)) is not None
    )
