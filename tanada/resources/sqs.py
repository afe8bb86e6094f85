"""SQS: queues."""

from __future__ import annotations

from tanada.resources.cost import ByUse
from tanada.resources.entry import Resource, arn, read

RESOURCES = (
    Resource(
        type="aws_sqs_queue",
        lost="queue",
        kept=True,  # messages that nobody has taken yet, dead letters above all
        replaces=read("sqs/queue.go", "00a35305", "fifo_queue name name_prefix"),
        cost=ByUse("requests"),
        defaults={"content_based_deduplication": False, "fifo_queue": False},
        computed={"url": "https://sqs.{region}.{suffix}/{account}/{name}", "id": "{url}", "arn": arn("sqs", "{name}")},
        data_actions=("sqs:ReceiveMessage",),
    ),
)
