"""Service Connect: what a service is told that answers through its proxy, and one that calls through its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cdktf_cdktf_provider_aws.ecs_service import (
    EcsServiceServiceConnectConfiguration,
    EcsServiceServiceConnectConfigurationLogConfiguration,
    EcsServiceServiceConnectConfigurationService,
    EcsServiceServiceConnectConfigurationServiceClientAlias,
    EcsServiceServiceConnectConfigurationServiceTimeout,
)

from modules.here import Here
from modules.private_names import host
from tanada.declared.service import Service
from tanada.declared.service_connect import PORT, called_so, spoken
from tanada.regions import partition

_REQUEST = 60
"""Seconds, as a load balancer waits; ECS's own 15 would end requests that a private name lets go on."""


def connected(here: Here, name: str, settings: Service, log_group: str) -> EcsServiceServiceConnectConfiguration | None:
    """None of a service that neither answers nor calls so."""
    if settings.service_connect is None and not called_so(name, here.blueprint.services):
        return None
    place = f"arn:{partition(here.region)}:servicediscovery:{here.region}:{here.account_id}"
    return EcsServiceServiceConnectConfiguration(
        enabled=True,
        # By its ARN alone (terraform-aws-modules/terraform-aws-ecs#343).
        namespace=f"{place}:namespace/{here.shared.namespace_id}",
        service=[_answering(here, here.called(name), settings)] if settings.service_connect is not None else None,
        log_configuration=EcsServiceServiceConnectConfigurationLogConfiguration(
            log_driver="awslogs",
            options={"awslogs-group": log_group, "awslogs-region": here.region, "awslogs-stream-prefix": "connect"},
        ),
    )


def _answering(here: Here, called: str, settings: Service) -> EcsServiceServiceConnectConfigurationService:
    connect, port = settings.service_connect, settings.answers_at
    assert connect is not None
    assert port is not None, "a check refuses one without a port"
    requests = connect.request_timeout if connect.request_timeout is not None else _REQUEST
    return EcsServiceServiceConnectConfigurationService(
        port_name=PORT,
        # In the namespace its private name has that one already.
        discovery_name=here.names.limited(f"{called}-connect", 64),
        # The private name: whoever calls says the same, through a proxy or not.
        client_alias=EcsServiceServiceConnectConfigurationServiceClientAlias(
            dns_name=host(called, here.instance.name, here.namespace), port=port
        ),
        timeout=EcsServiceServiceConnectConfigurationServiceTimeout(
            idle_timeout_seconds=connect.idle_timeout,
            per_request_timeout_seconds=None if spoken(settings) == "tcp" else requests,
        ),
    )


def in_order(services: Mapping[str, Service]) -> Iterator[str]:
    """Each after those that it calls through its proxy, which are there when its tasks start: they see no others (ECS
    developer guide, "Service Connect components"). A check refuses circles."""
    done: dict[str, None] = {}

    def visit(name: str) -> None:
        for other in called_so(name, services):
            if other not in done:
                visit(other)
        done.setdefault(name)

    for name in services:
        visit(name)
    return iter(done)
