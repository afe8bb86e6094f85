"""CloudWatch Logs."""

from __future__ import annotations

from tanada.resources.cost import SETTING, ByUse
from tanada.resources.entry import NotRead, Resource, arn, read, replaceable

RESOURCES = (
    replaceable("aws_cloudwatch_log_data_protection_policy", NotRead(), SETTING),
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
    ),
    replaceable("aws_cloudwatch_log_resource_policy", NotRead(), SETTING),
    replaceable("aws_cloudwatch_log_stream", NotRead(), SETTING),
)
