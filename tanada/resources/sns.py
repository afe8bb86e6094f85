"""SNS."""

from __future__ import annotations

from tanada.resources.cost import ByUse
from tanada.resources.entry import Resource, arn, read

RESOURCES = (
    Resource(
        type="aws_sns_topic",
        lost=None,
        kept=False,
        replaces=read("sns/topic.go", "00a35305", "fifo_topic name name_prefix"),
        cost=ByUse("requests"),
        defaults={"content_based_deduplication": False, "fifo_topic": False},
        computed={"arn": arn("sns", "{name}"), "id": "{arn}", "owner": "{account}"},
    ),
)
