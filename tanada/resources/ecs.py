"""ECS: clusters, services, task definitions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from tanada.resources.cost import HOURS, Free, Planned, Priced, Units, number
from tanada.resources.entry import Resource, Values, arn, read, replaceable
from tanada.resources.refusal import Call, Refusal, World, at, in_use, taken
from tanada.resources.request import SWITCH, Member, made_by
from tanada.resources.seed import Seed

_FREE = Free("ECS itself is free; a service's tasks are priced")

_STORAGE_OF_A_TASK = 20
"""GiB that a task on Fargate has without paying (AWS, Fargate pricing)."""
_MINUTES = {str(number): number for number in range(24 * 60 + 1)}
"""What the provider takes as texts."""
_CAPACITY = {"FARGATE": "Fargate", "FARGATE_SPOT": "Fargate Spot"}


def _cluster(seed: Seed) -> str:
    return seed.text("cluster").rpartition("/")[2] or "default"


def _service_arn(seed: Seed) -> str:
    return seed.fill(arn("ecs", f"service/{_cluster(seed)}/{{name}}"))


def _revision(seed: Seed) -> int:
    """Counted up by family, as AWS does, over the lives of a task definition."""
    return seed.ledger.next(f"revision {seed.account} {seed.region} {seed.text('family')}")


def _task_definition(seed: Seed) -> str:
    return seed.fill(arn("ecs", "task-definition/{family}"))


def _task_definition_revision(seed: Seed) -> str:
    return f"{_task_definition(seed)}:{seed.values['revision']}"


def _strategy_replaces(state: Values, planned: Values, changed: Sequence[str]) -> list[str]:
    """Another strategy replaces, unless a deployment is forced and there was one before."""
    if "capacity_provider_strategy" not in changed:
        return []
    had, has = (bool(side.get("capacity_provider_strategy")) for side in (state, planned))
    return [] if planned.get("force_new_deployment") and had == has else ["capacity_provider_strategy"]


def _service(service: Planned) -> Units | None:
    """Tasks on Fargate, all of them all the time: autoscaling's maximum and deployments aren't in it."""
    count = service.number("desired_count", default=0)
    tasks = None if count is None else _tasks(service, count)
    if tasks is None:
        return None
    if not tasks:
        return []
    task = service.linked("task_definition", "aws_ecs_task_definition", _is_task_definition)
    size = _size(task) if task else None
    if size is None:
        return None
    units: Units = []
    for capacity, running in tasks.items():
        units += [(f"{capacity} {item}", running * each * HOURS) for item, each in size.items()]
    storage = _storage(task) if task else None
    if storage is None:
        return None
    total = sum(tasks.values(), Decimal(0))
    if storage:
        units.append(("Fargate storage GB hour", total * storage * HOURS))
    if any(network.get("assign_public_ip") is True for network in service.blocks("network_configuration")):
        units.append(("public IPv4 hour", total * HOURS))
    return units


def _tasks(service: Planned, count: Decimal) -> dict[str, Decimal] | None:
    """Tasks by the way they are paid: `base` first, the rest by weight, in fractions. Tasks on EC2 cost nothing."""
    strategy = service.blocks("capacity_provider_strategy")
    if not strategy:
        launch_type = service.text("launch_type")
        if launch_type in ("EC2", "EXTERNAL"):
            return {}
        # Without a launch type, the cluster's own strategy decides, which may stand in another stack.
        return {_CAPACITY[launch_type]: count} if launch_type in _CAPACITY else None
    tasks: dict[str, Decimal] = {}
    rest = count
    weights: list[tuple[str, Decimal]] = []
    for item in strategy:
        capacity = _CAPACITY.get(str(item.get("capacity_provider")))
        if capacity is None:
            return None
        base = min(rest, number(item.get("base")) or Decimal(0))
        tasks[capacity] = tasks.get(capacity, Decimal(0)) + base
        rest -= base
        weights.append((capacity, number(item.get("weight")) or Decimal(0)))
    total = sum((weight for _, weight in weights), Decimal(0))
    if rest and not total:
        return None
    for capacity, weight in weights if rest else ():
        tasks[capacity] += rest * weight / total
    return tasks


def _is_task_definition(task: Planned, value: str) -> bool:
    """By ARN, or by family: revisions that something else registered have the same size until this stack says so."""
    family = value.rpartition("/")[2].partition(":")[0]
    return task.text("arn") == value or task.text("family") == family


def _size(task: Planned) -> dict[str, Decimal] | None:
    """vCPUs and GB of a task on Linux, by their item."""
    cpu, memory = task.number("cpu"), task.number("memory")
    platform = (task.blocks("runtime_platform") or [{}])[0]
    if cpu is None or memory is None or (platform.get("operating_system_family") or "LINUX") != "LINUX":
        return None
    architecture = platform.get("cpu_architecture") or "X86_64"
    return {f"{architecture} vCPU hour": cpu / 1024, f"{architecture} GB hour": memory / 1024}


def _storage(task: Planned) -> Decimal | None:
    """GiB of a task's own disk that are paid for."""
    if "ephemeral_storage" in task.unknown:
        return None
    sizes = [number(block.get("size_in_gib")) for block in task.blocks("ephemeral_storage")]
    if not sizes:
        return Decimal(0)
    return None if sizes[0] is None else max(sizes[0] - _STORAGE_OF_A_TASK, Decimal(0))


def _gains_both(call: Call, _world: World) -> bool:
    """A grace period and the first load balancer in one update."""
    if call.before is None or call.after is None or call.before.get("load_balancer"):
        return False
    before, after = (side.get("health_check_grace_period_seconds") for side in (call.before, call.after))
    return bool(call.after.get("load_balancer")) and bool(after) and before != after


def _target_group_without_load_balancer(call: Call, world: World) -> bool:
    if call.after is None:
        return False
    groups = {group for group in at(call.after, "load_balancer.target_group_arn") if isinstance(group, str)}
    ways = [*world.living("aws_lb_listener"), *world.living("aws_lb_listener_rule")]
    used = {
        group
        for way in ways
        for path in ("default_action", "action")
        for end in ("target_group_arn", "forward.target_group.arn")
        for group in at(way, f"{path}.{end}")
    }
    return not groups <= used


def _strategy(values: Values | None) -> str:
    found = next(at(values or {}, "deployment_configuration.strategy"), None)
    return found if isinstance(found, str) else "ROLLING"


def _with_turns(values: Values | None) -> list[bool]:
    """Of each load balancer's block, whether it says with which target group its own takes turns."""
    blocks = (values or {}).get("load_balancer")
    return [bool(each.get("advanced_configuration")) for each in blocks] if isinstance(blocks, list) else []


def _shifts_nothing(call: Call, _world: World) -> bool:
    return call.after is not None and _strategy(call.after) != "ROLLING" and not all(_with_turns(call.after))


def _some_take_turns(call: Call, _world: World) -> bool:
    return len({*_with_turns(call.after)}) > 1


def _shifts_at_once(call: Call, _world: World) -> bool:
    """A strategy and what it needs in one update of a service that rolled."""
    if call.before is None or call.after is None or _strategy(call.after) == "ROLLING":
        return False
    return not any(_with_turns(call.before)) and any(_with_turns(call.after))


def _rule_leads_to_one(call: Call, world: World) -> bool:
    """Of rules that live here; of another one nobody knows."""
    rules = {each.get("arn"): each for each in world.living("aws_lb_listener_rule")}
    for block in at(call.after, "load_balancer"):
        for turns in block.get("advanced_configuration") or ():
            rule = rules.get(turns.get("production_listener_rule"))
            both = {block.get("target_group_arn"), turns.get("alternate_target_group_arn")}
            leads = {*at(rule, "action.forward.target_group.arn"), *at(rule, "action.target_group_arn")}
            if rule is not None and not both <= leads and not turns.get("test_listener_rule"):
                return True
    return False


def _steps_of_another(call: Call, _world: World) -> bool:
    own = {"CANARY": "canary_configuration", "LINEAR": "linear_configuration"}
    strange = {*own.values()} - {own.get(_strategy(call.after))}
    return any(True for each in strange for _ in at(call.after or {}, f"deployment_configuration.{each}"))


_GUIDE = 'ECS developer guide, "Troubleshooting Amazon ECS blue/green deployments": AWS\'s guide quotes it'


def _no_such_port(call: Call, world: World) -> bool:
    """Whether it is to lead to a container's port that its definition hasn't; of one that is not ours nobody knows."""
    after = call.after or {}
    definition = next(
        (each for each in world.living("aws_ecs_task_definition") if each.get("arn") == after.get("task_definition")),
        None,
    )
    text = (definition or {}).get("container_definitions")
    if not isinstance(text, str) or after.get("load_balancer") == (call.before or {}).get("load_balancer"):
        return False
    ports = {(one["name"], port["containerPort"]) for one in json.loads(text) for port in one.get("portMappings") or ()}
    led = {(each.get("container_name"), each.get("container_port")) for each in after.get("load_balancer") or ()}
    return not led <= ports


def _no_such_port_name(call: Call, world: World) -> bool:
    """Whether a proxy is to answer for a port that no container's definition calls so."""
    after = call.after or {}
    texts = [
        each.get("container_definitions")
        for each in world.living("aws_ecs_task_definition")
        if each.get("arn") == after.get("task_definition")
    ]
    named = set(at(after, "service_connect_configuration.service.port_name"))
    if not texts or not isinstance(texts[0], str) or not named:
        return False
    return not named <= {port.get("name") for one in json.loads(texts[0]) for port in one.get("portMappings") or ()}


_DEFINITION = 64 * 1024


def _definition_too_large(call: Call, _world: World) -> bool:
    text = call.values.get("container_definitions")
    return call.action == "create" and isinstance(text, str) and len(text.encode()) > _DEFINITION


def _containers(call: Call) -> list[Values]:
    """Those of a task definition that is made; none where only the apply knows."""
    text = call.values.get("container_definitions")
    if call.action != "create" or not isinstance(text, str):
        return []
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _too_many_containers(call: Call, _world: World) -> bool:
    return len(_containers(call)) > 10


def _larger_than_the_task(call: Call, _world: World) -> bool:
    given = ((each, number(call.values.get(each))) for each in ("cpu", "memory"))
    return any(
        has is not None and sum(number(one.get(each)) or 0 for one in _containers(call)) > has for each, has in given
    )


def _waits_for_an_essential_end(call: Call, _world: World) -> bool:
    containers = _containers(call)
    waits = [each for one in containers for each in one.get("dependsOn") or ()]
    awaited = {each["containerName"] for each in waits if each["condition"] in ("COMPLETE", "SUCCESS")}
    return any(one["name"] in awaited and one.get("essential", True) for one in containers)


def _waits_for_nobody(call: Call, _world: World) -> bool:
    containers = _containers(call)
    waits = {each["containerName"] for one in containers for each in one.get("dependsOn") or ()}
    return not waits <= {one["name"] for one in containers}


def _nobody_routes(call: Call, _world: World) -> bool:
    containers = _containers(call)
    sent = any((one.get("logConfiguration") or {}).get("logDriver") == "awsfirelens" for one in containers)
    return sent and not any(one.get("firelensConfiguration") for one in containers)


def _router_is_not_root(call: Call, _world: World) -> bool:
    routers = [one for one in _containers(call) if one.get("firelensConfiguration")]
    return any(str(one.get("user") or "0").partition(":")[0] != "0" for one in routers)


RESOURCES = (
    Resource(
        type="aws_ecs_cluster",
        lost="cluster",
        kept=True,  # every service of the account runs in it
        replaces=read("ecs/cluster.go", "00a35305", "name"),
        cost=_FREE,
        defaults={"configuration.execute_command_configuration.logging": "DEFAULT"},
        fills={},  # resourceClusterRead: the configuration as it was given, a namespace where there is one
        computed={"arn": arn("ecs", "cluster/{name}"), "id": "{arn}"},
        refusals=(
            in_use(
                "ClusterContainsServicesException",
                "The Cluster cannot be deleted while Services are active.",
                "ECS API reference, DeleteCluster; rebuy-de/aws-nuke#231",
                "aws_ecs_service cluster",
                mine="arn",
            ),
        ),
        request=made_by("ecs", "CreateCluster", "AWS::ECS::Cluster", name="clusterName"),
        reads=(
            "ecs:DescribeClusters",
            "ecs:ListTagsForResource",
        ),
        changes=(
            "ecs:CreateCluster",
            "ecs:DeleteCluster",
            "ecs:TagResource",
            "ecs:UntagResource",
            "ecs:UpdateCluster",
            "ecs:UpdateClusterSettings",
        ),
    ),
    replaceable(
        "aws_ecs_cluster_capacity_providers",
        read("ecs/cluster_capacity_providers.go", "0619e62a", "cluster_name"),
        _FREE,
        defaults={"default_capacity_provider_strategy.base": 0, "default_capacity_provider_strategy.weight": 0},
        computed={"id": "{cluster_name}"},
        fills={},
        request=made_by(
            "ecs",
            "PutClusterCapacityProviders",
            "AWS::ECS::ClusterCapacityProviderAssociations",
            adds="defaultCapacityProviderStrategy",
            cluster_name="cluster",
        ),
        reads=("ecs:DescribeClusters",),
        changes=("ecs:PutClusterCapacityProviders",),
    ),
    Resource(
        type="aws_ecs_service",
        lost=None,
        kept=False,
        replaces=read(
            "ecs/service.go",
            "00a919d1",
            "cluster deployment_controller.type iam_role launch_type name scheduling_strategy",
            when=_strategy_replaces,
        ),
        cost=Priced(_service),
        defaults={
            "deployment_controller.type": "ECS",
            "deployment_maximum_percent": 200,
            "deployment_minimum_healthy_percent": 100,
            "enable_ecs_managed_tags": False,
            "enable_execute_command": False,
            "network_configuration.assign_public_ip": False,
            "scheduling_strategy": "REPLICA",
            "wait_for_steady_state": False,
        },
        computed={
            "iam_role": "/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
            "platform_version": "LATEST",
            "availability_zone_rebalancing": "DISABLED",
            "cluster": _cluster,
            "arn": _service_arn,
            "id": _service_arn,
        },
        max_items={"ordered_placement_strategy": 5, "placement_constraints": 10},
        # by what deploys it (`deploy: external`), and by Application Auto Scaling
        governed=("desired_count", "task_definition"),
        refusals=(
            Refusal(
                code="InvalidParameterException",
                sentence="The container … did not have a container port … defined.",
                source="cloudcomponents/cdk-constructs#106, pulumi/pulumi-awsx#1172",
                holds=_no_such_port,
                watches={"aws_ecs_task_definition": ("arn", "container_definitions")},
            ),
            Refusal(
                code="InvalidParameterException",
                sentence="The portName of a Service Connect service is one of the task definition's portMappings",
                source="ECS API reference, ServiceConnectService, portName; the sentence is ours",
                holds=_no_such_port_name,
                watches={"aws_ecs_task_definition": ("arn", "container_definitions")},
            ),
            taken(
                "aws_ecs_service",
                "name cluster",
                "InvalidParameterException",
                "Creation of service was not idempotent.",
                "ECS API reference, CreateService; hashicorp/terraform-provider-aws#11352",
            ),
            Refusal(
                code="InvalidParameterException",
                sentence="Health check grace period is only valid for services configured to use load balancers",
                source="aws/aws-cdk#19842, aws/copilot-cli#4011; "
                "aws-cloudformation/cloudformation-coverage-roadmap#1313 (open): the load balancer alone is taken",
                holds=_gains_both,
                later=("health_check_grace_period_seconds",),
            ),
            Refusal(
                code="InvalidParameterException",
                sentence="The target group with targetGroupArn … does not have an associated load balancer.",
                source="hashicorp/terraform#32908: the listener or rule must exist before",
                holds=_target_group_without_load_balancer,
                watches={"aws_lb_listener": ("default_action",), "aws_lb_listener_rule": ("action",)},
            ),
            Refusal(
                code="InvalidParameterException",
                sentence="advancedConfiguration field is required for all loadBalancers when using a non-ROLLING "
                "deployment strategy",
                source=_GUIDE,
                holds=_shifts_nothing,
            ),
            Refusal(
                code="InvalidParameterException",
                sentence="Either all or none of the provided loadBalancers must have advancedConfiguration defined",
                source=_GUIDE,
                holds=_some_take_turns,
            ),
            Refusal(
                code="InvalidParameterException",
                sentence="For Application LoadBalancer, testListenerRule is required when productionListenerRule is "
                "not associated with both targetGroup and alternateTargetGroup",
                source=_GUIDE,
                holds=_rule_leads_to_one,
                watches={"aws_lb_listener_rule": ("arn", "action")},
            ),
            Refusal(
                code="InvalidParameterException",
                sentence="A canary or linear configuration goes with its own deployment strategy alone",
                source="ECS API reference, DeploymentConfiguration; the sentence is ours",
                holds=_steps_of_another,
            ),
            Refusal(
                code="InvalidParameterException",
                sentence="The service's load balancers need an advancedConfiguration, and a rolling deployment with "
                "it, before its deployment strategy changes",
                source='ECS developer guide, "Updating the deployment strategy from rolling update to Amazon ECS '
                'blue/green", prerequisites; the sentence is ours',
                holds=_shifts_at_once,
                later=("deployment_configuration",),
            ),
        ),
        request=made_by(
            "ecs",
            "CreateService UpdateService",
            "AWS::ECS::Service",
            name="serviceName",
            network_configuration="networkConfiguration.awsvpcConfiguration",
            network_configuration__assign_public_ip=Member(
                "networkConfiguration.awsvpcConfiguration.assignPublicIp", SWITCH
            ),
            deployment_circuit_breaker="deploymentConfiguration.deploymentCircuitBreaker",
            deployment_maximum_percent="deploymentConfiguration.maximumPercent",
            deployment_minimum_healthy_percent="deploymentConfiguration.minimumHealthyPercent",
            alarms="deploymentConfiguration.alarms",
            deployment_configuration__bake_time_in_minutes=Member(
                "deploymentConfiguration.bakeTimeInMinutes", _MINUTES
            ),
            deployment_configuration__canary_configuration__canary_bake_time_in_minutes=Member(
                "deploymentConfiguration.canaryConfiguration.canaryBakeTimeInMinutes", _MINUTES
            ),
            deployment_configuration__linear_configuration__step_bake_time_in_minutes=Member(
                "deploymentConfiguration.linearConfiguration.stepBakeTimeInMinutes", _MINUTES
            ),
            service_connect_configuration__service__client_alias="serviceConnectConfiguration.services.clientAliases",
        ),
        passes_roles_to=("ecs.amazonaws.com",),
        reads=(
            "ecs:DescribeServiceDeployments",
            "ecs:DescribeServiceRevisions",
            "ecs:DescribeServices",
            "ecs:ListServiceDeployments",
            "ecs:ListTagsForResource",
        ),
        changes=(
            "ecs:CreateService",
            "ecs:DeleteService",
            "ecs:StopServiceDeployment",
            "ecs:TagResource",
            "ecs:UntagResource",
            "ecs:UpdateService",
        ),
    ),
    replaceable(
        "aws_ecs_task_definition",
        # enable_fault_injection: in a newer text of the file, whose commit the index does not tell
        read(
            "ecs/task_definition.go",
            "04fc21d5",
            "container_definitions cpu enable_fault_injection ephemeral_storage execution_role_arn "
            "family ipc_mode memory network_mode pid_mode placement_constraints proxy_configuration "
            "requires_compatibilities runtime_platform task_role_arn volume",
        ),
        _FREE,
        defaults={"skip_destroy": False, "track_latest": False},
        # resourceTaskDefinitionRead: modes and volumes' places are empty where they were; what ECS fills into
        # containers is equal to what was left out (container_definitions.go)
        fills={},
        computed={
            "id": "{family}",
            "network_mode": "",
            "revision": _revision,
            "arn": _task_definition_revision,
            "arn_without_revision": _task_definition,
        },
        max_items={"placement_constraints": 10},
        passes_roles_to=("ecs-tasks.amazonaws.com",),
        refusals=(
            Refusal(
                code="ClientException",
                sentence="Max allowed length is '65536' bytes.",
                source="awsdocs/amazon-ecs-developer-guide#149: of RegisterTaskDefinition, as CloudTrail has it",
                holds=_definition_too_large,
            ),
            Refusal(
                code="ClientException",
                sentence="Too many containers.",
                source="aws/amazon-ecs-cli#184; ECS developer guide, Amazon ECS service quotas",
                holds=_too_many_containers,
            ),
            Refusal(
                code="ClientException",
                sentence="The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
                source="aws/aws-cdk#1553; of memory likewise, pulumi/pulumi-awsx#1220",
                holds=_larger_than_the_task,
            ),
            Refusal(
                code="ClientException",
                sentence="A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
                source="boto/boto3#2436",
                holds=_waits_for_an_essential_end,
            ),
            Refusal(
                code="ClientException",
                sentence="Cannot depend on container + '…' because it does not exist",
                source="dagster-io/dagster#6926",
                holds=_waits_for_nobody,
            ),
            Refusal(
                code="ClientException",
                sentence="When awsfirelens log driver is specified in log configuration, a firelens configuration "
                "object must be configured in one of the containers.",
                source="fabfuel/ecs-deploy#164, turnerlabs/fargate#60",
                holds=_nobody_routes,
            ),
            Refusal(
                code="ClientException",
                sentence="If 'user' field is specified on firelens container, then 'UID' has to be '0'.",
                source="cloudposse/terraform-aws-ecs-container-definition#97, eagletmt/hako#93",
                holds=_router_is_not_root,
            ),
        ),
        request=made_by("ecs", "RegisterTaskDefinition", "AWS::ECS::TaskDefinition"),
        reads=(
            "ecs:DescribeTaskDefinition",
            "ecs:ListTagsForResource",
        ),
        changes=(
            "ecs:DeregisterTaskDefinition",
            "ecs:RegisterTaskDefinition",
            "ecs:TagResource",
            "ecs:UntagResource",
        ),
    ),
)
