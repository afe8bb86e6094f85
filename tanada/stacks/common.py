"""The common layer of one account: what all its environments share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdktf import App, TerraformProvider
from constructs import Construct

from modules.alarms import Alarms
from modules.certificate import Certificate
from modules.ci import CiAccess
from modules.cluster import Cluster, ExistingCluster
from modules.hosted_zone import HostedZone
from modules.load_balancer import ExistingLoadBalancer, LoadBalancer, LoadBalancerSecurity
from modules.log_bucket import LogBucket
from modules.network import ExistingNetwork, Network
from modules.private_names import Namespace, namespace_domain
from modules.registry import ImageRegistry, existing
from tanada.contract import removal
from tanada.contract.common import (
    AT_EDGE,
    CERTIFICATES,
    EDGE_CERTIFICATES,
    ENTRANCES,
    FIREWALLS,
    VPC_ORIGINS,
    CommonContract,
    Registry,
)
from tanada.declarations.domains import zone_of
from tanada.declarations.inputs import CommonInput
from tanada.declared import waf as declared_waf
from tanada.declared.ci import boundary_name
from tanada.declared.load_balancer import called
from tanada.declared.mail import Mail
from tanada.declared.network import DnsFirewall as DnsFirewallSettings
from tanada.declared.route53_health_check import ALARMS
from tanada.names import Names, alarm_topic
from tanada.regions import partition
from tanada.stacks.base import BaseStack, in_default
from tanada.stacks.contract import publish
from tanada.stacks.elsewhere import zone_providers

if TYPE_CHECKING:
    from modules.sign_in import People
    from tanada.stacks.extending import Extension

LOG_DAYS = 365
COMMON = "common"
"""What its tags and names say where others say their environment."""


@dataclass(frozen=True)
class Around:
    """Where a function of the layer's stands (`modules.function.Around`)."""

    names: Names
    account_id: str
    region: str
    boundary: str | None


class CommonStack(BaseStack):
    """Network, zones, certificates, load balancers, cluster, registries and private names of one account."""

    def __init__(self, app: App, input: CommonInput, extension: Extension | None = None) -> None:
        super().__init__(
            app,
            input.stack,
            input.system,
            environment=COMMON,
            workspaces=in_default(input.stack),
            tags=input.tags,
        )
        self._input, self._layer = input, input.layer
        self._keep = self._layer.removal == "keep"
        self._names = Names(system=input.system, environment=COMMON, label=COMMON)
        self._place = {"account_id": self.entry.account_id, "region": self.entry.region}
        contract = self._make()
        if extension is not None:
            from tanada.stacks.extended import common  # where there is one alone

            extension.extend(lambda: common(self, input, self._names, contract))

    def _make(self) -> CommonContract:
        """All that a common layer consists of: a line a capability."""
        logs = self._logs()
        network = self._network(logs)
        if self._layer.network.dns_firewall is not None:
            self._dns_firewall(self._layer.network.dns_firewall, network.vpc_id)
        elsewhere = zone_providers(self, self._layer.zone_roles)
        zones = self._zones(elsewhere)
        certificates = self._certificates(zones, elsewhere)
        security = self._security(network)
        load_balancers = self._load_balancers(network, security, certificates, logs) if security is not None else {}
        if self._layer.waf is not None:
            self._waf(self._layer.waf, load_balancers)
        cluster = self._cluster()
        registries = self._registries()
        ci = self._ci()
        people = self._people(ci) if self._layer.sign_in is not None else None
        if self._layer.alarms is not None:
            account_id = self.entry.account_id
            Alarms(self, "alarms", self._layer.alarms, name=alarm_topic(self._input.system), account_id=account_id)
            if self._input.outside and self.entry.region != ALARMS:
                name = alarm_topic(self._input.system, self.entry.region)
                Alarms(self, "alarms_outside", self._layer.alarms, name=name, account_id=account_id, region=ALARMS)
        if self._layer.mail is not None:
            self._mail(self._layer.mail, zones, elsewhere)
        domain = namespace_domain(self._input.system)
        namespace = Namespace(self, "(private_names)", domain=domain, vpc_id=network.vpc_id, keep=self._keep)
        private = self._layer.network.tasks_are_private
        contract = CommonContract(
            vpc_id=network.vpc_id,
            task_subnet_ids=network.private_subnet_ids if private else network.public_subnet_ids,
            private_subnet_ids=network.private_subnet_ids,
            load_balancers={name: balancer.contract for name, balancer in load_balancers.items()},
            target_security_group_id=security.target_group_id if security is not None else "",
            behind_security_group_id=security.behind_group_id if security is not None else "",
            cluster_arn=cluster.arn,
            exec_log=cluster.exec_log,
            registries=registries,
            zone_ids={name: zone.zone_id for name, zone in zones.items()},
            namespace_id=namespace.namespace_id,
            outbound_addresses=network.outbound_addresses,
            name_servers={name: zone.name_servers for name, zone in zones.items()},
        )
        edge = {domain: certificates[identifier(domain)].edge_arn for domain in self._input.edge_certificates}
        more: dict[str, object] = {EDGE_CERTIFICATES: edge} if edge else {}
        if self._input.behind_api_gateway:
            more |= {
                CERTIFICATES: {domain: certificates[identifier(domain)].arn for domain in self._input.certificates}
            }
        if self._input.entered:
            more |= {ENTRANCES: {"public": entrance(network)}}
        more |= {VPC_ORIGINS: origins} if (origins := self._origins(load_balancers)) else {}
        more |= {FIREWALLS: firewalls} if (firewalls := self._firewalls()) else {}
        more |= removal.outputs(keep=self._keep)
        publish(self, contract, {**more, **(people.outputs if people is not None else {})})
        return contract

    def _people(self, ci: CiAccess | None) -> People:
        """Who signs in. Beyond the boundary no role goes that CI makes: the system's own here, or what another entry of
        the same AWS account makes."""
        from modules.sign_in import People  # its part of the provider, which most layers need not

        assert self._layer.sign_in is not None
        arn = f"arn:{partition(self.entry.region)}:iam::{self.entry.account_id}:policy/"
        theirs = f"{arn}{boundary_name(self._input.system)}" if self._input.ci else None
        around = Around(names=self._names, boundary=ci.boundary if ci is not None else theirs, **self._place)
        return People(self, "sign_in", self._layer.sign_in, around, keep=self._keep)

    def _mail(
        self, settings: Mail, zones: Mapping[str, HostedZone], elsewhere: Mapping[str, TerraformProvider]
    ) -> None:
        from modules import mail  # its part of the provider, which most layers need not

        zone = zone_of(settings.domain, self._layer)
        assert zone is not None, "a check refuses a domain in no zone"
        alarms, system = self._layer.alarms, self._input.system
        mail.Mail(
            self,
            "mail",
            settings,
            system=system,
            region=self.entry.region,
            zone_id=zones[zone.name].zone_id,
            provider=elsewhere.get(zone.name),
            alarm_topic=alarms.arn(system, **self._place) if alarms is not None else None,
        )

    def _logs(self) -> LogBucket:
        entry = self.entry
        name = f"{self._input.system}-logs-{entry.account_id}-{entry.region}"
        return LogBucket(self, "logs", name=name, keep=self._keep, **self._place)

    def _network(self, logs: LogBucket) -> Network | ExistingNetwork:
        if self._layer.network.existing is not None:
            return ExistingNetwork(self, "network", self._layer.network)
        return Network(
            self,
            "network",
            self._layer.network,
            names=self._names,
            account_id=self.entry.account_id,
            region=self.entry.region,
            keep=self._keep,
            log_bucket_arn=logs.arn,
            log_bucket_policy=logs.policy,
        )

    def _dns_firewall(self, settings: DnsFirewallSettings, vpc_id: str) -> None:
        from modules.dns_firewall import OF_AWS, DnsFirewall  # where one is declared alone

        ours = (
            *OF_AWS[partition(self.entry.region)],
            namespace_domain(self._input.system),
            *(zone.name for zone in self._layer.hosted_zones),
        )
        DnsFirewall(self, "dns_firewall", settings, name=self._input.system, vpc_id=vpc_id, ours=ours)

    def _cluster(self) -> Cluster | ExistingCluster:
        if self._layer.cluster is not None:
            return ExistingCluster(self._layer.cluster.existing)
        return Cluster(self, "ecs", name=self._input.system, retention_days=LOG_DAYS, keep=self._keep, **self._place)

    def _zones(self, elsewhere: Mapping[str, TerraformProvider]) -> dict[str, HostedZone]:
        """By domain; `elsewhere` are those of other accounts."""
        scope = Construct(self, "(zones)")
        zones: dict[str, HostedZone] = {}
        # The shorter name first: a zone may lie in another.
        for zone in sorted(self._layer.hosted_zones, key=lambda zone: zone.name.count(".")):
            parent = zone_of(zone.name.partition(".")[2], self._layer)
            zones[zone.name] = HostedZone(
                scope,
                identifier(zone.name),
                zone,
                parent_id=zones[parent.name].zone_id if parent is not None else None,
                keep=self._keep,
                # Only a zone that is there already is elsewhere, and a new one below it is delegated there.
                provider=elsewhere.get(zone.name),
                parents=elsewhere.get(parent.name) if parent is not None else None,
            )
        return zones

    def _certificates(
        self, zones: Mapping[str, HostedZone], elsewhere: Mapping[str, TerraformProvider]
    ) -> dict[str, Certificate]:
        """By the word of their domain."""
        scope = Construct(self, "(certificates)")
        return {
            identifier(domain): Certificate(
                scope,
                identifier(domain),
                domain=domain,
                zone_id=zones[zone].zone_id,
                region=self.entry.region,
                edge=domain in self._input.edge_certificates,
                provider=elsewhere.get(zone),
            )
            for domain, zone in self._input.certificates.items()
        }

    def _security(self, network: Network | ExistingNetwork) -> LoadBalancerSecurity | None:
        balancers = self._layer.load_balancers.values()
        if not balancers:
            return None
        return LoadBalancerSecurity(
            self,
            "security",
            names=self._names,
            vpc_id=network.vpc_id,
            cidr=network.cidr,
            internal={each.internal for each in balancers if each.existing is None},
            sign_in=self._layer.sign_in is not None,
        )

    def _load_balancers(
        self,
        network: Network | ExistingNetwork,
        security: LoadBalancerSecurity,
        certificates: Mapping[str, Certificate],
        logs: LogBucket,
    ) -> dict[str, LoadBalancer | ExistingLoadBalancer]:
        """By what they are called in AWS. Without a zone there is no certificate but one that is there already; without
        any, nothing to reach them by. The first certificate is the listeners' default one, those that are there come
        last, by their ids."""
        there_already = [each.existing for each in self._layer.certificates]
        # Else one that CloudFront needs would be shown in the place of the one that is there.
        alone = {identifier(domain) for domain in self._input.edge_alone}
        arns = {word: each.arn for word, each in certificates.items() if word not in alone}
        arns |= {f"existing_{arn.rpartition('/')[2]}": arn for arn in there_already}
        made: dict[str, LoadBalancer | ExistingLoadBalancer] = {}
        for name, settings in self._layer.load_balancers.items() if arns else ():
            word = called(name, settings)
            address = f"load_balancer_{word}"
            if settings.existing is not None:
                there = [each for each in made.values() if isinstance(each, ExistingLoadBalancer)]
                made[word] = ExistingLoadBalancer(
                    self,
                    address,
                    settings.existing,
                    target_group_id=security.target_group_id,
                    certificates=arns,
                    before=[each.contract.security_group_id for each in there],
                )
                continue
            made[word] = LoadBalancer(
                self,
                address,
                settings,
                names=self._names,
                called=word,
                subnet_ids=network.private_subnet_ids if settings.internal else network.public_subnet_ids,
                security_group_id=security.group_ids[settings.internal],
                certificates=arns,
                # Private subnets are IPv4 alone.
                address_type="ipv4" if settings.internal else network.address_type,
                internet_gateway=None if settings.internal else network.internet_gateway,
                log_bucket=logs.name,
                log_bucket_policy=logs.policy,
                keep=self._keep,
                floor=name in self._input.floors,
            )
        return made

    def _waf(self, settings: declared_waf.Waf, balancers: Mapping[str, LoadBalancer | ExistingLoadBalancer]) -> None:
        """Before those that are open to the internet: an internal one would count whole networks as one address. None
        are made before there is a zone, and then nothing here."""
        made = {word: each for word, each in balancers.items() if isinstance(each, LoadBalancer) and not each.internal}
        if not made:
            return
        from modules.waf import Waf  # its part of the provider is large, and most layers need it not

        waf = Waf(self, "waf", settings, name=self._input.system, retention_days=LOG_DAYS)
        for word, balancer in made.items():
            waf.before(f"load_balancer_{word}", balancer.arn)

    def _firewalls(self) -> dict[str, str]:
        """What stands before CloudFront where a service is behind it: the same rules, of addresses that ask."""
        if self._layer.waf is None or not self._input.firewall:
            return {}
        from modules.waf import Waf

        name = f"{self._input.system}-edge"
        waf = Waf(self, "waf_at_edge", self._layer.waf, name=name, retention_days=LOG_DAYS, at_edge=True)
        return {AT_EDGE: waf.arn}

    def _origins(self, balancers: Mapping[str, LoadBalancer | ExistingLoadBalancer]) -> dict[str, str]:
        """By load balancer that CloudFront comes to, its way."""
        words = [called(name, self._layer.load_balancers[name]) for name in self._input.origins]
        made = {word: each for word in words if isinstance(each := balancers.get(word), LoadBalancer)}
        if not made:
            return {}
        from modules.vpc_origin import vpc_origin  # which most layers need not

        return {
            word: vpc_origin(
                self,
                f"vpc_origin_{word}",
                name=self._names.limited(f"origin-{word}", 64),
                load_balancer_arn=each.arn,
            )
            for word, each in made.items()
        }

    def _registries(self) -> dict[str, Registry]:
        """By image."""
        scope = Construct(self, "(images)")
        registries: dict[str, Registry] = {}
        for image, settings in self._layer.images.items():
            name = settings.called(self._input.system, image)
            if (place := self._input.elsewhere.get(image)) is not None:
                registries[image] = existing(place.name, account_id=place.account, region=place.region)
            elif settings.existing:
                registries[image] = existing(name, **self._place)
            else:
                made = ImageRegistry(
                    scope,
                    image,
                    name=name,
                    mutable=settings.mutable,
                    keep=self._keep,
                    region=self.entry.region,
                    pulled_by=self._input.pulled_by.get(image, ()),
                )
                registries[image] = made.contract
        return registries

    def _ci(self) -> CiAccess | None:
        if self._layer.ci is None or self._input.roles is None:
            return None
        return CiAccess(self, "ci", self._layer.ci, system=self._input.system, reached=self._input.roles, **self._place)


def entrance(network: Network | ExistingNetwork) -> dict[str, object]:
    """Where environments put load balancers of their own."""
    return {"subnet_ids": network.public_subnet_ids, "address_type": network.address_type}


def identifier(domain: str) -> str:
    """A domain as a word of an address: `example_jp`; `zone_1_jp` where it would start with a digit.

    No two domains meet: none holds `_`.
    """
    word = domain.replace(".", "_")
    return word if word[0].isalpha() else f"zone_{word}"
