"""The common layer: what all environments of one account share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tanada.declared import load_balancer
from tanada.declared.alarms import Alarms
from tanada.declared.allow import Addresses
from tanada.declared.ci import Ci
from tanada.declared.cluster import Cluster
from tanada.declared.fields import Name
from tanada.declared.hosted_zone import Certificate, ZoneRoles, Zones
from tanada.declared.imports import Imports
from tanada.declared.load_balancer import PUBLIC, LoadBalancer, LoadBalancers
from tanada.declared.mail import Mail
from tanada.declared.model import Model, Need
from tanada.declared.network import Network
from tanada.declared.patches import Patches
from tanada.declared.registry import Images
from tanada.declared.sign_in import People
from tanada.declared.tags import Tags
from tanada.declared.waf import Waf


class CommonLayer(Model):
    """What all environments of one account share."""

    network: Network = Network()
    """The VPC."""
    hosted_zones: Zones = ()
    """Hosted zones and their certificates: a domain creates one, `{name: …, existing: Z…}` takes one over."""
    certificates: tuple[Certificate, ...] = ()
    """Certificates that are there already, `{existing: arn:…, names: [www.example.com]}`: for what they cover none is
    made, and what they cover may lie outside of every zone."""
    load_balancers: LoadBalancers = {PUBLIC: LoadBalancer()}
    """Load balancers by name, `{public: {}}`, which the services share: AWS allows 100 target groups on each, and no
    more. `{}` where nothing is public: then no environment needs a domain."""
    cluster: Cluster | None = None
    """The ECS cluster, where one is there already: `{existing: arn:…}`; left out, it is made."""
    images: Images = {}
    """One image registry (ECR repository) each: names, or `{web: {folder: services/web}}`."""
    addresses: dict[Name, Addresses] = {}
    """Named sets of addresses for `allow`: `{office: [203.0.113.0/24]}`."""
    sign_in: People | None = None
    """By whom it knows people that sign in: `{google: {client_id: …, client_secret: sign-in/google}, domains:
    [example.co.jp]}`, or `oidc` with an issuer."""
    waf: Waf | None = None
    """A web application firewall before its load balancers: `{rate: 1000, rules: [common, known-bad-inputs]}`."""
    alarms: Alarms | None = None
    """Where alarms of its permanent environments go; without it they stand in CloudWatch, and nobody is told."""
    mail: Mail | None = None
    """The domain that its environments send mail from by SES, `{domain: example.jp}`: whoever says `reach: [mail]`
    may."""
    ci: Ci | None = None
    """The repository whose CI may plan and apply here; makes its roles."""
    tags: Tags = {}
    """AWS tags of the common layer alone, laid over its account's."""
    patches: Patches = {}
    """Arguments that no field says, by the address of what has them, in every account that has such a one."""
    imports: Imports = {}
    """What was made by hand and it goes on with, by address what AWS calls it: `{aws_vpc.network_vpc: vpc-0a72…}`; in
    every account that has such an address."""
    removal: Literal["keep", "delete"] = "keep"
    """`keep` refuses to destroy what everything stands in, or what can't be had again (network, fixed addresses, hosted
    zones, load balancers, registries, cluster, log bucket, key of the commands' log); `delete`, applied, lets go."""

    @property
    def made_load_balancers(self) -> frozenset[str]:
        """Those that are not there already: only they get a rule of the layer's own."""
        return frozenset(name for name, each in self.load_balancers.items() if each.existing is None)

    @property
    def zone_roles(self) -> dict[str, ZoneRoles]:
        """The roles of each zone that another account has."""
        return {zone.name: zone.roles for zone in self.hosted_zones if zone.roles is not None}

    def needs(self) -> Sequence[Need]:
        """What it uses up of what AWS limits."""
        balancers = load_balancer.needs(self.load_balancers)
        return (
            *self.network.needs(),
            *balancers,
            *(self.ci.needs() if self.ci else ()),
            *(self.sign_in.needs() if self.sign_in else ()),
        )
