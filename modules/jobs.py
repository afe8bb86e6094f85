"""Jobs: ECS tasks that EventBridge Scheduler starts, and what looks after their runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from cdktf import Fn, ITerraformDependable
from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from cdktf_cdktf_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetDeadLetterConfig,
    SchedulerScheduleTargetEcsParameters,
    SchedulerScheduleTargetEcsParametersCapacityProviderStrategy,
    SchedulerScheduleTargetEcsParametersNetworkConfiguration,
    SchedulerScheduleTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.scheduler_schedule_group import SchedulerScheduleGroup
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from constructs import Construct

from modules.alarms import Alarm, alarms, alarms_of
from modules.capacity import capacity
from modules.function import Function
from modules.here import Here
from modules.iam import OF_SERVICES, Role, Statement, service_trust
from modules.job_events import START_WITHIN, by_objects
from modules.reach import Reach
from modules.runs import Runs
from modules.store import Store
from tanada.declarations import placeholders
from tanada.declared import jobs as declared
from tanada.declared.expanded import expanded
from tanada.declared.schedule import Rate, expression
from tanada.declared.service import Service as Settings
from tanada.regions import partition

SHARED = "of_jobs"
"""No part is called so: with its underscore nothing of theirs has the same address."""
_OFF = SchedulerScheduleFlexibleTimeWindow(mode="OFF")


def jobs(here: Here, reach: Reach, stores: Mapping[str, Store]) -> dict[str, Job]:
    """The environment's jobs, by name, and all that they have together."""
    if not here.blueprint.jobs:
        return {}
    scope, words = Construct(here.stack, "(jobs)"), reach.words
    made = {
        name: Job(
            scope,
            name,
            expanded(job.as_service(), lambda text: placeholders.expand(text, words)),
            here,
            reach,
            [each for other in job.reached if other in stores for each in stores[other].beside],
        )
        for name, job in here.blueprint.jobs.items()
    }
    shared = Shared(Construct(scope, SHARED), here, made)
    for name, job in here.blueprint.jobs.items():
        if job.schedule is not None:
            made[name].scheduled(job, job.schedule, shared)
    if events := {name: job.started_by for name, job in here.blueprint.jobs.items() if job.started_by is not None}:
        by_objects(shared, here, {name: (made[name], event) for name, event in events.items()}, stores)
    return made


class Job(Runs):
    """One job: its task, and the schedule that starts it."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        settings: Settings,
        here: Here,
        reach: Reach,
        stores: Sequence[ITerraformDependable],
    ) -> None:
        """The settings' texts are expanded already; `stores` is what stands beside those that it reaches."""
        super().__init__(scope, id, settings, here, reach)
        self._stores = stores

    @property
    def _role_path(self) -> str:
        """One of the environment's jobs' own, so that whoever starts them can name all of their roles and no other."""
        return roles_of_jobs(self._here)

    @property
    def called(self) -> str:
        """Its name in AWS."""
        return self._called

    @property
    def security_groups(self) -> list[str]:
        """What its tasks wear."""
        return [self._reach.group_ids[self._id], *self._settings.security_groups]

    @property
    def needed(self) -> list[ITerraformDependable]:
        """What must be there before its first run."""
        rules = (*self._reach.rules[self._id], *self._reach.let_in.get(self._id, ()))
        return [*self.policies, *rules, *self._stores]

    @property
    def capacity(self) -> str:
        """On what it runs; each run is one task."""
        [only] = capacity(self._settings.spot)
        return only.capacity_provider

    def scheduled(self, job: declared.Job, schedule: str | Rate, shared: Shared) -> None:
        """Start it by its schedule, from when all is there that it needs."""
        here, name = self._here, self._here.names.limited(self._called, 64)
        within = min(START_WITHIN, schedule.rate) if isinstance(schedule, Rate) else START_WITHIN
        SchedulerSchedule(
            self,
            "schedule",
            name=name,
            group_name=shared.group.name,
            description=f"Starts {self._called}",
            schedule_expression=expression(schedule),
            schedule_expression_timezone=job.time_zone,
            flexible_time_window=_OFF,
            target=SchedulerScheduleTarget(
                arn=here.shared.cluster_arn,
                role_arn=shared.starter.arn,
                ecs_parameters=SchedulerScheduleTargetEcsParameters(
                    # With its revision, so that a deployment moves it, and nothing else does.
                    task_definition_arn=self.definition.arn,
                    task_count=1,
                    capacity_provider_strategy=[
                        SchedulerScheduleTargetEcsParametersCapacityProviderStrategy(
                            capacity_provider=self.capacity, weight=1
                        )
                    ],
                    network_configuration=SchedulerScheduleTargetEcsParametersNetworkConfiguration(
                        subnets=here.shared.task_subnet_ids,
                        security_groups=self.security_groups,
                        assign_public_ip=not here.nat,
                    ),
                    enable_ecs_managed_tags=True,
                    propagate_tags="TASK_DEFINITION",
                ),
                retry_policy=SchedulerScheduleTargetRetryPolicy(
                    maximum_event_age_in_seconds=within, maximum_retry_attempts=185
                ),
                dead_letter_config=SchedulerScheduleTargetDeadLetterConfig(arn=shared.not_started.arn),
            ),
            depends_on=[*shared.needed, *self.needed],
        )


class Shared:
    """What an environment's jobs have together: their schedules' group, who starts them, where a start that failed is
    kept, and the function that looks after them."""

    def __init__(self, scope: Construct, here: Here, made: Mapping[str, Job]) -> None:
        self.scope, self._here, self._made = scope, here, made
        self._declared = here.blueprint.jobs
        name = here.names.ours("jobs", 64)
        self.group = SchedulerScheduleGroup(scope, "group", name=name, tags={"Name": name})
        self.not_started = self._queue()
        self.function = self._function()
        late = any(job.time_limit is not None for job in self._declared.values())
        self.starter = self._starter(late)
        self.watched = self._when_stopped()
        self.needed: list[ITerraformDependable] = [*self.starter.policies, *self.watched]
        if late:
            self._each_minute()
        self._alarms()

    def _queue(self) -> SqsQueue:
        """Starts that AWS refused for good, each with its reason. Not kept: a letter there starts nothing."""
        name = self._here.names.limited("jobs-not-started", 80)
        return SqsQueue(
            self.scope,
            "not_started",
            name=name,
            message_retention_seconds=14 * 24 * 3600,
            sqs_managed_sse_enabled=True,
            tags={"Name": name},
        )

    def _function(self) -> Function:
        here, again = self._here, [name for name, job in self._declared.items() if job.retries]
        within = {"ArnEquals": {"ecs:cluster": here.shared.cluster_arn}}
        statements = list(self.running(again))
        if any(job.time_limit is not None for job in self._declared.values()):
            statements += [
                # It works on container instances, of which Fargate has none.
                Statement(actions=("ecs:ListTasks",), resources=("*",), condition=within),
                Statement(
                    actions=("ecs:DescribeTasks", "ecs:StopTask"),
                    resources=(self._tasks,),
                    condition=within,
                ),
            ]
        settings = {
            "system": here.names.system,
            "environment": here.names.environment,
            "family": here.names.joined("*"),
            "cluster": here.shared.cluster_arn,
            "public": not here.nat,
            "jobs": {
                self._made[name].called: declared.watched(job, self._made[name].security_groups)
                for name, job in self._declared.items()
            },
        }
        return Function(
            self.scope,
            "function",
            here,
            code="jobs",
            description="Counts runs of jobs that failed, runs them again, stops those that take too long",
            variables={
                "JOBS": json.dumps(settings, sort_keys=True),
                **({"SUBNETS": Fn.join(",", here.shared.task_subnet_ids)} if again else {}),
            },
            statements=statements,
            timeout=60,
            days=max(job.logs.days for job in self._declared.values()),
        )

    def _starter(self, late: bool) -> Role:
        here = self._here
        return Role(
            self.scope,
            "starter",
            name=here.names.limited("jobs-starter", 64),
            path=f"/{here.names.system}/{OF_SERVICES}/",
            description="Starts the jobs",
            # A schedule's own ARN is refused (EventBridge Scheduler user guide, "Confused deputy prevention").
            trust=service_trust("scheduler.amazonaws.com", here.account_id, self.group.arn),
            boundary=here.boundary,
            statements=[
                *self.running([name for name, job in self._declared.items() if job.schedule is not None]),
                Statement(actions=("sqs:SendMessage",), resources=(self.not_started.arn,)),
                *([Statement(actions=("lambda:InvokeFunction",), resources=(self.function.arn,))] if late else []),
            ],
        )

    def running(self, names: Sequence[str]) -> tuple[Statement, ...]:
        """To run these jobs, in this cluster alone, and to hand their roles and tags to the tasks."""
        if not names:
            return ()
        within = {"ArnEquals": {"ecs:cluster": self._here.shared.cluster_arn}}
        definitions = tuple(self._arn(f"task-definition/{self._made[name].family}:*") for name in names)
        roles = f"arn:{partition(self._here.region)}:iam::{self._here.account_id}:role{roles_of_jobs(self._here)}*"
        return (
            Statement(actions=("ecs:RunTask",), resources=definitions, condition=within),
            Statement(
                actions=("ecs:TagResource",),
                resources=(self._tasks,),
                condition={"StringEquals": {"ecs:CreateAction": "RunTask"}},
            ),
            Statement(
                actions=("iam:PassRole",),
                resources=(roles,),
                condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            ),
        )

    @property
    def _tasks(self) -> str:
        """All tasks of the cluster, which may be another's."""
        return self._arn(f"task/{self._here.cluster}/*")

    def _arn(self, resource: str) -> str:
        here = self._here
        return f"arn:{partition(here.region)}:ecs:{here.region}:{here.account_id}:{resource}"

    def _when_stopped(self) -> list[ITerraformDependable]:
        """Tell the function of each task of the environment's that was started by itself and has stopped."""
        here, name = self._here, self._here.names.ours("jobs.stopped", 64)
        pattern = {
            "source": ["aws.ecs"],
            "detail-type": ["ECS Task State Change"],
            "detail": {
                "clusterArn": [here.shared.cluster_arn],
                # A service's are of a group `service:…` (ECS API reference, Task, "group").
                "group": [{"prefix": f"family:{here.names.environment}_"}],
                "lastStatus": ["STOPPED"],
            },
        }
        rule = CloudwatchEventRule(
            self.scope,
            "stopped",
            name=name,
            description="Runs of jobs that have stopped",
            # As the provider writes it: keys in order, without blanks.
            event_pattern=json.dumps(pattern, sort_keys=True, separators=(",", ":")),
            tags={"Name": name},
        )
        allowed = LambdaPermission(
            self.scope,
            "told",
            statement_id="jobs",
            action="lambda:InvokeFunction",
            function_name=self.function.name,
            principal="events.amazonaws.com",
            source_arn=rule.arn,
        )
        target = CloudwatchEventTarget(
            self.scope, "stopped_target", rule=rule.name, target_id="jobs", arn=self.function.arn, depends_on=[allowed]
        )
        return [target]

    def _each_minute(self) -> None:
        """Time limits are looked at each minute; a look that fails isn't made up for, the next one comes."""
        SchedulerSchedule(
            self.scope,
            "time_limits",
            name=self._here.names.limited("jobs.time-limits", 64),
            group_name=self.group.name,
            description="Has the function look for runs that take too long",
            schedule_expression="rate(1 minutes)",
            schedule_expression_timezone="UTC",
            flexible_time_window=_OFF,
            target=SchedulerScheduleTarget(
                arn=self.function.arn,
                role_arn=self.starter.arn,
                retry_policy=SchedulerScheduleTargetRetryPolicy(
                    maximum_event_age_in_seconds=60, maximum_retry_attempts=0
                ),
            ),
            depends_on=self.starter.policies,
        )

    def _alarms(self) -> None:
        """A job that doesn't run raises none: without a run there is no value, and that is well."""
        here = self._here
        for name, job in self._made.items():
            of_job = {"System": here.names.system, "Environment": here.names.environment, "Job": job.called}
            why = (
                f"A run of {job.called} failed: it ended otherwise than with 0, or was stopped for its time limit, and "
                "was run again as often as retries says. One is enough, as nobody else notices; the function's log "
                "says why."
            )
            failed = Alarm(
                word="failed",
                namespace="Tanada/Jobs",
                metric="Failed",
                dimensions=of_job,
                statistic="Sum",
                above=0,
                why=why,
            )
            alarms(job, here, name, [failed])
        started = Alarm(
            word="not-started",
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": self.not_started.name},
            statistic="Maximum",
            above=0,
            why="A job could not be started, and AWS tried no longer: each letter in the queue is a run that is "
            "missing, and says why. Delete it when that is mended.",
        )
        errors = Alarm(
            word="function-errors",
            namespace="AWS/Lambda",
            metric="Errors",
            dimensions={"FunctionName": self.function.name},
            statistic="Sum",
            above=0,
            why="The function that counts failed runs failed itself: until it works, other alarms of jobs may stay "
            "silent. Its log says why.",
        )
        alarms_of(self.scope, here, "jobs", [started, errors])


def roles_of_jobs(here: Here) -> str:
    """The path of all roles of an environment's jobs, and of no others."""
    return f"/{here.names.system}/{here.names.environment}/jobs/"
