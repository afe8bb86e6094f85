"""Which hosted zone and which certificate serve a domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tanada.declared import sites as declared_sites
from tanada.declared.routes import DOMAIN, hosts_of, led_by_statics

if TYPE_CHECKING:
    from tanada.declared.common import CommonLayer
    from tanada.declared.hosted_zone import Zone
    from tanada.declared.redirects import Static
    from tanada.declared.service import Service
    from tanada.declared.sites import Site


def zone_of(domain: str | None, layer: CommonLayer) -> Zone | None:
    """The declared zone that a domain lies in: the longest that it equals or ends with."""
    if domain is None:
        return None
    covering = [zone for zone in layer.hosted_zones if domain == zone.name or domain.endswith(f".{zone.name}")]
    return max(covering, key=lambda zone: len(zone.name), default=None)


def labels_below(domain: str | None, names: Iterable[str]) -> tuple[str, ...]:
    """The labels of those names that lie one label below a domain: below review's no workspace is called like one, for
    it would answer at the same host."""
    if domain is None:
        return ()
    labels = {name.removesuffix(f".{domain}") for name in names if name.endswith(f".{domain}")}
    return tuple(sorted(label for label in labels if "." not in label))


def answered(
    domain: str | None,
    services: Mapping[str, Service],
    statics: Mapping[str, Static],
    sites: Mapping[str, Site],
    *,
    review: bool,
) -> tuple[str, ...]:
    """All names of an environment as certificates name them, its domain first; none without a domain. Review
    environments answer one label below theirs, whatever hosts they have."""
    if domain is None:
        return ()
    if review:
        return (f"*.{domain}",)
    theirs = (host for service in services.values() for host in hosts_of(service, domain))
    led = (*led_by_statics(services, domain, statics), *declared_sites.hosts(sites, domain))
    hosts = (full_name(host, domain) for host in (*theirs, *led))
    return tuple(dict.fromkeys((domain, *hosts)))


def full_name(host: str, domain: str) -> str:
    """A host of a permanent environment with this domain (`routes.host_of`)."""
    return domain if host == DOMAIN else host if "." in host else f"{host}.{domain}"


def needed_certificates(layer: CommonLayer, domains: Iterable[str]) -> dict[str, Zone]:
    """The domains that need a certificate (for the name and all one label below it), each with its zone.

    Those of the zones themselves come first, in declared order, then others that environments need, of whose `domains`
    one may begin with `*.`.
    """
    needed = {zone.name: zone for zone in layer.hosted_zones}
    for domain in sorted(domains):
        zone = zone_of(domain, layer)
        parent = domain.partition(".")[2]
        if zone is not None and domain != zone.name and parent not in needed:
            needed[parent] = zone
    return needed


def shown_by_sites(domain: str | None, sites: Mapping[str, Site], *, review: bool) -> tuple[str, ...]:
    """The names of an environment that sites answer at, as certificates name them."""
    if domain is None or not sites:
        return ()
    if review:
        return (f"*.{domain}",)
    return tuple(full_name(host, domain) for host in declared_sites.hosts(sites, domain))


def certificate_of(host: str, layer: CommonLayer) -> str | None:
    """The domain whose certificate (`needed_certificates`) serves a host; None where no zone covers it."""
    zone = zone_of(host, layer)
    return None if zone is None else host if host == zone.name else host.partition(".")[2]
