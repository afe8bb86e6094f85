"""What CloudFront sends files with so that browsers take care: HSTS, types, frames, referrers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudfront_response_headers_policy import (
    CloudfrontResponseHeadersPolicy,
    CloudfrontResponseHeadersPolicyCustomHeadersConfig,
    CloudfrontResponseHeadersPolicyCustomHeadersConfigItems,
    CloudfrontResponseHeadersPolicySecurityHeadersConfig,
    CloudfrontResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicy,
    CloudfrontResponseHeadersPolicySecurityHeadersConfigContentTypeOptions,
    CloudfrontResponseHeadersPolicySecurityHeadersConfigFrameOptions,
    CloudfrontResponseHeadersPolicySecurityHeadersConfigReferrerPolicy,
    CloudfrontResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurity,
)
from constructs import Construct

from modules.here import Here
from tanada.declared.sites import OF_CLOUDFRONT, Site

MANAGED = "67f7725c-6f97-4210-82d7-5512b31e9d03"
"""CloudFront's own SecurityHeadersPolicy (developer guide, "Use managed response headers policies"): an account has 20
of its own, and this counts as none."""


def security_headers(scope: Construct, id: str, settings: Site, here: Here) -> str | None:
    """The id of the policy; of one of its own where `headers` says something else, None where none is sent."""
    if not settings.headers:
        return MANAGED
    sent = settings.sent
    if not sent:
        return None
    others = [(name, value) for name, value in sorted(sent.items()) if name not in OF_CLOUDFRONT]
    policy = CloudfrontResponseHeadersPolicy(
        scope,
        "headers",
        name=here.names.limited(f"{id}-headers", 64),
        comment=f"Headers of {here.names.joined(id)}",
        security_headers_config=_security(sent) if sent.keys() & {*OF_CLOUDFRONT} else None,
        custom_headers_config=CloudfrontResponseHeadersPolicyCustomHeadersConfig(
            items=[
                CloudfrontResponseHeadersPolicyCustomHeadersConfigItems(header=name, value=value, override=True)
                for name, value in others
            ]
        )
        if others
        else None,
        # Where the word is taken out, it goes after the distribution that has it: CloudFront deletes nothing in use.
        lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
    )
    return policy.id


def _security(sent: Mapping[str, str]) -> CloudfrontResponseHeadersPolicySecurityHeadersConfig:
    hsts, types, frames, referrer, content = (sent.get(name) for name in OF_CLOUDFRONT)
    seconds = re.search(r"\d+", hsts) if hsts else None
    return CloudfrontResponseHeadersPolicySecurityHeadersConfig(
        strict_transport_security=CloudfrontResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurity(
            access_control_max_age_sec=int(seconds[0]),
            include_subdomains="includeSubDomains" in hsts,
            preload="preload" in hsts,
            override=True,
        )
        if hsts and seconds
        else None,
        content_type_options=CloudfrontResponseHeadersPolicySecurityHeadersConfigContentTypeOptions(override=True)
        if types
        else None,
        frame_options=CloudfrontResponseHeadersPolicySecurityHeadersConfigFrameOptions(
            frame_option=frames, override=True
        )
        if frames
        else None,
        referrer_policy=CloudfrontResponseHeadersPolicySecurityHeadersConfigReferrerPolicy(
            referrer_policy=referrer, override=True
        )
        if referrer
        else None,
        content_security_policy=CloudfrontResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicy(
            content_security_policy=content, override=True
        )
        if content
        else None,
    )
