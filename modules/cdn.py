"""CloudFront before services: a distribution each, which comes to an internal load balancer from inside the VPC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cdktf_cdktf_provider_aws.cloudfront_distribution import (
    CloudfrontDistribution,
    CloudfrontDistributionCustomErrorResponse,
    CloudfrontDistributionDefaultCacheBehavior,
    CloudfrontDistributionOrderedCacheBehavior,
    CloudfrontDistributionOrderedCacheBehaviorForwardedValues,
    CloudfrontDistributionOrderedCacheBehaviorForwardedValuesCookies,
    CloudfrontDistributionOrigin,
    CloudfrontDistributionOriginVpcOriginConfig,
    CloudfrontDistributionRestrictions,
    CloudfrontDistributionRestrictionsGeoRestriction,
    CloudfrontDistributionViewerCertificate,
)
from constructs import Construct

from modules.here import Here
from modules.public_route import Edge, HostRecords
from modules.service import Service
from modules.sites import ALL, ALL_SENT, NOTHING_KEPT, OF_SERVICES, READ, TLS
from tanada.declared.cdn import YEAR, Cdn, behaviors, lists
from tanada.declared.hosts import DOMAIN, led_by
from tanada.declared.http import Http

_PASSED_ON: dict[str, Any] = {"cache_policy_id": NOTHING_KEPT, "origin_request_policy_id": ALL_SENT}


def cdns(here: Here, made: Mapping[str, Service]) -> None:
    """Those of an environment, and the records of their hosts."""
    scope = Construct(here.stack, "(cdn)")
    for name, service in here.blueprint.services.items():
        for http in service.https.values():
            if http.cdn is not None:
                _Distribution(scope, name, http, http.cdn, here, made[name])


def _own_firewall(scope: Construct, id: str, http: Http, here: Here) -> str:
    """The ARN of its web ACL, where addresses are refused: a distribution has one, so AWS's rules stand in it, too."""
    from modules.edge_lists import rules  # where there are lists alone
    from modules.waf import Waf

    called = here.called(id)
    return Waf(
        scope,
        "waf",
        here.waf,
        name=here.names.limited(f"{called}-edge", 100),
        retention_days=here.blueprint.services[id].logs.days,
        at_edge=True,
        goes_last=True,
        more=rules(scope, here.names, called, lists(http.allow)),
    ).arn


class _Distribution(Construct):
    def __init__(self, scope: Construct, id: str, http: Http, settings: Cdn, here: Here, answers: Service) -> None:
        super().__init__(scope, id)
        hosts = led_by(http, here.instance.certain_domain)
        self._settings, self._balancer = settings, http.load_balancer[0]
        self._leads: dict[str, Any] = {
            "target_origin_id": self._balancer,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": list(ALL),
            "cached_methods": list(READ),
        }
        balancer = here.load_balancer(self._balancer)
        distribution = CloudfrontDistribution(
            self,
            "distribution",
            comment=here.names.joined(id),
            enabled=True,
            aliases=[here.instance.host(host) for host in hosts],
            is_ipv6_enabled=True,
            http_version="http2and3",
            price_class="PriceClass_All",
            origin=[
                CloudfrontDistributionOrigin(
                    origin_id=self._balancer,
                    domain_name=balancer.dns_name,
                    vpc_origin_config=CloudfrontDistributionOriginVpcOriginConfig(
                        vpc_origin_id=here.vpc_origins[self._balancer],
                        # CloudFront's most without asking; the load balancer's own idle timeout is 60 s.
                        origin_read_timeout=60,
                        origin_keepalive_timeout=5,
                    ),
                )
            ],
            default_cache_behavior=CloudfrontDistributionDefaultCacheBehavior(**self._leads, **_PASSED_ON),
            ordered_cache_behavior=[*self._paths()],
            custom_error_response=[
                CloudfrontDistributionCustomErrorResponse(error_code=code, error_caching_min_ttl=0)
                for code in sorted((*OF_SERVICES, 404))
            ],
            restrictions=CloudfrontDistributionRestrictions(
                geo_restriction=CloudfrontDistributionRestrictionsGeoRestriction(restriction_type="none")
            ),
            viewer_certificate=CloudfrontDistributionViewerCertificate(
                acm_certificate_arn=here.edge_certificates[id],
                ssl_support_method="sni-only",
                minimum_protocol_version=TLS,
            ),
            # A name leads here once every edge has it.
            wait_for_deployment=True,
            web_acl_id=_own_firewall(self, id, http, here) if http.allow else here.firewall,
            tags={"Name": here.names.joined(id)},
        )
        for host in hosts:
            zone = here.zone if host == DOMAIN else here.zones[host]
            assert zone is not None, "a check says so"
            HostRecords(
                here, host, Edge(distribution.domain_name, distribution.hosted_zone_id), zone, [answers.service]
            )

    def _paths(self) -> Iterator[CloudfrontDistributionOrderedCacheBehavior]:
        """A policy of ours would count against 20 an account; what is said here counts against nothing."""
        cookies = self._settings.cookies
        for path, seconds in behaviors(self._settings):
            if seconds is None:
                yield CloudfrontDistributionOrderedCacheBehavior(path_pattern=path, **self._leads, **_PASSED_ON)
                continue
            yield CloudfrontDistributionOrderedCacheBehavior(
                path_pattern=path,
                **self._leads,
                compress=True,
                min_ttl=0,
                default_ttl=seconds,
                max_ttl=YEAR,
                forwarded_values=CloudfrontDistributionOrderedCacheBehaviorForwardedValues(
                    query_string=True,
                    # By `Host` the load balancer finds rule and certificate.
                    headers=["Host"],
                    cookies=CloudfrontDistributionOrderedCacheBehaviorForwardedValuesCookies(
                        forward="whitelist" if cookies else "none", whitelisted_names=list(cookies) or None
                    ),
                ),
            )
