"""SQS: queues."""

from __future__ import annotations

from tanada.resources.cost import SETTING, ByUse
from tanada.resources.entry import Resource, arn, read, replaceable
from tanada.resources.refusal import Call, Refusal, World
from tanada.resources.request import Member, made_by

_ATTRIBUTES = (
    "fifo_queue",
    "message_retention_seconds",
    "receive_wait_time_seconds",
    "visibility_timeout_seconds",
)


def _other_attributes(call: Call, world: World) -> bool:
    """CreateQueue answers with a queue that is there where all attributes are alike."""
    return call.action == "create" and any(
        each.get("name") == call.values.get("name")
        and any(each.get(name) != call.values.get(name) for name in _ATTRIBUTES)
        for each in world.living("aws_sqs_queue")
        if isinstance(each.get("name"), str)
    )


_OF_THE_QUEUE = ("sqs:GetQueueAttributes",)
_SET = ("sqs:SetQueueAttributes",)

RESOURCES = (
    Resource(
        type="aws_sqs_queue",
        lost="queue",
        kept=True,  # messages that nobody has taken yet, dead letters above all
        replaces=read("sqs/queue.go", "00a35305", "fifo_queue name name_prefix"),
        cost=ByUse("requests"),
        defaults={
            "content_based_deduplication": False,
            "delay_seconds": 0,
            "fifo_queue": False,
            "max_message_size": 262_144,
            "message_retention_seconds": 345_600,
            "receive_wait_time_seconds": 0,
            "visibility_timeout_seconds": 30,
        },
        computed={"url": "https://sqs.{region}.{suffix}/{account}/{name}", "id": "{url}", "arn": arn("sqs", "{name}")},
        data_actions=("sqs:ReceiveMessage",),
        refusals=(
            Refusal(
                code="QueueAlreadyExists",
                sentence="A queue already exists with the same name and a different value for attribute "
                "VisibilityTimeout",
                source="SQS API reference, CreateQueue; justeattakeaway/JustSaying#208, #331",
                holds=_other_attributes,
                watches={"aws_sqs_queue": ("name", *_ATTRIBUTES)},
            ),
        ),
        fills={},
        request=made_by(
            "sqs",
            "CreateQueue",
            "AWS::SQS::Queue",
            name="QueueName",
            fifo_queue=Member("Attributes", key="FifoQueue"),
            message_retention_seconds=Member("Attributes", key="MessageRetentionPeriod"),
            receive_wait_time_seconds=Member("Attributes", key="ReceiveMessageWaitTimeSeconds"),
            redrive_policy=Member("Attributes", key="RedrivePolicy"),
            sqs_managed_sse_enabled=Member("Attributes", key="SqsManagedSseEnabled"),
            visibility_timeout_seconds=Member("Attributes", key="VisibilityTimeout"),
        ),
        reads=("sqs:GetQueueAttributes", "sqs:ListQueueTags"),
        changes=("sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"),
    ),
    replaceable(
        "aws_sqs_queue_policy",
        read("sqs/queue_policy.go", "0148137d", "queue_url"),
        SETTING,
        computed={"id": "{queue_url}"},
        fills={},
        request=made_by(
            "sqs", "SetQueueAttributes", "AWS::SQS::QueuePolicy", policy=Member("Attributes", key="Policy")
        ),
        reads=_OF_THE_QUEUE,
        changes=_SET,
    ),
    replaceable(
        "aws_sqs_queue_redrive_allow_policy",
        read("sqs/queue_redrive_allow_policy.go", "0389eecf", "queue_url"),
        SETTING,
        computed={"id": "{queue_url}"},
        fills={},
        request=made_by(
            "sqs", "SetQueueAttributes", "", redrive_allow_policy=Member("Attributes", key="RedriveAllowPolicy")
        ),
        reads=_OF_THE_QUEUE,
        changes=_SET,
    ),
)
