"""Estimates what a stack costs a month before and after a plan, from the plan's JSON and dated prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, Literal

from tanada.plan.configuration import without_keys
from tanada.plan.model import Cost
from tanada.plan.prices import PRICES
from tanada.resources import entry as resource_entry
from tanada.resources.cost import ByUse, Free, Priced, mappings, number
from tanada.resources.cost import Cost as HowPaid

_Json = Mapping[str, Any]
_Side = Literal["before", "after"]


def cost(plan: _Json, region: str | None) -> Cost | None:
    """What the plan's stack costs a month, in US dollars; None where no prices of `region` are known.

    `plan` is the output of `terraform show -json`. Resources that stay as they are count too, so that the two sums are
    the stack's. A resource is priced whole or not at all: one with a part that has no price, or that only apply can
    tell, is in neither sum, and in `unknown` if it changes. A value that is known after apply is taken to be what it
    was. What a priced resource costs by use beside its hours (traffic through a NAT gateway, capacity units of a load
    balancer, requests) is in no sum. A resource that Terraform forgets leaves the stack, and so the sum, although AWS
    goes on asking for it.
    """
    if region is None or region not in PRICES:
        return None
    stack = _Stack(plan)
    sum_before, sum_after = Decimal(0), Decimal(0)
    moves: dict[_Side, list[tuple[Decimal, Decimal]]] = {"before": [], "after": []}
    dates: set[str] = set()
    unknown: Counter[str] = Counter(stack.deferred)
    by_use: Counter[str] = Counter()
    for entry in stack.entries:
        kind = entry["type"]
        paid = _how_paid(kind)
        if isinstance(paid, Free):
            continue
        before = _amount(stack.object(entry, "before"), paid, region)
        after = _amount(stack.object(entry, "after"), paid, region)
        if before is not None and after is not None:
            sum_before += before.usd
            sum_after += after.usd
            dates |= before.dates | after.dates
            moves["before"] += _by_scale(stack, entry, "before", paid, region, before.usd)
            moves["after"] += _by_scale(stack, entry, "after", paid, region, after.usd)
        elif entry["change"]["actions"] != ["no-op"]:
            unknown[kind] += 1
            if _paid_by_use(paid, entry["change"]):
                by_use[kind] += 1
    return Cost(
        before=_cents(sum_before),
        after=_cents(sum_after),
        unknown=tuple(sorted(unknown.items())),
        dated=min(dates, default=max(price.dated for price in PRICES[region].values())),
        by_use=tuple(sorted(by_use.items())),
        scaled=_between(sum_after, moves["after"]),
        scaled_before=_between(sum_before, moves["before"]),
    )


def _between(total: Decimal, moves: Sequence[tuple[Decimal, Decimal]]) -> tuple[float, float] | None:
    if not moves:
        return None
    return _cents(total + sum(less for less, _ in moves)), _cents(total + sum(more for _, more in moves))


def _by_scale(
    stack: _Stack, entry: _Json, side: _Side, paid: HowPaid | None, region: str, now: Decimal
) -> Iterator[tuple[Decimal, Decimal]]:
    """What a service that scales costs less, and more, than with its tasks of now."""
    service, bounds = stack.object(entry, side), stack.bounds(entry, side)
    if service is None or bounds is None:
        return
    found = []
    for tasks in bounds:
        counted = replace(
            service, values={**service.values, "desired_count": tasks}, unknown=service.unknown - {"desired_count"}
        )
        found.append(_amount(counted, paid, region))
    least, most = found
    if least is not None and most is not None:
        yield least.usd - now, most.usd - now


def _how_paid(type_: str) -> HowPaid | None:
    """None: nothing is known of the type."""
    known = resource_entry(type_)
    return known.cost if known else None


def _paid_by_use(paid: HowPaid | None, change: _Json) -> bool:
    values = change.get("after") or change.get("before") or {}
    return isinstance(paid, ByUse) and (paid.when is None or paid.when(values))


def _cents(usd: Decimal) -> float:
    return float(usd.quantize(Decimal("0.01"), ROUND_HALF_UP))


@dataclass(frozen=True)
class _Amount:
    usd: Decimal = Decimal(0)
    dates: frozenset[str] = frozenset()


def _amount(resource: _Resource | None, paid: HowPaid | None, region: str) -> _Amount | None:
    """None: no price for it, or for a part of it."""
    if resource is None:
        return _Amount()
    units = paid.rule(resource) if isinstance(paid, Priced) else None
    prices = PRICES.get(resource.text("region") or region, {})
    if units is None or any(item not in prices for item, _ in units):
        return None
    return _Amount(
        sum((prices[item].usd * number for item, number in units), Decimal(0)),
        frozenset(prices[item].dated for item, _ in units),
    )


@dataclass(frozen=True)
class _Resource:
    """A resource as it is before or after the plan: what rules of prices look at (`resources.cost.Planned`)."""

    stack: _Stack
    entry: _Json
    side: _Side
    values: _Json
    unknown: frozenset[str]

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        return value if isinstance(value, str) and value else None

    def number(self, name: str, default: int | None = None) -> Decimal | None:
        value = self.values.get(name)
        if value is None and name not in self.unknown:
            return None if default is None else Decimal(default)
        return number(value)

    def blocks(self, name: str) -> list[_Json]:
        return mappings(self.values.get(name))

    def how_many(self, name: str, type_: str) -> Decimal | None:
        value = self.values.get(name)
        if isinstance(value, list) and value:
            return Decimal(len(value))
        return Decimal(len(self.stack.referenced(self, name, type_))) or None

    def linked(self, name: str, type_: str, is_it: Callable[[_Resource, str], bool]) -> _Resource | None:
        by_reference = self.stack.referenced(self, name, type_)
        if by_reference and name in self.unknown:
            return by_reference[0]
        value = self.text(name)
        resources = (self.stack.object(entry, self.side) for entry in self.stack.of_type(type_))
        by_value = next((each for each in resources if each and value and is_it(each, value)), None)
        return by_value or next(iter(by_reference), None)


class _Stack:
    """The plan's resources, and which of them the configuration puts where."""

    def __init__(self, plan: _Json) -> None:
        self.entries: Sequence[_Json] = [
            entry
            for entry in plan.get("resource_changes") or ()
            if entry.get("mode") != "data" and entry["change"]["actions"] != ["read"]
        ]
        self.deferred: Sequence[str] = [
            entry["resource_change"]["type"]
            for entry in plan.get("deferred_changes") or ()
            if "resource_change" in entry
        ]
        self._configuration: _Json = plan.get("configuration") or {}

    def of_type(self, kind: str) -> Sequence[_Json]:
        return self._by_type.get(kind, ())

    @cached_property
    def _by_type(self) -> Mapping[str, Sequence[_Json]]:
        by_type: dict[str, list[_Json]] = {}
        for entry in self.entries:
            if not entry.get("deposed"):
                by_type.setdefault(entry["type"], []).append(entry)
        return by_type

    def object(self, entry: _Json, side: _Side) -> _Resource | None:
        """None where there is none on this side."""
        change = entry["change"]
        values = change.get(side)
        if not isinstance(values, Mapping):
            return None
        if side == "before":
            return _Resource(self, entry, side, values, frozenset())
        marks = change.get("after_unknown")
        unknown = frozenset(name for name, mark in (marks or {}).items() if mark is True)
        before = change.get("before") or {}
        kept = {name: before[name] for name in unknown if before.get(name) is not None}
        return _Resource(self, entry, side, {**values, **kept}, unknown)

    def bounds(self, entry: _Json, side: _Side) -> tuple[int, int] | None:
        """Between how many tasks a service scales, at any hour; None of one that doesn't."""
        name, module = entry.get("name"), entry.get("module_address") or ""
        of_it = self._naming("aws_appautoscaling_target", f"aws_ecs_service.{name}", module, side)
        if entry["type"] != "aws_ecs_service" or not of_it:
            return None
        hours = self._naming(
            "aws_appautoscaling_scheduled_action",
            f"aws_appautoscaling_target.{of_it[0].entry.get('name')}",
            module,
            side,
        )
        blocks = [of_it[0].values, *(each for hour in hours for each in hour.blocks("scalable_target_action"))]
        least = [int(found) for each in blocks if (found := number(each.get("min_capacity"))) is not None]
        most = [int(found) for each in blocks if (found := number(each.get("max_capacity"))) is not None]
        return (min(least), max(most)) if least and most else None

    def _naming(self, kind: str, address: str, module: str, side: _Side) -> list[_Resource]:
        """Resources of a type whose `resource_id` names this one."""
        found = (each for each in self.of_type(kind) if (each.get("module_address") or "") == module)
        return [
            made
            for each in found
            if address in self._references.get((without_keys(module), kind, each.get("name"), "resource_id"), ())
            and (made := self.object(each, side))
        ]

    def referenced(self, resource: _Resource, attribute: str, kind: str) -> list[_Resource]:
        """Resources of type `kind` in the expression of `attribute`; the one with the same key, if there is one."""
        entry = resource.entry
        module = entry.get("module_address") or ""
        names = self._references.get((without_keys(module), entry["type"], entry.get("name"), attribute))
        if not names:
            return []
        named = [
            other
            for candidate in self.of_type(kind)
            if (candidate.get("module_address") or "") == module
            and f"{kind}.{candidate.get('name')}" in names
            and (other := self.object(candidate, resource.side))
        ]
        key = entry.get("index")
        return [other for other in named if key is not None and other.entry.get("index") == key] or named

    @cached_property
    def _references(self) -> Mapping[tuple[str, Any, Any, str], frozenset[str]]:
        return dict(_references(self._configuration.get("root_module") or {}, ""))


def _references(module: _Json, address: str) -> Iterator[tuple[tuple[str, Any, Any, str], frozenset[str]]]:
    """Module, type, name and attribute → `TYPE.NAME` of each resource that its expression names."""
    for resource in module.get("resources") or ():
        for attribute, expression in (resource.get("expressions") or {}).items():
            if isinstance(expression, Mapping):
                names = frozenset(
                    ".".join(without_keys(reference).split(".")[:2]) for reference in expression.get("references") or ()
                )
                yield (address, resource.get("type"), resource.get("name"), attribute), names
    for name, call in (module.get("module_calls") or {}).items():
        yield from _references(call.get("module") or {}, f"{address}.module.{name}" if address else f"module.{name}")
