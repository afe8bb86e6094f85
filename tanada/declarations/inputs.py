"""The input of each stack: all that its function is given, as plain data, so that its bytes are the stack's key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from pydantic_core import from_json

from tanada.declarations import registries
from tanada.declarations.ci_roles import Asks, CiRoles, asks_of, roles_of
from tanada.declarations.domains import (
    certificate_of,
    full_name,
    labels_below,
    needed_certificates,
    shown_by_edge,
    zone_of,
)
from tanada.declarations.inventory import Stack, ci_accounts, common_stack, inventory
from tanada.declarations.publishing import Publishes, Way, ways_of
from tanada.declarations.users import User
from tanada.declared import sites
from tanada.declared.blueprint import Blueprint, Environment, Review, data_of, restored
from tanada.declared.common import CommonLayer
from tanada.declared.hosted_zone import ZoneRoles
from tanada.declared.hosts import DOMAIN, behind_api_gateway, behind_cloudfront, hosts_of, led_by
from tanada.declared.image import Repository
from tanada.declared.imports import Imports
from tanada.declared.load_balancer import called, wears
from tanada.declared.mail import MAIL, Mail
from tanada.declared.model import Model
from tanada.declared.restored import serving
from tanada.declared.route53_health_check import ALARMS
from tanada.declared.rule_numbers import first_number
from tanada.declared.rules import led_by_statics, rules_of
from tanada.declared.sign_in import Kind
from tanada.declared.system import System
from tanada.declared.tags import Tags
from tanada.declared.waf import Waf


class CommonInput(Model):
    """All that a common stack is made of."""

    system: str
    stack: Stack
    layer: CommonLayer
    certificates: dict[str, str]
    """Domain → the zone that it is in."""
    edge_certificates: tuple[str, ...] = ()
    """Of these domains, those that CloudFront needs one for, too."""
    edge_alone: tuple[str, ...] = ()
    """Of these, those that no load balancer needs one for, as one that is there already covers their names."""
    roles: CiRoles | None
    """None where there is no CI, or where another entry of the same AWS account makes them."""
    tags: Tags
    """Those of a team's own."""
    elsewhere: dict[str, Repository]
    """Its images that lie in another account's registry."""
    pulled_by: dict[str, tuple[str, ...]]
    """By image, the numbers of the other AWS accounts that pull it from here."""
    floors: tuple[str, ...] = ()
    """The load balancers on which an environment has numbers for its rules."""
    ci: bool = False
    """Whether CI applies in its AWS account, so that roles have a boundary there; said where it makes any."""
    outside: bool = False
    """Whether an environment has alarms in us-east-1, of what is asked from outside."""
    entered: bool = False
    """Whether an environment has load balancers of its own."""
    origins: tuple[str, ...] = ()
    """The load balancers that CloudFront comes to from inside the VPC."""
    firewall: bool = False
    """Whether the layer's own web ACL stands before CloudFront somewhere."""
    behind_api_gateway: bool = False
    """Whether an environment has services behind API Gateway."""


class Balancer(Model):
    """What an environment must know of a load balancer that its services stand behind."""

    called: str
    """What the common layer calls it."""
    internal: bool = False
    wears: str
    """The word for its security group (`load_balancer.wears`)."""


class EnvironmentInput(Model):
    """All that a permanent environment, or the stack of review environments, is made of."""

    system: str
    stack: Stack
    common: Stack
    """The common stack of its account."""
    domain: str
    """Empty where it has none."""
    zone: str | None
    """The hosted zone that its domain is in."""
    zones: dict[str, str]
    """Host → the zone that it is in, of those beside the domain; of one that lies in none nobody here makes records."""
    zone_roles: dict[str, ZoneRoles]
    """Zone → the roles of the other account that has it: of all that the layer declares, so that stacks of an account
    have the same providers, and records that move have theirs until they are gone."""
    load_balancers: dict[str, Balancer]
    """By the names that its services have for them."""
    first_priority: int | None
    """Where the numbers of its rules begin; None where each takes the next free one."""
    nat: bool
    """Whether tasks stand in private subnets; else they have public addresses."""
    private_subnets: int
    """How many subnets there are for stores, one a zone."""
    public_subnets: int = 0
    """How many there are for load balancers of its own; none where it has none."""
    records_exec: bool
    """Whether sessions inside containers go to a log of ours, as those of the cluster that is made do."""
    cluster: str
    """What the cluster is called that its tasks run in."""
    keep: bool
    """Whether its stores refuse to be destroyed."""
    alarm_topic: str | None
    """The ARN of the topic that its alarms go to."""
    alarm_topic_us_east_1: str | None = None
    """The ARN of that to which its alarms go that stand in us-east-1."""
    ci: bool
    """Whether CI applies in its AWS account, so that roles have a boundary there."""
    taken: tuple[str, ...] = ()
    """Of review: labels below its domain that are permanent environments' or hosted zones'; no workspace's name."""
    tags: Tags
    """Those of a team's own."""
    sign_in: Kind | None = None
    """By whom people sign in to it; None where nobody does."""
    imports: Imports
    """What it goes on with that was made by hand."""
    edge_certificates: dict[str, str]
    """By site, and by service behind CloudFront, the domain of its certificate."""
    certificates: dict[str, str]
    """By service behind API Gateway, the domain of its certificate, or the ARN of one that is there already."""
    firewall: bool = False
    """Whether the account's web ACL stands before CloudFront where its services are behind it."""
    waf: Waf | None = None
    """The account's rules, where a web ACL of its own refuses addresses before CloudFront."""
    mail: Mail | None = None
    """What it sends mail from; None where nobody in it does."""
    sources: dict[str, str]
    """By store that begins as a copy of another environment's, what that one is called in AWS."""
    publishers: dict[str, tuple[str, ...]]
    """By site, the ARNs of the roles of tasks that write to it."""
    publishes: tuple[Publishes, ...]
    """What of it writes to sites, of other environments too."""
    blueprint: Blueprint


Input = CommonInput | EnvironmentInput


def serialized(input: Input) -> str:
    """The same text for the same input, in every process."""
    return input.model_dump_json()


def deserialized(text: str) -> Input:
    """The input that a text was made of."""
    kind = from_json(text)["stack"]["kind"]
    return (CommonInput if kind == "common" else EnvironmentInput).model_validate_json(text)


def with_taken(text: str, taken: tuple[str, ...]) -> str:
    """A serialized input of review, where other labels are taken now than when it was made."""
    if tuple(json.loads(text)["taken"]) == taken:
        return text
    return serialized(deserialized(text).model_copy(update={"taken": taken}))


def taken_labels(system: System, review: str | None, domains: Iterable[str]) -> tuple[str, ...]:
    """The labels below review's domain that are hosted zones', or of `domains`, those of all environments."""
    zones = (zone.name for account in system.accounts.values() for zone in account.common.hosted_zones)
    return labels_below(review, (*domains, *zones))


def inputs(system: System) -> dict[str, Input]:
    """The inputs of all stacks, by their names in the inventory's order."""
    users = [User.of(each) for each in (*system.environments.values(), system.review) if each is not None]
    permanent = [host for user in users if not user.review for host in user.hosts]
    ways = [*ways_of(system)]
    return {
        stack.name: common_input(
            system, stack, [user for user in users if user.account == stack.account], asks_of(system), ways
        )
        if stack.kind == "common"
        else environment_input(system, stack, permanent, ways)
        for stack in inventory(system)
    }


def common_input(
    system: System, stack: Stack, users: Iterable[User], asks: Iterable[Asks], ways: Sequence[Way]
) -> CommonInput:
    """The input of an account's common stack; `users` are all that stand in it, `asks` is what each environment of the
    system asks for, `ways` are those of `publishing.ways_of`."""
    users = tuple(users)
    domains = [host for user in users for host in user.hosts]
    layer = system.accounts[stack.account].common
    edge = _edge(layer, (host for user in users for host in user.shown_by_edge))
    regional = needed_certificates(layer, domains) if edge else {}
    return CommonInput(
        system=system.name,
        stack=stack,
        layer=layer,
        certificates={domain: zone.name for domain, zone in needed_certificates(layer, domains, edge).items()},
        edge_certificates=edge,
        edge_alone=tuple(each for each in edge if each not in regional),
        roles=roles_of(system, stack, layer, asks, ways),
        tags=layer.tags,
        elsewhere=registries.elsewhere(system.name, system.accounts, stack.account),
        pulled_by=registries.pulled_by(system.accounts, stack.account),
        floors=tuple(sorted({number for user in users for number in user.floors})),
        ci=layer.sign_in is not None and bool(ci_accounts(system, stack.account)),
        outside=any(user.outside for user in users),
        entered=any(user.entered for user in users),
        origins=tuple(sorted({name for user in users for name in user.origins})),
        firewall=any(user.firewall for user in users),
        behind_api_gateway=any(user.behind_api_gateway for user in users),
    )


def _edge(layer: CommonLayer, hosts: Iterable[str]) -> tuple[str, ...]:
    found = {certificate_of(host, layer) for host in hosts}
    return tuple(sorted(domain for domain in found if domain is not None))


def environment_input(system: System, stack: Stack, domains: Iterable[str], ways: Sequence[Way]) -> EnvironmentInput:
    """The input of a permanent environment's stack, or of review's; `domains` are all names that environments have,
    `ways` those of `publishing.ways_of`."""
    settings = system.review if stack.environment is None else system.environments[stack.environment]
    assert settings is not None, "the inventory names a review stack only where review is declared"
    layer = system.accounts[stack.account].common
    zone = zone_of(settings.domain, layer)
    return EnvironmentInput(
        system=system.name,
        stack=stack,
        common=common_stack(system, stack.account),
        domain=settings.domain or "",
        zone=zone.name if zone is not None else None,
        zones=_zones(settings, layer),
        zone_roles=layer.zone_roles,
        load_balancers=_balancers(settings, layer),
        first_priority=_first_priority(settings, stack),
        nat=layer.network.tasks_are_private,
        private_subnets=layer.network.store_subnets,
        public_subnets=layer.network.public_subnets
        if any(each.tcp is not None for each in settings.services.values())
        else 0,
        records_exec=layer.cluster is None,
        cluster=layer.cluster.name if layer.cluster is not None else system.name,
        keep=isinstance(settings, Environment) and settings.removal == "keep",
        alarm_topic=layer.alarms.arn(system.name, stack.region, stack.account_id) if layer.alarms else None,
        alarm_topic_us_east_1=layer.alarms.arn_in(ALARMS, system.name, stack.region, stack.account_id)
        if layer.alarms
        else None,
        ci=bool(ci_accounts(system, stack.account)),
        tags=settings.tags,
        sign_in=_sign_in(settings, layer),
        edge_certificates=_edge_certificates(settings, layer),
        certificates=_certificates(settings, layer),
        firewall=layer.waf is not None
        and any(not each.allow for each in behind_cloudfront(settings.services.values())),
        waf=layer.waf if any(each.allow for each in behind_cloudfront(settings.services.values())) else None,
        mail=layer.mail if any(MAIL in each.reached for each in settings.running().values()) else None,
        sources=_sources(system, settings),
        imports=settings.imports if isinstance(settings, Environment) else {},
        taken=taken_labels(system, settings.domain, domains) if stack.kind == "review" else (),
        publishers=_publishers(stack, ways),
        publishes=tuple(way.publishes for way in ways if stack.kind != "review" and way.of == stack.environment),
        blueprint=Blueprint.model_construct(**{name: getattr(settings, name) for name in Blueprint.model_fields}),
    )


def _publishers(stack: Stack, ways: Iterable[Way]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for way in ways:
        if stack.kind != "review" and way.environment == stack.environment:
            found.setdefault(way.site, []).append(way.publisher)
    return {site: tuple(each) for site, each in found.items()}


def _sign_in(settings: Environment | Review, layer: CommonLayer) -> Kind | None:
    asked = any(http.sign_in is not None for each in settings.services.values() for http in each.https.values())
    return layer.sign_in.kind if asked and layer.sign_in is not None else None


def _edge_certificates(settings: Environment | Review, layer: CommonLayer) -> dict[str, str]:
    review, found = isinstance(settings, Review), {}
    for name, service in settings.services.items():
        shown = shown_by_edge(settings.domain, {name: service}, {}, review=review)
        if shown and (of := certificate_of(shown[0], layer)) is not None:
            found[name] = of
    for name, site in settings.sites.items():
        shown = shown_by_edge(settings.domain, {}, {name: site}, review=review)
        domains = [domain for host in shown if (domain := certificate_of(host, layer)) is not None]
        if domains:
            found[name] = domains[0]  # of two a check says so
    return found


def _certificates(settings: Environment | Review, layer: CommonLayer) -> dict[str, str]:
    found = {}
    for name, service in settings.services.items():
        for http in behind_api_gateway([service]):
            host = full_name(next(iter(led_by(http, settings.domain or ""))), settings.domain or "")
            there = [each.existing for each in layer.certificates if each.covers(host)]
            if (of := next(iter(there), certificate_of(host, layer))) is not None:
                found[name] = of
    return found


def _sources(system: System, settings: Environment | Review) -> dict[str, str]:
    found = {}
    for name, store in settings.stores.items():
        if (data := data_of(store)) is not None and data.clone is not None:
            theirs = system.environments[data.clone].stores[name]
            found[name] = serving(restored(theirs)).called(theirs.first_name(name))
    return found


def _balancers(settings: Environment | Review, layer: CommonLayer) -> dict[str, Balancer]:
    https = [http for each in settings.services.values() for http in each.https.values()]
    statics = led_by_statics(settings.services, settings.domain or "", settings.statics)
    behind = {*(name for http in https for name in http.load_balancer), *statics.values()}
    return {
        name: Balancer(called=called(name, each), internal=each.internal, wears=wears(called(name, each), each))
        for name, each in sorted(layer.load_balancers.items())
        if name in behind
    }


def _zones(settings: Environment | Review, layer: CommonLayer) -> dict[str, str]:
    domain = settings.domain or ""
    theirs = (host for each in settings.services.values() for host in hosts_of(each, domain))
    led = led_by_statics(settings.services, domain, settings.statics)
    own = {each.tcp.host for each in settings.services.values() if each.tcp is not None}
    hosts = sorted({*theirs, *led, *own, *sites.hosts(settings.sites, domain)})
    # In review a label is one of a name one label below the domain, as the domain of each is.
    names = {
        host: domain if isinstance(settings, Review) else full_name(host, domain) for host in hosts if host != DOMAIN
    }
    zones = {host: zone_of(name, layer) for host, name in names.items()}
    return {host: zone.name for host, zone in zones.items() if zone is not None}


def _first_priority(settings: Environment | Review, stack: Stack) -> int | None:
    made = rules_of(settings.services, settings.domain or "", settings.statics)
    if isinstance(settings, Review) or len(made) < 2:
        return None
    return settings.priorities or first_number(str(stack.environment))
