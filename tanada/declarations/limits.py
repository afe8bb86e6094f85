"""What AWS limits and a system can use up: the numbers, their source, and counting what a declaration needs.

A load balancer's target groups are a hard limit; the others AWS raises on request, which `accounts.<name>.quotas` says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from tanada.declarations.domains import needed_certificates
from tanada.declarations.mistakes import Mistake
from tanada.declarations.models import Account
from tanada.declarations.parts import Part, Parts
from tanada.declarations.tree import mistake

TARGET_GROUPS = 100
"""A load balancer; not adjustable (Elastic Load Balancing guide, "Quotas for your Application Load Balancers")."""
CERTIFICATES = 25
"""A load balancer, beside its default certificate; adjustable (same page)."""
ROLES_A_SERVICE = 2
"""One that starts its tasks and one that is theirs (modules/service.py)."""
ROLES_OF_CI = 2
"""An AWS account: one to plan, one to apply (modules/ci_access.py)."""
GROUPS_A_SERVICE = 1
"""modules/reach.py."""
GROUPS_A_LAYER = 3
"""Of load balancers, of their targets, and the VPC's default."""


@dataclass(frozen=True, slots=True)
class Use:
    """How much of something one environment, or all review environments, need."""

    who: str
    amount: int
    times: int = 1

    def __str__(self) -> str:
        return f"{self.who} {self.amount}" + (
            f" ({self.times} × {self.amount // self.times})" if self.times > 1 else ""
        )


@dataclass(frozen=True, slots=True)
class Count:
    """A sum to be held against a limit."""

    what: str
    uses: tuple[Use, ...]
    limit: int
    remedy: str
    who: str = "environments"
    """What the uses are called where they are too many to name."""

    @property
    def total(self) -> int:
        return sum(use.amount for use in self.uses)

    @property
    def sentence(self) -> str:
        made_up = ", ".join(str(use) for use in _grouped([use for use in self.uses if use.amount], self.who))
        return f"needs {self.total:,} {self.what} ({made_up}), and AWS allows {self.limit:,}: {self.remedy}"


_NAMED = 6


def _grouped(uses: Sequence[Use], who: str) -> Sequence[Use]:
    """The uses by name, or, where they are many, those of equal size together."""
    if len(uses) <= _NAMED:
        return uses
    sizes = Counter(use.amount for use in uses if use.times == 1)
    several = [use for use in uses if use.times > 1]
    return [*(Use(f"{number} {who}", size * number, number) for size, number in sizes.items()), *several]


def check_limits(system: Parts) -> Iterator[Mistake]:
    for name, account in system.accounts.items():
        parts = [part for part in system.instances if part.account == name]
        for count in counts(system, name, account, parts):
            if count.total > count.limit:
                yield mistake(system.top, ("accounts", name), count.sentence)


def counts(system: Parts, name: str, account: Account, parts: Sequence[Part]) -> Iterator[Count]:
    """All that is counted for one account. Entries of the same AWS account share what is counted by account."""
    same_id = [each for each, entry in system.accounts.items() if entry.id == account.id]
    quotas = account.quotas
    reviewed = any(part.kind == "review" for part in parts)
    fewer = "lower review's limit" if reviewed else "give some environments another account"
    for number in range(1, account.common.load_balancers + 1):
        public = _uses(parts, partial(_public, number=number))
        yield Count(
            f"target groups on load balancer {number}",
            public,
            TARGET_GROUPS,
            f"not adjustable; add one and move services to it by http.load_balancer, or {fewer}",
        )
        yield Count(
            f"listener rules on load balancer {number}",
            public,
            quotas.listener_rules,
            _raise("listener_rules", name, fewer),
        )
    domains = [f"*.{part.domain}" if part.kind == "review" else part.domain for part in parts if part.domain]
    certificates = needed_certificates(account.common, domains)
    yield Count(
        "certificates on a load balancer",
        tuple(Use(domain, 1) for domain in certificates),
        CERTIFICATES,
        "domains one label below a zone share its certificate",
        who="domains",
    )
    network = account.common.network
    addresses = {"single": 1, "per_zone": network.zones, "none": 0}[network.nat]
    yield Count(
        "elastic addresses",
        (Use(f"nat: {network.nat}", addresses),),
        quotas.elastic_addresses,
        _raise("elastic_addresses", name, "choose nat: single"),
    )
    if same_id[0] == name:
        sharing = [part for part in system.instances if part.account in same_id]
        roles = _uses(sharing, lambda part: ROLES_A_SERVICE * len(part.service_names))
        ci = (Use("ci", ROLES_OF_CI if account.common.ci else 0),)
        yield Count("IAM roles", (*ci, *roles), quotas.iam_roles, _raise("iam_roles", name, fewer))
    groups = _uses(parts, lambda part: GROUPS_A_SERVICE * len(part.service_names))
    layer = (Use("common", GROUPS_A_LAYER),)
    yield Count("security groups", (*layer, *groups), quotas.security_groups, _raise("security_groups", name, fewer))


def _public(part: Part, number: int) -> int:
    return sum(1 for service in part.services.values() if service.http and service.http.load_balancer == number)


def _uses(parts: Sequence[Part], each: Callable[[Part], int]) -> tuple[Use, ...]:
    """The needs of every part; review's as many times as its limit allows."""
    return tuple(Use(part.name, each(part) * part.limit, part.limit) for part in parts)


def _raise(quota: str, name: str, instead: str) -> str:
    return f"{instead}, or, once AWS has raised it for you, say so in accounts.{name}.quotas.{quota}"
