"""What runs, as a service, a task or a job: its log, roles and task definition."""

from __future__ import annotations

from cdktf import ITerraformDependable, Precondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.ecs_task_definition import (
    EcsTaskDefinition,
    EcsTaskDefinitionEphemeralStorage,
    EcsTaskDefinitionRuntimePlatform,
    EcsTaskDefinitionVolume,
    EcsTaskDefinitionVolumeEfsVolumeConfiguration,
    EcsTaskDefinitionVolumeEfsVolumeConfigurationAuthorizationConfig,
)
from constructs import Construct

from modules.here import Here, Instance
from modules.iam import Role, Statement, tasks_of
from modules.image import pulling
from modules.metrics import permitted
from modules.permissions import permitting
from modules.reach import Reach
from modules.secrets import reading
from modules.sidecar import running, volumes
from modules.site_publishers import publishing
from modules.task import container_definitions
from tanada.contract.common import ExecLog
from tanada.declared import service as declared
from tanada.declared.logs import ServiceLogs


class Runs(Construct):
    """A log group, two roles and a task definition."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        settings: declared.Service,
        here: Here,
        reach: Reach,
    ) -> None:
        """The settings' texts are expanded already."""
        super().__init__(scope, id)
        self.word = id
        """Its name in the declaration; `node.id` would ask Node for it, and wait."""
        self._id, self._here, self._reach, self._settings = id, here, reach, settings
        self._called = here.called(id)
        self._containers = running(id, self._called, settings, here, reach.numbers)
        self._log = self._log_group()
        self._execution, self._task = self._roles()
        self.definition = self._task_definition(self._execution, self._task)

    @property
    def logs(self) -> ServiceLogs:
        """What it says of its lines."""
        return self._settings.logs

    @property
    def log_name(self) -> str:
        """Its log group's."""
        return self._log.name

    @property
    def log_arn(self) -> str:
        """The same."""
        return self._log.arn

    @property
    def policies(self) -> list[ITerraformDependable]:
        """Those of its roles."""
        return [*self._execution.policies, *self._task.policies]

    @property
    def family(self) -> str:
        """Its task definition's."""
        return self._here.names.joined(self._called)

    @property
    def roles(self) -> tuple[str, str]:
        """The ARNs of its roles."""
        return self._execution.arn, self._task.arn

    def _needed(self) -> list[ITerraformDependable]:
        """What must be there when it runs, where no service waits for that."""
        return []

    @property
    def _role_path(self) -> str:
        return f"/{self._here.names.system}/"

    def _log_group(self) -> CloudwatchLogGroup:
        name = self._here.names.path(self._called)
        return CloudwatchLogGroup(
            self, "log", name=name, retention_in_days=self._settings.logs.days, tags={"Name": name}
        )

    def _roles(self) -> tuple[Role, Role]:
        """The role that starts its tasks, and the one that is theirs."""
        here, settings = self._here, self._settings
        images = [each.settings.image for each in self._containers if each.settings.image is not None]
        read = [place for each in self._containers for place in each.places]
        trust, path = tasks_of(here.account_id, here.region), self._role_path
        execution = Role(
            self,
            "execution",
            name=here.names.limited(f"{self._called}-execution", 64),
            path=path,
            description=f"Starts the tasks of {self._called}: pulls its image, writes its log",
            trust=trust,
            boundary=here.boundary,
            statements=[
                *pulling(images, here),
                *writing(self._log.arn),
                *reading(read),
            ],
        )
        task = Role(
            self,
            "task",
            name=here.names.limited(f"{self._called}-task", 64),
            path=path,
            description=f"What {self._called} itself may do",
            trust=trust,
            boundary=here.boundary,
            statements=[
                *self._reach.access(self._id),
                *(exec_statements(here.shared.exec_log if here.records_exec else None) if settings.exec else ()),
                *permitting(settings.permissions),
                *publishing(here, self._id),
                *(permitted(self, settings.metrics, here, self._called) if settings.metrics is not None else ()),
            ],
        )
        return execution, task

    def _volume(self, name: str) -> EcsTaskDefinitionVolume:
        """A file system where that is what is called so; else an empty folder on the task's disk."""
        files = self._reach.volumes(self._id).get(name)
        if files is None:
            return EcsTaskDefinitionVolume(name=name)
        return EcsTaskDefinitionVolume(
            name=name,
            efs_volume_configuration=EcsTaskDefinitionVolumeEfsVolumeConfiguration(
                file_system_id=files.file_system_id,
                transit_encryption="ENABLED",
                authorization_config=EcsTaskDefinitionVolumeEfsVolumeConfigurationAuthorizationConfig(
                    access_point_id=files.access_point_id, iam="ENABLED"
                ),
            ),
        )

    def _task_definition(self, execution: Role, task: Role) -> EcsTaskDefinition:
        here, settings, needed = self._here, self._settings, self._needed()
        return EcsTaskDefinition(
            self,
            "task_definition",
            family=self.family,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(settings.cpu),
            memory=str(settings.memory),
            execution_role_arn=execution.arn,
            task_role_arn=task.arn,
            runtime_platform=EcsTaskDefinitionRuntimePlatform(
                operating_system_family="LINUX", cpu_architecture=settings.arch.upper()
            ),
            ephemeral_storage=EcsTaskDefinitionEphemeralStorage(size_in_gib=settings.ephemeral_storage)
            if settings.ephemeral_storage
            else None,
            container_definitions=container_definitions(
                self._containers,
                grace=settings.health_check_grace_period,
                log_group=self._log.name,
                region=here.region,
            ),
            volume=[self._volume(each) for each in volumes(self._containers)] or None,
            # A revision that is deregistered can't be rolled back to; review environments leave nothing behind but
            # where others deploy: what runs may be of any revision, and ECS updates no service whose own is inactive
            # (ECS developer guide, "Deregistering an Amazon ECS task definition revision").
            skip_destroy=here.instance.permanent or settings.external,
            tags={"Name": self.family},
            lifecycle=TerraformResourceLifecycle(
                # Else the revision that the circuit breaker would go back to is gone before the new one is tried
                # (aws/aws-cdk#24372, kayac/ecspresso#331).
                create_before_destroy=None if here.instance.permanent or settings.external or needed else True,
                precondition=[image_given(image) for image in settings.built] or None,
            ),
            depends_on=needed or None,
        )


def image_given(image: str) -> Precondition:
    """Without a tag of it a plan says so in our words."""
    return Precondition(
        condition=Instance.image_given(image),
        error_message=f"No tag is known for image {image}: name one with --image {image}=TAG.",
    )


def writing(log_group_arn: str) -> tuple[Statement, ...]:
    """What ECS needs to write a task's log."""
    return (Statement(actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(f"{log_group_arn}:*",)),)


def exec_statements(log: ExecLog | None) -> tuple[Statement, ...]:
    """What ECS Exec needs: its channels and the list of log groups have no resource to name. Without a log of ours
    sessions are recorded as the cluster that was there already says: what that takes is the service's `permissions`."""
    channels = Statement(
        actions=(
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ),
        resources=("*",),
    )
    if log is None:
        return (channels,)
    return (
        channels,
        Statement(actions=("logs:DescribeLogGroups",), resources=("*",)),
        Statement(
            actions=("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
            resources=(f"{log.group_arn}:*",),
        ),
        Statement(actions=("kms:Decrypt",), resources=(log.key_arn,)),
    )
