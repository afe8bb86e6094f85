"""ACM: certificates."""

from __future__ import annotations

from typing import Any

from tanada.resources.cost import Free
from tanada.resources.entry import Resource, Values, arn, read, replaceable
from tanada.resources.refusal import in_use, too_long
from tanada.resources.request import made_by
from tanada.resources.seed import UNKNOWN, Seed, digest, has_unknown, spelled

_FREE = Free("certificates of ACM for load balancers and CloudFront are free")


def _normalized(planned: Values) -> dict[str, Any]:
    """ACM adds the domain to the alternative names."""
    domain, alternatives = planned.get("domain_name"), planned.get("subject_alternative_names")
    if not isinstance(domain, str) or not domain:
        return {}  # an imported certificate knows its domain after apply
    configured = [] if alternatives in (None, UNKNOWN) else alternatives
    return {} if has_unknown(configured) else {"subject_alternative_names": sorted({domain, *configured})}


def _known_at_plan(planned: Values) -> dict[str, Any]:
    """The names to validate are known, so that `for_each` works on them."""
    names = planned.get("subject_alternative_names")
    if planned.get("validation_method") != "DNS" or has_unknown(names):
        return {}
    return {
        "domain_validation_options": [
            {
                "domain_name": name,
                "resource_record_name": UNKNOWN,
                "resource_record_type": UNKNOWN,
                "resource_record_value": UNKNOWN,
            }
            for name in names or []
        ]
    }


def _validation_options(seed: Seed) -> list[dict[str, str]]:
    """One record per name; a wildcard and its apex share theirs."""
    options = seed.values.get("domain_validation_options")
    names = [option["domain_name"] for option in options] if isinstance(options, list) else []
    records = []
    for name in names:
        base = str(name).removeprefix("*.")
        label = digest("acm", seed.account, seed.region, base)
        records.append(
            {
                "domain_name": name,
                "resource_record_name": f"_{label[:32]}.{base}.",
                "resource_record_type": "CNAME",
                "resource_record_value": f"_{label[32:64]}.{spelled(label, 'bcdfghjklm', 10)}.acm-validations.aws.",
            }
        )
    return records


RESOURCES = (
    Resource(
        type="aws_acm_certificate",
        lost="certificate",
        kept=False,  # another one is validated by itself
        replaces=read(
            "acm/certificate.go",
            "01661ea3",
            "certificate_authority_arn domain_name key_algorithm subject_alternative_names "
            "validation_method validation_option",
        ),
        cost=_FREE,
        defaults={"options.certificate_transparency_logging_preference": "ENABLED"},
        computed={
            "arn": arn("acm", "certificate/{uuid}"),
            "id": "{arn}",
            "key_algorithm": "RSA_2048",
            "renewal_eligibility": "INELIGIBLE",
            "renewal_summary": [],
            "status": "PENDING_VALIDATION",
            "type": "AMAZON_ISSUED",
            "validation_emails": [],
            "not_after": "",
            "not_before": "",
            "domain_validation_options": _validation_options,
        },
        normalized=_normalized,
        known_at_plan=_known_at_plan,
        sensitive=("private_key",),
        refusals=(
            in_use(
                "ResourceInUseException",
                "Certificate {arn} in account {account} is in use.",
                "ACM API reference, DeleteCertificate; hashicorp/terraform#18997",
                "aws_lb_listener certificate_arn",
                "aws_lb_listener_certificate certificate_arn",
                "aws_cloudfront_distribution viewer_certificate.acm_certificate_arn",
                "aws_apigatewayv2_domain_name domain_name_configuration.certificate_arn",
                mine="arn",
            ),
            too_long(
                "domain_name",
                64,
                "InvalidDomainValidationOptionsException",
                "The first domain name can be no longer than 64 characters.",
                "ACM API reference, RequestCertificate: the CN has 64 octets at most; convox/praxis#204",
            ),
        ),
        fills={},
        request=made_by("acm", "RequestCertificate", "AWS::CertificateManager::Certificate"),
        reads=(
            "acm:DescribeCertificate",
            "acm:ListTagsForCertificate",
        ),
        changes=(
            "acm:AddTagsToCertificate",
            "acm:DeleteCertificate",
            "acm:RemoveTagsFromCertificate",
            "acm:RequestCertificate",
            "acm:UpdateCertificateOptions",
        ),
    ),
    replaceable(
        "aws_acm_certificate_validation",
        read("acm/certificate_validation.go", "004eea7f", "certificate_arn validation_record_fqdns"),
        _FREE,
        computed={"id": "2026-01-01 00:00:00 +0000 UTC"},
        fills={},
        reads=("acm:DescribeCertificate",),
    ),
)
