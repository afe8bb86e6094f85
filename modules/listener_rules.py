"""The rules of load balancers of one environment, which number each has, and which waits for which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.lb_listener_rule import (
    LbListenerRule,
    LbListenerRuleAction,
    LbListenerRuleCondition,
    LbListenerRuleConditionHostHeader,
    LbListenerRuleConditionPathPattern,
)
from constructs import Construct

from modules.allow import coming_from, refused
from modules.here import Here
from tanada.declared.rule import Rule, competes
from tanada.declared.rule_numbers import numbers
from tanada.declared.rules import rules_of
from tanada.names import letters

if TYPE_CHECKING:
    from modules.sign_in import SignIn


@dataclass(frozen=True)
class Place:
    """Where one rule stands."""

    rule: Rule
    scope: Construct | None
    """Below which construct; None for the service's own."""
    id: str
    number: int | None
    """None: the provider takes the next free one, the highest and one, and tries again."""
    behind: tuple[str, ...]
    """The addresses of rules of other services that must come first, where numbers are not ours to say."""
    sign_in: SignIn | None = None
    """Who asks people to sign in first; None where nobody has to."""

    @property
    def order(self) -> int | None:
        """How late those that it lets in are led on; None where nothing comes before."""
        return 2 if self.sign_in is not None and self.rule.sign_in is not None else None


class ListenerRules:
    """Where all rules of an environment stand.

    A permanent environment's have numbers of its block, and addresses made of them: two are never of one number, and
    none ever changes its own, whatever moves. A rule that is its environment's only one, and all of a review
    environment, have the next free number: those that must come behind others are made after them, at addresses made
    of theirs, so anew once one more must come first (`replace_triggered_by` hears nothing of what is made for the first
    time).
    """

    def __init__(self, here: Here, first_priority: int | None) -> None:
        ordered = rules_of(here.blueprint.services, here.instance.certain_domain, here.blueprint.statics)
        self._places: list[Place] = []
        scope = Construct(here.stack, "(rules)")
        sign_in = _sign_in(here, ordered)
        if first_priority is not None:
            for rule, number in zip(ordered, numbers(ordered, first_priority), strict=True):
                self._places.append(Place(rule, scope, f"listener_rule_{number}", number, (), sign_in))
            return
        for rule in ordered:
            before = [place for place in self._places if place.rule.does != rule.does and competes(place.rule, rule)]
            word = rule.word if not before else letters(rule.word, *(place.id for place in before))
            id = "listener_rule" if rule.plain and not before else f"listener_rule_{word}"
            behind = tuple(f"{_TYPE}.{'_'.join(filter(None, (*place.rule.answers, place.id)))}" for place in before)
            own = scope if rule.static is not None else None
            self._places.append(Place(rule, own, id, None, behind, sign_in))

    def of(self, service: str) -> list[Place]:
        """A service's and its sidecars', the most specific first."""
        return [place for place in self._places if place.rule.static is None and place.rule.service == service]

    @property
    def statics(self) -> list[Place]:
        """What load balancers answer by themselves, likewise."""
        return [place for place in self._places if place.rule.static is not None]


_TYPE = "aws_lb_listener_rule"


def _sign_in(here: Here, ordered: Sequence[Rule]) -> SignIn | None:
    """Where an environment has no domain nothing is public, and it has no rule."""
    if here.sign_in is None or not here.instance.domain:
        return None
    from modules.sign_in import SignIn  # its part of the provider, which most environments need not

    return SignIn(here, ordered, here.sign_in)


def _actions(place: Place, action: LbListenerRuleAction) -> list[LbListenerRuleAction]:
    """What is done with a request, in this order."""
    if place.rule.refuses:
        return [refused()]
    return [*([place.sign_in.first(session)] if place.sign_in and (session := place.rule.sign_in) else []), action]


def listener_rule(
    own: Construct,
    place: Place,
    *,
    listener_arn: str,
    hosts: Sequence[str],
    action: LbListenerRuleAction,
    ignored: Sequence[str] = (),
) -> LbListenerRule:
    """One rule; `hosts` are whole names, `action` is what is done with those that it lets in, `ignored` what others
    write into it."""
    rule = place.rule
    conditions = [LbListenerRuleCondition(host_header=LbListenerRuleConditionHostHeader(values=list(hosts)))]
    if rule.paths:
        # A block a kind: two in one block are refused (terraform-aws-modules/terraform-aws-alb#328).
        paths = LbListenerRuleConditionPathPattern(values=list(rule.paths))
        conditions.append(LbListenerRuleCondition(path_pattern=paths))
    if rule.sources:
        conditions.append(coming_from(rule.sources))
    made = LbListenerRule(
        place.scope or own,
        place.id,
        listener_arn=listener_arn,
        priority=place.number,
        condition=conditions,
        action=_actions(place, action),
        tags={"Name": hosts[0]},
        # Taken away, it goes after the service was told: deployments of one whose group has no load balancer stall
        # (aws/containers-roadmap#1884, #2196). Moved to another load balancer, both stand for a while.
        lifecycle=TerraformResourceLifecycle(create_before_destroy=True, ignore_changes=[*ignored] or None),
    )
    if place.behind:
        made.add_override("depends_on", list(place.behind))
    return made
