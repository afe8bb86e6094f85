"""SQS queues, each with a queue of dead letters; and those that are there already."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from cdktf_cdktf_provider_aws.sqs_queue_redrive_allow_policy import SqsQueueRedriveAllowPolicy
from constructs import Construct

from modules.alarms import Alarm, alarms
from modules.here import Here
from modules.iam import Statement
from modules.reachable import Reachable
from tanada.declared import queue as declared
from tanada.declared.fields import duration
from tanada.regions import dns_suffix, partition

_ABOUT = ("sqs:GetQueueAttributes", "sqs:GetQueueUrl")
SEND = ("sqs:SendMessage", *_ABOUT)
RECEIVE = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage", *_ABOUT)
"""As AWS's CDK divides them (aws-sqs/lib/queue-base.ts, grantSendMessages, grantConsumeMessages). Batches ask for the
same (SQS developer guide, "Amazon SQS API permissions"); ListQueues is of no single queue."""
_DEAD_LETTERS_STAY = 1_209_600
"""The longest that SQS keeps a message. One that is moved keeps its age (SQS developer guide, "Using dead-letter
queues"), so what stays there as long as here would go as it comes."""
_WAITS = 20
"""The longest that SQS lets a call wait, below the 60 s after which SDKs give a call up."""
_LONGEST = 80 - len(declared.FIFO)


def queue(scope: Construct, id: str, settings: declared.Queue, here: Here) -> Queue | ExistingQueue:
    """The construct of a store: one that is made, or one that is there."""
    return Queue(scope, id, settings, here) if settings.existing is None else ExistingQueue(settings.existing, here)


class Queue(Construct):
    """A queue that is encrypted and answers over TLS alone; under `keep` neither it nor its dead letters can go."""

    def __init__(self, scope: Construct, id: str, settings: declared.Queue, here: Here) -> None:
        super().__init__(scope, id)
        called = here.called(id)
        self.beside: list[ITerraformDependable] = []
        dead = None
        if settings.dead_letter is not None:
            # No store is called so: its name's hash has no second word.
            name = here.names.limited(f"{called}-dead", _LONGEST, "letters")
            dead = self._queue("dead_letters", name, settings, here, message_retention_seconds=_DEAD_LETTERS_STAY)
        self._made = self._queue(
            "queue",
            here.names.limited(called, _LONGEST),
            settings,
            here,
            message_retention_seconds=settings.retention,
            visibility_timeout_seconds=settings.visibility_timeout,
            # Whoever asks and finds nothing waits, and pays for no empty answers (SQS developer guide, "Amazon SQS
            # short and long polling").
            receive_wait_time_seconds=_WAITS,
            redrive_policy=_redrive(dead.arn, settings.dead_letter) if dead and settings.dead_letter else None,
        )
        if dead is not None:
            allowed = SqsQueueRedriveAllowPolicy(
                self,
                "dead_letters_of",
                queue_url=dead.url,
                redrive_allow_policy=json.dumps(
                    {"redrivePermission": "byQueue", "sourceQueueArns": [self._made.arn]}, sort_keys=True
                ),
            )
            tls = SqsQueuePolicy(self, "dead_letters_policy", queue_url=dead.url, policy=_policy(dead.arn, ()))
            self.beside += [allowed, tls]
        alarms(self, here, id, _alarms(settings, self._made.name, dead.name if dead is not None else None))
        self.aws_name = self._made.name
        self.arn = self._made.arn
        self.reachable = _reachable(self._made.url, self._made.name, self._made.arn)

    def _queue(self, id: str, name: str, settings: declared.Queue, here: Here, **more: Any) -> SqsQueue:
        name = f"{name}{declared.FIFO}" if settings.fifo else name
        return SqsQueue(
            self,
            id,
            name=name,
            fifo_queue=settings.fifo or None,
            sqs_managed_sse_enabled=True,
            tags={"Name": name},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=here.instance.keep),
            **more,
        )

    def let_in(self, topics: Sequence[str]) -> SqsQueuePolicy:
        """The queue's own policy: nothing but TLS, and in from these topics."""
        policy = SqsQueuePolicy(self, "policy", queue_url=self._made.url, policy=_policy(self.arn, topics))
        self.beside.append(policy)
        return policy


class ExistingQueue:
    """What callers need of a queue that somebody else keeps."""

    def __init__(self, existing: str, here: Here) -> None:
        account, region, name = here.account_id, here.region, existing
        if existing.startswith("arn:"):
            _, _, _, region, account, name = existing.split(":")
        self.aws_name, self.beside = name, ()
        self.reachable = _reachable(
            f"https://sqs.{region}.{dns_suffix(region)}/{account}/{name}",
            name,
            f"arn:{partition(region)}:sqs:{region}:{account}:{name}",
        )


_HOUR = 3600


def _alarms(settings: declared.Queue, name: str, dead: str | None) -> Iterator[Alarm]:
    if dead is not None:
        yield Alarm(
            word="dead-letters",
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": dead},
            statistic="Maximum",
            above=0,
            why="A dead letter is work that nobody has done nor tries again; it is lost 14 days after it was sent.",
        )
    tries = settings.dead_letter.max_receives * settings.visibility_timeout if settings.dead_letter is not None else 0
    oldest = min(settings.retention // 2, max(_HOUR, 2 * tries))
    yield Alarm(
        word="oldest-message",
        namespace="AWS/SQS",
        metric="ApproximateAgeOfOldestMessage",
        dimensions={"QueueName": name},
        statistic="Maximum",
        above=oldest,
        periods=3,
        why=(
            f"A message waits for more than {duration(oldest)}: nobody takes them, or not as many as come. That is an "
            "hour, or twice what all tries take, and never more than half of what is kept: the rest is left to act."
        ),
    )


def _redrive(arn: str, dead_letter: declared.DeadLetter) -> str:
    return json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": dead_letter.max_receives}, sort_keys=True)


def _policy(arn: str, topics: Sequence[str]) -> str:
    statements: list[Mapping[str, Any]] = [
        {
            "Sid": "NothingButTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:*",
            "Resource": arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]
    if topics:
        statements.append(
            {
                "Sid": "FromTopics",
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
                # As AWS gives it back: one value is a text.
                "Condition": {"ArnEquals": {"aws:SourceArn": topics[0] if len(topics) == 1 else list(topics)}},
            }
        )
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, sort_keys=True)


def _reachable(url: str, name: str, arn: str) -> Reachable:
    """SQS is reached over HTTPS, which is open."""
    send, receive = (Statement(actions=actions, resources=(arn,)) for actions in (SEND, RECEIVE))
    both = Statement(actions=tuple(dict.fromkeys((*SEND, *RECEIVE))), resources=(arn,))
    return Reachable(
        words={"url": url, "name": name},
        doors=(),
        places=(),
        access=(both,),
        narrowed={"read": (receive,), "write": (send,), "append": (send,)},
        secrets={},
    )
