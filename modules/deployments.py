"""How ECS deploys a service: its strategy, the role with which it moves requests, and the alarms that roll back."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.ecs_service import (
    EcsServiceDeploymentConfiguration,
    EcsServiceDeploymentConfigurationCanaryConfiguration,
    EcsServiceDeploymentConfigurationLinearConfiguration,
    EcsServiceLoadBalancer,
    EcsServiceLoadBalancerAdvancedConfiguration,
)
from constructs import Construct

from modules.here import Here
from modules.iam import OF_SERVICES, Role, Statement
from modules.public_route import PublicRoute
from tanada.declared import service as declared
from tanada.declared.answers import Answer
from tanada.declared.rollout import Rollout

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs.amazonaws.com"}}],
}
"""As the ECS guide has it ("Amazon ECS infrastructure IAM role for load balancers"): it tells of no condition there.
Whoever hands the role to a service needs `iam:PassRole` in its own account, so no other account can."""


def configuration(settings: Rollout) -> EcsServiceDeploymentConfiguration:
    """ECS takes minutes, as texts in the provider."""
    if not settings.shifts:
        return EcsServiceDeploymentConfiguration(strategy="ROLLING")
    canary = linear = None
    if settings.step is not None:
        percent, wait = settings.step
        if settings.strategy == "canary":
            canary = EcsServiceDeploymentConfigurationCanaryConfiguration(
                canary_percent=percent, canary_bake_time_in_minutes=str(wait // 60)
            )
        else:
            linear = EcsServiceDeploymentConfigurationLinearConfiguration(
                step_percent=percent, step_bake_time_in_minutes=str(wait // 60)
            )
    return EcsServiceDeploymentConfiguration(
        strategy=settings.strategy.upper(),
        bake_time_in_minutes=str(settings.baking // 60),
        canary_configuration=canary,
        linear_configuration=linear,
    )


class Balancers:
    """What leads to a service's tasks: a block for each target group; where ECS moves requests, with the one that takes
    turns with it, the rule in which they do, and the role for that."""

    def __init__(
        self,
        scope: Construct,
        settings: declared.Service,
        here: Here,
        called: str,
        routes: Sequence[tuple[Answer, PublicRoute]],
    ) -> None:
        self.policies: Sequence[ITerraformDependable] = ()
        """What it must be allowed before it deploys."""
        role = _role(scope, here, called, routes) if settings.shifts else None
        if role is not None:
            self.policies = role.policies
        self.blocks = [
            EcsServiceLoadBalancer(
                target_group_arn=group.arn,
                container_name=answer.container or called,
                container_port=answer.port,
                advanced_configuration=EcsServiceLoadBalancerAdvancedConfiguration(
                    alternate_target_group_arn=route.seconds[number].arn,
                    production_listener_rule=route.leading[number].arn,
                    role_arn=role.arn,
                )
                if role is not None
                else None,
            )
            for answer, route in routes
            for number, group in enumerate(route.groups)
        ]


def _role(scope: Construct, here: Here, called: str, routes: Sequence[tuple[Answer, PublicRoute]]) -> Role:
    """AWS's own policy (AmazonECSInfrastructureRolePolicyForLoadBalancers) allows the same at every load balancer of
    the account; this one at its own rules and target groups alone."""
    groups = [group.arn for _, route in routes for group in (*route.groups, *route.seconds)]
    rules = [rule.arn for _, route in routes for rule in route.leading]
    return Role(
        scope,
        "shifting",
        name=here.names.limited(f"{called}-shifting", 64),
        path=f"/{here.names.system}/{OF_SERVICES}/",
        description=f"Moves the requests of {called} from one target group to another",
        trust=json.dumps(_TRUST, sort_keys=True),
        boundary=here.boundary,
        outlives=True,
        statements=[
            Statement(actions=declared.LOOKS, resources=("*",)),
            Statement(actions=declared.REGISTERS, resources=tuple(groups)),
            Statement(actions=("elasticloadbalancing:ModifyRule",), resources=tuple(rules)),
        ],
    )
