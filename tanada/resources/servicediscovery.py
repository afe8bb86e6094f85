"""Cloud Map."""

from __future__ import annotations

from tanada.resources.cost import Free, always
from tanada.resources.entry import Resource, arn, read, replaceable
from tanada.resources.refusal import in_use, taken
from tanada.resources.request import made_by
from tanada.resources.seed import Seed

_FREE = Free("what ECS registers in Cloud Map is free; the namespace's hosted zone is priced")

_HOSTED_ZONE = always("hosted zone month")  # Cloud Map makes one for the namespace


def _namespace(seed: Seed) -> str:
    config = seed.values.get("dns_config")
    return str(config[0].get("namespace_id") or "") if isinstance(config, list) and config else ""


RESOURCES = (
    Resource(
        type="aws_service_discovery_private_dns_namespace",
        lost="namespace",
        kept=True,  # every service of the account has its name in it
        replaces=read("servicediscovery/private_dns_namespace.go", "00a35305", "name vpc"),
        cost=_HOSTED_ZONE,
        computed={"id": "ns-{lower13}", "arn": arn("servicediscovery", "namespace/{id}"), "hosted_zone": "Z{upper17}"},
        refusals=(
            in_use(
                "ResourceInUse",
                "Namespace has associated services and cannot be deleted.",
                "Cloud Map API reference, DeleteNamespace: ResourceInUse while it has services; the sentence is ours",
                "aws_service_discovery_service dns_config.namespace_id",
                "aws_service_discovery_service namespace_id",
            ),
            taken(
                "aws_service_discovery_private_dns_namespace",
                "name vpc",
                "ConflictingDomainExists",
                "The VPC that you chose, {vpc}, is already associated with another private hosted zone that has an "
                "overlapping name space, {name}.",
                "Route 53 API reference, ConflictingDomainExists, as the operation that Cloud Map starts ends in it; "
                "infrablocks/terraform-aws-base-networking#4",
            ),
        ),
        fills={},
        request=made_by(
            "servicediscovery",
            "CreatePrivateDnsNamespace",
            "AWS::ServiceDiscovery::PrivateDnsNamespace",
        ),
        reads=(
            "servicediscovery:GetNamespace",
            "servicediscovery:GetOperation",
            "servicediscovery:ListTagsForResource",
        ),
        changes=(
            "ec2:DescribeRegions",
            "route53:AssociateVPCWithHostedZone",
            "route53:CreateHostedZone",
            "route53:DeleteHostedZone",
            "route53:ListHostedZonesByName",
            "servicediscovery:CreatePrivateDnsNamespace",
            "servicediscovery:DeleteNamespace",
            "servicediscovery:TagResource",
            "servicediscovery:UntagResource",
            "servicediscovery:UpdatePrivateDnsNamespace",
        ),
    ),
    replaceable(
        "aws_service_discovery_service",
        read(
            "servicediscovery/service.go",
            "034cebb6",
            "dns_config.dns_records.type dns_config.namespace_id dns_config.routing_policy "
            "health_check_config.type health_check_custom_config name namespace_id type",
        ),
        _FREE,
        defaults={"dns_config.routing_policy": "MULTIVALUE", "force_destroy": False},
        computed={
            "id": "srv-{lower13}",
            "arn": arn("servicediscovery", "service/{id}"),
            "type": "DNS_HTTP",
            "namespace_id": _namespace,
        },
        refusals=(
            in_use(
                "ResourceInUse",
                "Service contains registered instances; delete the instances before deleting the service",
                "Cloud Map API reference, DeleteService; hashicorp/terraform-provider-aws#44285",
                "aws_ecs_service service_registries.registry_arn",
                mine="arn",
                unless="force_destroy",
            ),
            taken(
                "aws_service_discovery_service",
                "name namespace_id dns_config",
                "ServiceAlreadyExists",
                "A service with the same name already exists: {name}",
                "Cloud Map API reference, CreateService: ServiceAlreadyExists; the sentence is ours",
            ),
        ),
        fills={},
        request=made_by("servicediscovery", "CreateService", "AWS::ServiceDiscovery::Service"),
        reads=(
            "servicediscovery:GetOperation",
            "servicediscovery:GetService",
            "servicediscovery:ListTagsForResource",
        ),
        changes=(
            "servicediscovery:CreateService",
            "servicediscovery:DeleteService",
            "servicediscovery:DeregisterInstance",
            "servicediscovery:ListInstances",
            "servicediscovery:TagResource",
            "servicediscovery:UntagResource",
            "servicediscovery:UpdateService",
        ),
    ),
)
