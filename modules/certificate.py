"""Certificates, validated through DNS."""

from __future__ import annotations

from cdktf import TerraformProvider, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.acm_certificate import AcmCertificate, AcmCertificateOptions
from cdktf_cdktf_provider_aws.acm_certificate_validation import AcmCertificateValidation
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from constructs import Construct

EDGE = "us-east-1"
"""Where CloudFront looks for certificates."""


class Certificate(Construct):
    """For a domain and every name one label below it (`review.example.jp`, `*.review.example.jp`)."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        domain: str,
        zone_id: str,
        region: str,
        edge: bool = False,
        provider: TerraformProvider | None = None,
    ) -> None:
        """`region` is the stack's own; `edge`: whether CloudFront needs it, too. `provider` is another account's that
        has the zone; the certificate stands in this one."""
        super().__init__(scope, id)
        certificate = self._certificate("certificate", domain)
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
        self.edge_arn: str | None = None
        """That of CloudFront's, which has to lie in us-east-1 (CloudFront developer guide, "Requirements for using
        SSL/TLS certificates with CloudFront")."""
        if edge:
            self.edge_arn = self.arn if region == EDGE else self._at_the_edge(domain, record)

    def _certificate(self, id: str, domain: str, region: str | None = None) -> AcmCertificate:
        return AcmCertificate(
            self,
            id,
            region=region,
            domain_name=domain,
            subject_alternative_names=[f"*.{domain}"],
            validation_method="DNS",
            options=AcmCertificateOptions(certificate_transparency_logging_preference="ENABLED"),
            tags={"Name": domain},
            # A listener, or a distribution, holds the old one until the new one is there.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )

    def _at_the_edge(self, domain: str, record: Route53Record) -> str:
        """One and the same record validates a name in all regions of an account (ACM guide, "DNS validation"): one of
        its own would be overwritten, and taken away with whichever goes first."""
        certificate = self._certificate("edge", domain, EDGE)
        validated = AcmCertificateValidation(
            self,
            "edge_validated",
            region=EDGE,
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
        )
        return validated.certificate_arn
