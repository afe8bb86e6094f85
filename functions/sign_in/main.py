"""Lets in people whose mail address is of a domain that is declared, and nobody else.

Called by Cognito before it makes a user for somebody whom the identity provider sent (`PreSignUp_ExternalProvider`),
and before each token after that (`TokenGeneration_…`); raising is how it is told no (Cognito developer guide,
"Customizing user pool workflows with Lambda triggers"). Its log says no address: who was refused is known by the user's
name, which is the provider's number of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from typing import Any

_FIRST = "PreSignUp_ExternalProvider"
_EACH = "TokenGeneration_"


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """The event as it came where somebody gets in; raises PermissionError."""
    why = refusal(event, json.loads(os.environ["DOMAINS"]), verified=json.loads(os.environ["VERIFIED"]))
    if why is not None:
        print(json.dumps({"refused": event.get("userName"), "when": event.get("triggerSource"), "why": why}))  # noqa: T201
        raise PermissionError(why)
    return event


def refusal(event: Mapping[str, Any], domains: Collection[str], *, verified: bool) -> str | None:
    """Why somebody doesn't get in; None where they do. `verified`: only where the provider says that the address is."""
    source = str(event.get("triggerSource"))
    if source != _FIRST and not source.startswith(_EACH):
        return "nobody signs up but by the identity provider"
    attributes: Mapping[str, Any] = (event.get("request") or {}).get("userAttributes") or {}
    name, at, domain = str(attributes.get("email") or "").rpartition("@")
    if not (name and at) or domain.lower() not in domains:
        return "the mail address is of no domain that gets in"
    if verified and str(attributes.get("email_verified")).lower() != "true":
        return "the identity provider doesn't say that the mail address is verified"
    return None
