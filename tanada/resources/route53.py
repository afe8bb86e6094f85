"""Route 53: hosted zones, records, health checks."""

from __future__ import annotations

from decimal import Decimal

from tanada.resources.cost import Free, Planned, Priced, Units, always
from tanada.resources.entry import Resource, read, replaceable
from tanada.resources.refusal import Call, Refusal, World, in_use, taken
from tanada.resources.request import made_by
from tanada.resources.seed import Seed


def name_servers(seed: Seed) -> list[str]:
    """Four of AWS's, one a top-level domain."""
    first = int(seed.token[:8], 16)
    domains = ("com", "net", "org", "co.uk")
    return sorted(f"ns-{(first + step * 512) % 2048}.awsdns-{first % 64:02}.{end}" for step, end in enumerate(domains))


def _record_id(seed: Seed) -> str:
    parts = [seed.text("zone_id"), _record_name(seed), seed.text("type"), seed.text("set_identifier")]
    return "_".join(part for part in parts if part)


def _record_name(seed: Seed) -> str:
    return seed.text("name").removesuffix(".").lower()


def _asked(check: Planned) -> Units | None:
    """Each optional feature is paid; of what stands in AWS an account's first fifty are free themselves."""
    searched = check.text("type") == "HTTPS_STR_MATCH"
    features = [True, searched, check.number("request_interval") == 10, check.values.get("measure_latency") is True]
    return (
        [("health check option month", Decimal(sum(features)))] if str(check.text("type")).startswith("HTTPS") else None
    )


def _searches_nothing(call: Call, _world: World) -> bool:
    of = call.after or {}
    return str(of.get("type", "")).endswith("_STR_MATCH") != bool(of.get("search_string"))


_CHECK = "HealthCheckConfig"

RESOURCES = (
    replaceable(
        "aws_route53_health_check",
        read(
            "route53/health_check.go",
            "01606926",
            "measure_latency reference_name request_interval routing_control_arn type",
        ),
        Priced(_asked),
        defaults={"disabled": False, "measure_latency": False},
        computed={"id": "{uuid}", "arn": "arn:{partition}:route53:::healthcheck/{id}"},
        refusals=(
            Refusal(
                code="InvalidInput",
                sentence="SearchString is of the types HTTP_STR_MATCH and HTTPS_STR_MATCH, which need one",
                source="Route 53 API reference, HealthCheckConfig, SearchString; the sentence is ours",
                holds=_searches_nothing,
            ),
        ),
        fills={},
        request=made_by(
            "route53",
            "CreateHealthCheck",
            "AWS::Route53::HealthCheck",
            adds="CallerReference",
            enable_sni=f"{_CHECK}.EnableSNI",
            failure_threshold=f"{_CHECK}.FailureThreshold",
            fqdn=f"{_CHECK}.FullyQualifiedDomainName",
            port=f"{_CHECK}.Port",
            regions=f"{_CHECK}.Regions",
            request_interval=f"{_CHECK}.RequestInterval",
            resource_path=f"{_CHECK}.ResourcePath",
            search_string=f"{_CHECK}.SearchString",
            type=f"{_CHECK}.Type",
        ),
        reads=("route53:GetHealthCheck", "route53:ListTagsForResource"),
        changes=(
            "route53:ChangeTagsForResource",
            "route53:CreateHealthCheck",
            "route53:DeleteHealthCheck",
            "route53:UpdateHealthCheck",
        ),
    ),
    Resource(
        type="aws_route53_record",
        lost=None,
        kept=False,
        replaces=read("route53/record.go", "00655c16", "name zone_id"),
        cost=Free("records are free; the hosted zone is priced, queries are paid by use"),
        fills={},  # resourceRecordRead sets policies, identifiers and health checks where a record has them alone
        computed={"id": _record_id, "fqdn": _record_name},
        refusals=(
            taken(
                "aws_route53_record",
                "zone_id name type set_identifier",
                "InvalidChangeBatch",
                "Tried to create resource record set [name='{name}', type='{type}'] but it already exists",
                "hashicorp/terraform-provider-aws#15786",
                everywhere=True,
                unless="allow_overwrite",
            ),
        ),
        request=made_by(
            "route53",
            "ChangeResourceRecordSets",
            "AWS::Route53::RecordSet",
            adds="Action",
            name="ChangeBatch.Changes.ResourceRecordSet.Name",
            type="ChangeBatch.Changes.ResourceRecordSet.Type",
            ttl="ChangeBatch.Changes.ResourceRecordSet.TTL",
            records="ChangeBatch.Changes.ResourceRecordSet.ResourceRecords.Value",
            alias="ChangeBatch.Changes.ResourceRecordSet.AliasTarget",
            alias__name="ChangeBatch.Changes.ResourceRecordSet.AliasTarget.DNSName",
            alias__zone_id="ChangeBatch.Changes.ResourceRecordSet.AliasTarget.HostedZoneId",
            zone_id="HostedZoneId",
        ),
        reads=(
            "route53:GetChange",
            "route53:GetHostedZone",
            "route53:ListResourceRecordSets",
        ),
        changes=("route53:ChangeResourceRecordSets",),
    ),
    Resource(
        type="aws_route53_zone",
        lost="hosted zone",
        kept=True,  # another one has other name servers
        replaces=read("route53/zone.go", "036631a1", "delegation_set_id name"),
        cost=always("hosted zone month"),
        defaults={"comment": "Managed by Terraform", "force_destroy": False},
        computed={
            "zone_id": "Z{upper17}",
            "id": "{zone_id}",
            "arn": "arn:{partition}:route53:::hostedzone/{zone_id}",
            "name_servers": name_servers,
            "primary_name_server": lambda seed: name_servers(seed)[0],
        },
        refusals=(
            in_use(
                "HostedZoneNotEmpty",
                "The specified hosted zone contains non-required resource record sets and so cannot be deleted.",
                "Route 53 API reference, DeleteHostedZone; hashicorp/terraform-provider-aws#3402",
                "aws_route53_record zone_id",
                mine="zone_id",
                unless="force_destroy",
            ),
        ),
        fills={},
        request=made_by(
            "route53",
            "CreateHostedZone",
            "AWS::Route53::HostedZone",
            adds="CallerReference",
            comment="HostedZoneConfig.Comment",
        ),
        reads=(
            "route53:GetChange",
            "route53:GetDNSSEC",
            "route53:GetHostedZone",
            "route53:ListResourceRecordSets",
            "route53:ListTagsForResource",
        ),
        changes=(
            "route53:AssociateVPCWithHostedZone",
            "route53:ChangeTagsForResource",
            "route53:CreateHostedZone",
            "route53:DeleteHostedZone",
            "route53:DisassociateVPCFromHostedZone",
            "route53:UpdateHostedZoneComment",
        ),
    ),
)
