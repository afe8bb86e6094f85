"""Private names: how services of one environment find each other (Cloud Map)."""

from __future__ import annotations

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.service_discovery_private_dns_namespace import ServiceDiscoveryPrivateDnsNamespace
from cdktf_cdktf_provider_aws.service_discovery_service import (
    ServiceDiscoveryService,
    ServiceDiscoveryServiceDnsConfig,
    ServiceDiscoveryServiceDnsConfigDnsRecords,
    ServiceDiscoveryServiceHealthCheckCustomConfig,
)
from constructs import Construct


class Namespace(Construct):
    """One private domain for all environments of an account (AWS allows 50 namespaces)."""

    def __init__(self, scope: Construct, id: str, *, domain: str, vpc_id: str, keep: bool) -> None:
        super().__init__(scope, id)
        namespace = ServiceDiscoveryPrivateDnsNamespace(
            self,
            "namespace",
            name=domain,
            vpc=vpc_id,
            description="Private names of services",
            tags={"Name": domain},
            # Every service of the account has its name in it.
            lifecycle=TerraformResourceLifecycle(prevent_destroy=keep),
        )
        self.namespace_id = namespace.id


class PrivateName(Construct):
    """`backend.test` below the namespace, answered with the addresses of the tasks that run."""

    def __init__(self, scope: Construct, id: str, *, name: str, namespace_id: str) -> None:
        super().__init__(scope, id)
        service = ServiceDiscoveryService(
            self,
            "private_name",
            name=name,
            dns_config=ServiceDiscoveryServiceDnsConfig(
                namespace_id=namespace_id,
                routing_policy="MULTIVALUE",
                # Short: during a deployment a name must not lead to tasks that are gone.
                dns_records=[ServiceDiscoveryServiceDnsConfigDnsRecords(type="A", ttl=10)],
            ),
            # ECS says which tasks are well (ECS guide, "Service discovery"); 1 is the only threshold AWS knows now.
            health_check_custom_config=ServiceDiscoveryServiceHealthCheckCustomConfig(failure_threshold=1),
            # Tasks that ECS is still taking out must not stop a destroy.
            force_destroy=True,
            tags={"Name": name},
            # Taken away, it goes after its service has let go of it; what replaces it is its name or namespace.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self.arn = service.arn


def namespace_domain(system: str) -> str:
    """The private domain of a system; `.internal` is reserved for private use (ICANN, 2024)."""
    return f"{system}.internal"


def host(service: str, environment: str, namespace: str) -> str:
    """The private host name of a service."""
    return f"{service}.{environment}.{namespace}"
