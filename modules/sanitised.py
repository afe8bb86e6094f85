"""Snapshots of databases without what is people's: the function that makes them, its schedules, and what it runs.

A copy is in no state: the function restores it, and deletes it (functions/sanitised/main.py). Here is what stands
before it: the group that it wears, its secret, without a value, and the tasks that change it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from cdktf import Fn, ITerraformDependable
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.ecs_task_definition import EcsTaskDefinition, EcsTaskDefinitionRuntimePlatform
from cdktf_cdktf_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.scheduler_schedule_group import SchedulerScheduleGroup
from constructs import Construct

from modules.alarms import Alarm, alarms, alarms_of
from modules.aurora import Aurora
from modules.credentials import Credentials
from modules.database import Database
from modules.function import Function
from modules.here import Here
from modules.iam import OF_SERVICES, Role, Statement, service_trust, tasks_of
from modules.image import pulling
from modules.reach import Reach
from modules.reachable import Door, Reachable
from modules.runs import writing
from modules.secrets import places, reading
from modules.security_group import security_group
from modules.sidecar import Running
from modules.sql import KEYS
from modules.sql_databases import NOBODY
from modules.sql_users import taking_users
from modules.store import Store
from modules.task import container_definitions
from modules.tasks import Task
from tanada.declared import aurora, database
from tanada.declared.blueprint import sanitised
from tanada.declared.container import Capabilities
from tanada.declared.databases import users_of
from tanada.declared.sanitised import ACTIONS, LOOKING, RESTORING, SECRET, SECRETS, Sanitised
from tanada.declared.schedule import expression
from tanada.declared.tasks import Task as Settings
from tanada.literal import literal
from tanada.regions import partition

CALLED = "sanitised"
SHARED = f"of_{CALLED}"
"""No part is called so: with its underscore nothing of theirs has the same address."""
_OFF = SchedulerScheduleFlexibleTimeWindow(mode="OFF")
_WITHIN = 3600
"""Seconds in which a beginning is tried again that AWS refuses for a while."""


class Copy(Construct):
    """What stands of a copy while there is none."""

    def __init__(self, scope: Construct, id: str, here: Here, made: Database | Aurora, settings: Sanitised) -> None:
        super().__init__(Construct(scope, id), CALLED)
        self.layer = scope
        self.store, self.task, self.made, self.settings = id, settings.task, made, settings
        self.called = called = here.called(id)
        kind = here.blueprint.stores[id].kind
        assert isinstance(kind, database.Database | aurora.Aurora)  # for mypy
        self.kind = kind
        self.group_id = security_group(
            self,
            "group",
            names=here.names,
            part=f"{called}.{CALLED}",
            description=f"Copy of {called}, let in: its task",
            vpc_id=here.shared.vpc_id,
        )
        # Nothing is lost with it: each run makes another password.
        self.secret = Credentials(self, here.letting_go(), f"{called}/{SECRET}")
        words = {"host": "", "port": str(kind.sql.port), "name": kind.name, "secret": self.secret.arn}
        keys = {**{word: f"{self.secret.name}:{key}" for word, key in KEYS.items()}, "secret": self.secret.name}
        self.reachable = Reachable(
            words=words,
            doors=(Door(self.group_id, kind.sql.port),),
            places=(),
            access=(),
            narrowed={},
            secrets=keys,
            asked={"secret": (self.secret.reading,)},
        )

    @property
    def word(self) -> str:
        """The kind of store."""
        return "aurora" if isinstance(self.kind, aurora.Aurora) else "database"

    def told(self) -> dict[str, Any]:
        """What the function is told of it beside its tasks."""
        kind, sql = self.kind, self.made.sql
        told: dict[str, Any] = {
            "kind": "cluster" if self.word == "aurora" else "instance",
            "source": self.made.aws_name,
            "copy": sql.copied_as,
            "class": kind.class_ or "db.serverless",
            "engine": kind.sql.name,
            "scheme": kind.sql.scheme,
            "name": kind.name,
            "subnet_group": sql.subnets,
            "parameter_group": self.made.parameters,
            "security_group": self.group_id,
            "secret": self.secret.name,
            "keep": self.settings.keep,
        }
        if isinstance(kind, aurora.Aurora) and (scaling := kind.scaling) is not None:
            told["capacity"] = {"MinCapacity": scaling.min, "MaxCapacity": scaling.max}
        return told

    def may(self, here: Here) -> list[Statement]:
        """What the function may do with it, and never with what it is a copy of."""
        place = f"arn:{partition(here.region)}:rds:{here.region}:{here.account_id}"
        sql, changing = self.made.sql, ACTIONS[self.word]
        copy, groups = sql.copied_as, [f"{place}:subgrp:{sql.subnets}", f"{place}:og:default*"]
        if self.word == "aurora":
            servers = [f"{place}:cluster:{copy}", f"{place}:db:{copy}-1"]
            snapshots, source = f"{place}:cluster-snapshot:{copy}*", f"{place}:cluster:{self.made.aws_name}"
            theirs = [source, f"{place}:db:{self.made.aws_name}-*"]
            groups += [f"{place}:cluster-pg:{self.made.parameters}", f"{place}:pg:default*"]
        else:
            servers = [f"{place}:db:{copy}"]
            snapshots, source = f"{place}:snapshot:{copy}*", f"{place}:db:{self.made.aws_name}"
            theirs = [source]
            groups += [f"{place}:pg:{self.made.parameters}"]
        return [
            Statement(actions=changing, resources=(*servers, snapshots, *groups)),
            Statement(actions=(RESTORING[self.word],), resources=(source, servers[0], *groups)),
            # Of snapshots RDS is asked by the server, and looks at all that there are.
            Statement(actions=LOOKING[self.word], resources=(*servers, f"{snapshots.rpartition(':')[0]}:*")),
            Statement(actions=changing, resources=tuple(theirs), effect="Deny"),
            Statement(actions=SECRETS, resources=(f"{self.secret.arn}-??????",)),
        ]


def copies(here: Here, stores: Mapping[str, Store]) -> list[Copy]:
    """Of each store that says so."""
    scope = Construct(here.stack, f"({CALLED})")
    declared = {name: said for name, store in here.blueprint.stores.items() if (said := sanitised(store)) is not None}
    return [
        Copy(scope, name, here, cast("Database | Aurora", stores[name]), settings)
        for name, settings in declared.items()
    ]


def snapshots(here: Here, reach: Reach, made: Sequence[Copy], tasks: Mapping[str, Task]) -> None:
    """The function, its schedules, its alarms, and the task that takes users away of each."""
    scope = Construct(made[0].layer, SHARED)
    users = {copy.store: _TakesUsers(copy, here, copy) for copy in made}
    function = _function(scope, here, made, tasks, users)
    _schedules(scope, here, made, function, [each for copy in made for each in _needed(reach, tasks, users, copy)])
    _alarms(scope, here, made, function)


def _needed(
    reach: Reach, tasks: Mapping[str, Task], users: Mapping[str, _TakesUsers], copy: Copy
) -> list[ITerraformDependable]:
    """What has to be there before a copy is begun."""
    return [
        *reach.rules[copy.task],
        *reach.let_in.get(copy.task, ()),
        *tasks[copy.task].policies,
        *users[copy.store].policies,
    ]


class _TakesUsers(Construct):
    """The task that takes the users of a copy away; it wears the group of the task before it."""

    def __init__(self, scope: Construct, here: Here, copy: Copy) -> None:
        super().__init__(scope, "users")
        taking, kind = taking_users(copy.kind.sql), copy.kind
        secret = copy.secret.name
        known = {"(host)": "host", "(user)": "username"}
        texts = {name: f"{secret}:{known[value]}" for name, value in taking.variables.items() if value in known}
        kept = places({taking.password: f"{secret}:password", **texts}, here)
        said = {"(port)": str(kind.sql.port), "(name)": kind.name}
        variables = {name: said.get(value, value) for name, value in taking.variables.items() if value not in known}
        keep = " ".join(sorted(users_of(kind.databases).values()))
        log_name = here.names.path(copy.called, CALLED)
        log = CloudwatchLogGroup(self, "log", name=log_name, retention_in_days=kind.logs.days, tags={"Name": log_name})
        role = Role(
            self,
            "execution",
            name=here.names.limited(f"{copy.called}.{CALLED}-execution", 64),
            path=f"/{here.names.system}/",
            description=f"Starts the task that takes away users of copies of {copy.called}",
            trust=tasks_of(here.account_id, here.region),
            boundary=here.boundary,
            statements=[*pulling([taking.image], here), *writing(log.arn), *reading(kept.values())],
        )
        settings = Settings(
            image=taking.image,
            entrypoint=("bash", "-c"),
            command=(literal(taking.script),),
            variables={**variables, "KEEP": keep},
            user=NOBODY,
            capabilities=Capabilities(drop=("ALL",)),
        )
        running = Running(name="users", settings=settings.as_service(), image=taking.image, secrets=kept, numbers={})
        self.family = here.names.joined(copy.called, CALLED)
        self.role, self.policies = role.arn, role.policies
        self.definition = EcsTaskDefinition(
            self,
            "task_definition",
            family=self.family,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(settings.cpu),
            memory=str(settings.memory),
            execution_role_arn=role.arn,
            runtime_platform=EcsTaskDefinitionRuntimePlatform(
                operating_system_family="LINUX", cpu_architecture=settings.arch.upper()
            ),
            container_definitions=container_definitions([running], grace=0, log_group=log.name, region=here.region),
            skip_destroy=here.instance.permanent,
            tags={"Name": self.family},
        )


def _function(
    scope: Construct,
    here: Here,
    made: Sequence[Copy],
    tasks: Mapping[str, Task],
    users: Mapping[str, _TakesUsers],
) -> Function:
    settings = {
        "system": here.names.system,
        "environment": here.names.environment,
        "cluster": here.shared.cluster_arn,
        "public": not here.nat,
        "stores": {
            copy.called: {
                **copy.told(),
                "security_groups": tasks[copy.task].security_groups,
                "tasks": [tasks[copy.task].definition.arn, users[copy.store].definition.arn],
            }
            for copy in made
        },
    }
    ecs = f"arn:{partition(here.region)}:ecs:{here.region}:{here.account_id}"
    families = [each for copy in made for each in (tasks[copy.task].family, users[copy.store].family)]
    roles = [each for copy in made for each in (*tasks[copy.task].roles, users[copy.store].role)]
    within = {"ArnEquals": {"ecs:cluster": here.shared.cluster_arn}}
    running = f"{ecs}:task/{here.cluster}/*"
    return Function(
        scope,
        "function",
        here,
        code=CALLED,
        description="Makes snapshots of databases without what is people's",
        variables={
            "SANITISED": json.dumps(settings, sort_keys=True),
            "SUBNETS": Fn.join(",", here.shared.task_subnet_ids),
        },
        statements=[
            *(statement for copy in made for statement in copy.may(here)),
            Statement(
                actions=("ecs:RunTask",),
                resources=tuple(f"{ecs}:task-definition/{family}:*" for family in families),
                condition=within,
            ),
            Statement(actions=("ecs:DescribeTasks", "ecs:StopTask"), resources=(running,), condition=within),
            Statement(
                actions=("ecs:TagResource",),
                resources=(running,),
                condition={"StringEquals": {"ecs:CreateAction": "RunTask"}},
            ),
            Statement(
                actions=("iam:PassRole",),
                resources=tuple(roles),
                condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            ),
        ],
        timeout=60,
        days=max(copy.kind.logs.days for copy in made),
    )


def _schedules(
    scope: Construct, here: Here, made: Sequence[Copy], function: Function, needed: Sequence[ITerraformDependable]
) -> None:
    name = here.names.ours(CALLED, 64)
    group = SchedulerScheduleGroup(scope, "group", name=name, tags={"Name": name})
    starter = Role(
        scope,
        "starter",
        name=here.names.limited(f"{CALLED}-starter", 64),
        path=f"/{here.names.system}/{OF_SERVICES}/",
        description="Begins snapshots without what is people's",
        # A schedule's own ARN is refused (EventBridge Scheduler user guide, "Confused deputy prevention").
        trust=service_trust("scheduler.amazonaws.com", here.account_id, group.arn),
        boundary=here.boundary,
        statements=[Statement(actions=("lambda:InvokeFunction",), resources=(function.arn,))],
    )

    def schedule(within: Construct, id: str, called: str, what: str, when: str, zone: str, **more: Any) -> None:
        SchedulerSchedule(
            within,
            id,
            name=here.names.limited(called, 64),
            group_name=group.name,
            description=what,
            schedule_expression=when,
            schedule_expression_timezone=zone,
            flexible_time_window=_OFF,
            target=SchedulerScheduleTarget(arn=function.arn, role_arn=starter.arn, **more),
            depends_on=[*starter.policies, *needed],
        )

    for copy in made:
        schedule(
            copy,
            "schedule",
            f"{CALLED}.{copy.called}",
            f"Begins a snapshot of {copy.called} without what is people's",
            expression(copy.settings.schedule),
            copy.settings.time_zone,
            input=json.dumps({"begin": copy.called}),
            retry_policy=SchedulerScheduleTargetRetryPolicy(
                maximum_event_age_in_seconds=_WITHIN, maximum_retry_attempts=185
            ),
        )
    schedule(
        scope,
        "next",
        f"{CALLED}.next",
        "Has the function do the next step",
        "rate(5 minutes)",
        "UTC",
        retry_policy=SchedulerScheduleTargetRetryPolicy(maximum_event_age_in_seconds=60, maximum_retry_attempts=0),
    )


def _alarms(scope: Construct, here: Here, made: Sequence[Copy], function: Function) -> None:
    for copy in made:
        of_store = {"System": here.names.system, "Environment": here.names.environment, "Store": copy.called}
        hours, where = copy.settings.hours, f"the log of the function {CALLED} says why"
        failed = Alarm(
            word="sanitised-failed",
            namespace="Tanada/Sanitised",
            metric="Failed",
            dimensions=of_store,
            statistic="Sum",
            above=0,
            why=f"No snapshot was made of {copy.called} without what is people's: a task did not end well, or it took "
            f"longer than a day. The copy is deleted; {where}, and that of the task.",
        )
        old = Alarm(
            word="sanitised-old",
            namespace="Tanada/Sanitised",
            metric="Hours",
            dimensions=of_store,
            statistic="Maximum",
            above=hours,
            why=f"The newest snapshot of {copy.called} without what is people's is older than {hours} hours, a day "
            f"more than its schedule leaves between two: {where}.",
        )
        alarms(copy, here, copy.store, [failed, old])
    errors = Alarm(
        word="function-errors",
        namespace="AWS/Lambda",
        metric="Errors",
        dimensions={"FunctionName": function.name},
        statistic="Sum",
        above=0,
        why="A step of a snapshot without what is people's was refused; it is tried again each five minutes for a day, "
        "and until then a copy may stand. The function's log says why.",
    )
    alarms_of(scope, here, CALLED, [errors])
