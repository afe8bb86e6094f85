"""The nodes of a common stack: what all environments of an account share."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.graph import names
from tanada.graph.emitted import Emitted, Resource
from tanada.graph.entrances import balancer_kind, balancer_name, is_open, walled
from tanada.graph.internet import INTERNET, OUT, internet, way_out
from tanada.graph.model import Edge, Node
from tanada.graph.places import ACCOUNT, PRIVATE, PUBLIC, Places


def nodes(emitted: Emitted, places: Places) -> Iterator[Node]:
    """Entrances, what is shared, and the way out; of what there are many (registries, zones) one with all names."""
    out = way_out(emitted, private=True)
    balancers = _balancers(emitted)
    if out is not None or any(map(is_open, balancers)):
        yield internet()
    walls = walled(emitted)
    for each in balancers:
        place = places.of_values([(each.where, each.body.get("subnets"))]) or PUBLIC
        details = (names.EXISTING,) if each.data else ()
        badges = ("WAF",) if each.address in walls else ()
        name = balancer_name(each) if len(balancers) > 1 else "Load balancer"
        yield Node(each.address, name, "entry", balancer_kind(each), place, details, badges)
    for each in emitted.of("aws_ecs_cluster"):
        yield Node(each.address, str(each.body.get("name", each.name)), "shared", "ECS cluster", ACCOUNT)
    for type_ in _MANY:
        yield from _together(emitted, type_)
    endpoints = sorted(
        str(each.body.get("service_name", "")).split(".amazonaws.")[-1].partition(".")[2]
        for each in emitted.of("aws_vpc_endpoint")
    )
    if endpoints:
        yield Node(ENDPOINTS, "VPC endpoints", "way_out", ", ".join(endpoints), PRIVATE, (), (), len(endpoints))
    if out is not None:
        yield out


def edges(emitted: Emitted) -> Iterator[Edge]:
    """People to what is open to them, and out."""
    for each in _balancers(emitted):
        if is_open(each):
            yield Edge(INTERNET, each.address)
    yield Edge(OUT, INTERNET, "leaves")


def _balancers(emitted: Emitted) -> list[Resource]:
    return [each for each in emitted.resources.values() if each.type == "aws_lb"]


def _together(emitted: Emitted, type_: str) -> Iterator[Node]:
    """One as it is, several as one with their names."""
    one, several, field = _MANY[type_]
    found = tuple(emitted.plain(str(each.body.get(field, each.name))) for each in emitted.of(type_))
    if len(found) == 1:
        yield Node(type_, found[0], "shared", one, ACCOUNT)
    elif found:
        more = len(found) - _NAMED
        details = found if more <= 0 else (*found[: _NAMED - 1], f"and {more + 1} more")
        yield Node(type_, several, "shared", f"{len(found)} in all", ACCOUNT, details, (), len(found), found)


ENDPOINTS = "endpoints"
_NAMED = 4
_MANY = {
    "aws_ecr_repository": ("ECR repository", "ECR repositories", "name"),
    "aws_route53_zone": ("Route 53 hosted zone", "Route 53 hosted zones", "name"),
    "aws_cognito_user_pool": ("Cognito user pool", "Cognito user pools", "name"),
    "aws_sesv2_email_identity": ("SES identity", "SES identities", "email_identity"),
    "aws_s3_bucket": ("S3 bucket", "S3 buckets", "bucket"),
    "aws_sns_topic": ("SNS topic", "SNS topics", "name"),
}
"""What one is called, and several, and where its name stands."""
