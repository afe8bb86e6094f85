"""Forms of names and texts that stand in AWS's documentation alone: no model has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.requests.building import Leaf, Unknown, settled


@dataclass(frozen=True)
class Form:
    pattern: str
    most: int
    source: str
    least: int = 1


_GROUP = Form(r"(?!sg-)[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]*", 255, "EC2 API reference, CreateSecurityGroup")
_BALANCER = Form(r"(?!internal-)(?!-)[a-zA-Z0-9-]*[a-zA-Z0-9]", 32, "ELB API reference, CreateLoadBalancer")
_TARGETS = Form(r"(?!-)[a-zA-Z0-9-]*[a-zA-Z0-9]", 32, "ELB API reference, CreateTargetGroup")
_ECS = Form(r"[a-zA-Z0-9_-]+", 255, "ECS API reference, CreateService, RegisterTaskDefinition, CreateCluster")
_DOMAIN = Form(r"(\*\.)?([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}", 253, "RFC 1035, 2.3.4")
FORMS = {
    ("aws_security_group", "name"): _GROUP,
    ("aws_security_group", "description"): _GROUP,
    ("aws_vpc_security_group_ingress_rule", "description"): _GROUP,
    ("aws_vpc_security_group_egress_rule", "description"): _GROUP,
    ("aws_lb", "name"): _BALANCER,
    ("aws_lb_target_group", "name"): _TARGETS,
    ("aws_ecs_service", "name"): _ECS,
    ("aws_ecs_cluster", "name"): _ECS,
    ("aws_ecs_task_definition", "family"): _ECS,
    ("aws_ecs_service", "load_balancer.container_name"): _ECS,
    ("aws_dynamodb_table", "name"): Form(r"[a-zA-Z0-9_.-]+", 255, "DynamoDB developer guide, Naming rules", least=3),
    ("aws_s3_bucket", "bucket"): Form(
        r"[a-z0-9][a-z0-9.-]*[a-z0-9]", 63, "S3 user guide, General purpose bucket naming rules", least=3
    ),
    ("aws_acm_certificate", "domain_name"): Form(_DOMAIN.pattern, 64, "ACM API reference, RequestCertificate"),
    ("aws_acm_certificate", "subject_alternative_names"): _DOMAIN,
    ("aws_lb_listener_rule", "condition.host_header.values"): Form(
        r"[a-z0-9.-]+\.[a-z]+", 128, "ELB API reference, HostHeaderConditionConfig"
    ),
    ("aws_lb_listener_rule", "condition.path_pattern.values"): Form(
        r"/[A-Za-z0-9_.$/~@:+&*?-]*", 128, "ELB API reference, PathPatternConditionConfig"
    ),
    ("aws_route53_record", "name"): _DOMAIN,
    ("aws_route53_zone", "name"): _DOMAIN,
    ("aws_service_discovery_private_dns_namespace", "name"): _DOMAIN,
    ("aws_service_discovery_service", "name"): Form(_DOMAIN.pattern, 127, "Cloud Map API reference, CreateService"),
}
_TAG = Form(r"[\w .:/=+@-]*", 256, "Tagging AWS resources, Tag naming limits")


def faults(type_: str, leaf: Leaf) -> Iterator[str]:
    """What AWS's documentation says against an emitted value."""
    form = _TAG if leaf.name == "tags" else FORMS.get((type_, leaf.name))
    if form is None:
        return
    value = settled(leaf.value)
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    for each in values:
        if isinstance(each, Unknown):
            continue
        if not form.least <= len(each) <= form.most:
            bounds = f"{form.least} to {form.most} ({form.source})"
            yield f"{leaf.name}: {each!r} has {len(each)} characters, and not {bounds}"
        if not re.fullmatch(form.pattern, each):
            yield f"{leaf.name}: {each!r} is not of the form {form.pattern} ({form.source})"
