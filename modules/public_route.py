"""The way from the internet to a service: target group, listener rule by host name, DNS records."""

from __future__ import annotations

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.lb_listener_rule import (
    LbListenerRule,
    LbListenerRuleAction,
    LbListenerRuleCondition,
    LbListenerRuleConditionHostHeader,
)
from cdktf_cdktf_provider_aws.lb_target_group import LbTargetGroup, LbTargetGroupHealthCheck
from cdktf_cdktf_provider_aws.route53_record import Route53Record, Route53RecordAlias
from constructs import Construct

from modules.here import Here
from tanada.contract.common import LoadBalancer
from tanada.declared.service import Service

PROTOCOL = "HTTP"
PROTOCOL_VERSION = "HTTP1"
TARGET_TYPE = "ip"
Earlier = dict[str, list[str]]
"""A resource's path → the path below the stack that it had in an earlier Tanada: teams' states move from there."""


class PublicRoute(Construct):
    """One host name of a shared load balancer: its records are HostRecords."""

    def __init__(self, scope: Construct, id: str, here: Here, service: str, settings: Service) -> None:
        """`service` is what it is called in AWS; its settings have `http` and a port."""
        super().__init__(scope, id)
        assert settings.http is not None  # for mypy: only a public service has a route
        assert settings.port is not None
        vpc_id, domain = here.shared.vpc_id, here.instance.domain
        health = settings.http.health
        load_balancer = here.shared.load_balancers[str(settings.http.load_balancer)]
        number = settings.http.load_balancer
        # All that replaces a target group is in its name's hash: the new one is made, the rule moved, the old one
        # removed. With a fixed name the two would clash, without create_before_destroy the old one is in use. A group
        # belongs to one load balancer alone (TargetGroupAssociationLimit): another's has another address, too.
        name = here.names.limited(service, 32, number, PROTOCOL, PROTOCOL_VERSION, TARGET_TYPE, vpc_id)
        group = LbTargetGroup(
            self,
            f"target_group_{number}",
            name=name,
            vpc_id=vpc_id,
            port=settings.port,
            protocol=PROTOCOL,
            protocol_version=PROTOCOL_VERSION,
            target_type=TARGET_TYPE,
            # The provider's 300 s make every deployment five minutes longer.
            deregistration_delay=str(settings.drain),
            load_balancing_algorithm_type="least_outstanding_requests",
            health_check=LbTargetGroupHealthCheck(
                enabled=True,
                path=health.path,
                # Left out, the port of each task; what it asks may answer at another one.
                port=str(health.port) if health.port is not None else None,
                protocol=PROTOCOL,
                matcher=health.codes,
                interval=health.interval,
                timeout=health.timeout,
                healthy_threshold=health.healthy,
                unhealthy_threshold=health.unhealthy,
            ),
            tags={"Name": here.names.joined(service)},
            lifecycle=TerraformResourceLifecycle(
                create_before_destroy=True,
                # ECS registers each task with the port of its container; the group's own is but what it says of one
                # that is registered without (ELB guide, "Register targets"). Left as it is, tasks of the old port and
                # of the new one stand in it side by side during the deployment: no second of 503. Its name is of its
                # first day, for it once depended on the port.
                ignore_changes=["name", "port"],
            ),
        )
        self.target_group_arn = group.arn
        # No priority: the provider takes the next free one and tries again, so that many states can apply at once.
        self.rule = LbListenerRule(
            self,
            "listener_rule",
            listener_arn=load_balancer.listener_arn,
            condition=[LbListenerRuleCondition(host_header=LbListenerRuleConditionHostHeader(values=[domain]))],
            action=[LbListenerRuleAction(type="forward", target_group_arn=self.target_group_arn)],
            tags={"Name": domain},
            # Taken away, it goes after the service was told: deployments of one whose group has no load balancer stall
            # (aws/containers-roadmap#1884, #2196). Moved to another load balancer, both stand for a while.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self.group = group
        self.load_balancer = load_balancer

    def earlier(self, records: HostRecords) -> Earlier:
        """Where its target group and those records stood up to 0.1.0 of November 2026."""
        own = self.node.path.split("/")[1:]
        moved = {record.node.path: [*own, f"record_{type_}"] for type_, record in records.records.items()}
        return {self.group.node.path: [*own, "target_group"], **moved}


class HostRecords(Construct):
    """What the domain name of an environment leads to.

    Addressed by the host, not by who answers it: another service takes it over in place, where the new record of one
    would meet the old record of the other (hashicorp/terraform-provider-aws#15786).
    """

    def __init__(self, here: Here, load_balancer: LoadBalancer, zone_id: str, after: ITerraformDependable) -> None:
        """`after` is the service that answers: the name leads to a load balancer once tasks are there behind it."""
        super().__init__(here.stack, "(host)")
        self.records = {
            record_type: Route53Record(
                self,
                f"domain_{record_type}",
                zone_id=zone_id,
                name=here.instance.domain,
                type=record_type.upper(),
                alias=Route53RecordAlias(
                    name=load_balancer.dns_name, zone_id=load_balancer.zone_id, evaluate_target_health=False
                ),
                # No create_before_destroy: all that it depends on would be so, too, and a service's name is taken.
                depends_on=[after],
            )
            for record_type in ("a", "aaaa")
        }
