"""A stack's configuration without the role that an account names, for jobs that are in the account already."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_ROLE = "assume_role"


def without_roles(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The same, but provider, backend and remote states take the credentials as they are. Pure.

    The declared role is assumed by people; the CI has roles of its own, of which the one for plans may do less. A
    provider with an alias works in another account: of its roles the last is that one's, which the CI takes on, too.
    """
    copy: dict[str, Any] = json.loads(json.dumps(configuration))
    for provider in copy.get("provider", {}).get("aws", ()):
        if "alias" in provider:
            provider[_ROLE] = provider[_ROLE][-1:]
        else:
            provider.pop(_ROLE, None)
    copy.get("terraform", {}).get("backend", {}).get("s3", {}).pop(_ROLE, None)
    for source in copy.get("data", {}).get("terraform_remote_state", {}).values():
        source.get("config", {}).pop(_ROLE, None)
    return copy
