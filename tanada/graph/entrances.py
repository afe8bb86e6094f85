"""Where one comes in: CloudFront, API Gateway and load balancers, with the hosts that they answer for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from tanada.graph import names
from tanada.graph.emitted import Emitted, Resource, blocks, listed
from tanada.graph.model import Node
from tanada.graph.places import ACCOUNT, PUBLIC, Places

TYPES = ("aws_lb", "aws_cloudfront_distribution", "aws_apigatewayv2_api")
_AUTHORIZER = "aws_apigatewayv2_authorizer"
_MOST_HOSTS = 3


class Entrances:
    """Those that lead to what a stack runs; load balancers are common's, mostly."""

    def __init__(self, emitted: Emitted, places: Places, by_part: Mapping[str, Sequence[Resource]]) -> None:
        self._emitted, self._places, self._by_part = emitted, places, by_part

    @cached_property
    def balancers(self) -> dict[str, Resource]:
        """Those that lead to this stack, by address; made here, in common, or there already."""
        used: set[str] = set()
        for each in self._emitted.of("aws_lb_listener", "aws_lb_listener_rule", where="own"):
            used |= set(self._balancers_of(each))
        for each in self._emitted.of("aws_cloudfront_distribution", where="own"):
            used |= set(self._emitted.addresses("own", each.body.get("origin")))
        for each in self._emitted.of("aws_apigatewayv2_integration", where="own"):
            used |= set(self.leads_to(each))
        for each in self._emitted.of("aws_lb", where="own"):
            used.add(each.address)
        return {
            address: each
            for address, each in self._emitted.resources.items()
            if each.type == "aws_lb" and address in used
        }

    def _balancers_of(self, rule: Resource) -> Iterator[str]:
        """The load balancers of a listener, or of the listener that a rule stands in."""
        for address in self._emitted.addresses(
            rule.where, [rule.body.get("load_balancer_arn"), rule.body.get("listener_arn")]
        ):
            found = self._emitted.resources.get(address)
            if found is None:
                continue
            if found.type == "aws_lb":
                yield address
            elif found.type == "aws_lb_listener":
                yield from self._of_listener(found)

    def _of_listener(self, listener: Resource) -> Iterator[str]:
        arn = listener.body.get("load_balancer_arn")
        yield from (each for each in self._emitted.addresses(listener.where, arn) if _type(each) == "aws_lb")
        if listener.data:  # one that exists is named by its ARN
            for each in self._emitted.resources.values():
                if each.data and each.type == "aws_lb" and each.body.get("arn") == arn:
                    yield each.address

    def leads_to(self, integration: Resource) -> Iterator[str]:
        """The load balancers that an API of API Gateway comes to."""
        for address in self._emitted.addresses(integration.where, integration.body.get("integration_uri")):
            listener = self._emitted.resources.get(address)
            if listener is not None and listener.type == "aws_lb_listener":
                yield from self._of_listener(listener)

    @cached_property
    def rules(self) -> list[tuple[str, Resource]]:
        """Each of the stack's listener rules and listeners that forward, with its load balancer."""
        return [
            (balancer, each)
            for each in self._emitted.of("aws_lb_listener", "aws_lb_listener_rule", where="own")
            for balancer in self._balancers_of(each)
        ]

    @cached_property
    def open(self) -> frozenset[str]:
        """Those that the internet reaches."""
        distributions = {
            each.address for each in self._emitted.of("aws_cloudfront_distribution", "aws_apigatewayv2_api")
        }
        return frozenset(distributions | {address for address, each in self.balancers.items() if is_open(each)})

    def nodes(self) -> Iterator[Node]:
        """Distributions and APIs first, then load balancers."""
        walls = walled(self._emitted)
        for each in self._emitted.of("aws_cloudfront_distribution", where="own"):
            aliases = tuple(self._emitted.plain(str(alias)) for alias in listed(each.body.get("aliases")))
            badges = ("WAF",) if each.body.get("web_acl_id") else ()
            name = (each.part or each.name).rpartition("/")[2]
            resources = len(self._by_part.get(each.part or "", ()))
            yield Node(each.address, name, "entry", "CloudFront", ACCOUNT, _few(aliases), badges, resources)
        for each in self._emitted.of("aws_apigatewayv2_api", where="own"):
            yield self._api(each)
        several = len(self.balancers) > 1
        for address, each in self.balancers.items():
            name = balancer_name(each) if several else "Load balancer"
            extra = (names.EXISTING,) if each.data else ()
            badges = (*(("WAF",) if address in walls else ()), *self._badges(address))
            place = self._places.of_values([(each.where, each.body.get("subnets"))])
            yield Node(
                address,
                name,
                "entry",
                balancer_kind(each),
                place or PUBLIC,
                (*_few(self._hosts(address)), *extra),
                badges,
            )

    def _api(self, api: Resource) -> Node:
        beside = self._by_part.get(api.part or "", [])
        hosts = [str(each.body.get("domain_name")) for each in beside if each.type == "aws_apigatewayv2_domain_name"]
        badges = tuple({str(each.body.get("authorizer_type")): None for each in beside if each.type == _AUTHORIZER})
        name = (api.part or api.name).rpartition("/")[2]
        details = _few(tuple(map(self._emitted.plain, hosts)))
        return Node(api.address, name, "entry", "API Gateway", ACCOUNT, details, badges, len(beside))

    def _hosts(self, balancer: str) -> tuple[str, ...]:
        """The names by which a load balancer leads to this stack."""
        hosts = [
            self._emitted.plain(str(host))
            for leads, rule in self.rules
            if leads == balancer and self.groups_of(rule)
            for condition in blocks(rule.body.get("condition"))
            for header in blocks(condition.get("host_header"))
            for host in listed(header.get("values"))
        ]
        return tuple(dict.fromkeys(hosts))

    def _badges(self, balancer: str) -> Iterator[str]:
        actions = [
            action
            for leads, rule in self.rules
            if leads == balancer
            for action in blocks(rule.body.get("action")) + blocks(rule.body.get("default_action"))
        ]
        if any("authenticate_cognito" in action or "authenticate_oidc" in action for action in actions):
            yield "Cognito sign-in"
        conditions = [
            condition
            for leads, rule in self.rules
            if leads == balancer
            for condition in blocks(rule.body.get("condition"))
        ]
        if any("source_ip" in condition for condition in conditions):
            yield "allow-list"
        for each in self._emitted.of("aws_lb_listener"):
            mutual = each.body.get("mutual_authentication")
            if balancer in self._balancers_of(each) and isinstance(mutual, dict) and mutual.get("mode") != "off":
                yield "mutual TLS"
                return

    def groups_of(self, rule: Resource) -> tuple[str, ...]:
        """The target groups that a listener or rule forwards to."""
        actions = blocks(rule.body.get("action")) + blocks(rule.body.get("default_action"))
        found = (
            address
            for action in actions
            for address in self._emitted.addresses(rule.where, [action.get("target_group_arn"), action.get("forward")])
        )
        return tuple(each for each in found if _type(each) == "aws_lb_target_group")


def balancer_name(balancer: Resource) -> str:
    """As it is declared; some have numbers."""
    called = balancer.path[0].removeprefix("load_balancer_") if balancer.part is None else balancer.path[1]
    return f"Load balancer {called}" if called.isdecimal() else called


def balancer_kind(balancer: Resource) -> str:
    """`public ALB`, `internal ALB`, `public NLB`; of one that exists only that it is one."""
    if balancer.data:
        return "ALB"
    kind = "NLB" if balancer.body.get("load_balancer_type") == "network" else "ALB"
    return f"{'public' if is_open(balancer) else 'internal'} {kind}"


def is_open(balancer: Resource) -> bool:
    """Whether the internet reaches it; one that exists is taken for one that it does."""
    return balancer.data or balancer.body.get("internal") is False


def walled(emitted: Emitted) -> set[str]:
    """What a web ACL stands before."""
    return {
        address
        for each in emitted.of("aws_wafv2_web_acl_association")
        for address in emitted.addresses(each.where, each.body.get("resource_arn"))
    }


def _type(address: str) -> str:
    return address.partition(":")[2].removeprefix("data.").partition(".")[0]


def _few(hosts: tuple[str, ...]) -> tuple[str, ...]:
    more = len(hosts) - _MOST_HOSTS
    return hosts if more <= 0 else (*hosts[: _MOST_HOSTS - 1], f"and {more + 1} more hosts")
