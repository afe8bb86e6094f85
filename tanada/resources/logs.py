"""CloudWatch Logs."""

from __future__ import annotations

from tanada.resources.cost import ByUse
from tanada.resources.entry import Resource, arn, read
from tanada.resources.refusal import taken
from tanada.resources.request import made_by

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
        uses=(
            "logs:CreateLogStream",
            "logs:DescribeLogGroups",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
        ),
    ),
)
