"""The equivalents in CloudFormation of what Tanada emitted, as L1 constructs of AWS CDK."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any

from benchmarks.peers.source import Call, Read, Struct, pascal, snake

Body = Mapping[str, Any]
Made = tuple[str, str, dict[str, Any]]
"""A construct: module of aws-cdk-lib, class, properties in snake_case."""

_REFERENCE = re.compile(r"\$\{(aws_\w+)\.(\w+)\.(\w+)\}")
_IMPORT = re.compile(r"\$\{data\.terraform_remote_state\.common\.outputs\.([^}]+)\}")
_LOCAL = re.compile(r"\$\{local\.(\w+)\}")
_ATTRIBUTES = {
    ("aws_cloudwatch_log_group", "arn"): "Arn",
    ("aws_dynamodb_table", "arn"): "Arn",
    ("aws_iam_role", "arn"): "Arn",
    ("aws_lb_target_group", "arn"): "TargetGroupArn",
    ("aws_security_group", "id"): "GroupId",
    ("aws_service_discovery_service", "arn"): "Arn",
}
"""What Terraform's attribute is called here; where nothing stands it is the resource's `Ref`."""


def resources(stack: Mapping[str, Any]) -> Iterator[tuple[str, Made, list[str]]]:
    """Name, construct and dependencies of each resource of an emitted stack, in an order that makes them."""
    found = {
        f"{kind}.{name}": (kind, name, body)
        for kind, named in stack["resource"].items()
        for name, body in named.items()
    }
    needs = {
        address: {
            *body.get("depends_on", ()),
            *(f"{kind}.{name}" for kind, name, _ in _REFERENCE.findall(json.dumps(body))),
        }
        for address, (_, _, body) in found.items()
    }
    for address in TopologicalSorter(needs).static_order():
        kind, name, body = found[address]
        yield name, _KINDS[kind](body), [each.partition(".")[2] for each in body.get("depends_on", ())]


def _text(value: Any) -> Any:
    """A text whose expressions are those of CloudFormation."""
    if isinstance(value, list):
        return [_text(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _text(each) for key, each in value.items()}
    if not isinstance(value, str) or "${" not in value:
        return value
    if whole := _REFERENCE.fullmatch(value):
        kind, name, attribute = whole.groups()
        known = _ATTRIBUTES.get((kind, attribute))
        return Read(name, "ref" if known is None else f"attr{snake(known)}")
    if whole := _IMPORT.fullmatch(value):
        return _imported(whole[1])
    imports: dict[str, Any] = {}

    def bind(match: re.Match[str]) -> str:
        imports[pascal(_key(match[1]))] = _imported(match[1])
        return f"${{{pascal(_key(match[1]))}}}"

    sub = _LOCAL.sub(lambda match: f"${{{pascal(match[1])}}}", _IMPORT.sub(bind, _REFERENCE.sub(_attribute, value)))
    return Call("core.Fn.sub", (sub, imports) if imports else (sub,))


def _attribute(match: re.Match[str]) -> str:
    kind, name, attribute = match.groups()
    known = _ATTRIBUTES.get((kind, attribute))
    return f"${{{pascal(name)}{f'.{known}' if known else ''}}}"


def _key(path: str) -> str:
    return "_".join(re.findall(r"\w+", path))


def _imported(path: str) -> Call:
    return Call("core.Fn.import_value", (f"common-{_key(path).replace('_', '-')}",))


def _name(expression: str) -> str:
    """Of a name that Terraform cuts and hashes at its run time, what is cut."""
    first = re.search(r'"([^"]+)"', expression)
    return first[1] if first else expression


def _tags(body: Body) -> list[Struct]:
    return [Struct("core.CfnTag", {"key": key, "value": _name(value)}) for key, value in body["tags"].items()]


def _log_group(body: Body) -> Made:
    settings = {"log_group_name": body["name"], "retention_in_days": body["retention_in_days"], "tags": _tags(body)}
    return "logs", "CfnLogGroup", settings


def _table(body: Body) -> Made:
    keys = {"HASH": body["hash_key"], **({"RANGE": body["range_key"]} if "range_key" in body else {})}
    return (
        "dynamodb",
        "CfnTable",
        {
            "table_name": body["name"],
            "billing_mode": body["billing_mode"],
            "deletion_protection_enabled": body["deletion_protection_enabled"],
            "attribute_definitions": [
                _of("dynamodb.CfnTable.AttributeDefinition", attribute_name=each["name"], attribute_type=each["type"])
                for each in body["attribute"]
            ],
            "key_schema": [
                _of("dynamodb.CfnTable.KeySchema", attribute_name=name, key_type=kind) for kind, name in keys.items()
            ],
            "point_in_time_recovery_specification": _of(
                "dynamodb.CfnTable.PointInTimeRecoverySpecification",
                point_in_time_recovery_enabled=body["point_in_time_recovery"]["enabled"],
            ),
            "tags": _tags(body),
        },
    )


def _service(body: Body) -> Made:
    network = body["network_configuration"]
    breaker = _of("ecs.CfnService.DeploymentCircuitBreaker", **body["deployment_circuit_breaker"])
    settings = {
        "service_name": body["name"],
        "availability_zone_rebalancing": body["availability_zone_rebalancing"],
        "capacity_provider_strategy": [
            _of("ecs.CfnService.CapacityProviderStrategyItem", **each) for each in body["capacity_provider_strategy"]
        ],
        "cluster": _text(body["cluster"]),
        "deployment_configuration": _of(
            "ecs.CfnService.DeploymentConfiguration",
            deployment_circuit_breaker=breaker,
            maximum_percent=body["deployment_maximum_percent"],
            minimum_healthy_percent=body["deployment_minimum_healthy_percent"],
        ),
        **_same(body, "desired_count", "enable_ecs_managed_tags", "enable_execute_command", "propagate_tags"),
        **_same(body, "health_check_grace_period_seconds"),
        "load_balancers": [_of("ecs.CfnService.LoadBalancer", **_text(each)) for each in body.get("load_balancer", ())],
        "network_configuration": _of(
            "ecs.CfnService.NetworkConfiguration",
            awsvpc_configuration=_of(
                "ecs.CfnService.AwsVpcConfiguration",
                assign_public_ip="ENABLED" if network["assign_public_ip"] else "DISABLED",
                security_groups=_text(network["security_groups"]),
                subnets=Call("core.Fn.split", (",", _text(network["subnets"]))),
            ),
        ),
        "service_registries": [_of("ecs.CfnService.ServiceRegistry", **_text(body["service_registries"]))],
        "task_definition": _text(body["task_definition"]),
        "tags": _tags(body),
    }
    return "ecs", "CfnService", settings


def _task_definition(body: Body) -> Made:
    prefix = "ecs.CfnTaskDefinition"
    platform = _of(f"{prefix}.RuntimePlatform", **body["runtime_platform"])
    settings = {
        "container_definitions": [
            _typed(f"{prefix}.ContainerDefinition", each) for each in json.loads(body["container_definitions"])
        ],
        **_same(body, "cpu", "memory", "family", "network_mode", "requires_compatibilities"),
        "execution_role_arn": _text(body["execution_role_arn"]),
        "runtime_platform": platform,
        "task_role_arn": _text(body["task_role_arn"]),
        "volumes": [_of(f"{prefix}.Volume", **each) for each in body["volume"]],
        "tags": _tags(body),
    }
    return "ecs", "CfnTaskDefinition", settings


_CONTAINER = {
    "environment": "KeyValuePair",
    "healthCheck": "HealthCheck",
    "linuxParameters": "LinuxParameters",
    "tmpfs": "Tmpfs",
    "logConfiguration": "LogConfiguration",
    "mountPoints": "MountPoint",
    "portMappings": "PortMapping",
}


def _typed(name: str, value: Mapping[str, Any]) -> Struct:
    """A container's definition, or a block of it: camelCase in ECS's JSON."""
    fields: dict[str, Any] = {}
    for key, each in value.items():
        inner = _CONTAINER.get(key)
        if inner is None:
            made = _text(each)
        elif isinstance(each, list):
            made = [_typed(f"ecs.CfnTaskDefinition.{inner}", one) for one in each]
        else:
            made = _typed(f"ecs.CfnTaskDefinition.{inner}", each)
        fields[snake(key)] = made
    return _of(name, **fields)


def _role(body: Body) -> Made:
    settings = {
        "role_name": body["name"],
        "description": body["description"],
        "assume_role_policy_document": json.loads(body["assume_role_policy"]),
        "tags": _tags(body),
    }
    return "iam", "CfnRole", settings


def _role_policy(body: Body) -> Made:
    settings = {
        "policy_name": body["name"],
        "role_name": _text(body["role"]),
        "policy_document": _text(json.loads(body["policy"])),
    }
    return "iam", "CfnRolePolicy", settings


def _listener_rule(body: Body) -> Made:
    prefix = "elasticloadbalancingv2.CfnListenerRule"
    settings = {
        "actions": [_of(f"{prefix}.Action", **_text(each)) for each in body["action"]],
        "conditions": [
            _of(
                f"{prefix}.RuleCondition",
                field="host-header",
                host_header_config=_of(f"{prefix}.HostHeaderConfig", values=each["host_header"]["values"]),
            )
            for each in body["condition"]
        ],
        "listener_arn": _text(body["listener_arn"]),
        "priority": 1,
    }
    return "elasticloadbalancingv2", "CfnListenerRule", settings


def _target_group(body: Body) -> Made:
    prefix = "elasticloadbalancingv2.CfnTargetGroup"
    health = body["health_check"]
    attributes = {
        "deregistration_delay.timeout_seconds": body["deregistration_delay"],
        "load_balancing.algorithm.type": body["load_balancing_algorithm_type"],
    }
    settings = {
        "name": _name(body["name"]),
        **_same(body, "port", "protocol", "protocol_version", "target_type"),
        "health_check_enabled": health["enabled"],
        "health_check_interval_seconds": health["interval"],
        "health_check_path": health["path"],
        "health_check_protocol": health["protocol"],
        "health_check_timeout_seconds": health["timeout"],
        "healthy_threshold_count": health["healthy_threshold"],
        "unhealthy_threshold_count": health["unhealthy_threshold"],
        "matcher": _of(f"{prefix}.Matcher", http_code=health["matcher"]),
        "target_group_attributes": [
            _of(f"{prefix}.TargetGroupAttribute", key=key, value=value) for key, value in attributes.items()
        ],
        "vpc_id": _text(body["vpc_id"]),
        "tags": _tags(body),
    }
    return "elasticloadbalancingv2", "CfnTargetGroup", settings


def _record(body: Body) -> Made:
    alias = body["alias"]
    settings = {
        **_same(body, "name", "type"),
        "hosted_zone_id": _text(body["zone_id"]),
        "alias_target": _of(
            "route53.CfnRecordSet.AliasTarget",
            dns_name=_text(alias["name"]),
            hosted_zone_id=_text(alias["zone_id"]),
            evaluate_target_health=alias["evaluate_target_health"],
        ),
    }
    return "route53", "CfnRecordSet", settings


def _security_group(body: Body) -> Made:
    settings = {
        "group_name": _name(body["name"]),
        "group_description": body["description"],
        "vpc_id": _text(body["vpc_id"]),
        "tags": _tags(body),
    }
    return "ec2", "CfnSecurityGroup", settings


def _rule(kind: str, other: str) -> Callable[[Body], Made]:
    names = {
        "security_group_id": "group_id",
        "referenced_security_group_id": other,
        "cidr_ipv4": "cidr_ip",
        **{same: same for same in ("description", "from_port", "ip_protocol", "to_port")},
    }

    def rule(body: Body) -> Made:
        settings = {names[key]: _text(value) for key, value in body.items() if key in names}
        return "ec2", kind, settings

    return rule


def _discovery(body: Body) -> Made:
    prefix, dns = "servicediscovery.CfnService", body["dns_config"]
    settings = {
        "name": body["name"],
        "dns_config": _of(
            f"{prefix}.DnsConfig",
            dns_records=[_of(f"{prefix}.DnsRecord", **each) for each in dns["dns_records"]],
            namespace_id=_text(dns["namespace_id"]),
            routing_policy=dns["routing_policy"],
        ),
        "tags": _tags(body),
    }
    return "servicediscovery", "CfnService", settings


def _nothing(_body: Body) -> Made:
    """CloudFormation's resource that is none, as `terraform_data` is Terraform's."""
    return "core", "CfnWaitConditionHandle", {}


def _of(name: str, /, **fields: Any) -> Struct:
    return Struct(f"{name}Property", fields)


def _same(body: Body, *names: str) -> dict[str, Any]:
    return {name: body[name] for name in names if name in body}


_KINDS: dict[str, Callable[[Body], Made]] = {
    "aws_cloudwatch_log_group": _log_group,
    "aws_dynamodb_table": _table,
    "aws_ecs_service": _service,
    "aws_ecs_task_definition": _task_definition,
    "aws_iam_role": _role,
    "aws_iam_role_policy": _role_policy,
    "aws_lb_listener_rule": _listener_rule,
    "aws_lb_target_group": _target_group,
    "aws_route53_record": _record,
    "aws_security_group": _security_group,
    "aws_service_discovery_service": _discovery,
    "aws_vpc_security_group_egress_rule": _rule("CfnSecurityGroupEgress", "destination_security_group_id"),
    "aws_vpc_security_group_ingress_rule": _rule("CfnSecurityGroupIngress", "source_security_group_id"),
    "terraform_data": _nothing,
}


def outputs(stack: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The leaves of the outputs, for CloudFormation knows texts alone."""

    def leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(value, Mapping):
            for key, each in value.items():
                yield from leaves(f"{path}_{key}", each)
        elif "${var." not in str(value):
            yield path, _text(str(value))

    for name, output in stack["output"].items():
        yield from leaves(name, output["value"])
