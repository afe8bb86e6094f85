"""What AWS limits and a system can use up: the numbers, their source, and counting what a declaration needs.

A load balancer's target groups are a hard limit; the others AWS raises on request, which `accounts.<name>.quotas` says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tanada.declarations.domains import needed_certificates
from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Known, Scope, Scopes
from tanada.declarations.tree import mistake
from tanada.declared.account import Account
from tanada.declared.cdn import ORIGIN, SETS
from tanada.declared.model import Need
from tanada.declared.rule import RULES
from tanada.declared.rule_numbers import floors
from tanada.declared.service import REGISTERED, TARGETS

TARGET_GROUPS = 100
"""A load balancer; not adjustable (Elastic Load Balancing guide, "Quotas for your Application Load Balancers")."""
COMING = 50
"""Distributions by one way into a VPC; not adjustable (CloudFront developer guide, "Quotas")."""


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
    uses: Sequence[Use]
    limit: int
    remedy: str
    who: str = "environments"
    """What the uses are called where they are too many to name."""

    @property
    def total(self) -> int:
        return sum(use.amount for use in self.uses)

    @property
    def sentence(self) -> str:
        made_up = ", ".join(_grouped([use for use in self.uses if use.amount], self.who))
        return f"needs {self.total:,} {self.what} ({made_up}), and AWS allows {self.limit:,}: {self.remedy}"


_NAMED = 6


def _grouped(uses: Sequence[Use], who: str) -> Iterator[str]:
    """The uses by name, or, where they are many, those of equal size together."""
    if len(uses) <= _NAMED:
        yield from map(str, uses)
        return
    for size, number in Counter(use.amount for use in uses if use.times == 1).items():
        yield f"{number} {who}" if size == 1 else f"{number} {who} {size * number} ({number} × {size})"
    yield from (str(use) for use in uses if use.times > 1)


def check_limits(system: Scopes) -> Iterator[Mistake]:
    for name, account in system.accounts.items():
        for count in counts(system, name, account):
            if count.total > count.limit:
                yield mistake(system.top, ("accounts", name), count.sentence)


def counts(system: Scopes, name: str, account: Account) -> Iterator[Count]:
    """All that is counted for one account. Entries of the same AWS account share what is counted by account."""
    same_id = [each for each, entry in system.accounts.items() if entry.id == account.id]
    scopes = [scope for scope in system.everyone if scope.account == name]
    uses = _Uses(scopes)
    quotas, common = account.quotas, account.common
    reviewed = any(scope.kind == "review" for scope in scopes)
    ours = common.made_load_balancers
    own_rules = tuple(floors((scope.needs() for scope in scopes if scope.kind == "environment"), ours))
    fewer = "lower review's limit" if reviewed else "give some environments another account"
    for balancer in common.load_balancers:
        yield Count(
            f"target groups on load balancer {balancer}",
            uses.of("aws_lb_target_group", load_balancer=balancer),
            TARGET_GROUPS,
            f"not adjustable; add one and move services to it by http.load_balancer, or {fewer}",
        )
        yield Count(
            f"listener rules on load balancer {balancer}",
            (
                *uses.of(RULES, load_balancer=balancer),
                *(Use("common", need.number) for need in own_rules if need.load_balancer == balancer),
            ),
            quotas.listener_rules,
            or_raised("listener_rules", name, fewer),
        )
        yield Count(
            f"targets on load balancer {balancer}",
            uses.of(TARGETS, load_balancer=balancer),
            quotas.targets,
            or_raised("targets", name, "move services to another one by http.load_balancer"),
        )
        yield Count(
            f"distributions of CloudFront that come to load balancer {balancer}",
            uses.of(ORIGIN, load_balancer=balancer),
            COMING,
            f"not adjustable; add one and move services to it by http.load_balancer, or {fewer}",
        )
    yield Count(
        "Application Load Balancers",
        tuple(Use(balancer, 1) for balancer in common.load_balancers),
        quotas.load_balancers,
        or_raised("load_balancers", name, "move services to fewer by http.load_balancer"),
        who="load balancers",
    )
    domains = [host for scope in scopes for host in scope.hosts]
    yield Count(
        "certificates on a load balancer",
        (
            *(Use(domain, 1) for domain in needed_certificates(common, domains)),
            *(Use(name, 1) for each in common.certificates for name in each.names[:1]),
        ),
        quotas.certificates + 1,  # its default one is not counted (same page)
        or_raised("certificates", name, "domains one label below a zone share its certificate"),
        who="domains",
    )
    yield Count(
        "instances in the namespace of Cloud Map",
        uses.of(REGISTERED),
        quotas.namespace_instances,
        or_raised("namespace_instances", name, fewer),
    )
    yield Count("tables", uses.of("aws_dynamodb_table"), quotas.tables, or_raised("tables", name, fewer))
    yield Count(
        "elastic addresses",
        (Use(f"nat: {common.network.nat}", _number(common.needs(), "aws_eip")), *uses.of("aws_eip")),
        quotas.elastic_addresses,
        or_raised("elastic_addresses", name, "choose nat: single"),
    )
    if same_id[0] == name:
        alone = len(same_id) == 1
        sharing = uses if alone else _Uses([scope for scope in system.everyone if scope.account in same_id])
        own = Use("ci", _number(common.needs(), "aws_iam_role"))
        roles = (own, *sharing.of("aws_iam_role"))
        yield Count("IAM roles", roles, quotas.iam_roles, or_raised("iam_roles", name, fewer))
        for what, quota, type_ in _OF_CLOUDFRONT:
            yield Count(what, sharing.of(type_), getattr(quotas, quota), or_raised(quota, name, fewer))
    groups = (Use("common", _number(common.needs(), *_GROUPS)), *uses.of(*_GROUPS))
    yield Count("security groups", groups, quotas.security_groups, or_raised("security_groups", name, fewer))


_OF_CLOUDFRONT = (
    ("distributions of CloudFront", "distributions", "aws_cloudfront_distribution"),
    ("functions of CloudFront", "cloudfront_functions", "aws_cloudfront_function"),
    ("response headers policies", "response_headers_policies", "aws_cloudfront_response_headers_policy"),
    ("sets of addresses of AWS WAF before CloudFront", "ip_sets", SETS),
)
"""By account, as CloudFront knows no regions (CloudFront developer guide, "Quotas"), and what AWS WAF has for it stands
in us-east-1 alone (AWS WAF developer guide, "AWS WAF quotas", "Maximum number of IP sets per account per Region")."""
BOUNDARY = 6_144
"""Characters of a managed policy, white space left out (IAM user guide, "IAM and AWS STS quotas")."""
_OF_ITS_OWN = 640
"""Of these what a boundary says beside its actions, at most."""


FREE = 2_000
"""Characters that a boundary has for actions in any case: only who asks for more needs `boundary_room`, which loads all
of tanada/resources. A test holds it."""


def boundary_room() -> int:
    """Characters that a boundary has for actions beside those of what is emitted."""
    from tanada.resources import uses

    return BOUNDARY - _OF_ITS_OWN - sum(len(action) + 3 for action in uses())


_GROUPS = ("aws_security_group", "aws_default_security_group")


_Sums = dict[tuple[str, str | None], int]
"""By type: on any load balancer, and on each."""


def _sums(needs: Iterable[Need]) -> _Sums:
    sums: _Sums = {}
    for need in needs:
        sums[need.type, None] = sums.get((need.type, None), 0) + need.number
        if (one := need.load_balancer) is not None:
            sums[need.type, one] = sums.get((need.type, one), 0) + need.number
    return sums


class _Uses:
    """What environments need, each counted once for all limits; review's as many times as its limit allows."""

    def __init__(self, scopes: Iterable[Scope | Known]) -> None:
        self._uses: dict[tuple[str, str | None], list[Use]] = {}
        known: dict[int, _Sums] = {}
        # Of environments that are remembered: those that need the same share what they need.
        for scope in scopes:
            if isinstance(scope, Known):
                same = id(scope.needed)
                sums = known[same] if same in known else known.setdefault(same, _sums(scope.needed))
            else:
                sums = _sums(scope.needs())
            for key, number in sums.items():
                self._uses.setdefault(key, []).append(Use(scope.name, number * scope.limit, scope.limit))

    def of(self, *types: str, load_balancer: str | None = None) -> list[Use]:
        """Those of any of these types; of one load balancer, or of all."""
        return [use for type_ in types for use in self._uses.get((type_, load_balancer), ())]


def _number(needs: Iterable[Need], *types: str) -> int:
    return sum(need.number for need in needs if need.type in types)


def or_raised(quota: str, name: str, instead: str) -> str:
    """The end of a sentence on what AWS raises on request."""
    return f"{instead}, or, once AWS has raised it for you, say so in accounts.{name}.quotas.{quota}"
