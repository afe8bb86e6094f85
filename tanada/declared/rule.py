"""One rule of a load balancer: who answers at which hosts and paths, and who gets in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tanada.declared.hosts import DOMAIN
from tanada.declared.paths import meet
from tanada.declared.redirects import Static
from tanada.names import letters

RULES = "aws_lb_listener_rule"
"""What they are called in Terraform."""


@dataclass(frozen=True)
class Rule:
    """One rule: a service answers at these hosts, and there at these paths, or at all that no other rule takes."""

    service: str
    load_balancer: str
    hosts: tuple[str, ...]
    """As they are declared, each in one form (`host_of`)."""
    paths: tuple[str, ...]
    called: str
    """What the service was called first: a new name moves nothing."""
    first: bool = True
    """Whether its names lead to this load balancer."""
    container: str | None = None
    """The sidecar that answers by itself; None: whichever answers for the service."""
    guard: tuple[str, ...] = ()
    """The addresses that get in there, all of them; none where everybody does."""
    sources: tuple[str, ...] = ()
    """Those of them that this rule is for."""
    part: int = 0
    """Which of several for them it is."""
    refuses: bool = False
    """Whether it is for everybody else, who gets 403: it stands right behind those that let in."""
    sign_in: int | None = None
    """After how many seconds people sign in again, who sign in before they are answered; None where nobody has to."""
    static: Static | None = None
    """What the load balancer answers by itself; then no service does."""

    @property
    def answers(self) -> tuple[str, str | None]:
        """Who answers."""
        return self.service, self.container

    @cached_property
    def does(self) -> tuple[object, ...]:
        """Who answers whom: rules that do the same never stand in each other's way."""
        return (*self.answers, self.guard, self.refuses, self.sign_in, self.called if self.static is not None else None)

    @property
    def path(self) -> str | None:
        """The most specific."""
        return self.paths[0] if self.paths else None

    @property
    def plain(self) -> bool:
        """Whether it is what a service has that says nothing of hosts and paths."""
        return self.hosts == (DOMAIN,) and not (self.paths or self.part or self.refuses or self.static)

    @property
    def word(self) -> str:
        """Eight letters that stand for hosts and paths, for a load balancer that is not the service's first, and for
        what of several rules for addresses this is: which ones moves nothing."""
        return letters(*self._where, *(("", "403") if self.refuses else ("", str(self.part)) if self.part else ()))

    @property
    def where(self) -> str:
        """The same for all of several rules for addresses."""
        return letters(*self._where)

    @property
    def _where(self) -> tuple[str, ...]:
        key = (self.called, self.load_balancer, "") if self.static is not None else ()
        return (*key, *self.hosts, "", *self.paths, *(() if self.first else ("", self.load_balancer)))


def competes(one: Rule, other: Rule) -> bool:
    """Whether some request fits both."""
    return (
        one.load_balancer == other.load_balancer
        and bool({*one.hosts} & {*other.hosts})
        and any(meet(mine, its) for mine in one.paths or (None,) for its in other.paths or (None,))
    )
