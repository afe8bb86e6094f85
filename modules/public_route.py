"""The way from the internet to a service: target group, listener rules by host and path, DNS records, and the ports
that load balancers get in at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.lb_listener_rule import (
    LbListenerRule,
    LbListenerRuleAction,
    LbListenerRuleActionForward,
    LbListenerRuleActionForwardStickiness,
    LbListenerRuleActionForwardTargetGroup,
)
from cdktf_cdktf_provider_aws.lb_target_group import LbTargetGroup, LbTargetGroupHealthCheck, LbTargetGroupStickiness
from cdktf_cdktf_provider_aws.route53_record import Route53Record, Route53RecordAlias
from constructs import Construct

from modules.here import Here
from modules.listener_rules import Place, listener_rule
from tanada.declared.alarm_words import SECOND
from tanada.declared.answers import Answer
from tanada.declared.hosts import DOMAIN

TARGET_TYPE = "ip"
RECORD = "aws_route53_record"
Moved = tuple[str, tuple[str, ...], tuple[str, ...]]
"""A resource's type, its path below the stack, and the one that it had in an earlier Tanada: teams' states move from
there. All of it text: for its path a construct asks Node, and waits until all that was made before is made there."""


class PublicRoute(Construct):
    """Hosts and paths of shared load balancers: the hosts' records are HostRecords."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        here: Here,
        answer: Answer,
        places: Sequence[Place],
        doors: Sequence[ITerraformDependable],
        *,
        called: str,
        delay: int,
        shifts: bool = False,
    ) -> None:
        """`called` is what answers, as AWS has it; `delay` the seconds in which a task that goes may end what it has
        begun; `places` are those of its listener rules, `doors` the rules that let load balancers in. Where ECS
        `shifts` requests there is a second target group behind each, and one rule leads to both."""
        super().__init__(scope, id)
        self._id = id
        self.groups: list[LbTargetGroup] = []
        """Behind each load balancer one: none stands behind two (TargetGroupAssociationLimit)."""
        self.seconds: list[LbTargetGroup] = []
        """Those that take turns with them, where ECS shifts requests …"""
        self.leading: list[LbListenerRule] = []
        """… and the rules in which they do: one each (tanada/declarations/checks/rollouts.py)."""
        self._group_ids: list[str] = []
        self.rules: list[ITerraformDependable] = [*doors]
        for balancer in answer.http.load_balancer:
            group = self._target_group(here, answer, here.load_balancers[balancer].called, called, delay, doors)
            self.groups.append(group)
            action: Callable[[int | None], LbListenerRuleAction] = partial(_leading, group)
            if shifts:
                second = self._target_group(
                    here, answer, here.load_balancers[balancer].called, called, delay, doors, SECOND
                )
                self.seconds.append(second)
                action = partial(_taking_turns, group, second)
            for place in (place for place in places if place.rule.load_balancer == balancer):
                rule = listener_rule(
                    self,
                    place,
                    listener_arn=here.load_balancer(balancer).listener_arn,
                    hosts=[here.instance.host(host) for host in place.rule.hosts],
                    action=action(place.order),
                    ignored=turns(place.order) if shifts and not place.rule.refuses else (),
                )
                self.rules.append(rule)
                if shifts and not place.rule.refuses:
                    self.leading.append(rule)

    def _target_group(
        self,
        here: Here,
        answer: Answer,
        balancer: str,
        called: str,
        delay: int,
        doors: Sequence[ITerraformDependable],
        *more: str,
    ) -> LbTargetGroup:
        vpc_id, http = here.shared.vpc_id, answer.http
        health = http.health_check
        # All that replaces a target group is in its name's hash: the new one is made, the rule moved, the old one
        # removed. With a fixed name the two would clash, without create_before_destroy the old one is in use. A group
        # belongs to one load balancer alone (TargetGroupAssociationLimit): another's has another address. So has one of
        # another protocol: a name that is ignored stays where a group is replaced.
        protocol, version = "HTTPS" if http.tls else "HTTP", http.protocol_version.upper()
        name = here.names.limited(called, 32, balancer, protocol, version, TARGET_TYPE, vpc_id, *more)
        words = [balancer, *([version.lower()] if version != "HTTP1" else []), *(["tls"] if http.tls else []), *more]
        id = "_".join(["target_group", *words])
        self._group_ids.append(id)
        sticky = http.stickiness
        return LbTargetGroup(
            self,
            id,
            name=name,
            vpc_id=vpc_id,
            port=answer.port,
            protocol=protocol,
            protocol_version=version,
            target_type=TARGET_TYPE,
            # The provider's 300 s make every deployment five minutes longer.
            deregistration_delay=str(delay),
            load_balancing_algorithm_type="least_outstanding_requests",
            health_check=LbTargetGroupHealthCheck(
                enabled=True,
                path=health.path,
                # Left out, the port of each task; what it asks may answer at another one.
                port=str(health.port) if health.port is not None else None,
                protocol=protocol,
                matcher=health.codes,
                interval=health.interval,
                timeout=health.timeout,
                healthy_threshold=health.healthy,
                unhealthy_threshold=health.unhealthy,
            ),
            # Said where there is none, too: taken out, it would stay (Optional and Computed in the provider).
            stickiness=LbTargetGroupStickiness(enabled=sticky is not None, type="lb_cookie", cookie_duration=sticky),
            tags={"Name": here.names.joined(called)},
            # What it asks at another port gets in before it asks.
            depends_on=[*doors],
            lifecycle=TerraformResourceLifecycle(
                create_before_destroy=True,
                # ECS registers each task with the port of its container; the group's own is but what it says of one
                # that is registered without (ELB guide, "Register targets"). Left as it is, tasks of the old port and
                # of the new one stand in it side by side during the deployment: no second of 503. Its name is of its
                # first day, for it once depended on the port. And AWS names a cookie of an application's where there
                # was one once, which differs for ever.
                ignore_changes=["name", "port", "stickiness[0].cookie_name"],
            ),
        )

    def earlier(self, within: tuple[str, ...], records: HostRecords | None = None) -> Sequence[Moved]:
        """Where its target group stood up to 0.1.0 of November 2026, and those records of the environment's domain;
        `within` is the path of what it stands in."""
        own = (*within, self._id)
        moved = records.paths.items() if records is not None else ()
        return [
            ("aws_lb_target_group", (*own, self._group_ids[0]), (*own, "target_group")),
            *((RECORD, path, (*own, f"record_{type_}")) for type_, path in moved),
        ]


def turns(order: int | None) -> tuple[str, ...]:
    """What ECS writes when it shifts requests (terraform-aws-modules/terraform-aws-alb#409,
    go-to-k/cdk-real-drift#1730). Not the whole action: where there was another one before, these are not there to be
    kept, and what is declared is written."""
    forward = f"action[{(order or 1) - 1}].forward[0]"
    return f"{forward}.target_group", f"{forward}.stickiness"


def _leading(group: LbTargetGroup, order: int | None) -> LbListenerRuleAction:
    return LbListenerRuleAction(type="forward", target_group_arn=group.arn, order=order)


def _taking_turns(first: LbTargetGroup, second: LbTargetGroup, order: int | None) -> LbListenerRuleAction:
    """ECS wants both in the rule, and all requests with one of them (ECS guide, "Troubleshooting Amazon ECS blue/green
    deployments")."""
    return LbListenerRuleAction(
        type="forward",
        order=order,
        forward=LbListenerRuleActionForward(
            target_group=[
                LbListenerRuleActionForwardTargetGroup(arn=first.arn, weight=100),
                LbListenerRuleActionForwardTargetGroup(arn=second.arn, weight=0),
            ],
            stickiness=LbListenerRuleActionForwardStickiness(enabled=False, duration=3600),
        ),
    )


@dataclass(frozen=True)
class Edge:
    """A distribution of CloudFront's, as records lead to it."""

    dns_name: str
    zone_id: str


class HostRecords(Construct):
    """What one host of an environment leads to.

    Addressed by the host, not by who answers it: another service takes it over in place, where the new record of one
    would meet the old record of the other (hashicorp/terraform-provider-aws#15786).
    """

    def __init__(
        self, here: Here, host: str, leads: str | Edge, zone: str, after: Sequence[ITerraformDependable]
    ) -> None:
        """`host` as `hosts.host_of` says it; it `leads` to a load balancer, or to CloudFront; `after` are the services
        that answer: the name leads to the load balancer once tasks are there behind it."""
        word = host.replace(".", "_")
        layer = f"(host_{word})" if word else "(host)"
        super().__init__(here.stack, layer)
        address = f"host_{word}" if word else "domain"
        internal = isinstance(leads, str) and here.load_balancers[leads].internal
        led = here.load_balancer(leads) if isinstance(leads, str) else leads
        types = ("a",) if internal else ("a", "aaaa")
        self.paths = {record_type: (layer, f"{address}_{record_type}") for record_type in types}
        """Of each record the path below the stack."""
        for record_type in types:
            Route53Record(
                self,
                f"{address}_{record_type}",
                zone_id=here.shared.zone_ids[zone],
                name=here.instance.host(host),
                type=record_type.upper(),
                alias=Route53RecordAlias(name=led.dns_name, zone_id=led.zone_id, evaluate_target_health=False),
                # No create_before_destroy: all that it depends on would be so, too, and a service's name is taken.
                depends_on=[*after] or None,
                provider=here.elsewhere.get(zone),
            )


def host_records(here: Here, host: str, balancer: str, after: Sequence[ITerraformDependable]) -> HostRecords | None:
    """The records of a host; of one that lies in no zone of the layer whoever keeps its DNS is told."""
    zone = here.zone if host == DOMAIN else here.zones.get(host)
    if zone is None:
        here.unrecorded[here.instance.host(host)] = here.load_balancer(balancer).dns_name
        return None
    return HostRecords(here, host, balancer, zone, after)
