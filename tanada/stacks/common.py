"""The common layer of one account: what all its environments share."""

from __future__ import annotations

from cdktf import App
from constructs import Construct

from modules.certificate import Certificate
from modules.ci_access import CiAccess
from modules.cluster import Cluster
from modules.dns import HostedZone
from modules.load_balancer import LoadBalancer, LoadBalancerSecurity
from modules.log_bucket import LogBucket
from modules.network import Network
from modules.private_names import Namespace, namespace_domain
from modules.registry import ImageRegistry
from tanada.declarations.ci import buckets, sharing
from tanada.declarations.domains import certificate_domains, zone_of
from tanada.declarations.inventory import Stack
from tanada.declarations.models import System
from tanada.names import Names
from tanada.stacks.base import BaseStack
from tanada.stacks.contract import CommonContract

LOG_DAYS = 365


class CommonStack(BaseStack):
    """Network, zones, certificates, load balancers, cluster, registries and private names of one account."""

    def __init__(self, app: App, system: System, entry: Stack) -> None:
        super().__init__(app, entry, system.name, environment="common", in_default=True)
        account = system.accounts[entry.account]
        layer = account.common
        keep = layer.removal == "keep"
        names = Names(system=system.name, environment="common", label="common")
        place = {"account_id": entry.account_id, "region": entry.region}

        logs = LogBucket(self, "logs", name=f"{system.name}-logs-{entry.account_id}-{entry.region}", keep=keep, **place)
        network = Network(
            self,
            "network",
            layer.network,
            name=system.name,
            region=entry.region,
            keep=keep,
            log_bucket_arn=logs.arn,
            log_bucket_policy=logs.policy,
        )
        zones_layer = Construct(self, "(zones)")
        zones: dict[str, HostedZone] = {}
        # The shorter name first: a zone may lie in another.
        for zone in sorted(layer.zones, key=lambda zone: zone.name.count(".")):
            parent = zone_of(zone.name.partition(".")[2], layer)
            zones[zone.name] = HostedZone(
                zones_layer,
                identifier(zone.name),
                zone,
                parent_id=zones[parent.name].zone_id if parent is not None else None,
                keep=keep,
            )
        certificates_layer = Construct(self, "(certificates)")
        certificates = {
            identifier(domain): Certificate(
                certificates_layer, identifier(domain), domain=domain, zone_id=zones[zone.name].zone_id
            )
            for domain, zone in certificate_domains(system, entry.account).items()
        }
        security = LoadBalancerSecurity(self, "security", names=names, vpc_id=network.vpc_id)
        load_balancers = {
            str(number): LoadBalancer(
                self,
                f"load_balancer_{number}",
                names=names,
                number=number,
                subnet_ids=network.public_subnet_ids,
                security_group_id=security.load_balancer_group_id,
                certificates={word: certificate.arn for word, certificate in certificates.items()},
                internet_gateway=network.internet_gateway,
                log_bucket=logs.name,
                log_bucket_policy=logs.policy,
                protected=keep,
            )
            # Without a zone there is no certificate, and nothing public.
            for number in range(1, layer.load_balancers + 1 if certificates else 1)
        }
        cluster = Cluster(self, "ecs", name=system.name, retention_days=LOG_DAYS, **place)
        images_layer = Construct(self, "(images)")
        registries = {
            image: ImageRegistry(images_layer, image, name=f"{system.name}/{image}", keep=keep)
            for image in layer.images
        }
        if layer.ci is not None and sharing(system, entry.account)[0] == entry.account:
            CiAccess(
                self,
                "ci",
                layer.ci,
                system=system.name,
                buckets=buckets(system, entry.account),
                environments=sharing(system, entry.account) if entry.protected else (),
                **place,
            )
        domain = namespace_domain(system.name)
        namespace = Namespace(self, "(private_names)", domain=domain, vpc_id=network.vpc_id)

        CommonContract(
            **place,
            vpc_id=network.vpc_id,
            task_subnet_ids=network.public_subnet_ids if layer.network.nat == "none" else network.private_subnet_ids,
            load_balancers={number: balancer.end for number, balancer in load_balancers.items()},
            target_security_group_id=security.target_group_id,
            cluster_arn=cluster.arn,
            exec_log=cluster.exec_log,
            registries={image: each.registry for image, each in registries.items()},
            zone_ids={name: zone.zone_id for name, zone in zones.items()},
            namespace_id=namespace.namespace_id,
            namespace=domain,
        ).publish(
            self,
            outbound_addresses=network.outbound_addresses,
            name_servers={name: zone.name_servers for name, zone in zones.items()},
        )


def identifier(domain: str) -> str:
    """A domain as a word of an address: `example_jp`; `zone_1_jp` where it would start with a digit.

    No two domains meet: none holds `_`.
    """
    word = domain.replace(".", "_")
    return word if word[0].isalpha() else f"zone_{word}"
