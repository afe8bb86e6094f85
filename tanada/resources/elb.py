"""Elastic Load Balancing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tanada.resources.cost import HOURS, Free, NoPrice, Planned, Priced, Units
from tanada.resources.entry import Resource, arn, read, replaceable
from tanada.resources.refusal import Call, Refusal, World, at, in_use, protected, taken, too_long
from tanada.resources.request import Member, made_by
from tanada.resources.seed import Seed

_FREE = Free("a load balancer's hour and its capacity units are all that it costs")

ZONES = {
    "ap-northeast-1": "Z14GRHDCWA56QT",
    "ap-northeast-2": "ZWKZPGTI48KDX",
    "ap-northeast-3": "Z5LXEXXYW11ES",
    "ap-south-1": "ZP97RAFLXTNZK",
    "ap-southeast-1": "Z1LMS91P8CMLE5",
    "ap-southeast-2": "Z1GM3OXH4ZPM65",
    "ca-central-1": "ZQSVJUPU6J1EY",
    "eu-central-1": "Z215JYRZR1TBD5",
    "eu-north-1": "Z23TAZ6LKFMNIO",
    "eu-west-1": "Z32O12XQLNTSW2",
    "eu-west-2": "ZHURV8PSTC4K8",
    "eu-west-3": "Z3Q77PNBQS71R4",
    "sa-east-1": "Z2P70J7HTTTPLU",
    "us-east-1": "Z35SXDOTRQ7X7K",
    "us-east-2": "Z3AADJGX6KTTL2",
    "us-west-1": "Z368ELLRRE2KJ0",
    "us-west-2": "Z1H1FL5HABSF5",
}
"""Region → hosted zone of its load balancers (AWS's documentation on Elastic Load Balancing endpoints, from general
knowledge)."""
NETWORK_ZONES = {
    "ap-northeast-1": "Z31USIVHYNEOWT",
    "eu-central-1": "Z3F0SRJ5LGBH90",
    "eu-west-1": "Z2IFOLAFXWLO4F",
    "eu-west-2": "ZD4D7Y8KGAS4G",
    "us-east-1": "Z26RNL4JYFTOTI",
    "us-east-2": "ZLMOA37VPKANP",
    "us-west-2": "Z18D5FSROUN65G",
}
"""The same of network load balancers, which have others."""
_ANY_ZONE = "Z00000000EXAMPLE"
_FORMS = {"application": "app", "gateway": "gwy", "network": "net"}


def _load_balancer(seed: Seed) -> str:
    form = _FORMS.get(seed.text("load_balancer_type"), "app")
    return seed.fill(f"{form}/{{name}}/{{hex16}}")


def _load_balancer_arn(seed: Seed) -> str:
    return seed.fill(arn("elasticloadbalancing", "loadbalancer/")) + _load_balancer(seed)


def _zone(seed: Seed) -> str:
    zones = NETWORK_ZONES if seed.text("load_balancer_type") == "network" else ZONES
    return zones.get(seed.region, _ANY_ZONE)


def _load_balancer_name(seed: Seed) -> str:
    internal = "internal-" if seed.values.get("internal") is True else ""
    return seed.fill(f"{internal}{{name}}-{{digits10}}.{{region}}.elb.{{suffix}}").lower()


def _below(parent: str, old: str, new: str) -> Callable[[Seed], str]:
    """A listener's ARN is made of its load balancer's, a rule's of its listener's."""
    return lambda seed: seed.text(parent).replace(f":{old}/", f":{new}/", 1) + f"/{seed.token[:16]}"


def _listener_protocol(seed: Seed) -> str:
    return "HTTP" if "/app/" in seed.text("load_balancer_arn") else ""


def _tls_policy(seed: Seed) -> str:
    return "ELBSecurityPolicy-2016-08" if seed.text("protocol") in ("HTTPS", "TLS") else ""


def _next_priority(seed: Seed) -> int:
    """The highest and one, as the provider takes it (`highestListenerRulePriority`, elbv2/listener_rule.go)."""
    listener = seed.text("listener_arn")
    living = (
        each.get("priority") for each in seed.world.living("aws_lb_listener_rule") if each["listener_arn"] == listener
    )
    highest = max((each for each in living if isinstance(each, int)), default=0)
    # Of two at once the provider's second try finds the next.
    key = seed.ledger.first_free(f"priority {listener} {number}" for number in range(highest + 1, 50_001))
    return int(key.rpartition(" ")[2])


def _priority_in_use(call: Call, world: World) -> bool:
    """Whether another rule has that number: at its creation, or at the call that changes it alone."""
    after, before = call.after or {}, call.before or {}
    number = after.get("priority")
    if not isinstance(number, int) or number == before.get("priority"):
        return False
    return any(
        (each.get("listener_arn"), each.get("priority")) == (after.get("listener_arn"), number)
        for each in world.living("aws_lb_listener_rule")
    )


_CONDITIONS = ("host_header", "http_header", "http_request_method", "path_pattern", "source_ip")


def _too_many_values(call: Call, _world: World) -> bool:
    """Whether a rule asks for more than 5 hosts, paths and addresses together."""
    kinds = (each for kind in _CONDITIONS for each in at(call.values, f"condition.{kind}.values"))
    return call.action != "delete" and sum(len(each) if isinstance(each, list) else 1 for each in kinds) > 5


def _without_secret(call: Call, world: World) -> bool:
    """Whether people sign in by an app client that has no secret."""
    clients = set(at(call.values, "action.authenticate_cognito.user_pool_client_id"))
    return call.action != "delete" and any(
        each.get("id") in clients and each.get("generate_secret") is not True
        for each in world.living("aws_cognito_user_pool_client")
    )


_NOT_HTTP1 = ("HTTP2", "GRPC")


def _signs_in_before_other_protocols(call: Call, world: World) -> bool:
    """Whether people sign in before a group of HTTP/2 or gRPC, to which rules may lead and do nothing else."""
    groups = {each for each in at(call.values, "action.target_group_arn") if isinstance(each, str)}
    return (
        call.action != "delete"
        and any(at(call.values, "action.authenticate_cognito.user_pool_client_id"))
        and any(
            each.get("arn") in groups and each.get("protocol_version") in _NOT_HTTP1
            for each in world.living("aws_lb_target_group")
        )
    )


def _leads_to_http(call: Call, world: World) -> bool:
    """Whether somebody who came by HTTPS is led to HTTP."""
    own = call.values.get("listener_arn")
    return (
        call.action != "delete"
        and "HTTP" in at(call.values, "action.redirect.protocol")
        and any(each.get("arn") == own and each.get("protocol") == "HTTPS" for each in world.living("aws_lb_listener"))
    )


def _within(block: str, *groups: dict[str, Any]) -> dict[str, Any]:
    return {f"{block}.{path}": value for group in groups for path, value in group.items()}


_REDIRECT = {
    "redirect.host": "#{host}",
    "redirect.path": "/#{path}",
    "redirect.port": "#{port}",
    "redirect.protocol": "#{protocol}",
    "redirect.query": "#{query}",
}
_CLIENTS = {"mutual_authentication.ignore_client_certificate_expiry": False}
_FORWARD = {"forward.stickiness.enabled": False, "forward.target_group.weight": 1}
_SIGN_IN = {"scope": "openid", "session_cookie_name": "AWSELBAuthSessionCookie", "session_timeout": 604800}


def _balancer(balancer: Planned) -> Units | None:
    if balancer.values.get("load_balancer_type") not in (None, "application"):
        return None
    units = [("ALB hour", HOURS)]
    internal = balancer.values.get("internal") is True
    if internal or balancer.text("ip_address_type") == "dualstack-without-public-ipv4":
        return units
    mapped = balancer.blocks("subnet_mapping")
    zones = Decimal(len(mapped)) if mapped else balancer.how_many("subnets", "aws_subnet")
    # One address a zone.
    return None if zones is None else [*units, ("public IPv4 hour", zones * HOURS)]


RESOURCES = (
    Resource(
        type="aws_lb",
        lost="load balancer",
        kept=True,  # another one has other addresses and another name
        replaces=read(
            "elbv2/load_balancer.go",
            "00edc94b",
            "customer_owned_ipv4_pool internal load_balancer_type name name_prefix",
        ),
        cost=Priced(_balancer),
        defaults={
            "access_logs.enabled": False,
            "client_keep_alive": 3600,
            "connection_logs.enabled": False,
            "desync_mitigation_mode": "defensive",
            "drop_invalid_header_fields": False,
            "enable_deletion_protection": False,
            "enable_http2": True,
            "enable_tls_version_and_cipher_suite_headers": False,
            "enable_waf_fail_open": False,
            "enable_xff_client_port": False,
            "enable_zonal_shift": False,
            "idle_timeout": 60,
            "load_balancer_type": "application",
            "preserve_host_header": False,
            "xff_header_processing_mode": "append",
        },
        computed={
            "arn": _load_balancer_arn,
            "id": _load_balancer_arn,
            "arn_suffix": _load_balancer,
            "dns_name": _load_balancer_name,
            "zone_id": _zone,
            "ip_address_type": "ipv4",
        },
        refusals=(
            protected(
                "enable_deletion_protection",
                "OperationNotPermitted",
                "Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
                "Elastic Load Balancing API reference, DeleteLoadBalancer; aws-cloudformation/rain#187",
            ),
            taken(
                "aws_lb",
                "name",
                "DuplicateLoadBalancerName",
                "A load balancer with the same name '{name}' exists, but with different settings",
                "Elastic Load Balancing API reference, CreateLoadBalancer; fortinet/fortigate-terraform-deploy#21",
            ),
        ),
        request=made_by(
            "elbv2",
            "CreateLoadBalancer ModifyLoadBalancerAttributes",
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            internal=Member("Scheme", {True: "internal", False: "internet-facing"}),
            load_balancer_type="Type",
            access_logs__bucket=Member("Attributes", key="access_logs.s3.bucket"),
            access_logs__enabled=Member("Attributes", key="access_logs.s3.enabled"),
            access_logs__prefix=Member("Attributes", key="access_logs.s3.prefix"),
            connection_logs__bucket=Member("Attributes", key="connection_logs.s3.bucket"),
            connection_logs__enabled=Member("Attributes", key="connection_logs.s3.enabled"),
            connection_logs__prefix=Member("Attributes", key="connection_logs.s3.prefix"),
            client_keep_alive=Member("Attributes", key="client_keep_alive.seconds"),
            desync_mitigation_mode=Member("Attributes", key="routing.http.desync_mitigation_mode"),
            drop_invalid_header_fields=Member("Attributes", key="routing.http.drop_invalid_header_fields.enabled"),
            enable_deletion_protection=Member("Attributes", key="deletion_protection.enabled"),
            enable_xff_client_port=Member("Attributes", key="routing.http.xff_client_port.enabled"),
            enable_zonal_shift=Member("Attributes", key="zonal_shift.config.enabled"),
            idle_timeout=Member("Attributes", key="idle_timeout.timeout_seconds"),
            enable_cross_zone_load_balancing=Member("Attributes", key="load_balancing.cross_zone.enabled"),
            preserve_host_header=Member("Attributes", key="routing.http.preserve_host_header.enabled"),
            xff_header_processing_mode=Member("Attributes", key="routing.http.xff_header_processing.mode"),
        ),
        reads=(
            "ec2:DescribeNetworkInterfaces",
            "elasticloadbalancing:DescribeCapacityReservation",
            "elasticloadbalancing:DescribeLoadBalancerAttributes",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeTags",
        ),
        changes=(
            "ec2:DescribeAccountAttributes",
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateLoadBalancer",
            "elasticloadbalancing:DeleteLoadBalancer",
            "elasticloadbalancing:ModifyCapacityReservation",
            "elasticloadbalancing:ModifyLoadBalancerAttributes",
            "elasticloadbalancing:RemoveTags",
            "elasticloadbalancing:SetIpAddressType",
            "elasticloadbalancing:SetSecurityGroups",
            "elasticloadbalancing:SetSubnets",
        ),
    ),
    Resource(
        type="aws_lb_listener",
        lost="listener",
        kept=False,  # made again; the load balancer, which is kept, has the addresses
        replaces=read("elbv2/listener.go", "01c08000", "load_balancer_arn"),
        cost=_FREE,
        defaults={**_within("default_action", _REDIRECT, _FORWARD), **_CLIENTS},
        computed={
            "arn": _below("load_balancer_arn", "loadbalancer", "listener"),
            "id": _below("load_balancer_arn", "loadbalancer", "listener"),
            "protocol": _listener_protocol,
            "ssl_policy": _tls_policy,
        },
        sensitive=("default_action.authenticate_oidc.client_secret",),
        max_items={"default_action.forward.target_group": 5, "default_action.jwt_validation.additional_claim": 10},
        request=made_by(
            "elbv2",
            "CreateListener ModifyListenerAttributes",
            "AWS::ElasticLoadBalancingV2::Listener",
            certificate_arn="Certificates.CertificateArn",
            default_action__fixed_response="DefaultActions.FixedResponseConfig",
            default_action__redirect="DefaultActions.RedirectConfig",
            tcp_idle_timeout_seconds=Member("Attributes", key="tcp.idle_timeout.seconds"),
            routing_http_response_server_enabled=Member("Attributes", key="routing.http.response.server.enabled"),
            routing_http_response_strict_transport_security_header_value=Member(
                "Attributes", key="routing.http.response.strict_transport_security.header_value"
            ),
            routing_http_response_x_content_type_options_header_value=Member(
                "Attributes", key="routing.http.response.x_content_type_options.header_value"
            ),
        ),
        reads=(
            "elasticloadbalancing:DescribeListenerAttributes",
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeTags",
        ),
        changes=(
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateListener",
            "elasticloadbalancing:DeleteListener",
            "elasticloadbalancing:ModifyListener",
            "elasticloadbalancing:ModifyListenerAttributes",
            "elasticloadbalancing:RemoveTags",
        ),
    ),
    replaceable(
        "aws_lb_trust_store",
        read("elbv2/trust_store.go", "06e3a7ee", "name name_prefix"),
        NoPrice(),
        computed={
            "arn": arn("elasticloadbalancing", "truststore/{name}/{hex16}"),
            "id": "{arn}",
            "arn_suffix": "truststore/{name}/{hex16}",
        },
        fills={},
        refusals=(
            in_use(
                "TrustStoreInUse",
                "The specified trust store is currently in use by a listener.",
                "Elastic Load Balancing API reference, DeleteTrustStore; the sentence is ours",
                "aws_lb_listener mutual_authentication.trust_store_arn",
                mine="arn",
            ),
            taken(
                "aws_lb_trust_store",
                "name",
                "DuplicateTrustStoreName",
                "A trust store with the specified name already exists.",
                "Elastic Load Balancing API reference, CreateTrustStore, Errors; the sentence is ours",
            ),
        ),
        request=made_by("elbv2", "CreateTrustStore", "AWS::ElasticLoadBalancingV2::TrustStore"),
        reads=("elasticloadbalancing:DescribeTags", "elasticloadbalancing:DescribeTrustStores"),
        changes=(
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateTrustStore",
            "elasticloadbalancing:DeleteTrustStore",
            "elasticloadbalancing:DescribeTrustStoreAssociations",
            "elasticloadbalancing:ModifyTrustStore",
            "elasticloadbalancing:RemoveTags",
        ),
    ),
    replaceable(
        "aws_lb_listener_certificate",
        read("elbv2/listener_certificate.go", "01f43111", "certificate_arn listener_arn"),
        _FREE,
        computed={"id": "{listener_arn}_{certificate_arn}"},
        fills={},
        request=made_by(
            "elbv2",
            "AddListenerCertificates",
            "AWS::ElasticLoadBalancingV2::ListenerCertificate",
            certificate_arn="Certificates.CertificateArn",
        ),
        reads=("elasticloadbalancing:DescribeListenerCertificates",),
        changes=(
            "elasticloadbalancing:AddListenerCertificates",
            "elasticloadbalancing:RemoveListenerCertificates",
        ),
    ),
    replaceable(
        "aws_lb_listener_rule",
        read("elbv2/listener_rule.go", "032c4f07", "listener_arn"),
        _FREE,
        defaults={
            **_within("action", _REDIRECT, _FORWARD),
            **_within("action.authenticate_cognito", _SIGN_IN),
            **_within("action.authenticate_oidc", _SIGN_IN),
        },
        computed={
            "arn": _below("listener_arn", "listener", "listener-rule"),
            "id": _below("listener_arn", "listener", "listener-rule"),
            "priority": _next_priority,
        },
        # by ECS, where it moves requests from one target group to another (`rollout: blue_green`)
        governed=("action",),
        sensitive=("action.authenticate_oidc.client_secret",),
        max_items={"action.forward.target_group": 5, "action.jwt_validation.additional_claim": 10, "transform": 2},
        refusals=(
            Refusal(
                code="PriorityInUse",
                sentence="Priority '{priority}' is currently in use",
                source="Elastic Load Balancing API reference, CreateRule, SetRulePriorities; hashicorp/terraform#24239",
                holds=_priority_in_use,
                watches={"aws_lb_listener_rule": ("listener_arn", "priority")},
            ),
            Refusal(
                code="ValidationError",
                sentence="A rule can only have '5' condition values",
                source='Elastic Load Balancing guide, "Quotas"; aws-cloudformation/cfn-lint#3833, aws/aws-cdk#10065',
                holds=_too_many_values,
            ),
            Refusal(
                code="InvalidLoadBalancerAction",
                sentence="The user pool client must have a client secret",
                source="aws-cloudformation/cloudformation-coverage-roadmap#1553",
                holds=_without_secret,
                watches={"aws_cognito_user_pool_client": ("id", "generate_secret")},
            ),
            Refusal(
                code="InvalidLoadBalancerAction",
                sentence="A rule that leads to a target group of HTTP/2 or gRPC has no action beside forward",
                source='Elastic Load Balancing guide, "Target groups for your Application Load Balancers", Protocol '
                "version; the sentence is ours",
                holds=_signs_in_before_other_protocols,
                watches={"aws_lb_target_group": ("arn", "protocol_version")},
            ),
            Refusal(
                code="InvalidLoadBalancerAction",
                sentence="A redirect leads from HTTPS to HTTPS alone",
                source="Elastic Load Balancing API reference, RedirectActionConfig, Protocol; the sentence is ours",
                holds=_leads_to_http,
                watches={"aws_lb_listener": ("arn", "protocol")},
            ),
            too_long(
                "condition.host_header.values",
                128,
                "ValidationError",
                "The 'host-header' value is too long; the limit is '128'",
                "Elastic Load Balancing API reference, HostHeaderConditionConfig; the sentence is ours, as moto has it",
            ),
        ),
        request=made_by(
            "elbv2",
            "CreateRule",
            "AWS::ElasticLoadBalancingV2::ListenerRule",
            adds="Priority",
            action__authenticate_cognito="Actions.AuthenticateCognitoConfig",
            action__fixed_response="Actions.FixedResponseConfig",
            action__forward="Actions.ForwardConfig",
            action__forward__stickiness="Actions.ForwardConfig.TargetGroupStickinessConfig",
            action__forward__stickiness__duration="Actions.ForwardConfig.TargetGroupStickinessConfig.DurationSeconds",
            action__forward__target_group__arn="Actions.ForwardConfig.TargetGroups.TargetGroupArn",
            action__redirect="Actions.RedirectConfig",
            condition__host_header="Conditions.HostHeaderConfig",
            condition__path_pattern="Conditions.PathPatternConfig",
            condition__source_ip="Conditions.SourceIpConfig",
        ),
        reads=(
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeRules",
            "elasticloadbalancing:DescribeTags",
        ),
        changes=(
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateRule",
            "elasticloadbalancing:DeleteRule",
            "elasticloadbalancing:ModifyRule",
            "elasticloadbalancing:RemoveTags",
            "elasticloadbalancing:SetRulePriorities",
        ),
    ),
    replaceable(
        "aws_lb_target_group",
        read(
            "elbv2/target_group.go",
            "013cfb4c",
            "ip_address_type port protocol protocol_version target_type vpc_id name name_prefix",
        ),
        _FREE,
        defaults={
            "deregistration_delay": "300",
            "health_check.enabled": True,
            "health_check.healthy_threshold": 3,
            "health_check.interval": 30,
            "health_check.port": "traffic-port",
            "health_check.protocol": "HTTP",
            "health_check.unhealthy_threshold": 3,
            "lambda_multi_value_headers_enabled": False,
            "proxy_protocol_v2": False,
            "slow_start": 0,
            "stickiness.cookie_duration": 86400,
            "stickiness.enabled": True,
            "target_type": "instance",
        },
        computed={
            "arn": arn("elasticloadbalancing", "targetgroup/{name}/{hex16}"),
            "id": "{arn}",
            "arn_suffix": "targetgroup/{name}/{hex16}",
            "ip_address_type": "ipv4",
            "load_balancer_arns": [],
            "load_balancing_algorithm_type": "round_robin",
            "load_balancing_anomaly_mitigation": "off",
            "load_balancing_cross_zone_enabled": "use_load_balancer_configuration",
            "protocol_version": "HTTP1",
        },
        computed_in_blocks={"health_check.matcher": "200", "health_check.path": "/", "health_check.timeout": 5},
        refusals=(
            in_use(
                "ResourceInUse",
                "Target group '{arn}' is currently in use by a listener or a rule",
                "Elastic Load Balancing API reference, DeleteTargetGroup; cloudposse/terraform-aws-alb-ingress#24",
                "aws_lb_listener default_action.target_group_arn",
                "aws_lb_listener default_action.forward.target_group.arn",
                "aws_lb_listener_rule action.target_group_arn",
                "aws_lb_listener_rule action.forward.target_group.arn",
                mine="arn",
            ),
            taken(
                "aws_lb_target_group",
                "name",
                "DuplicateTargetGroupName",
                "A target group with the same name '{name}' exists, but with different settings",
                "Elastic Load Balancing API reference, CreateTargetGroup; terraform-aws-modules/terraform-aws-alb#251",
            ),
        ),
        request=made_by(
            "elbv2",
            "CreateTargetGroup ModifyTargetGroupAttributes",
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            health_check__enabled="HealthCheckEnabled",
            health_check__healthy_threshold="HealthyThresholdCount",
            health_check__interval="HealthCheckIntervalSeconds",
            health_check__matcher="Matcher.HttpCode",
            health_check__path="HealthCheckPath",
            health_check__port="HealthCheckPort",
            health_check__protocol="HealthCheckProtocol",
            health_check__timeout="HealthCheckTimeoutSeconds",
            health_check__unhealthy_threshold="UnhealthyThresholdCount",
            deregistration_delay=Member("Attributes", key="deregistration_delay.timeout_seconds"),
            connection_termination=Member("Attributes", key="deregistration_delay.connection_termination.enabled"),
            preserve_client_ip=Member("Attributes", key="preserve_client_ip.enabled"),
            load_balancing_algorithm_type=Member("Attributes", key="load_balancing.algorithm.type"),
            slow_start=Member("Attributes", key="slow_start.duration_seconds"),
            stickiness__cookie_duration=Member("Attributes", key="stickiness.lb_cookie.duration_seconds"),
            stickiness__enabled=Member("Attributes", key="stickiness.enabled"),
            stickiness__type=Member("Attributes", key="stickiness.type"),
        ),
        reads=(
            "elasticloadbalancing:DescribeTags",
            "elasticloadbalancing:DescribeTargetGroupAttributes",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:DescribeTargetHealth",
        ),
        changes=(
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateTargetGroup",
            "elasticloadbalancing:DeleteTargetGroup",
            "elasticloadbalancing:ModifyTargetGroup",
            "elasticloadbalancing:ModifyTargetGroupAttributes",
            "elasticloadbalancing:RemoveTags",
        ),
    ),
)
