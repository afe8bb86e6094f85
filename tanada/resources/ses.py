"""SES, by its API of version 2."""

from __future__ import annotations

from tanada.resources.cost import SETTING, ByUse, Free
from tanada.resources.entry import arn, read, replaceable
from tanada.resources.refusal import Call, Refusal, World, taken
from tanada.resources.request import made_by
from tanada.resources.seed import Seed, spelled

_TAGS = ("ses:TagResource", "ses:UntagResource")
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _tokens(seed: Seed) -> list[str]:
    """Three, of one's own in each account and region (SES developer guide, "Easy DKIM")."""
    return [spelled(f"{number}{seed.token}", _LETTERS, 32) for number in range(3)]


def _not_below(call: Call, _world: World) -> bool:
    whole, of = (str(call.values.get(each) or "") for each in ("mail_from_domain", "email_identity"))
    return call.action != "delete" and bool(whole and of) and not whole.endswith(f".{of.rpartition('@')[2]}")


RESOURCES = (
    replaceable(
        "aws_sesv2_configuration_set",
        read("sesv2/configuration_set.go", "0061f95f", "configuration_set_name"),
        Free("a way to send; what is sent is paid"),
        computed={"arn": arn("ses", "configuration-set/{configuration_set_name}"), "id": "{configuration_set_name}"},
        fills={},
        refusals=(
            taken(
                "aws_sesv2_configuration_set",
                "configuration_set_name",
                "AlreadyExistsException",
                "Configuration set {configuration_set_name} already exists.",
                "SES API v2 reference, CreateConfigurationSet; the sentence is ours",
            ),
        ),
        request=made_by("sesv2", "CreateConfigurationSet", "AWS::SES::ConfigurationSet"),
        reads=("ses:GetConfigurationSet", "ses:ListTagsForResource"),
        changes=(
            "ses:CreateConfigurationSet",
            "ses:DeleteConfigurationSet",
            "ses:PutConfigurationSetDeliveryOptions",
            "ses:PutConfigurationSetReputationOptions",
            "ses:PutConfigurationSetSendingOptions",
            "ses:PutConfigurationSetSuppressionOptions",
            *_TAGS,
        ),
    ),
    replaceable(
        "aws_sesv2_email_identity",
        read("sesv2/email_identity.go", "0214c421", "email_identity"),
        ByUse("mail"),
        sensitive=("dkim_signing_attributes.domain_signing_private_key",),
        computed={
            "arn": arn("ses", "identity/{email_identity}"),
            "id": "{email_identity}",
            "identity_type": "DOMAIN",
            # Once it has found the records.
            "verified_for_sending_status": False,
        },
        computed_in_blocks={
            "dkim_signing_attributes.current_signing_key_length": "RSA_2048_BIT",
            "dkim_signing_attributes.last_key_generation_timestamp": "2026-11-01T00:00:00Z",
            "dkim_signing_attributes.signing_attributes_origin": "AWS_SES",
            "dkim_signing_attributes.status": "PENDING",
            "dkim_signing_attributes.tokens": _tokens,
        },
        refusals=(
            taken(
                "aws_sesv2_email_identity",
                "email_identity",
                "AlreadyExistsException",
                "Email identity {email_identity} already exist.",
                "anomalyco/sst#4556",
            ),
        ),
        fills={},
        request=made_by(
            "sesv2",
            "CreateEmailIdentity",
            "AWS::SES::EmailIdentity",
        ),
        reads=("ses:GetEmailIdentity", "ses:ListTagsForResource"),
        changes=(
            "ses:CreateEmailIdentity",
            "ses:DeleteEmailIdentity",
            "ses:PutEmailIdentityConfigurationSetAttributes",
            "ses:PutEmailIdentityDkimSigningAttributes",
            *_TAGS,
        ),
    ),
    replaceable(
        "aws_sesv2_email_identity_mail_from_attributes",
        read("sesv2/email_identity_mail_from_attributes.go", "01606926", "email_identity"),
        SETTING,
        defaults={"behavior_on_mx_failure": "USE_DEFAULT_VALUE"},
        computed={"id": "{email_identity}"},
        refusals=(
            Refusal(
                code="BadRequestException",
                sentence="Provided MAIL-FROM domain '{mail_from_domain}' is not subdomain of the domain of the "
                "identity '{email_identity}'",
                source="getmoto/moto#6753, of SetIdentityMailFromDomain",
                holds=_not_below,
            ),
        ),
        fills={},
        request=made_by("sesv2", "PutEmailIdentityMailFromAttributes", "AWS::SES::EmailIdentity"),
        reads=("ses:GetEmailIdentity",),
        changes=("ses:PutEmailIdentityMailFromAttributes",),
    ),
)
