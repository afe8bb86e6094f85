"""What starts jobs beside schedules: objects that come into buckets, by EventBridge."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetDeadLetterConfig,
    CloudwatchEventTargetEcsTarget,
    CloudwatchEventTargetEcsTargetCapacityProviderStrategy,
    CloudwatchEventTargetEcsTargetNetworkConfiguration,
    CloudwatchEventTargetInputTransformer,
    CloudwatchEventTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.s3_bucket_notification import S3BucketNotification
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from modules.here import Here
from modules.iam import OF_SERVICES, Role, service_trust
from modules.store import Store
from tanada.declared.jobs import OBJECT, StartedBy

if TYPE_CHECKING:
    from modules.jobs import Job, Shared

START_WITHIN = 3600
"""Seconds in which a start is tried again that AWS refuses for a while: later the next run may be near."""
_PATHS = ("$.detail.bucket.name", "$.detail.object.key")


def by_objects(
    shared: Shared, here: Here, started: Mapping[str, tuple[Job, StartedBy]], stores: Mapping[str, Store]
) -> None:
    """Start each of these jobs by the objects that come into its bucket."""
    scope = shared.scope
    role = Role(
        scope,
        "event_starter",
        name=here.names.limited("jobs-event-starter", 64),
        path=f"/{here.names.system}/{OF_SERVICES}/",
        description="Starts jobs when objects come",
        trust=service_trust("events.amazonaws.com", here.account_id),
        boundary=here.boundary,
        statements=shared.running(list(started)),
    )
    rules = {name: _rule(job, event, here, stores[event.bucket].aws_name) for name, (job, event) in started.items()}
    letters = SqsQueuePolicy(
        scope,
        "letters",
        queue_url=shared.not_started.url,
        policy=_sending(shared.not_started.arn, [rule.arn for rule in rules.values()]),
    )
    for bucket in dict.fromkeys(event.bucket for _, event in started.values()):
        _telling(scope, here, bucket, stores[bucket])
    for name, (job, _) in started.items():
        _target(job, here, rules[name], role, shared, letters)


def _telling(scope: Construct, here: Here, bucket: str, store: Store) -> None:
    """Have a bucket tell EventBridge. Of one that is there already what it tells whom is its owner's: this would
    take all of that away."""
    declared = here.blueprint.stores[bucket].bucket
    if declared is not None and declared.existing is None:
        S3BucketNotification(scope, f"{bucket}_told", bucket=store.aws_name, eventbridge=True)


def _rule(job: Job, event: StartedBy, here: Here, bucket: str) -> CloudwatchEventRule:
    name = here.names.ours(f"{job.called}.created", 64)
    keys = {} if event.created == "*" else {"object": {"key": [{"wildcard": event.created}]}}
    pattern = {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [bucket]}, **keys},
    }
    return CloudwatchEventRule(
        job,
        "created",
        name=name,
        description=f"Objects that start {job.called}",
        # As the provider writes it: keys in order, without blanks.
        event_pattern=json.dumps(pattern, sort_keys=True, separators=(",", ":")),
        tags={"Name": name},
    )


def _sending(queue: str, rules: list[str]) -> str:
    """For rules it is the queue that says who may lay letters into it (EventBridge user guide, "Using dead-letter
    queues")."""
    statement = {
        "Sid": "RulesOfJobs",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": rules}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, sort_keys=True)


def _target(
    job: Job, here: Here, rule: CloudwatchEventRule, role: Role, shared: Shared, letters: ITerraformDependable
) -> None:
    CloudwatchEventTarget(
        job,
        "created_target",
        rule=rule.name,
        target_id="run",
        arn=here.shared.cluster_arn,
        role_arn=role.arn,
        ecs_target=CloudwatchEventTargetEcsTarget(
            task_definition_arn=job.definition.arn,
            task_count=1,
            capacity_provider_strategy=[
                CloudwatchEventTargetEcsTargetCapacityProviderStrategy(capacity_provider=job.capacity, weight=1)
            ],
            network_configuration=CloudwatchEventTargetEcsTargetNetworkConfiguration(
                subnets=here.shared.task_subnet_ids, security_groups=job.security_groups, assign_public_ip=not here.nat
            ),
            enable_ecs_managed_tags=True,
            propagate_tags="TASK_DEFINITION",
        ),
        input_transformer=CloudwatchEventTargetInputTransformer(
            input_paths={name.lower(): path for name, path in zip(OBJECT, _PATHS, strict=True)},
            input_template=_overrides(job.called),
        ),
        retry_policy=CloudwatchEventTargetRetryPolicy(
            maximum_event_age_in_seconds=START_WITHIN, maximum_retry_attempts=185
        ),
        dead_letter_config=CloudwatchEventTargetDeadLetterConfig(arn=shared.not_started.arn),
        depends_on=[letters, *role.policies, *shared.watched, *job.needed],
    )


def _overrides(container: str) -> str:
    """The run's variables beside its own. Without quotes EventBridge writes a text as JSON does, whatever is in it
    (its user guide, "Input transformation")."""
    variables = ",".join(f'{{"name":"{name}","value":<{name.lower()}>}}' for name in OBJECT)
    return f'{{"containerOverrides":[{{"name":"{container}","environment":[{variables}]}}]}}'
