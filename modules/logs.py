"""Where lines go beside CloudWatch Logs, or instead: into mails, on to a stream, through a router in the task."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cdktf_cdktf_provider_aws.cloudwatch_log_subscription_filter import CloudwatchLogSubscriptionFilter
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from constructs import Construct

from modules.alarms import Alarm, alarms_of
from modules.function import Function
from modules.here import Here
from modules.iam import OF_SERVICES, Role, Statement
from tanada.declared.logs import SENDING, Mail, pattern
from tanada.regions import partition

if TYPE_CHECKING:
    from modules.runs import Runs

SHARED = "of_logs"
"""No part is called so: with its underscore nothing of theirs has the same address."""
_LISTED = 60
"""Log groups that the function's role names one by one; more would not fit into its policy (10,240 characters)."""


def logs(here: Here, parts: Mapping[str, Runs]) -> None:
    """What each part says of its lines, and what all of them have together."""
    mailed = {name: part.logs.mail for name, part in parts.items() if part.logs.mail is not None}
    if mailed and here.alarm_topic is not None:
        _mails(here, parts, mailed, here.alarm_topic)
    for part in parts.values():
        if part.logs.destination is not None:
            _handed_on(here, part, part.logs.destination)


def _mails(here: Here, parts: Mapping[str, Runs], mailed: Mapping[str, Mail], topic: str) -> None:
    """One function for all, called by each log for the lines that match."""
    scope = Construct(Construct(here.stack, "(logs)"), SHARED)
    arn = f"arn:{partition(here.region)}:logs:{here.region}:{here.account_id}:log-group:"
    groups = [f"{parts[name].log_arn}:log-stream:*" for name in mailed]
    function = Function(
        scope,
        "function",
        here,
        code="logs",
        description="Mails lines of logs that match, with the lines around them",
        variables={
            "LOGS": json.dumps(
                {"environment": here.names.environment, "system": here.names.system, "topic": topic}, sort_keys=True
            )
        },
        statements=[
            Statement(
                actions=("logs:GetLogEvents",),
                resources=tuple(groups) if len(groups) <= _LISTED else (f"{arn}{here.names.path('*')}:log-stream:*",),
            ),
            # A mail that didn't go out is none that was sent: what says so is taken away.
            Statement(
                actions=("logs:DeleteLogStream",),
                resources=(f"{arn}{here.names.path('functions', 'logs')}:log-stream:mailed/*",),
            ),
            Statement(actions=("sns:Publish",), resources=(topic,)),
        ],
        timeout=60,
        days=max(parts[name].logs.days for name in mailed),
    )
    allowed = LambdaPermission(
        scope,
        "called",
        statement_id="logs",
        action="lambda:InvokeFunction",
        function_name=function.name,
        principal="logs.amazonaws.com",
        # All logs of the environment: a statement each would not fit into the function's policy, and without the star
        # at the end CloudWatch is not let in (hashicorp/terraform-provider-aws#16162).
        source_arn=f"{arn}{here.names.path('*')}:*",
        source_account=here.account_id,
    )
    for name, mail in mailed.items():
        CloudwatchLogSubscriptionFilter(
            parts[name],
            "log_mail",
            # The function reads how many lines from it.
            name=f"mail-{mail.lines}",
            log_group_name=parts[name].log_name,
            filter_pattern=pattern(mail.match),
            destination_arn=function.arn,
            depends_on=[allowed],  # CloudWatch calls it once, to see that it may
        )
    errors = Alarm(
        word="function-errors",
        namespace="AWS/Lambda",
        metric="Errors",
        dimensions={"FunctionName": function.name},
        statistic="Sum",
        above=0,
        why="The function that mails lines of logs failed: until it works, errors in them may go unnoticed. Its log "
        "says why; the lines themselves stand in the service's.",
    )
    alarms_of(scope, here, "logs", [errors])


def _handed_on(here: Here, part: Runs, destination: str) -> None:
    """Each line to a stream, by a role that may write to it alone; another account's destination needs none."""
    actions = SENDING.get(destination.split(":")[2])
    role = None
    if actions is not None:
        role = Role(
            part,
            "log_sender",
            name=here.names.limited(f"{here.called(part.word)}-logs", 64),
            path=f"/{here.names.system}/{OF_SERVICES}/",
            description=f"Hands on the lines of {here.called(part.word)}",
            trust=_trust(here),
            boundary=here.boundary,
            statements=[Statement(actions=actions, resources=(destination,))],
        )
    CloudwatchLogSubscriptionFilter(
        part,
        "log_destination",
        name="destination",
        log_group_name=part.log_name,
        filter_pattern="",
        destination_arn=destination,
        role_arn=role.arn if role is not None else None,
        depends_on=role.policies if role is not None else None,
    )


def _trust(here: Here) -> str:
    """CloudWatch Logs of this account and region (its user guide, "Subscription filters with Kinesis Data Streams")."""
    source = f"arn:{partition(here.region)}:logs:{here.region}:{here.account_id}:*"
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": "logs.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringLike": {"aws:SourceArn": source}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, sort_keys=True)
