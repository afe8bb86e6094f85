"""Who stands in an account's common layer, and what of it the layer must know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tanada.declarations.domains import answered, shown_by_edge
from tanada.declared import rule_numbers
from tanada.declared.api_gateway import LINK
from tanada.declared.blueprint import Environment, Review, needs
from tanada.declared.cdn import ACL, ORIGIN
from tanada.declared.model import Need
from tanada.declared.route53_health_check import HEALTH_CHECK
from tanada.declared.tcp import entered


@dataclass(frozen=True)
class User:
    """An environment, or review."""

    account: str | None
    review: bool
    hosts: tuple[str, ...]
    """All names that it answers at, of review `*.<domain>`."""
    shown_by_edge: tuple[str, ...]
    """Of its names, those that CloudFront answers at."""
    needed: Sequence[Need]
    """What it uses up of what AWS limits, which says what it has."""

    @classmethod
    def of(cls, settings: Environment | Review) -> User:
        review = isinstance(settings, Review)
        parts = {name: part for _, name, part in settings.parts()}
        return cls(
            settings.account,
            review,
            answered(settings.domain, settings.services, settings.statics, settings.sites, review=review),
            shown_by_edge(settings.domain, settings.services, settings.sites, review=review),
            list(needs(parts, settings.domain or "", settings.statics)),
        )

    @property
    def floors(self) -> frozenset[str]:
        """The load balancers on which its rules have numbers."""
        return frozenset() if self.review else rule_numbers.numbered(self.needed)

    @property
    def outside(self) -> bool:
        """Whether Route 53 asks whether it answers."""
        return any(need.type == HEALTH_CHECK for need in self.needed)

    @property
    def entered(self) -> bool:
        """Whether it has load balancers of its own."""
        return entered(self.needed)

    @property
    def origins(self) -> frozenset[str]:
        """The load balancers that CloudFront comes to from inside the VPC."""
        found = (need.load_balancer for need in self.needed if need.type == ORIGIN)
        return frozenset(each for each in found if each is not None)

    @property
    def firewall(self) -> bool:
        """Whether the layer's own web ACL stands before CloudFront somewhere in it: a service that refuses addresses
        has one of its own."""
        numbers = Counter(need.type for need in self.needed)
        return numbers[ORIGIN] > numbers[ACL]

    @property
    def behind_api_gateway(self) -> bool:
        """Whether it has services behind API Gateway."""
        return any(need.type == LINK for need in self.needed)
