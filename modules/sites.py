"""Sites: files in a private bucket behind CloudFront, and paths of the same names that a service answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import cast

from cdktf_cdktf_provider_aws.cloudfront_distribution import (
    CloudfrontDistribution,
    CloudfrontDistributionCustomErrorResponse,
    CloudfrontDistributionDefaultCacheBehavior,
    CloudfrontDistributionDefaultCacheBehaviorForwardedValues,
    CloudfrontDistributionDefaultCacheBehaviorForwardedValuesCookies,
    CloudfrontDistributionDefaultCacheBehaviorFunctionAssociation,
    CloudfrontDistributionOrderedCacheBehavior,
    CloudfrontDistributionOrderedCacheBehaviorForwardedValues,
    CloudfrontDistributionOrderedCacheBehaviorForwardedValuesCookies,
    CloudfrontDistributionOrderedCacheBehaviorFunctionAssociation,
    CloudfrontDistributionOrigin,
    CloudfrontDistributionOriginCustomOriginConfig,
    CloudfrontDistributionRestrictions,
    CloudfrontDistributionRestrictionsGeoRestriction,
    CloudfrontDistributionViewerCertificate,
)
from cdktf_cdktf_provider_aws.cloudfront_function import CloudfrontFunction
from cdktf_cdktf_provider_aws.cloudfront_origin_access_control import CloudfrontOriginAccessControl
from constructs import Construct

from modules.bucket import Bucket
from modules.here import Here
from modules.public_route import Edge, HostRecords
from modules.security_headers import security_headers
from modules.site_operators import operators
from modules.site_publishers import publishers
from modules.store import Store
from tanada import function_zips
from tanada.declared import bucket as buckets
from tanada.declared import sites as declared
from tanada.declared.hosts import DOMAIN

NOTHING_KEPT = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""CloudFront's own CachingDisabled (developer guide, "Use managed cache policies")."""
ALL_SENT = "216adef6-5c7f-47e4-b989-5492eafa07d3"
"""Its AllViewer: all that a browser sends, `Host` too ("Use managed origin request policies")."""
TLS = "TLSv1.2_2021"
"""What browsers speak at least ("Supported protocols and ciphers between viewers and CloudFront")."""
READ, ALL = ("GET", "HEAD"), ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
OF_SERVICES = (400, 403, 405, 414, 500, 501, 502, 503, 504)
"""Errors, beside 404, that CloudFront would keep for ten seconds, whoever asked and whatever they say of keeping them
(developer guide, "Control how long CloudFront caches errors")."""
MISSING = 10
"""Seconds for which CloudFront remembers that something isn't there."""
FILES, EVENTS = "files", ("viewer-request", "viewer-response")


def sites(here: Here, stores: Mapping[str, Store]) -> dict[str, Site]:
    """The environment's sites, by name."""
    scope = Construct(here.stack, "(sites)")
    return {
        name: Site(scope, name, settings, here, cast(Bucket, stores[settings.bucket]) if settings.bucket else None)
        for name, settings in here.blueprint.sites.items()
    }


class Site(Construct):
    """One distribution, which alone reads the files of its bucket."""

    def __init__(self, scope: Construct, id: str, settings: declared.Site, here: Here, bucket: Bucket | None) -> None:
        """`bucket` is the store that holds its files; None: one of its own."""
        super().__init__(scope, id)
        self._id, self._settings, self._here = id, settings, here
        self.hosts = declared.hosts_of(settings, here.instance.certain_domain)
        if bucket is None:
            own = here if settings.removal == "keep" else here.letting_go()
            bucket = Bucket(self, "bucket", buckets.Bucket(), own, called=id)
        self.bucket = bucket
        function = CloudfrontFunction(
            self,
            "function",
            name=here.names.limited(id, 64),
            runtime="cloudfront-js-2.0",
            comment=f"Files and folders of {here.names.joined(id)}",
            code=self._code(),
            publish=True,
            key_value_store_associations=self._moved_pages(),
        )
        self.distribution = self._distribution(function.arn)
        bucket.let_in(*self._reads(bucket.arn))
        for host in self.hosts:
            zone = here.zone if host == DOMAIN else here.zones[host]
            assert zone is not None, "a check says so"
            edge = Edge(self.distribution.domain_name, self.distribution.hosted_zone_id)
            HostRecords(here, host, edge, zone, [])
        people = operators(
            Construct(self, "operators"), here, id, settings.operators, bucket.arn, self.distribution.arn
        )
        trusted, distribution = here.publishers.get(id, ()), (self.distribution.id, self.distribution.arn)
        publisher = publishers(self, here, id, trusted, bucket.arn, distribution) if trusted else None
        self.contract: dict[str, object] = {
            "bucket": bucket.aws_name,
            "distribution_id": self.distribution.id,
            "url": f"https://{here.instance.host(self.hosts[0])}",
            **({"operators": people} if people else {}),
            **({"publishers": publisher} if publisher is not None else {}),
        }

    def _code(self) -> str:
        said: dict[str, object] = {"index": self._settings.index}
        if (pages := self._settings.redirects) is not None:
            said |= {"query": pages.query, "crawlers": sorted({each.lower() for each in pages.crawlers})}
        first = "redirects.js" if pages is not None else "no_redirects.js"
        code = function_zips.script("sites", first, "pages.js")
        return f"{code}\nconst SITE = {json.dumps(said, sort_keys=True)};\n"

    def _moved_pages(self) -> list[str] | None:
        """The store that its function looks into."""
        if (pages := self._settings.redirects) is None:
            return None
        from modules.key_value_store import store_of  # its part of the provider, where there are any alone

        return [store_of(self, self._here.names, self._id, pages)]

    def _distribution(self, function: str) -> CloudfrontDistribution:
        here, settings = self._here, self._settings
        access = CloudfrontOriginAccessControl(
            self,
            "access",
            name=here.names.limited(f"{self._id}-access", 64),
            description=f"Reads the files of {here.names.joined(self._id)}",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
        )
        headers = security_headers(self, self._id, settings, here)
        return CloudfrontDistribution(
            self,
            "distribution",
            comment=here.names.joined(self._id),
            enabled=True,
            aliases=[here.instance.host(host) for host in self.hosts],
            is_ipv6_enabled=True,
            http_version="http2and3",
            price_class="PriceClass_All",
            default_root_object=settings.index,
            origin=[
                CloudfrontDistributionOrigin(
                    origin_id=FILES, domain_name=self.bucket.domain_name, origin_access_control_id=access.id
                ),
                *self._balancers(),
            ],
            default_cache_behavior=CloudfrontDistributionDefaultCacheBehavior(
                target_origin_id=FILES,
                viewer_protocol_policy="redirect-to-https",
                allowed_methods=list(READ),
                cached_methods=list(READ),
                compress=True,
                min_ttl=0,
                default_ttl=settings.cache.html,
                max_ttl=settings.cache.html,
                # A policy of ours would count against 20 an account; these settings count against nothing.
                forwarded_values=CloudfrontDistributionDefaultCacheBehaviorForwardedValues(
                    query_string=False,
                    cookies=CloudfrontDistributionDefaultCacheBehaviorForwardedValuesCookies(forward="none"),
                ),
                response_headers_policy_id=headers,
                function_association=[
                    CloudfrontDistributionDefaultCacheBehaviorFunctionAssociation(
                        event_type=event, function_arn=function
                    )
                    for event in EVENTS
                ],
            ),
            ordered_cache_behavior=[*self._of_services(), *self._of_files(function, headers)],
            custom_error_response=[
                CloudfrontDistributionCustomErrorResponse(
                    error_code=404,
                    response_code=404 if settings.error_page else None,
                    response_page_path=f"/{settings.error_page}" if settings.error_page else None,
                    error_caching_min_ttl=0 if settings.paths else MISSING,
                ),
                *(
                    CloudfrontDistributionCustomErrorResponse(error_code=code, error_caching_min_ttl=0)
                    for code in (OF_SERVICES if settings.paths else ())
                ),
            ],
            restrictions=CloudfrontDistributionRestrictions(
                geo_restriction=CloudfrontDistributionRestrictionsGeoRestriction(restriction_type="none")
            ),
            viewer_certificate=CloudfrontDistributionViewerCertificate(
                acm_certificate_arn=here.edge_certificates[self._id],
                ssl_support_method="sni-only",
                minimum_protocol_version=TLS,
            ),
            # Minutes in which a review environment already does all the rest.
            wait_for_deployment=here.instance.permanent,
            tags={"Name": here.names.joined(self._id)},
        )

    def _balancer(self, service: str) -> str:
        """The load balancer that a service's names would lead to."""
        http = self._here.blueprint.services[service].http
        assert http is not None, "a check says so"
        return http.load_balancer[0]

    def _balancers(self) -> Iterator[CloudfrontDistributionOrigin]:
        """CloudFront checks the certificate against the `Host` that it sends on, for which the load balancer has one
        (developer guide, "Requiring HTTPS for communication between CloudFront and your custom origin")."""
        for name in dict.fromkeys(self._balancer(service) for _, service in declared.ordered(self._settings.paths)):
            yield CloudfrontDistributionOrigin(
                origin_id=name,
                domain_name=self._here.load_balancer(name).dns_name,
                custom_origin_config=CloudfrontDistributionOriginCustomOriginConfig(
                    http_port=80,
                    https_port=443,
                    origin_protocol_policy="https-only",
                    origin_ssl_protocols=["TLSv1.2"],
                ),
            )

    def _of_services(self) -> Iterator[CloudfrontDistributionOrderedCacheBehavior]:
        for path, service in declared.ordered(self._settings.paths):
            yield CloudfrontDistributionOrderedCacheBehavior(
                path_pattern=path,
                target_origin_id=self._balancer(service),
                viewer_protocol_policy="redirect-to-https",
                allowed_methods=list(ALL),
                cached_methods=list(READ),
                cache_policy_id=NOTHING_KEPT,
                origin_request_policy_id=ALL_SENT,
            )

    def _of_files(self, function: str, headers: str | None) -> Iterator[CloudfrontDistributionOrderedCacheBehavior]:
        """Pages as the rest, then other files."""
        cache = self._settings.cache
        for path in (*declared.HTML, declared.FILES):
            html = path in declared.HTML
            yield CloudfrontDistributionOrderedCacheBehavior(
                path_pattern=path,
                target_origin_id=FILES,
                viewer_protocol_policy="redirect-to-https",
                allowed_methods=list(READ),
                cached_methods=list(READ),
                compress=True,
                min_ttl=0,
                default_ttl=cache.html if html else cache.files,
                max_ttl=cache.html if html else declared.YEAR,
                forwarded_values=CloudfrontDistributionOrderedCacheBehaviorForwardedValues(
                    query_string=False,
                    cookies=CloudfrontDistributionOrderedCacheBehaviorForwardedValuesCookies(forward="none"),
                ),
                response_headers_policy_id=headers,
                function_association=[
                    CloudfrontDistributionOrderedCacheBehaviorFunctionAssociation(
                        event_type=event, function_arn=function
                    )
                    for event in EVENTS
                ],
            )

    def _reads(self, arn: str) -> Iterator[Mapping[str, object]]:
        """That it may read, and no other distribution (S3 user guide, "Restricting access to an Amazon S3 origin").
        Who may list is told that something isn't there, 404, where others hear 403; no request lists, for the function
        makes a file of every folder, of `/` too."""
        for sid, action, resource in (
            ("Reads", "s3:GetObject", f"{arn}/*"),
            ("Misses", "s3:ListBucket", arn),
        ):
            yield {
                "Sid": f"{sid}{''.join(word.capitalize() for word in self._id.split('-'))}",
                "Effect": "Allow",
                "Principal": {"Service": "cloudfront.amazonaws.com"},
                "Action": action,
                "Resource": resource,
                "Condition": {"StringEquals": {"aws:SourceArn": self.distribution.arn}},
            }
