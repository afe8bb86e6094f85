"""Mail by SES: the domain's identity, the records by which receivers know it, and what is watched of it."""

from __future__ import annotations

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from cdktf_cdktf_provider_aws.sesv2_configuration_set import (
    Sesv2ConfigurationSet,
    Sesv2ConfigurationSetDeliveryOptions,
    Sesv2ConfigurationSetReputationOptions,
    Sesv2ConfigurationSetSendingOptions,
    Sesv2ConfigurationSetSuppressionOptions,
)
from cdktf_cdktf_provider_aws.sesv2_email_identity import Sesv2EmailIdentity, Sesv2EmailIdentityDkimSigningAttributes
from cdktf_cdktf_provider_aws.sesv2_email_identity_mail_from_attributes import Sesv2EmailIdentityMailFromAttributes
from constructs import Construct

from modules.alarms import Alarm, metric_alarm
from tanada.declared.mail import Mail as Settings
from tanada.declared.mail import keys_in
from tanada.names import configuration_set

_KEYS = 3
"""Easy DKIM has so many, and turns them itself (SES developer guide, "Easy DKIM")."""
_TTL = 1800
_HOUR = 3600
RATES = (
    Alarm(
        word="bounces",
        dimensions={},
        namespace="AWS/SES",
        metric="Reputation.BounceRate",
        statistic="Average",
        reaches=0.05,
        period=_HOUR,
        missing="ignore",
        why="Of the mail that this account sends 5% or more comes back: AWS puts it under review at 5%, and stops it "
        "from sending at 10%. Somebody writes to addresses that aren't there: find who, and stop that.",
    ),
    Alarm(
        word="complaints",
        dimensions={},
        namespace="AWS/SES",
        metric="Reputation.ComplaintRate",
        statistic="Average",
        reaches=0.001,
        period=_HOUR,
        missing="ignore",
        why="Of a thousand that get this account's mail one or more called it spam: AWS puts it under review at 0.1%, "
        "and stops it from sending at 0.5%. Find who writes to whom, and stop that.",
    ),
)
"""Of the whole account, as AWS reckons; from which it reviews an account (SES developer guide, "Reputation metrics
messages"), and how its guide has an alarm treat hours without mail ("Creating reputation monitoring alarms using
CloudWatch")."""


class Mail(Construct):
    """One domain: whoever may, sends from it, and receivers can tell that it was us."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        settings: Settings,
        *,
        system: str,
        region: str,
        zone_id: str,
        provider: TerraformProvider | None,
        alarm_topic: str | None,
    ) -> None:
        """`provider` is another account's that has the zone; `alarm_topic` is told when too much comes back, None where
        nobody is."""
        super().__init__(scope, id)
        self._settings, self._zone_id, self._provider = settings, zone_id, provider
        name = configuration_set(system)
        configuration = Sesv2ConfigurationSet(
            self,
            "configuration_set",
            configuration_set_name=name,
            # A server that speaks no TLS gets no mail, rather than one that everybody on the way can read.
            delivery_options=Sesv2ConfigurationSetDeliveryOptions(tls_policy="REQUIRE"),
            reputation_options=Sesv2ConfigurationSetReputationOptions(reputation_metrics_enabled=True),
            sending_options=Sesv2ConfigurationSetSendingOptions(sending_enabled=True),
            # Whoever isn't there, or called it spam, is not written to again.
            suppression_options=Sesv2ConfigurationSetSuppressionOptions(suppressed_reasons=["BOUNCE", "COMPLAINT"]),
            tags={"Name": name},
        )
        identity = Sesv2EmailIdentity(
            self,
            "identity",
            email_identity=settings.domain,
            # Of every mail, whether its program says one or not.
            configuration_set_name=configuration.configuration_set_name,
            dkim_signing_attributes=Sesv2EmailIdentityDkimSigningAttributes(next_signing_key_length="RSA_2048_BIT"),
            tags={"Name": settings.domain},
        )
        for number in range(_KEYS):
            token = f"${{{identity.fqn}.dkim_signing_attributes[0].tokens[{number}]}}"
            self._record(
                f"dkim_{number}", f"{token}._domainkey.{settings.domain}", "CNAME", f"{token}.{keys_in(region)}"
            )
        returned = [
            self._record("mail_from_mx", settings.return_path, "MX", f"10 feedback-smtp.{region}.amazonses.com"),
            # Not at the domain itself: what stands there is of whoever else sends from it.
            self._record("mail_from_spf", settings.return_path, "TXT", "v=spf1 include:amazonses.com ~all"),
        ]
        Sesv2EmailIdentityMailFromAttributes(
            self,
            "mail_from",
            email_identity=identity.email_identity,
            mail_from_domain=settings.return_path,
            # Where the record is not found SES sends from its own domain, and the signature still says whose it is.
            behavior_on_mx_failure="USE_DEFAULT_VALUE",
            # SES looks for the record from then on, for three days.
            depends_on=returned,
        )
        self._dmarc()
        for alarm in RATES:
            metric_alarm(self, alarm, f"{name}_{alarm.word}", alarm_topic)

    def _record(self, id: str, name: str, type: str, value: str) -> Route53Record:
        """One that is not there yet: what somebody else has there AWS doesn't overwrite."""
        return Route53Record(
            self, id, zone_id=self._zone_id, name=name, type=type, ttl=_TTL, records=[value], provider=self._provider
        )

    def _dmarc(self) -> None:
        dmarc = self._settings.dmarc
        if dmarc.policy == "existing":
            return
        reports = f"; rua=mailto:{dmarc.reports}" if dmarc.reports is not None else ""
        self._record("dmarc", f"_dmarc.{self._settings.domain}", "TXT", f"v=DMARC1; p={dmarc.policy}{reports}")
