"""The common layer: what all environments of one account share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tanada.declared import load_balancer
from tanada.declared.ci import Ci
from tanada.declared.hosted_zone import Zones
from tanada.declared.load_balancer import LoadBalancer, LoadBalancers
from tanada.declared.model import Model, Need
from tanada.declared.network import Network
from tanada.declared.registry import Images
from tanada.declared.tags import Tags


class CommonLayer(Model):
    """What all environments of one account share."""

    network: Network = Network()
    """The VPC."""
    hosted_zones: Zones = ()
    """Hosted zones and their certificates: a domain creates one, `{name: …, existing: Z…}` takes one over."""
    load_balancers: LoadBalancers = 1
    """How many load balancers share the services: AWS allows 100 target groups on each, and no more."""
    leaving_load_balancers: tuple[LoadBalancer, ...] = ()
    """Those, counted from 1, that AWS no longer protects from deletion: applied, `load_balancers` can be lowered."""
    images: Images = {}
    """One image registry (ECR repository) each: names, or `{web: {folder: services/web}}`."""
    ci: Ci | None = None
    """The repository whose CI may plan and apply here; makes its roles."""
    tags: Tags = {}
    """AWS tags of the common layer alone, laid over its account's."""
    removal: Literal["keep", "delete"] = "keep"
    """`keep` refuses to destroy what everything stands in, or what can't be had again (network, fixed addresses, hosted
    zones, load balancers, registries, cluster, log bucket, key of the commands' log); `delete`, applied, lets go."""

    def needs(self) -> Sequence[Need]:
        """What it uses up of what AWS limits."""
        return *self.network.needs(), *load_balancer.needs(), *(self.ci.needs() if self.ci else ())
