"""Each refusal of each entry: the call that AWS refuses, and the nearest one that it does not."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import Any

import boto3
import pytest

from tanada.offline.configuration import Provider, read
from tanada.offline.world import World
from tanada.resources import entries
from tanada.resources.refusal import Call, Empty, Refusal
from tests.resources.schemas import shipped

PROVIDER = read({"region": "ap-northeast-1", "allowed_account_ids": ["111111111111"]})
Values = dict[str, Any]
Living = Values | tuple[Values, ...]
"""One of a type, or several."""


@dataclass(frozen=True)
class Case:
    """`refused` beside what lives, `allowed` beside what `lives_then`."""

    refused: Call
    lives: Mapping[str, Living] = field(default_factory=dict)
    allowed: Call | None = None
    lives_then: Mapping[str, Living] = field(default_factory=dict)


def deleted(**values: Any) -> Call:
    return Call(values, None)


def created(**values: Any) -> Call:
    return Call(None, values)


def user(type_: str, path: str, value: Any) -> Mapping[str, Values]:
    """One that refers to a value."""
    for name in reversed(path.split(".")):
        value = {name: value} if name == path.split(".")[0] else [{name: value}]
    return {type_: {"id": "one", **value}}


SCALED = {"aws_appautoscaling_target": {"id": "t", "resource_id": "service/c/web"}}
"""A service whose tasks are counted."""


def by_requests(label: str | None) -> Call:
    metric = {"predefined_metric_type": "ALBRequestCountPerTarget", "resource_label": label}
    tracking = [{"predefined_metric_specification": [metric]}]
    return created(resource_id="service/c/web", target_tracking_scaling_policy_configuration=tracking)


CERTIFICATE = "arn:aws:acm:us-east-1:111111111111:certificate/1"


def shown(*aliases: str, arn: str = CERTIFICATE) -> Values:
    return {"aliases": [*aliases], "viewer_certificate": [{"acm_certificate_arn": arn}]}


CERTIFIED = {
    "aws_acm_certificate": {"id": CERTIFICATE, "arn": CERTIFICATE, "subject_alternative_names": ["a.jp", "*.a.jp"]}
}
PAIR = {"key": "/a", "value": "/b"}


CASES: dict[tuple[str, str], Case] = {
    ("aws_apigatewayv2_integration", "ConflictException"): Case(
        deleted(id="abc1234"),
        {"aws_apigatewayv2_route": {"id": "r", "target": "integrations/abc1234"}},
        deleted(id="abc1234"),
        {"aws_apigatewayv2_route": {"id": "r", "target": "integrations/abc1235"}},
    ),
    ("aws_cloudfront_distribution", "CNAMEAlreadyExists"): Case(
        created(**shown("www.a.jp")),
        {"aws_cloudfront_distribution": {"id": "other", "aliases": ["www.a.jp", "a.jp"]}},
        Call(shown("www.a.jp"), shown("www.a.jp", "b.a.jp")),
        {"aws_cloudfront_distribution": {"id": "itself", "aliases": ["www.a.jp"]}},
    ),
    ("aws_cloudfront_distribution", "InvalidViewerCertificate"): Case(
        created(**shown("a.jp", arn=CERTIFICATE.replace("us-east-1", "ap-northeast-1"))),
        allowed=created(**shown("a.jp")),
    ),
    ("aws_cloudfront_vpc_origin", "CannotUpdateEntityWhileInUse"): Case(
        Call({"id": "vo_1"}, {"id": "vo_1", "tags": {"Name": "b"}}),
        user("aws_cloudfront_distribution", "origin.vpc_origin_config.vpc_origin_id", "vo_1"),
        Call({"id": "vo_2"}, {"id": "vo_2", "tags": {"Name": "b"}}),
        user("aws_cloudfront_distribution", "origin.vpc_origin_config.vpc_origin_id", "vo_1"),
    ),
    ("aws_cloudfront_function", "FunctionSizeLimitExceeded"): Case(
        created(name="f", code="a" * 10_241), allowed=created(name="f", code="a" * 10_240)
    ),
    ("aws_cloudfrontkeyvaluestore_keys_exclusive", "ValidationException"): Case(
        created(resource_key_value_pair=[PAIR, {**PAIR, "value": "あ" * 342}]),
        allowed=created(resource_key_value_pair=[PAIR, {**PAIR, "key": "あ" * 512}]),
    ),
    ("aws_cloudfrontkeyvaluestore_keys_exclusive", "ServiceQuotaExceededException"): Case(
        created(resource_key_value_pair=[{"key": f"/{n:04}", "value": "a" * 1000} for n in range(5300)]),
        allowed=created(resource_key_value_pair=[{"key": f"/{n:04}", "value": "a" * 1000} for n in range(5200)]),
    ),
    **dict.fromkeys(
        (
            ("aws_appautoscaling_policy", "ObjectNotFoundException"),
            ("aws_appautoscaling_scheduled_action", "ObjectNotFoundException"),
        ),
        Case(created(resource_id="service/c/web"), allowed=created(resource_id="service/c/web"), lives_then=SCALED),
    ),
    ("aws_cloudwatch_metric_alarm", "ValidationError"): Case(
        created(region="ap-northeast-1", alarm_actions=["arn:aws:sns:us-east-1:111111111111:ops"]),
        allowed=created(region="ap-northeast-1", alarm_actions=["arn:aws:sns:ap-northeast-1:111111111111:ops"]),
    ),
    ("aws_cloudwatch_dashboard", "InvalidParameterInput"): Case(
        created(dashboard_body='{"widgets": [{"type": "metric", "properties": {"region": "ap-northeast-1"}}]}'),
        allowed=created(
            dashboard_body='{"widgets": [{"type": "metric", "properties": {"region": "r", "metrics": [["A", "B"]]}}]}'
        ),
    ),
    ("aws_appautoscaling_policy", "ValidationException"): Case(
        by_requests(None), SCALED, by_requests("app/front/1/targetgroup/web/2"), SCALED
    ),
    ("aws_appautoscaling_target", "ValidationException"): Case(
        created(min_capacity=3, max_capacity=2), allowed=created(min_capacity=2, max_capacity=2)
    ),
    ("aws_lb", "OperationNotPermitted"): Case(
        deleted(id="l", enable_deletion_protection=True), allowed=deleted(id="l", enable_deletion_protection=False)
    ),
    ("aws_dynamodb_table", "ValidationException"): Case(
        deleted(id="t", deletion_protection_enabled=True), allowed=deleted(id="t", deletion_protection_enabled=False)
    ),
    ("aws_lb_listener_rule", "PriorityInUse"): Case(
        Call({"listener_arn": "l", "priority": 1}, {"listener_arn": "l", "priority": 2}),
        {"aws_lb_listener_rule": {"id": "one", "listener_arn": "l", "priority": 2}},
        Call({"listener_arn": "l", "priority": 2}, {"listener_arn": "l", "priority": 2, "tags": {}}),
        {"aws_lb_listener_rule": {"id": "one", "listener_arn": "l", "priority": 2}},
    ),
    ("aws_s3_bucket", "InvalidBucketName"): Case(created(bucket="xn--uploads"), allowed=created(bucket="uploads")),
    ("aws_s3_bucket_cors_configuration", "InvalidRequest"): Case(
        created(cors_rule=[{"allowed_origins": ["https://*.*.jp"]}]),
        allowed=created(cors_rule=[{"allowed_origins": ["https://*.example.jp", "*"]}]),
    ),
    ("aws_s3_bucket_lifecycle_configuration", "InvalidArgument"): Case(
        created(rule=[{"id": "a", "noncurrent_version_expiration": [{"noncurrent_days": 0}]}]),
        allowed=created(rule=[{"id": "a", "noncurrent_version_expiration": [{"noncurrent_days": 1}]}]),
    ),
    ("aws_s3_bucket_lifecycle_configuration", "InvalidRequest"): Case(
        created(rule=[{"id": "a"}, {"id": "a"}]), allowed=created(rule=[{"id": "a"}, {"id": "b"}])
    ),
    ("aws_acm_certificate", "InvalidDomainValidationOptionsException"): Case(
        created(domain_name="a" * 65), allowed=created(domain_name="a" * 64)
    ),
    ("aws_iam_role", "LimitExceeded"): Case(
        created(name="a", assume_role_policy="a" * 2049), allowed=created(name="a", assume_role_policy="a" * 2048)
    ),
    ("aws_iam_policy", "LimitExceeded"): Case(created(policy="a" * 6145), allowed=created(policy="a" * 6144)),
    ("aws_iam_user_policy", "LimitExceeded"): Case(
        created(user="web", policy="a" * 2049), allowed=created(user="web", policy="a" * 2048)
    ),
    ("aws_iam_role_policy", "LimitExceeded"): Case(
        created(role="web", policy="a" * 5000 + " " * 99),
        {"aws_iam_role_policy": {"id": "web:other", "role": "web", "policy": "a" * 5241}},
        created(role="web", policy="a" * 5000 + " " * 99),
        {"aws_iam_role_policy": {"id": "web:other", "role": "web", "policy": "a" * 5240}},
    ),
    ("aws_ecs_task_definition", "ClientException"): Case(
        created(container_definitions="é" * 32_769), allowed=created(container_definitions="é" * 32_768)
    ),
    ("aws_ecr_repository", "RepositoryNotEmptyException"): Case(
        deleted(id="web", repository_url="r/web"),
        {"aws_ecs_task_definition": {"id": "web", "container_definitions": '[{"image": "r/web:1"}]'}},
        deleted(id="web", repository_url="r/we"),
        {"aws_ecs_task_definition": {"id": "web", "container_definitions": '[{"image": "r/web:1"}]'}},
    ),
}

GRACE = "Health check grace period is only valid for services configured to use load balancers"
NO_BALANCER = "The target group with targetGroupArn … does not have an associated load balancer."
BALANCED = [{"target_group_arn": "group"}]


GROUP = {"name": "jobs", "arn": "arn:jobs"}


def scheduled(**values: Any) -> Call:
    return created(**{"name": "a", "schedule_expression": "cron(30 3 ? * MON-FRI *)", **values})


def trusting(service: str, group: str) -> Mapping[str, Values]:
    """A role that a service assumes for one group of schedules, which is there."""
    condition = {"StringEquals": {"aws:SourceArn": group}}
    statement = {"Principal": {"Service": service}, "Condition": condition}
    role = {"id": "r", "arn": "arn:r", "assume_role_policy": json.dumps({"Statement": [statement]})}
    return {"aws_iam_role": role, "aws_scheduler_schedule_group": {"id": "jobs", **GROUP}}


def defined(*containers: Values, **values: Any) -> Call:
    return created(container_definitions=json.dumps([{"name": "web"}, *containers]), **values)


def awaited(*, essential: bool) -> Call:
    waits = {"dependsOn": [{"containerName": "step", "condition": "SUCCESS"}]}
    return defined({"name": "front", **waits}, {"name": "step", "essential": essential})


SERVES = {"load_balancer": [{"container_name": "web", "container_port": 8080}], "task_definition": "web:1"}


def listening(port: int) -> Mapping[str, Values]:
    container = {"name": "web", "portMappings": [{"containerPort": port}]}
    return {"aws_ecs_task_definition": {"id": "w", "arn": "web:1", "container_definitions": json.dumps([container])}}


QUEUE = {"id": "q", "name": "jobs", "visibility_timeout_seconds": 300}


def asking(client: str = "c", group: str = "g") -> Call:
    """A rule at which people sign in."""
    first = {"authenticate_cognito": [{"user_pool_client_id": client}], "target_group_arn": None}
    return created(action=[first, {"target_group_arn": group}])


def client(*, secret: bool) -> Mapping[str, Values]:
    return {"aws_cognito_user_pool_client": {"id": "c", "generate_secret": secret}}


def group(version: str) -> Mapping[str, Values]:
    return {"aws_lb_target_group": {"id": "g", "arn": "g", "protocol_version": version}}


TURNS = {"alternate_target_group_arn": "second", "production_listener_rule": "rule", "role_arn": "role"}
TURNING = {"target_group_arn": "group", "advanced_configuration": [TURNS]}


def shifts(strategy: str = "BLUE_GREEN", *blocks: Values, **more: Any) -> Values:
    """A service whose requests ECS moves."""
    configuration = {"strategy": strategy, **more}
    return {"load_balancer": [*(blocks or (TURNING,))], "deployment_configuration": [configuration]}


def leading(*groups: str) -> Mapping[str, Values]:
    forward = {"target_group": [{"arn": each} for each in groups]}
    return {"aws_lb_listener_rule": {"id": "rule", "arn": "rule", "action": [{"forward": [forward]}]}}


ROUTED, ROUTER = {"logConfiguration": {"logDriver": "awsfirelens"}}, {"firelensConfiguration": {"type": "fluentbit"}}
_FILTER = "aws_cloudwatch_log_subscription_filter"
MAILING = {"id": "f", "arn": "arn:lambda", "function_name": "mail"}
NAMED = {
    "id": "d",
    "arn": "d:1",
    "container_definitions": json.dumps([{"name": "w", "portMappings": [{"name": "connect"}]}]),
}
CONNECTED = {"task_definition": "d:1", "service_connect_configuration": [{"service": [{"port_name": "connect"}]}]}
OF_SENTENCES: dict[str, Case] = {
    "The portName of a Service Connect service is one of the task definition's portMappings": Case(
        created(**CONNECTED),
        {"aws_ecs_task_definition": {**NAMED, "container_definitions": json.dumps([{"name": "w"}])}},
        created(**CONNECTED),
        {"aws_ecs_task_definition": NAMED},
    ),
    "SearchString is of the types HTTP_STR_MATCH and HTTPS_STR_MATCH, which need one": Case(
        created(type="HTTPS", search_string="ok"), {}, created(type="HTTPS_STR_MATCH", search_string="ok"), {}
    ),
    "Configuration set {configuration_set_name} already exists.": Case(
        created(configuration_set_name="kakei-mail"),
        {"aws_sesv2_configuration_set": {"id": "kakei-mail", "configuration_set_name": "kakei-mail"}},
        created(configuration_set_name="kakei-mail"),
        {"aws_sesv2_configuration_set": {"id": "other-mail", "configuration_set_name": "other-mail"}},
    ),
    "Email identity {email_identity} already exist.": Case(
        created(email_identity="example.jp"),
        {"aws_sesv2_email_identity": {"id": "example.jp", "email_identity": "example.jp"}},
        created(email_identity="example.jp"),
        {"aws_sesv2_email_identity": {"id": "example.com", "email_identity": "example.com"}},
    ),
    "Provided MAIL-FROM domain '{mail_from_domain}' is not subdomain of the domain of the identity "
    "'{email_identity}'": Case(
        created(email_identity="example.jp", mail_from_domain="bounce.example.com"),
        {},
        created(email_identity="example.jp", mail_from_domain="bounce.example.jp"),
    ),
    "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy": Case(
        created(**shifts("BLUE_GREEN", *BALANCED)),
        leading("group", "second"),
        created(**shifts("BLUE_GREEN")),
        leading("group", "second"),
    ),
    "Either all or none of the provided loadBalancers must have advancedConfiguration defined": Case(
        created(**shifts("ROLLING", TURNING, *BALANCED)),
        leading("group", "second"),
        created(**shifts("ROLLING")),
        leading("group", "second"),
    ),
    "For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated with "
    "both targetGroup and alternateTargetGroup": Case(
        created(**shifts()),
        {**leading("group"), "aws_lb_listener": {"id": "l", "default_action": [{"target_group_arn": "second"}]}},
        created(**shifts()),
        leading("group", "second"),
    ),
    "A canary or linear configuration goes with its own deployment strategy alone": Case(
        created(**shifts("BLUE_GREEN", canary_configuration=[{"canary_percent": 5}])),
        leading("group", "second"),
        created(**shifts("CANARY", canary_configuration=[{"canary_percent": 5}])),
        leading("group", "second"),
    ),
    "The service's load balancers need an advancedConfiguration, and a rolling deployment with it, before its "
    "deployment strategy changes": Case(
        Call({"load_balancer": BALANCED}, shifts()),
        leading("group", "second"),
        Call({"load_balancer": [TURNING]}, shifts()),
        leading("group", "second"),
    ),
    "When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured "
    "in one of the containers.": Case(
        defined({"name": "app", **ROUTED}), allowed=defined({"name": "app", **ROUTED}, {"name": "router", **ROUTER})
    ),
    "If 'user' field is specified on firelens container, then 'UID' has to be '0'.": Case(
        defined({"name": "router", "user": "1000", **ROUTER}),
        allowed=defined({"name": "router", "user": "0", **ROUTER}),
    ),
    "Resource limit exceeded.": Case(
        created(log_group_name="web", name="third"),
        {_FILTER: tuple({"id": each, "log_group_name": "web"} for each in "ab")},
        created(log_group_name="web", name="third"),
        {_FILTER: tuple({"id": each, "log_group_name": each} for each in ("web", "other"))},
    ),
    "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your "
    "function.": Case(
        created(destination_arn="arn:lambda"),
        {"aws_lambda_function": MAILING},
        created(destination_arn="arn:lambda"),
        {
            "aws_lambda_function": MAILING,
            "aws_lambda_permission": {"id": "p", "function_name": "mail", "principal": "logs.amazonaws.com"},
        },
    ),
    "The 'host-header' value is too long; the limit is '128'": Case(
        created(condition=[{"host_header": [{"values": ["a" * 129]}]}]),
        allowed=created(condition=[{"host_header": [{"values": ["a" * 128]}]}]),
    ),
    "A rule can only have '5' condition values": Case(
        created(
            condition=[
                {"host_header": [{"values": ["a", "b", "c"]}]},
                {"path_pattern": [{"values": ["/d", "/e", "/f"]}]},
            ]
        ),
        allowed=created(
            condition=[{"host_header": [{"values": ["a", "b", "c"]}]}, {"path_pattern": [{"values": ["/d", "/e"]}]}]
        ),
    ),
    "The user pool client must have a client secret": Case(
        asking(), client(secret=False), asking(), client(secret=True)
    ),
    "A rule that leads to a target group of HTTP/2 or gRPC has no action beside forward": Case(
        asking(), group("GRPC"), asking(), group("HTTP1")
    ),
    "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be "
    "inactivated first.": Case(
        deleted(id="p", deletion_protection="ACTIVE"), allowed=deleted(id="p", deletion_protection="INACTIVE")
    ),
    "An app client takes 100 callback URLs, and 100 for signing out": Case(
        created(callback_urls=[f"https://{number}.jp/" for number in range(101)]),
        allowed=created(callback_urls=[f"https://{number}.jp/" for number in range(100)]),
    ),
    "A callback URL is of https, but for localhost": Case(
        created(callback_urls=["http://a.jp/"]),
        allowed=created(callback_urls=["https://a.jp/", "http://localhost:80/"]),
    ),
    "The container … did not have a container port … defined.": Case(
        Call({**SERVES, "load_balancer": []}, SERVES), listening(3000), Call(None, SERVES), listening(8080)
    ),
    "A queue already exists with the same name and a different value for attribute VisibilityTimeout": Case(
        created(name="jobs", visibility_timeout_seconds=30),
        {"aws_sqs_queue": QUEUE},
        created(name="jobs", visibility_timeout_seconds=300),
        {"aws_sqs_queue": QUEUE},
    ),
    "Invalid parameter: Tags Reason: Topic already exists with different tags": Case(
        created(name="orders", tags_all={"a": "1"}),
        {"aws_sns_topic": {"id": "t", "name": "orders", "tags_all": {"a": "2"}}},
        created(name="orders", tags_all={"a": "2"}),
        {"aws_sns_topic": {"id": "t", "name": "orders", "tags_all": {"a": "2"}}},
    ),
    "Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS "
    "topics": Case(
        created(endpoint="arn:jobs.fifo", topic_arn="arn:orders"),
        allowed=created(endpoint="arn:jobs.fifo", topic_arn="arn:orders.fifo"),
    ),
    "TimeToLive is active on a different AttributeName": Case(
        Call(
            {"ttl": [{"attribute_name": "expires", "enabled": True}]},
            {"ttl": [{"attribute_name": "until", "enabled": True}]},
        ),
        allowed=Call(
            {"ttl": [{"attribute_name": "expires", "enabled": False}]},
            {"ttl": [{"attribute_name": "until", "enabled": True}]},
        ),
    ),
    "Schedule {name} already exists.": Case(
        scheduled(group_name="jobs"),
        {"aws_scheduler_schedule": {"id": "jobs/a", "name": "a", "group_name": "jobs"}},
        scheduled(group_name="default"),
        {"aws_scheduler_schedule": {"id": "jobs/a", "name": "a", "group_name": "jobs"}},
    ),
    "Invalid Schedule Expression {schedule_expression}.": Case(
        scheduled(schedule_expression="cron(30 3 * * 1 *)"), allowed=scheduled(schedule_expression="rate(3 minutes)")
    ),
    "Invalid time zone {schedule_expression_timezone}.": Case(
        scheduled(schedule_expression_timezone="UTC+9"), allowed=scheduled(schedule_expression_timezone="Asia/Tokyo")
    ),
    "Schedule group {group_name} does not exist.": Case(
        scheduled(group_name="jobs"),
        allowed=scheduled(group_name="jobs"),
        lives_then={"aws_scheduler_schedule_group": {"id": "jobs", **GROUP}},
    ),
    "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.": Case(
        scheduled(group_name="jobs", target=[{"role_arn": "arn:r"}]),
        trusting("scheduler.amazonaws.com", "arn:others"),
        scheduled(group_name="jobs", target=[{"role_arn": "arn:r"}]),
        trusting("scheduler.amazonaws.com", "arn:jobs"),
    ),
    "Too many containers.": Case(
        defined(*({"name": str(number)} for number in range(10))),
        allowed=defined(*({"name": str(number)} for number in range(9))),
    ),
    "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.": Case(
        defined({"name": "one", "cpu": 200}, {"name": "two", "cpu": 57}, cpu="256"),
        allowed=defined(
            {"name": "one", "cpu": 200, "memory": 512}, {"name": "two", "cpu": 56}, cpu="256", memory="512"
        ),
    ),
    "Expected a parameter group of another family for {engine} {engine_version}": Case(
        created(engine="valkey", engine_version="8.0", parameter_group_name="p"),
        {"aws_elasticache_parameter_group": {"id": "p", "name": "p", "family": "valkey7"}},
        created(engine="valkey", engine_version="8.0", parameter_group_name="p"),
        {"aws_elasticache_parameter_group": {"id": "p", "name": "p", "family": "valkey8"}},
    ),
    "When using automatic failover, there must be at least 2 cache clusters in the replication group.": Case(
        created(automatic_failover_enabled=True, num_cache_clusters=1),
        allowed=created(automatic_failover_enabled=True, num_cache_clusters=2),
    ),
    "You must choose an even number of data nodes for a two Availability Zone deployment": Case(
        created(cluster_config=[{"instance_count": 3, "zone_awareness_enabled": True}]),
        allowed=created(cluster_config=[{"instance_count": 2, "zone_awareness_enabled": True}]),
    ),
    "You must specify exactly as many subnets as the domain has Availability Zones.": Case(
        created(vpc_options=[{"subnet_ids": ["a", "b"]}], cluster_config=[{"instance_count": 1}]),
        allowed=created(vpc_options=[{"subnet_ids": ["a"]}], cluster_config=[{"instance_count": 1}]),
    ),
    "Encryption is not supported for node type {node_type}": Case(
        created(transit_encryption_enabled=True, node_type="cache.t1.micro"),
        allowed=created(transit_encryption_enabled=True, node_type="cache.t4g.micro"),
    ),
    "mount target already exists in this AZ": Case(
        created(file_system_id="f", subnet_id="s"),
        {"aws_efs_mount_target": {"id": "m", "file_system_id": "f", "subnet_id": "s"}},
        created(file_system_id="f", subnet_id="other"),
        {
            "aws_efs_mount_target": {"id": "m", "file_system_id": "f", "subnet_id": "s"},
            "aws_subnet": {"id": "s", "availability_zone": "a"},
        },
    ),
    "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container": Case(
        awaited(essential=True), allowed=awaited(essential=False)
    ),
    "Cannot depend on container + '…' because it does not exist": Case(
        defined({"name": "front", "dependsOn": [{"containerName": "wed", "condition": "START"}]}),
        allowed=defined({"name": "front", "dependsOn": [{"containerName": "web", "condition": "START"}]}),
    ),
    GRACE: Case(
        Call({"load_balancer": []}, {"load_balancer": BALANCED, "health_check_grace_period_seconds": 60}),
        allowed=Call({"load_balancer": BALANCED}, {"load_balancer": BALANCED, "health_check_grace_period_seconds": 60}),
        lives_then=user("aws_lb_listener_rule", "action.target_group_arn", "group"),
    ),
    NO_BALANCER: Case(
        created(name="web", load_balancer=BALANCED),
        user("aws_lb_listener_rule", "action.target_group_arn", "other"),
        created(name="web", load_balancer=BALANCED),
        user("aws_lb_listener", "default_action.forward.target_group.arn", "group"),
    ),
}

RUNS: Any = {"engine": "postgres", "engine_version": "16"}
DB_GROUP = {"aws_db_parameter_group": {"id": "g", "name": "g", "family": "postgres16"}}
OF_CLUSTERS = {"aws_rds_cluster_parameter_group": {"id": "c", "name": "c", "family": "aurora-mysql8.0"}}
DB_SUBNETS = {"aws_subnet": {"id": "s", "availability_zone": "a"}}
OF_SENTENCES |= {
    "Cannot delete protected DB Instance, please disable deletion protection and try again.": Case(
        deleted(id="d", deletion_protection=True), allowed=deleted(id="d", deletion_protection=False)
    ),
    "Cannot delete protected Cluster, please disable deletion protection and try again.": Case(
        deleted(id="d", deletion_protection=True), allowed=deleted(id="d", deletion_protection=False)
    ),
    "The parameter group {db_cluster_parameter_group_name} can't be used for this instance. Use a parameter group with "
    "the DBParameterGroupFamily of {engine} {engine_version}.": Case(
        created(engine="aurora-mysql", engine_version="8.4", db_cluster_parameter_group_name="c"),
        OF_CLUSTERS,
        created(engine="aurora-mysql", engine_version="8.0.mysql_aurora.3.08.0", db_cluster_parameter_group_name="c"),
        OF_CLUSTERS,
    ),
    "Serverless v2 maximum capacity isn't valid. The maximum capacity must be at least 1.0.": Case(
        created(serverlessv2_scaling_configuration=[{"max_capacity": 0.5}]),
        allowed=created(serverlessv2_scaling_configuration=[{"max_capacity": 1}]),
    ),
    "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.": Case(
        Call(RUNS, {**RUNS, "engine_version": "17"}),
        allowed=Call(RUNS, {**RUNS, "engine_version": "17", "allow_major_version_upgrade": True}),
    ),
    "The parameter group {parameter_group_name} can't be used for this instance. Use a parameter group with the "
    "DBParameterGroupFamily of {engine} {engine_version}.": Case(
        created(**RUNS | {"engine_version": "17.2"}, parameter_group_name="g"),
        DB_GROUP,
        created(**RUNS, parameter_group_name="g"),
        DB_GROUP,
    ),
    "Invalid storage size for engine name {engine} and storage type gp3: {allocated_storage}": Case(
        created(storage_type="gp3", allocated_storage=19), allowed=created(storage_type="gp3", allocated_storage=20)
    ),
    "Max storage size must be greater than storage size": Case(
        created(allocated_storage=20, max_allocated_storage=20),
        allowed=created(allocated_storage=20, max_allocated_storage=22),
    ),
    "The storage of a DB instance can't be reduced: {allocated_storage} is less than it has.": Case(
        Call({"allocated_storage": 30}, {"allocated_storage": 20}),
        allowed=Call({"allocated_storage": 20}, {"allocated_storage": 30}),
    ),
    "cannot use immediate apply method for static parameter": Case(
        created(family="postgres16", parameter=[{"name": "shared_buffers", "apply_method": "immediate"}]),
        allowed=created(
            family="postgres16",
            parameter=[
                {"name": "shared_buffers", "apply_method": "pending-reboot"},
                {"name": "work_mem", "apply_method": "immediate"},
            ],
        ),
    ),
    "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Add subnets to cover at least 2 "
    "AZs.": Case(created(subnet_ids=["s"]), DB_SUBNETS, created(subnet_ids=["s", "t"]), DB_SUBNETS),
}
"""Of databases."""
SOURCE = {"identifier": "one", "engine": "postgres", "backup_retention_period": 1}
COPIED = {"restore_to_point_in_time": [{"source_db_instance_identifier": "one"}], "engine": "postgres"}
CLUSTER = {"aws_rds_cluster": {"id": "one", "cluster_identifier": "one", "engine": "aurora-mysql"}}
CLONED = {"restore_to_point_in_time": [{"source_cluster_identifier": "one"}], "engine": "aurora-mysql"}


LOCKED = {
    "aws_backup_vault_lock_configuration": {
        "id": "v",
        "backup_vault_name": "v",
        "min_retention_days": 7,
        "max_retention_days": 35,
    }
}
GLOBAL = {
    "name": "orders",
    "arn": "arn:aws:dynamodb:ap-northeast-1:1:table/orders",
    "billing_mode": "PAY_PER_REQUEST",
    "stream_enabled": True,
    "stream_view_type": "NEW_AND_OLD_IMAGES",
}


def _global(*regions: str, protected: bool = False, **more: Any) -> Values:
    replicas = [{"region_name": each, "deletion_protection_enabled": protected} for each in regions]
    return {**GLOBAL, "replica": replicas, **more}


OF_SENTENCES |= {
    "The stream of {name} can't be changed while it has replicas": Case(
        Call(_global("us-west-2"), _global(stream_enabled=False)), allowed=Call(_global("us-west-2"), _global())
    ),
    "A replica of {name} is protected against deletion": Case(
        Call(_global("us-west-2", protected=True), _global()),
        allowed=Call(_global("us-west-2", protected=True), _global("us-west-2")),
    ),
    "Table write capacity should either be Pay-Per-Request or AutoScaled.": Case(
        created(**_global("us-west-2", billing_mode="PROVISIONED")), allowed=created(**_global("us-west-2"))
    ),
    "A replica of {name} can't stand in the region of the table itself": Case(
        Call(_global(), _global("ap-northeast-1")), allowed=Call(_global(), _global("us-west-2"))
    ),
}
RESTORED = {"name": "new", "restore_source_name": "old", "global_secondary_index": [{"name": "by-mail"}]}


def _tables(index: str = "by-mail", *, points: bool = True, name: str = "old") -> Mapping[str, Values]:
    table = {"name": name, "point_in_time_recovery": [{"enabled": points}], "global_secondary_index": [{"name": index}]}
    return {"aws_dynamodb_table": {"id": "one", **table}}


OF_SENTENCES |= {
    "The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) that you're "
    "trying to add.": Case(
        created(**shown("www.a.jp", "b.www.a.jp")), CERTIFIED, created(**shown("www.a.jp", "a.jp")), CERTIFIED
    ),
    "Table not found: {restore_source_name}": Case(
        created(**RESTORED), _tables(name="other"), created(**RESTORED), _tables()
    ),
    "Point in time recovery is not enabled for table {restore_source_name}": Case(
        created(**RESTORED), _tables(points=False), created(**RESTORED), _tables()
    ),
    "An index of {name} is none of {restore_source_name}": Case(
        created(**RESTORED), _tables("by-name"), created(**RESTORED), _tables()
    ),
}


def _lives(**other: Any) -> Mapping[str, Values]:
    return {"aws_db_instance": {"id": "one", **SOURCE, **other}}


OF_SENTENCES |= {
    "The source DBInstance of {identifier} could not be found.": Case(
        created(**COPIED), _lives(identifier="two"), created(**COPIED), _lives()
    ),
    "The source DBInstance of {identifier} is of another engine than {engine}.": Case(
        created(**COPIED), _lives(engine="mysql"), created(**COPIED), _lives()
    ),
    "The source DBInstance of {identifier} keeps no automatic backups.": Case(
        created(**COPIED), _lives(backup_retention_period=0), created(**COPIED), _lives()
    ),
    "The snapshot {snapshot_identifier} is of another engine than {engine}.": Case(
        created(snapshot_identifier="s", engine="mysql"),
        {**_lives(), "aws_db_snapshot": {"id": "s", "db_snapshot_identifier": "s", "db_instance_identifier": "one"}},
        created(snapshot_identifier="s", engine="postgres"),
        {**_lives(), "aws_db_snapshot": {"id": "s", "db_snapshot_identifier": "s", "db_instance_identifier": "one"}},
    ),
    "The source DBCluster of {cluster_identifier} could not be found.": Case(
        created(**CLONED), {}, created(**CLONED), CLUSTER
    ),
    "The source DBCluster of {cluster_identifier} is of another engine than {engine}.": Case(
        created(**{**CLONED, "engine": "aurora-postgresql"}), CLUSTER, created(**CLONED), CLUSTER
    ),
}
"""Of copies."""


def _groups(number: int) -> Call:
    """A web ACL with the dearest group so often, as Terraform sends blocks of any type: behind their type."""
    group = {"managed_rule_group_statement": {"name": "AWSManagedRulesCommonRuleSet", "vendor_name": "AWS"}}
    return created(rule=[b"type", [{"name": str(each), "statement": group} for each in range(number)]])


OF_SENTENCES |= {
    "Error reason: You exceeded the capacity limit for a rule group or web ACL., field: WEB_ACL": Case(
        _groups(8), allowed=_groups(7)
    ),
    "Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT": Case(
        created(name="kakei", scope="CLOUDFRONT", region="ap-northeast-1"),
        allowed=created(name="kakei", scope="CLOUDFRONT", region="us-east-1"),
    ),
}
_SET = "arn:aws:wafv2:us-east-1:111111111111:global/ipset/office/1"
_ASKS = {"not_statement": [{"statement": [{"ip_set_reference_statement": [{"arn": _SET}]}]}]}
CASES[("aws_wafv2_ip_set", "WAFAssociatedItemException")] = Case(
    deleted(arn=_SET),
    {
        "aws_wafv2_web_acl": {
            "id": "a",
            "rule": [b"type", [{"statement": [{"and_statement": [{"statement": [_ASKS]}]}]}]],
        }
    },
)
CASES[("aws_wafv2_ip_set", "WAFInvalidParameterException")] = Case(
    created(ip_address_version="IPV4", addresses=["2001:db8::/32"]),
    allowed=created(ip_address_version="IPV6", addresses=["2001:db8::/32"]),
)


@pytest.mark.parametrize("address", ["0.0.0.0/0", "203.0.113.5/24"])
def test_a_set_of_addresses_takes_no_range_of_all_and_none_that_begins_elsewhere(address: str) -> None:
    [refusal] = [each for each in entries()["aws_wafv2_ip_set"].refusals if "IP_ADDRESS" in each.sentence]
    assert refusal.holds(created(ip_address_version="IPV4", addresses=[address]), Empty())
    assert not refusal.holds(created(ip_address_version="IPV4", addresses=["0.0.0.0/1", "203.0.113.5/32"]), Empty())


CASES[("aws_wafv2_web_acl_logging_configuration", "WAFInvalidParameterException")] = Case(
    created(log_destination_configs=["arn:aws:logs:ap-northeast-1:111111111111:log-group:waf-logs"]),
    allowed=created(log_destination_configs=["arn:aws:logs:ap-northeast-1:111111111111:log-group:aws-waf-logs-kakei"]),
)
OF_SENTENCES |= {
    "Invalid start window. Start window must be at least 60 minutes.": Case(
        created(rule=[{"start_window": 59}]), allowed=created(rule=[{"start_window": 60}])
    ),
    "DeleteAfterDays must be at least 90 days later than MoveToColdStorageAfterDays": Case(
        created(rule=[{"lifecycle": [{"cold_storage_after": 30, "delete_after": 119}]}]),
        allowed=created(rule=[{"lifecycle": [{"cold_storage_after": 30, "delete_after": 120}]}]),
    ),
    "The retention of a rule lies outside of what the locked vault takes": Case(
        created(rule=[{"target_vault_name": "v", "lifecycle": [{"delete_after": 6}]}]),
        LOCKED,
        created(rule=[{"target_vault_name": "v", "lifecycle": [{"delete_after": 7}]}]),
        LOCKED,
    ),
}
"""Of backups."""
OF_SENTENCES["A redirect leads from HTTPS to HTTPS alone"] = Case(
    created(listener_arn="l", action=[{"redirect": [{"protocol": "HTTP", "status_code": "HTTP_301"}]}]),
    {"aws_lb_listener": {"id": "l", "arn": "l", "protocol": "HTTPS"}},
    created(listener_arn="l", action=[{"redirect": [{"protocol": "HTTP", "status_code": "HTTP_301"}]}]),
    {"aws_lb_listener": {"id": "l", "arn": "l", "protocol": "HTTP"}},
)
ALL = [(known.type, refusal) for known in entries().values() for refusal in known.refusals]


def _in_use(type_: str, refusal: Refusal) -> Case | None:
    """A refusal that is found by references alone is tried by each of them."""
    return OF_SENTENCES.get(refusal.sentence) or CASES.get((type_, refusal.code))


def _refused(type_: str, call: Call, lives: Mapping[str, Living]) -> Refusal | None:
    world = World()
    for each, living in lives.items():
        for values in living if isinstance(living, tuple) else (living,):
            world.learn(each, values, PROVIDER)
    return world.refusal(type_, call, PROVIDER)


@pytest.mark.parametrize(("type_", "refusal"), ALL, ids=[f"{type_}-{each.code}" for type_, each in ALL])
def test_what_aws_refuses_is_refused_and_no_more(type_: str, refusal: Refusal) -> None:
    cases = [case] if (case := _in_use(type_, refusal)) else list(_by_reference(type_, refusal))
    assert cases, "a refusal without a case"
    for each in cases:
        assert _refused(type_, each.refused, each.lives) is refusal
        if each.allowed is not None:
            assert _refused(type_, each.allowed, each.lives_then) is None


def _by_reference(type_: str, refusal: Refusal) -> list[Case]:
    if refusal.taken:
        same = {name: f"a-{name}" for name in refusal.taken}
        lives = {type_: {"id": "one", **same}}
        other = {**same, refusal.taken[-1]: "another"}
        return [Case(created(**same), lives, created(**other), lives)]
    own = {
        "id": "this",
        "arn": "arn:this",
        "name": "this",
        "zone_id": "this",
        "bucket": "this",
        "allocation_id": "this",
    }
    return [
        Case(
            deleted(**own),
            user(of, path, own[refusal.mine]),
            deleted(**own),
            user(of, path, "other"),
        )
        for of, path in refusal.references
    ]


def test_each_names_a_report_that_quotes_it_or_says_that_the_sentence_is_ours() -> None:
    quotes = re.compile(r"[\w.-]+/[\w.-]+#\d+|the sentence is ours|AWS's guide quotes it")
    assert [(type_, each.code) for type_, each in ALL if not quotes.search(each.source)] == []


@pytest.mark.parametrize(("type_", "refusal"), ALL, ids=[f"{type_}-{each.code}" for type_, each in ALL])
def test_a_sentence_fills_in_what_is_known_by_then(type_: str, refusal: Refusal) -> None:
    """What AWS gives a thing isn't known yet where it refuses to make it."""
    attributes = shipped()[type_].attributes
    for _, name, _, _ in Formatter().parse(refusal.sentence):
        if name and name != "account":
            set_by_us = attributes[name].required or attributes[name].optional
            assert set_by_us or not refusal.taken, name


ELSEWHERE = {
    ("aws_cloudwatch_event_rule", "ValidationException"): "of every call, and in no model",
    ("aws_dynamodb_table", "ValidationException"): "of every call, and in no model",
    ("aws_db_instance", "InvalidParameterCombination"): "RDS API reference, Common errors",
    ("aws_db_parameter_group", "InvalidParameterCombination"): "the same",
    ("aws_rds_cluster", "InvalidParameterCombination"): "the same",
    ("aws_rds_cluster", "InvalidParameterValue"): "the same",
    ("aws_rds_cluster_parameter_group", "InvalidParameterCombination"): "the same",
    ("aws_lb_listener_rule", "ValidationError"): "of every call, and in no model",
    ("aws_s3_bucket", "BucketNotEmpty"): "S3 API reference, Error responses: S3's model has few",
    ("aws_s3_bucket", "InvalidBucketName"): "the same",
    ("aws_s3_bucket_lifecycle_configuration", "InvalidArgument"): "the same",
    ("aws_sqs_queue", "QueueAlreadyExists"): "what reports quote; the model calls it QueueNameExists",
    ("aws_service_discovery_private_dns_namespace", "ConflictingDomainExists"): "Route 53's, in the operation's answer",
}
"""Codes that the service's model doesn't have."""


def test_every_code_is_one_of_its_services() -> None:
    """By botocore's models; EC2's has no errors at all."""
    strange = set()
    for type_, refusal in ALL:
        if (request := entries()[type_].request) is None:
            continue
        errors = boto3.Session()._session.get_service_model(request.service).error_shapes
        codes = {each for shape in errors for each in (shape.name, shape.metadata.get("error", {}).get("code"))}
        if codes and refusal.code not in codes:
            strange.add((type_, refusal.code))
    assert strange == set(ELSEWHERE)


def test_another_account_and_region_is_another_world() -> None:
    world = World()
    world.learn("aws_lb", {"id": "one", "name": "web", "region": "eu-west-1"}, PROVIDER)
    world.learn("aws_iam_role", {"id": "web", "name": "web"}, PROVIDER)
    assert world.refusal("aws_lb", created(name="web"), PROVIDER) is None
    assert world.refusal("aws_lb", created(name="web", region="eu-west-1"), PROVIDER) is not None
    theirs = Provider("222222222222", "ap-northeast-1", {})
    assert world.refusal("aws_iam_role", created(name="web"), theirs) is None
    virginia = Provider("111111111111", "us-east-1", {})
    assert world.refusal("aws_iam_role", created(name="web"), virginia) is not None, "IAM has no regions"


def test_what_lives_is_kept_from_one_process_to_the_next_and_a_damaged_file_begins_anew(tmp_path: Path) -> None:
    file = tmp_path / "world.sqlite"
    World(file).learn("aws_lb", {"id": "one", "name": "web"}, PROVIDER)
    assert World(file).refusal("aws_lb", created(name="web"), PROVIDER) is not None
    World(file).forget("aws_lb", {"id": "one"}, PROVIDER)
    assert World(file).refusal("aws_lb", created(name="web"), PROVIDER) is None
    file.write_bytes(b"no database at all, but a text that is longer than a head" * 100)
    assert World(file).refusal("aws_lb", created(name="web"), PROVIDER) is None
