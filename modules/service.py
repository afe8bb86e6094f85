"""An ECS service on Fargate: roles, log group, task definition, names, and the service itself."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import ITerraformDependable, Precondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.ecs_service import (
    EcsService,
    EcsServiceCapacityProviderStrategy,
    EcsServiceDeploymentCircuitBreaker,
    EcsServiceLoadBalancer,
    EcsServiceNetworkConfiguration,
    EcsServiceServiceRegistries,
    EcsServiceTimeouts,
)
from cdktf_cdktf_provider_aws.ecs_task_definition import (
    EcsTaskDefinition,
    EcsTaskDefinitionRuntimePlatform,
    EcsTaskDefinitionVolume,
)
from constructs import Construct

from modules.iam import Statement, TaskRole, tasks_of
from modules.private_names import PrivateName
from modules.public_route import PublicRoute
from modules.reach import Reach
from modules.shared import ExecLog, Shared
from modules.task import container_definitions, exec_volumes
from tanada.declarations.models import Service as ServiceSettings
from tanada.names import Names


class Service(Construct):
    """One service of an environment; private unless its settings say `http`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        settings: ServiceSettings,
        *,
        names: Names,
        shared: Shared,
        image: str,
        image_given: str,
        domain: str,
        zone_id: str | None,
        access: Sequence[Statement],
        reach: Reach,
        permanent: bool,
        public_address: bool,
    ) -> None:
        """`image` is the image with its tag, `image_given` the condition that a tag is there; both may be expressions.

        `access` are the permissions on the stores it reaches. A task has a public address only where the VPC has no
        NAT. `zone_id` is needed for a public service alone.
        """
        super().__init__(scope, id)
        group_name = names.path(id)
        logs = CloudwatchLogGroup(
            self, "log", name=group_name, retention_in_days=settings.logs.days, tags={"Name": group_name}
        )
        self.log_group = logs.name
        registry = shared.registries[settings.image]
        trust = tasks_of(shared.account_id, shared.region)
        execution = TaskRole(
            self,
            "execution",
            name=names.limited(f"{id}-execution", 64),
            path=f"/{names.system}/",
            description=f"Starts the tasks of {id}: pulls its image, writes its log",
            trust=trust,
            statements=execution_statements(registry.arn, logs.arn),
        )
        task = TaskRole(
            self,
            "task",
            name=names.limited(f"{id}-task", 64),
            path=f"/{names.system}/",
            description=f"What {id} itself may do",
            trust=trust,
            statements=[*access, *(exec_statements(shared.exec_log) if settings.exec else ())],
        )
        self.family = names.joined(id)
        definition = EcsTaskDefinition(
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
            container_definitions=container_definitions(
                id, settings, image=image, log_group=self.log_group, region=shared.region
            ),
            volume=[EcsTaskDefinitionVolume(name=volume) for volume in sorted(exec_volumes(settings))] or None,
            # A revision that is deregistered can't be rolled back to; review environments leave nothing behind.
            skip_destroy=permanent,
            tags={"Name": self.family},
            lifecycle=TerraformResourceLifecycle(
                precondition=[
                    Precondition(
                        condition=image_given,
                        error_message=f"No tag is known for image {settings.image}: "
                        f"name one with --image {settings.image}=TAG.",
                    )
                ]
            ),
        )
        private_name = None
        if settings.port is not None:
            private_name = PrivateName(
                self,
                "(private_name)",
                name=f"{id}.{names.environment}",
                namespace_id=shared.namespace_id,
            )
        route = None
        if settings.http is not None and settings.port is not None and zone_id is not None:
            route = PublicRoute(
                self,
                "(public)",
                names=names,
                service=id,
                domain=domain,
                port=settings.port,
                health_path=settings.http.health,
                drain_seconds=settings.drain,
                vpc_id=shared.vpc_id,
                load_balancer=shared.load_balancers[str(settings.http.load_balancer)],
                zone_id=zone_id,
            )
        # Destroyed in this order a service never stands without its permissions or its rule: else tasks that can't
        # stop ("DRAINING", provider's own note) and deployments that stall (containers-roadmap#1884).
        after: list[ITerraformDependable] = [*execution.policies, *task.policies, *reach.rules[id]]
        if route is not None:
            after.append(route.rule)
        self.service = EcsService(
            self,
            "service",
            name=names.joined(id),
            cluster=shared.cluster_arn,
            task_definition=definition.arn,
            desired_count=settings.count,
            # Never launch_type: changing over from it replaces the service.
            capacity_provider_strategy=capacity(settings.spot),
            force_new_deployment=True,
            network_configuration=EcsServiceNetworkConfiguration(
                subnets=shared.task_subnet_ids,
                security_groups=[reach.group_ids[id], *([shared.target_security_group_id] if route else [])],
                assign_public_ip=public_address,
            ),
            load_balancer=[
                EcsServiceLoadBalancer(
                    target_group_arn=route.target_group_arn, container_name=id, container_port=settings.port
                )
            ]
            if route is not None and settings.port is not None
            else None,
            health_check_grace_period_seconds=settings.grace if route is not None else None,
            service_registries=EcsServiceServiceRegistries(registry_arn=private_name.arn) if private_name else None,
            enable_execute_command=settings.exec,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            availability_zone_rebalancing="ENABLED",
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            deployment_circuit_breaker=EcsServiceDeploymentCircuitBreaker(enable=True, rollback=True),
            # Without waiting a broken deployment looks green; with it Ctrl-C rolls back.
            wait_for_steady_state=True,
            sigint_rollback=True,
            timeouts=EcsServiceTimeouts(create="20m", update="20m", delete="20m"),
            tags={"Name": names.joined(id)},
            depends_on=after,
        )


def capacity(spot: int) -> list[EcsServiceCapacityProviderStrategy]:
    """The split between Fargate and Fargate Spot; in a mixed one the first task is never on Spot."""
    if spot == 0:
        return [EcsServiceCapacityProviderStrategy(capacity_provider="FARGATE", weight=1)]
    if spot == 100:
        return [EcsServiceCapacityProviderStrategy(capacity_provider="FARGATE_SPOT", weight=1)]
    return [
        EcsServiceCapacityProviderStrategy(capacity_provider="FARGATE", weight=100 - spot, base=1),
        EcsServiceCapacityProviderStrategy(capacity_provider="FARGATE_SPOT", weight=spot),
    ]


def execution_statements(registry_arn: str, log_group_arn: str) -> tuple[Statement, ...]:
    """What ECS needs to start a task; the authorization token has no resource to name (Service Authorization)."""
    return (
        Statement(actions=("ecr:GetAuthorizationToken",), resources=("*",)),
        Statement(
            actions=("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
            resources=(registry_arn,),
        ),
        Statement(actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(f"{log_group_arn}:*",)),
    )


def exec_statements(log: ExecLog) -> tuple[Statement, ...]:
    """What ECS Exec needs: its channels and the list of log groups have no resource to name."""
    return (
        Statement(
            actions=(
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ),
            resources=("*",),
        ),
        Statement(actions=("logs:DescribeLogGroups",), resources=("*",)),
        Statement(
            actions=("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
            resources=(f"{log.group_arn}:*",),
        ),
        Statement(actions=("kms:Decrypt",), resources=(log.key_arn,)),
    )
