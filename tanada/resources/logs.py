"""CloudWatch Logs."""

from __future__ import annotations

from tanada.resources.cost import ByUse
from tanada.resources.entry import Resource, arn, read, replaceable
from tanada.resources.refusal import Call, Refusal, World, taken
from tanada.resources.request import made_by

FILTERS = 2
"""Subscription filters of a log group (CloudWatch Logs API reference, PutSubscriptionFilter)."""


def _too_many_filters(call: Call, world: World) -> bool:
    group = call.values.get("log_group_name")
    there = [
        each
        for each in world.living("aws_cloudwatch_log_subscription_filter")
        if isinstance(group, str) and each.get("log_group_name") == group
    ]
    return call.action == "create" and len(there) >= FILTERS


def _not_let_in(call: Call, world: World) -> bool:
    """Whether it leads to a function that CloudWatch Logs may not call; of one that is not ours nobody knows."""
    destination = call.values.get("destination_arn")
    names = {
        each.get("function_name")
        for each in world.living("aws_lambda_function")
        if isinstance(destination, str) and each.get("arn") == destination
    }
    called = {
        each.get("function_name")
        for each in world.living("aws_lambda_permission")
        if str(each.get("principal")).startswith("logs.")
    }
    return call.action != "delete" and bool(names) and not names & called


RESOURCES = (
    Resource(
        type="aws_cloudwatch_log_group",
        lost="log group",
        kept=False,  # what it holds expires by itself
        replaces=read("logs/group.go", "0073593e", "log_group_class name name_prefix"),
        cost=ByUse("bytes of logs, taken in and stored"),
        defaults={"retention_in_days": 0, "skip_destroy": False},
        computed={"id": "{name}", "arn": arn("logs", "log-group:{name}"), "log_group_class": "STANDARD"},
        data_actions=(
            "logs:FilterLogEvents",
            "logs:GetLogEvents",
            "logs:GetLogRecord",
            "logs:GetQueryResults",
            "logs:StartLiveTail",
            "logs:StartQuery",
        ),
        refusals=(
            taken(
                "aws_cloudwatch_log_group",
                "name",
                "ResourceAlreadyExistsException",
                "The specified log group already exists",
                "CloudWatch Logs API reference, CreateLogGroup; terraform-aws-modules/terraform-aws-eks#2277",
            ),
        ),
        fills={},
        request=made_by(
            "logs",
            "CreateLogGroup PutRetentionPolicy",
            "AWS::Logs::LogGroup",
            name="logGroupName",
        ),
        reads=(
            "logs:DescribeLogGroups",
            "logs:ListTagsForResource",
        ),
        changes=(
            "logs:AssociateKmsKey",
            "logs:CreateLogGroup",
            "logs:DeleteLogGroup",
            "logs:DeleteRetentionPolicy",
            "logs:DisassociateKmsKey",
            "logs:PutRetentionPolicy",
            "logs:TagResource",
            "logs:UntagResource",
        ),
    ),
    replaceable(
        "aws_cloudwatch_log_subscription_filter",
        read("logs/subscription_filter.go", "07c8fe26", "destination_arn log_group_name name"),
        ByUse("what its destination takes in"),
        defaults={"distribution": "ByLogStream"},
        computed={
            "id": "cwlsf-{log_group_name}-{name}",  # a number, and nothing refers to it
            "role_arn": "",
        },
        refusals=(
            Refusal(
                code="LimitExceededException",
                sentence="Resource limit exceeded.",
                source="CloudWatch Logs API reference, PutSubscriptionFilter; lumigo-io/SAR-Logging#13",
                holds=_too_many_filters,
                watches={"aws_cloudwatch_log_subscription_filter": ("log_group_name",)},
            ),
            Refusal(
                code="InvalidParameterException",
                sentence="Could not execute the lambda function. Make sure you have given CloudWatch Logs permission "
                "to execute your function.",
                source="localstack/localstack#2653, hashicorp/terraform-provider-aws#16162",
                holds=_not_let_in,
                watches={
                    "aws_lambda_function": ("arn", "function_name"),
                    "aws_lambda_permission": ("function_name", "principal"),
                },
            ),
        ),
        fills={},
        request=made_by(
            "logs",
            "PutSubscriptionFilter",
            "AWS::Logs::SubscriptionFilter",
            name="filterName",
        ),
        reads=("logs:DescribeSubscriptionFilters",),
        changes=("logs:DeleteSubscriptionFilter", "logs:PutSubscriptionFilter"),
        passes_roles_to=("logs.amazonaws.com",),
    ),
)
