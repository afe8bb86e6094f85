"""SNS."""

from __future__ import annotations

from tanada.resources.cost import ByUse, Free
from tanada.resources.entry import Resource, arn, read, replaceable
from tanada.resources.refusal import Call, Refusal, World
from tanada.resources.request import Member, made_by


def _fifo_of_standard(call: Call, _world: World) -> bool:
    endpoint, topic = (str(call.values.get(each) or "") for each in ("endpoint", "topic_arn"))
    return call.action == "create" and endpoint.endswith(".fifo") and topic != "" and not topic.endswith(".fifo")


def _other_tags(call: Call, world: World) -> bool:
    """CreateTopic answers with a topic that is there where tags and attributes are alike."""
    return call.action == "create" and any(
        each.get("name") == call.values.get("name") and each.get("tags_all") != call.values.get("tags_all")
        for each in world.living("aws_sns_topic")
        if isinstance(each.get("name"), str)
    )


RESOURCES = (
    Resource(
        type="aws_sns_topic",
        lost=None,
        kept=False,
        replaces=read("sns/topic.go", "00a35305", "fifo_topic name name_prefix"),
        cost=ByUse("requests"),
        defaults={"content_based_deduplication": False, "fifo_topic": False},
        computed={"arn": arn("sns", "{name}"), "id": "{arn}", "owner": "{account}"},
        refusals=(
            Refusal(
                code="InvalidParameter",
                sentence="Invalid parameter: Tags Reason: Topic already exists with different tags",
                source="SNS API reference, CreateTopic; localstack/localstack#2405",
                holds=_other_tags,
                watches={"aws_sns_topic": ("name", "tags_all")},
            ),
        ),
        fills={},
        request=made_by("sns", "CreateTopic", "AWS::SNS::Topic", fifo_topic=Member("Attributes", key="FifoTopic")),
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
        read("sns/topic_policy.go", "00a35305", "arn"),
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
            "confirmation_was_authenticated": lambda seed: seed.values.get("protocol") == "sqs",
            "owner_id": "{account}",
            "pending_confirmation": lambda seed: seed.values.get("protocol") == "email",
        },
        refusals=(
            Refusal(
                code="InvalidParameter",
                sentence="Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed "
                "to standard SNS topics",
                source="SNS developer guide, Message delivery for FIFO topics; moto's tests, held to AWS, say it "
                "(getmoto/moto#8957)",
                holds=_fifo_of_standard,
            ),
        ),
        fills={},
        request=made_by(
            "sns",
            "Subscribe",
            "AWS::SNS::Subscription",
            raw_message_delivery=Member("Attributes", key="RawMessageDelivery"),
        ),
        reads=("sns:GetSubscriptionAttributes",),
        changes=("sns:SetSubscriptionAttributes", "sns:Subscribe", "sns:Unsubscribe"),
    ),
)
