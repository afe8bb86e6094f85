"""SNS topics, and those that are there already."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from modules.here import Here
from modules.iam import Statement
from modules.queue import Queue
from modules.reachable import Reachable
from tanada.declared import topic as declared
from tanada.declared.queue import FIFO


def topic(scope: Construct, id: str, settings: declared.Topic, here: Here) -> Topic | ExistingTopic:
    """The construct of a store: one that is made, or one that is there."""
    return Topic(scope, id, settings, here) if settings.existing is None else ExistingTopic(settings.existing)


class Topic(Construct):
    """A topic that takes messages over TLS alone. It holds none, so `keep` holds nothing of it."""

    def __init__(self, scope: Construct, id: str, settings: declared.Topic, here: Here) -> None:
        super().__init__(scope, id)
        self._here = here
        self._subscribers = settings.subscribers
        name = here.names.joined(here.called(id)) + (FIFO if settings.fifo else "")
        made = SnsTopic(self, "topic", name=name, fifo_topic=settings.fifo or None, tags={"Name": name})
        tls = SnsTopicPolicy(self, "policy", arn=made.arn, policy=_policy(made.arn))
        self.beside: list[ITerraformDependable] = [tls]
        self.aws_name = made.name
        self.arn = made.arn
        self.reachable = _reachable(made.arn)

    def subscribes(self, queue: str) -> bool:
        """Whether the queue of this name hears what is published here."""
        return queue in self._subscribers

    def lead_to(self, queues: Mapping[str, Queue], let_in: Mapping[str, SqsQueuePolicy]) -> None:
        """A subscription each; none before the queue takes what comes of it."""
        for name in self._subscribers:
            subscription = SnsTopicSubscription(
                self,
                f"to_{self._here.called(name)}",
                topic_arn=self.arn,
                protocol="sqs",
                endpoint=queues[name].arn,
                # The message as it was published: whoever takes it from the queue needs not know how it came.
                raw_message_delivery=True,
                depends_on=[let_in[name]],
            )
            self.beside.append(subscription)


class ExistingTopic:
    """What callers need of a topic that somebody else keeps."""

    def __init__(self, arn: str) -> None:
        self.aws_name, self.beside = arn.rpartition(":")[2], ()
        self.reachable = _reachable(arn)


def _policy(arn: str) -> str:
    """The account's own roles need no statement here: what they may, their policies say."""
    statement = {
        "Sid": "NothingButTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, sort_keys=True)


def _reachable(arn: str) -> Reachable:
    """SNS is reached over HTTPS, which is open."""
    publish = (Statement(actions=("sns:Publish",), resources=(arn,)),)
    return Reachable(
        words={"arn": arn},
        doors=(),
        places=(),
        access=publish,
        narrowed={"write": publish, "append": publish},
        secrets={},
    )
