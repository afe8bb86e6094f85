"""The hosts at which services answer, and the load balancer that each leads to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tanada.declared.http import Http
from tanada.declared.service import Service

DOMAIN = ""
"""Stands among hosts for the environment's own domain."""


def host_of(declared: str, domain: str) -> str:
    """The one form of a host: DOMAIN, a label below the domain, or a full name elsewhere."""
    if declared == domain:
        return DOMAIN
    label = declared.removesuffix(f".{domain}") if domain else declared
    return label if "." not in label else declared


def hosts_of(service: Service, domain: str) -> tuple[str, ...]:
    """Where a service answers; nowhere where it isn't public."""
    return tuple(led(service, domain))


def led(service: Service, domain: str) -> dict[str, str]:
    """The load balancer that each of its hosts leads to."""
    found: dict[str, str] = {}
    for http in service.https.values():
        for host, balancer in led_by(http, domain).items():
            found.setdefault(host, balancer)
    return found


def behind_cloudfront(services: Iterable[Service]) -> Iterator[Http]:
    """Of services and their sidecars, what is reached by CloudFront alone."""
    return (http for each in services for http in each.https.values() if http.cdn is not None)


def behind_api_gateway(services: Iterable[Service]) -> Iterator[Http]:
    """The same of API Gateway."""
    return (http for each in services for http in each.https.values() if http.api_gateway is not None)


def led_by(http: Http, domain: str) -> dict[str, str]:
    """Those of one way from outside: a name leads to one load balancer alone, so behind its second one it has names of
    their own, where its first ones are a label."""
    first, *others = http.load_balancer
    hosts = tuple(host_of(each, domain) for each in http.hosts) or (DOMAIN,)
    joined = {_joined(host, other): other for other in others for host in hosts if "." not in host}
    return {**dict.fromkeys(hosts, first), **joined}


def _joined(host: str, load_balancer: str) -> str:
    return load_balancer if host == DOMAIN else f"{host}-{load_balancer}"


def hosts_behind(http: Http, domain: str, load_balancer: str) -> tuple[str, ...]:
    """The hosts that it answers at behind one load balancer: its first ones everywhere, for those who find it by
    another way, and those that lead there."""
    first = http.load_balancer[0]
    return tuple(host for host, balancer in led_by(http, domain).items() if balancer in (first, load_balancer))
