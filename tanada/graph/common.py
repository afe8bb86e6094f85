"""The nodes of a common stack: what all environments of an account share."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.graph import names
from tanada.graph.emitted import Emitted, Resource
from tanada.graph.model import Edge, Node
from tanada.graph.parts import INTERNET, OUT, balancer_kind, balancer_name, internet
from tanada.graph.places import ACCOUNT, PRIVATE, PUBLIC, Places
from tanada.text import count


def nodes(emitted: Emitted, places: Places) -> Iterator[Node]:
    """Entrances, what is shared, and the way out; of what there are many (registries, zones) one with all names."""
    account = places.id(ACCOUNT)
    out = list(_ways_out(emitted, places))
    if out or any(_open(each) for each in _balancers(emitted)):
        yield internet()
    walls = {
        address
        for each in emitted.of("aws_wafv2_web_acl_association")
        for address in emitted.addresses(each.where, each.body.get("resource_arn"))
    }
    balancers = _balancers(emitted)
    for each in balancers:
        place = places.of_values([(each.where, each.body.get("subnets"))]) or places.id(PUBLIC)
        called = each.path[0].removeprefix("load_balancer_")
        details = (names.EXISTING,) if each.data else ()
        badges = ("WAF",) if each.address in walls else ()
        name = balancer_name(called) if len(balancers) > 1 else "Load balancer"
        yield Node(each.address, name, "entry", balancer_kind(each), place, details, badges)
    for each in emitted.of("aws_ecs_cluster"):
        yield Node(each.address, str(each.body.get("name", each.name)), "shared", "ECS cluster", account)
    yield from _many(emitted, "aws_ecr_repository", "ECR repositories", "repository", "name", account)
    yield from _many(emitted, "aws_route53_zone", "Route 53 hosted zones", "hosted zone", "name", account)
    yield from _many(emitted, "aws_cognito_user_pool", "Cognito user pools", "user pool", "name", account)
    yield from _many(emitted, "aws_sesv2_email_identity", "SES identities", "identity", "email_identity", account)
    yield from _many(emitted, "aws_s3_bucket", "S3 buckets", "bucket", "bucket", account)
    yield from _many(emitted, "aws_sns_topic", "SNS topics", "topic", "name", account)
    endpoints = sorted(
        str(each.body.get("service_name", "")).split(".amazonaws.")[-1].partition(".")[2]
        for each in emitted.of("aws_vpc_endpoint")
    )
    if endpoints:
        yield Node(
            ENDPOINTS, "VPC endpoints", "way_out", ", ".join(endpoints), places.id(PRIVATE), (), (), len(endpoints)
        )
    yield from out


def _ways_out(emitted: Emitted, places: Places) -> Iterator[Node]:
    nats = list(emitted.of("aws_nat_gateway"))
    if nats:
        addresses = count(len(list(emitted.of("aws_eip"))), "fixed address")
        name = "NAT gateway" if len(nats) == 1 else "NAT gateways"
        yield Node(OUT, name, "way_out", "the way out", places.id(PUBLIC), (addresses,))
    elif list(emitted.of("aws_internet_gateway")):
        yield Node(OUT, "Internet gateway", "way_out", "the way out", places.id(PUBLIC))


def edges(emitted: Emitted) -> Iterator[Edge]:
    """People to what is open to them, and out."""
    for each in _balancers(emitted):
        if _open(each):
            yield Edge(INTERNET, each.address)
    yield Edge(OUT, INTERNET, "leaves")


def _balancers(emitted: Emitted) -> list[Resource]:
    return [each for each in emitted.resources.values() if each.type == "aws_lb"]


def _open(balancer: Resource) -> bool:
    return balancer.data or balancer.body.get("internal") is False


def _many(emitted: Emitted, type_: str, several: str, one: str, field: str, place: str) -> Iterator[Node]:
    found = [str(each.body.get(field, each.name)) for each in emitted.of(type_)]
    if len(found) == 1:
        yield Node(type_, emitted.plain(found[0]), "shared", _ONE.get(type_, one), place)
    elif found:
        members = tuple(emitted.plain(each) for each in found)
        details = (
            members if len(members) <= _NAMED else (*members[: _NAMED - 1], f"and {len(members) - _NAMED + 1} more")
        )
        yield Node(type_, several, "shared", f"{len(found)} in all", place, details, (), len(found), members)


ENDPOINTS = "endpoints"
_NAMED = 4
_ONE = {
    "aws_cognito_user_pool": "Cognito user pool",
    "aws_ecr_repository": "ECR repository",
    "aws_route53_zone": "Route 53 hosted zone",
    "aws_s3_bucket": "S3 bucket",
    "aws_sesv2_email_identity": "SES identity",
    "aws_sns_topic": "SNS topic",
}
