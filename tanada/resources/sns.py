"""SNS."""

from __future__ import annotations

from tanada.resources.cost import ByUse, Free
from tanada.resources.entry import Resource, arn, read, replaceable
from tanada.resources.request import made_by

RESOURCES = (
    Resource(
        type="aws_sns_topic",
        lost=None,
        kept=False,
        replaces=read("sns/topic.go", "00a35305", "fifo_topic name name_prefix"),
        cost=ByUse("requests"),
        defaults={"content_based_deduplication": False, "fifo_topic": False},
        computed={"arn": arn("sns", "{name}"), "id": "{arn}", "owner": "{account}"},
        fills={},
        request=made_by("sns", "CreateTopic", "AWS::SNS::Topic"),
        reads=("sns:GetTopicAttributes", "sns:ListTagsForResource"),
        changes=(
            "sns:CreateTopic",
            "sns:DeleteTopic",
            "sns:SetTopicAttributes",
            "sns:TagResource",
            "sns:UntagResource",
        ),
    ),
    replaceable(
        "aws_sns_topic_policy",
        read("sns/topic_policy.go", "0964ed39", "arn"),
        Free("part of its topic"),
        computed={"id": "{arn}", "owner": "{account}"},
        fills={},
        request=made_by(
            "sns",
            "SetTopicAttributes",
            "AWS::SNS::TopicPolicy",
            adds="AttributeName",
            arn="TopicArn",
            policy="AttributeValue",
        ),
        reads=("sns:GetTopicAttributes",),
        changes=("sns:SetTopicAttributes",),
    ),
    replaceable(
        "aws_sns_topic_subscription",
        read("sns/topic_subscription.go", "04a2e6e5", "endpoint protocol topic_arn"),
        ByUse("messages"),
        defaults={
            "confirmation_timeout_in_minutes": 1,
            "endpoint_auto_confirms": False,
            "raw_message_delivery": False,
        },
        computed={
            "arn": "{topic_arn}:{uuid}",
            "id": "{arn}",
            "confirmation_was_authenticated": False,
            "owner_id": "{account}",
            "pending_confirmation": lambda seed: seed.values.get("protocol") == "email",
        },
        fills={},
        request=made_by("sns", "Subscribe", "AWS::SNS::Subscription"),
        reads=("sns:GetSubscriptionAttributes",),
        changes=("sns:SetSubscriptionAttributes", "sns:Subscribe", "sns:Unsubscribe"),
    ),
)
