"""Certificates, validated through DNS."""

from __future__ import annotations

from cdktf import TerraformProvider, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.acm_certificate import AcmCertificate, AcmCertificateOptions
from cdktf_cdktf_provider_aws.acm_certificate_validation import AcmCertificateValidation
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from constructs import Construct


class Certificate(Construct):
    """For a domain and every name one label below it (`review.example.jp`, `*.review.example.jp`)."""

    def __init__(
        self, scope: Construct, id: str, *, domain: str, zone_id: str, provider: TerraformProvider | None = None
    ) -> None:
        """`provider` is another account's that has the zone; the certificate stands in this one."""
        super().__init__(scope, id)
        certificate = AcmCertificate(
            self,
            "certificate",
            domain_name=domain,
            subject_alternative_names=[f"*.{domain}"],
            validation_method="DNS",
            options=AcmCertificateOptions(certificate_transparency_logging_preference="ENABLED"),
            tags={"Name": domain},
            # A listener holds the old one until the new one is there.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        # A name and its wildcard are validated by one and the same record (ACM guide, "DNS validation").
        option = f"tolist({certificate.fqn}.domain_validation_options)[0]"
        record = Route53Record(
            self,
            "validation",
            zone_id=zone_id,
            name=f"${{{option}.resource_record_name}}",
            type=f"${{{option}.resource_record_type}}",
            records=[f"${{{option}.resource_record_value}}"],
            ttl=60,
            allow_overwrite=True,
            provider=provider,
        )
        validated = AcmCertificateValidation(
            self, "validated", certificate_arn=certificate.arn, validation_record_fqdns=[record.fqdn]
        )
        self.arn = validated.certificate_arn
