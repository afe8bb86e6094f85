"""Checks of sites: names that CloudFront can answer at, services that answer some of their paths, and a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from tanada.declarations.checks.services import of_http
from tanada.declarations.domains import certificate_of, certified, full_name, zone_of
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import at_removal, mistake
from tanada.declared.allow import covers
from tanada.declared.hosts import DOMAIN, host_of, led_by
from tanada.declared.hosts import hosts_of as hosts_of_service
from tanada.declared.moved_pages import circles
from tanada.declared.paths import meet
from tanada.declared.redirects import asked
from tanada.declared.service import Service
from tanada.declared.sites import ALIASES, BEHAVIORS, FILES, HTML, Site, hosts_of, ordered
from tanada.declared.store import Store
from tanada.text import listed, meant, one_of, quoted


def check_sites(system: Scopes) -> Iterator[Mistake]:
    yield from each_once(system, _scope)
    for scope in system.instances:
        for name, site in scope.sites.items():
            yield from _covered(scope, name, site)


def _scope(scope: Scope) -> Iterator[Mistake]:
    yield from _names(scope)
    for name, site in scope.sites.items():
        yield from _paths(scope, name, site)
        yield from _bucket(scope, name, site)
        yield from _moved(scope, name, site)
        yield from _operators(scope, name, site)
        yield from _asked_from_outside(scope, name, site)


def _loc(name: str, site: Site, host: str, domain: str) -> Loc:
    """Where a host is written."""
    for index, each in enumerate(site.hosts):
        if host_of(each, domain) == host:
            return ("sites", name, "hosts", index)
    return ("sites", name, "hosts")


def _called(scope: Scope, host: str) -> str:
    return full_name(host, scope.domain or "<domain>")


def _names(scope: Scope) -> Iterator[Mistake]:
    """A name leads to one site, once, and to a service by that site alone."""
    domain, first = scope.domain or "", dict[str, str]()
    for name, site in scope.sites.items():
        for index, each in enumerate(site.hosts):
            host = host_of(each, domain)
            if host in [host_of(other, domain) for other in site.hosts[:index]]:
                yield mistake(scope.tree, ("sites", name, "hosts", index), f"{quoted(each)} is here twice")
        for host in hosts_of(site, domain):
            if (other := first.setdefault(host, name)) != name:
                sentence = f"{_called(scope, host)} leads to site {other} already; give one of them another host"
                yield mistake(scope.tree, _loc(name, site, host, domain), sentence, because=[("sites", other)])
            for service in _hidden(scope, site, host):
                sentence = f"{service} answers {_called(scope, host)}, too, and the name leads here: say what {service}"
                sentence += f" answers there, paths: {{/contact*: {service}}}, or give one of the two another host"
                because = [("services", service, "http")]
                yield mistake(scope.tree, _loc(name, site, host, domain), sentence, at_key=True, because=because)
            for key, static in scope.statics.items():
                at = asked(key, static).host
                if at is not None and host_of(at, domain) == host:
                    group = "redirects" if hasattr(static, "url") else "fixed_responses"
                    sentence = f"{at} leads to site {name}, so no load balancer is asked for it; take this out"
                    yield mistake(scope.tree, (group, key), sentence, at_key=True, because=[("sites", name)])


def _hidden(scope: Scope, site: Site, host: str) -> Iterator[str]:
    """Services that answer at a host of a site's, of which the site says nothing."""
    for name, service in scope.services.items():
        if host in hosts_of_service(service, scope.domain or "") and name not in site.paths.values():
            yield name


def _paths(scope: Scope, name: str, site: Site) -> Iterator[Mistake]:
    own = len(HTML) + len((FILES,)) + 1
    if len(site.paths) > BEHAVIORS - own:
        sentence = f"these are {len(site.paths)} paths, and CloudFront takes {BEHAVIORS - own} beside what is kept of"
        yield mistake(scope.tree, ("sites", name, "paths"), f"{sentence} files; take wider patterns", at_key=True)
    for path, service in site.paths.items():
        loc: Loc = ("sites", name, "paths", path)
        part, home = scope.parts.get(service), scope.homes.get(service)
        if home != "services":
            known = [each for each, group in scope.homes.items() if group == "services"]
            if home is None and not scope.whole:
                continue  # nobody knows whether it is one
            needed = f"sites.{name} leads there; override its paths too"
            sentence = f"{quoted(service)} is no service; {one_of(known)}{meant(service, known)}"
            yield at_removal(scope.tree, ("services", service), needed) or mistake(
                scope.tree, loc, sentence, because=[("services", service)]
            )
        elif isinstance(part, Service):
            yield from _leads(scope, loc, site, service, part)


def _leads(scope: Scope, loc: Loc, site: Site, name: str, service: Service) -> Iterator[Mistake]:
    """The service has to answer at the site's names: CloudFront sends on the one that it was asked for."""
    http, domain, because = service.http, scope.domain or "", [("services", name, "http")]
    if http is None:
        sentence = f"{name} has no http, so no load balancer leads to it; give services.{name} one, with the site's"
        yield mistake(scope.tree, loc, f"{sentence} hosts", because=because)
        return
    balancer = scope.layer.load_balancers.get(http.load_balancer[0]) if scope.layer is not None else None
    if balancer is not None and balancer.internal:
        sentence = f"{name} stands behind {http.load_balancer[0]}, which is internal, and CloudFront comes from outside"
        yield mistake(scope.tree, loc, sentence, because=because)
    if balancer is not None and balancer.mutual_tls is not None and balancer.mutual_tls.asked:
        sentence = f"{name} stands behind {http.load_balancer[0]}, which asks for a certificate, and CloudFront"
        yield mistake(scope.tree, loc, f"{sentence} has none; lead there by another host", because=because)
    waf = scope.layer.waf if scope.layer is not None else None
    if waf is not None and waf.rate is not None:
        sentence = f"common.waf counts requests by address (rate), and what comes to {name} by the site comes from"
        yield mistake(scope.tree, loc, f"{sentence} CloudFront's; lead there by another host", because=because)
    missing = [host for host in hosts_of(site, domain) if host not in led_by(http, domain)]
    if missing:
        names = listed([_called(scope, host) for host in missing], len(missing))
        said = ", ".join(["{domain}" if host == DOMAIN else host for host in hosts_of(site, domain)])
        sentence = f"{name} doesn't answer at {names}, and CloudFront asks it by the name that it was asked for; say"
        yield mistake(scope.tree, loc, f"{sentence} services.{name}.http.hosts: [{said}]", because=because)
    path = str(loc[-1])
    # Its public sidecars stand behind the same load balancer, whose rules lead to them.
    beside = [each for each in service.https.values() if each.load_balancer[0] == http.load_balancer[0]]
    answered = list(dict.fromkeys(each for way in beside for each in way.paths))
    if all(way.paths for way in beside) and not any(covers(each, path) or covers(path, each) for each in answered):
        sentence = f"{name} answers {listed(answered, 3)} alone, so nobody answers {path}; say it in"
        yield mistake(scope.tree, loc, f"{sentence} services.{name}.http.paths, too", because=because)
    if http.allow:
        sentence = f"{name} lets some addresses in alone (allow), and what comes by the site comes from CloudFront's"
        yield mistake(scope.tree, loc, f"{sentence}; take one of the two out", because=because)
    if http.sign_in is not None:
        sentence = f"people sign in at {name} by paths that would have to lead there, too; lead there by another host"
        yield mistake(scope.tree, loc, sentence, because=because)


def _moved(scope: Scope, name: str, site: Site) -> Iterator[Mistake]:
    """Old addresses that CloudFront never looks up, as a service answers there."""
    for each in site.redirects.moved if site.redirects is not None else ():
        path = each.old.partition("?")[0]
        if (pattern := next((pattern for pattern in site.paths if meet(pattern, path)), None)) is not None:
            sentence = f"line {each.line}: {path} lies in {pattern}, which {site.paths[pattern]} answers; take it out"
            yield mistake(
                scope.tree, ("sites", name, "redirects", "file"), sentence, because=[("sites", name, "paths")]
            )
            return
    if site.redirects is not None and scope.domain is not None and scope.kind == "environment":
        hosts = {full_name(host, scope.domain) for host in hosts_of(site, scope.domain)}
        for sentence in islice(circles(site.redirects.moved, hosts), 1):
            loc: Loc = ("sites", name, "redirects", "file")
            because: list[Loc] = [("sites", name, "hosts")]
            yield mistake(scope.tree, loc, f"{sentence}, by {listed(sorted(hosts), 3)}", because=because)


def _asked_from_outside(scope: Scope, name: str, site: Site) -> Iterator[Mistake]:
    """Route 53 asks at the first host of a service: at a site's, CloudFront answers by the site's paths."""
    domain = scope.domain or ""
    for called, service in scope.services.items():
        for sidecar, http in service.https.items():
            check = http.route53_health_check
            if check is None or next(iter(led_by(http, domain))) not in hosts_of(site, domain):
                continue
            asks = check.path.partition("?")[0]
            first = next((service for path, service in ordered(site.paths) if covers(path, asks)), None)
            if first != called:
                sentence = (
                    f"{quoted(asks)} is asked for at site {name}'s host, where none of its paths leads to {called}"
                )
                instead = f"say sites.{name}.paths: {{{asks}: {called}}}, or ask at a path that leads here"
                of: Loc = (*of_http(called, sidecar), "route53_health_check")
                yield mistake(scope.tree, of, f"{sentence}; {instead}", because=[("sites", name)])


def _operators(scope: Scope, name: str, site: Site) -> Iterator[Mistake]:
    """A prefix that a service answers for: nobody would see what is uploaded there."""
    for called, operator in site.operators.items():
        for pattern, service in site.paths.items():
            if pattern.endswith("*") and "?" not in pattern and operator.prefix.startswith(pattern.rstrip("*")):
                loc: Loc = ("sites", name, "operators", called, "prefix")
                sentence = f"{service} answers {pattern}, so nobody would see what {called} uploads there; expected a"
                because = [("sites", name, "paths", pattern)]
                yield mistake(scope.tree, loc, f"{sentence} folder of the site's files", because=because)


def _bucket(scope: Scope, name: str, site: Site) -> Iterator[Mistake]:
    if (bucket := site.bucket) is None:
        return
    loc: Loc = ("sites", name, "bucket")
    part = scope.parts.get(bucket)
    known = [each for each, store in scope.stores.items() if store.bucket is not None]
    if isinstance(part, Store) and part.bucket is not None:
        if part.bucket.existing is not None:
            sentence = f"{bucket} is there already, and its policy, which would let CloudFront in, is somebody else's"
            yield mistake(scope.tree, loc, f"{sentence}; leave bucket out, or take a bucket that is made")
    elif scope.homes.get(bucket) != "stores" or part is not None:
        if bucket not in scope.homes and not scope.whole:
            return  # nobody knows whether it is one
        needed = f"sites.{name} shows it; override its bucket too"
        sentence = f"{quoted(bucket)} is no bucket; " + (
            f"{one_of(known)}{meant(bucket, known)}" if known else "declare one: stores: {uploads: {bucket: {}}}"
        )
        yield at_removal(scope.tree, ("stores", bucket), needed) or mistake(
            scope.tree, loc, sentence, because=[("stores", bucket)]
        )
    if site.removal == "delete":
        sentence = "says when its own bucket goes, and it has none; say it of the store"
        yield mistake(scope.tree, ("sites", name, "removal"), sentence)


def _covered(scope: Scope, name: str, site: Site) -> Iterator[Mistake]:
    """A zone covers each host, and one certificate all of them."""
    layer, domain = scope.layer, scope.domain
    if layer is None:
        return
    if domain is None:
        if "domain" not in scope.tree.mapping and not layer.load_balancers:
            sentence = f"is missing: where site {name} answers"
            yield mistake(scope.tree, ["domain"], sentence, because=[("sites", name)])
        return
    hosts = [full_name(host, domain) for host in hosts_of(site, domain)]
    if scope.kind == "review":
        return  # one label below its domain, for which there is a certificate
    certificates: dict[str, str] = {}
    for host in hosts:
        zone, loc = zone_of(host, layer), _loc(name, site, host_of(host, domain), domain)
        if zone is None:
            if host != domain or certified(host, layer):  # else that is said of the domain
                zones = " or ".join(each.name for each in layer.hosted_zones) or "one of common.hosted_zones"
                covers = f"no zone of account {scope.account} covers {quoted(host)}"
                yield mistake(scope.tree, loc, f"{covers}; expected a host in {zones}")
            continue
        certificates.setdefault(str(certificate_of(host, layer)), host)
        if len(certificates) > 1:
            one, other = list(certificates.items())[:2]
            sentence = (
                f"{other[1]} needs the certificate for {other[0]}, {one[1]} that for {one[0]}, and CloudFront has"
            )
            yield mistake(scope.tree, loc, f"{sentence} one a site; lead one to the other by redirects")
            break
    if len(hosts) > ALIASES:
        sentence = f"these are {len(hosts)} hosts, and CloudFront takes {ALIASES} a site"
        yield mistake(scope.tree, ("sites", name, "hosts"), sentence)
