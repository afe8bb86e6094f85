"""SES."""

from __future__ import annotations

from tanada.resources.cost import SETTING
from tanada.resources.entry import NotRead, replaceable

RESOURCES = (
    replaceable("aws_sesv2_configuration_set", NotRead(), SETTING),
    replaceable(
        "aws_sesv2_email_identity",
        NotRead(),
        SETTING,
        sensitive=("dkim_signing_attributes.domain_signing_private_key",),
    ),
)
