"""The way from the internet to a service: target group, listener rule by host name, DNS records."""

from __future__ import annotations

from cdktf import TerraformResourceLifecycle
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
from tanada.declared.service import Service

PROTOCOL = "HTTP"
PROTOCOL_VERSION = "HTTP1"
TARGET_TYPE = "ip"


class PublicRoute(Construct):
    """One host name of a shared load balancer."""

    def __init__(self, scope: Construct, id: str, here: Here, service: str, settings: Service, zone_id: str) -> None:
        """`service` is what it is called in AWS; its settings have `http` and a port."""
        super().__init__(scope, id)
        assert settings.http is not None  # for mypy: only a public service has a route
        assert settings.port is not None
        vpc_id, domain = here.shared.vpc_id, here.instance.domain
        load_balancer = here.shared.load_balancers[str(settings.http.load_balancer)]
        # All that replaces a target group is in its name's hash: the new one is made, the rule moved, the old one
        # removed. With a fixed name the two would clash, without create_before_destroy the old one is in use.
        name = here.names.limited(service, 32, settings.port, PROTOCOL, PROTOCOL_VERSION, TARGET_TYPE, vpc_id)
        group = LbTargetGroup(
            self,
            "target_group",
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
                path=settings.http.health,
                protocol=PROTOCOL,
                matcher="200-399",
                interval=10,
                timeout=5,
                healthy_threshold=2,
                unhealthy_threshold=3,
            ),
            tags={"Name": name},
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
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
        )
        for record_type in ("A", "AAAA"):
            Route53Record(
                self,
                f"record_{record_type.lower()}",
                zone_id=zone_id,
                name=domain,
                type=record_type,
                alias=Route53RecordAlias(
                    name=load_balancer.dns_name, zone_id=load_balancer.zone_id, evaluate_target_health=False
                ),
            )
