"""Which hosted zone and which certificate serve a domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tanada.declared import sites as declared_sites
from tanada.declared.hosts import DOMAIN, behind_cloudfront, hosts_of, led_by
from tanada.declared.rules import led_by_statics

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


def certified(name: str, layer: CommonLayer) -> bool:
    """Whether a certificate that is there already covers a name, or all one label below a domain (`*.<domain>`)."""
    return any(each.covers(name) for each in layer.certificates)


def reachable(name: str, layer: CommonLayer) -> bool:
    """Whether a name can be answered over TLS: a zone covers it, or a certificate that is there already does."""
    return zone_of(name, layer) is not None or certified(name, layer)


def covers_names(layer: CommonLayer) -> str:
    """What there is that could cover a name."""
    return "zone or certificate" if layer.certificates else "zone"


def covering(layer: CommonLayer) -> str:
    """What a name may lie in, for a sentence."""
    names = [*(zone.name for zone in layer.hosted_zones), *(name for each in layer.certificates for name in each.names)]
    return " or ".join(names)


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
    own = (service.tcp.host for service in services.values() if service.tcp is not None)
    hosts = (full_name(host, domain) for host in (*theirs, *led, *own))
    return tuple(dict.fromkeys((domain, *hosts)))


def parent(name: str) -> str:
    """The name one label above."""
    return name.partition(".")[2]


def full_name(host: str, domain: str) -> str:
    """A host of a permanent environment with this domain (`hosts.host_of`)."""
    return domain if host == DOMAIN else host if "." in host else f"{host}.{domain}"


def needed_certificates(layer: CommonLayer, domains: Iterable[str], at_the_edge: Iterable[str] = ()) -> dict[str, Zone]:
    """The domains that need a certificate (for the name and all one label below it), each with its zone.

    Those of the zones themselves come first, in declared order, then others that environments need, of whose `domains`
    one may begin with `*.`. What a certificate that is there already covers needs none, and a zone of which one covers
    a name that its own would be for gets that only where a name of its environments is left. `at_the_edge` are domains
    (`certificate_of`) for which CloudFront needs one: what is there already may lie in another region.
    """
    there = {each for certificate in layer.certificates for name in certificate.names for each in (name, parent(name))}
    needed = {zone.name: zone for zone in layer.hosted_zones if zone.name not in there}
    for domain in sorted(domains):
        zone = zone_of(domain, layer)
        if zone is not None and not certified(domain, layer):
            needed.setdefault(domain if domain == zone.name else parent(domain), zone)
    for domain in at_the_edge:
        if (zone := zone_of(domain, layer)) is not None:
            needed.setdefault(domain, zone)
    return needed


def shown_by_edge(
    domain: str | None, services: Mapping[str, Service], sites: Mapping[str, Site], *, review: bool
) -> tuple[str, ...]:
    """The names of an environment that CloudFront answers at, as certificates name them."""
    if domain is None:
        return ()
    if review:
        return (f"*.{domain}",) if sites else ()
    led = [host for http in behind_cloudfront(services.values()) for host in led_by(http, domain)]
    hosts = dict.fromkeys((*(declared_sites.hosts(sites, domain) if sites else ()), *led))
    return tuple(full_name(host, domain) for host in hosts)


def certificate_of(host: str, layer: CommonLayer) -> str | None:
    """The domain whose certificate (`needed_certificates`) serves a host; None where no zone covers it."""
    zone = zone_of(host, layer)
    return None if zone is None else host if host == zone.name else parent(host)
