"""Whether credentials last as long as what a plan does may take: Terraform can't renew them, and loses its lock and the
state's last change with them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tanada.errors import TerraformError

if TYPE_CHECKING:
    from tanada.terraform.session import Session

_TIME = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def check(session: Session, shown: Mapping[str, Any]) -> None:
    """Refuse to begin what may take longer than the session's credentials last; raises TerraformError."""
    address, needed = longest(shown)
    if session.context.offline or not needed:
        return
    from tanada.aws.credentials import seconds_left  # loads boto3

    left = seconds_left(session.environment)
    if left is None or left >= needed:
        return
    renew = "sign in again (aws sso login), or take credentials that last longer"
    if session.context.accounts:
        renew = "start the job again; where the role's session is shorter than that, apply it from a machine"
    raise TerraformError(
        f"{session.target.label}: {session.secrets.remove(address)} may take {math.ceil(needed / 60)} minutes, and "
        f"these AWS credentials end in {max(0, int(left // 60))}: they would end in the middle of it. Nothing was "
        f"changed; {renew}."
    )


def longest(shown: Mapping[str, Any]) -> tuple[str, int]:
    """What of a plan may take longest by its `timeouts`, and how many seconds; an empty address where none says."""
    return max(_timeouts(shown), key=lambda each: each[1], default=("", 0))


def _timeouts(shown: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for entry in shown.get("resource_changes") or ():
        change = entry["change"]
        sides = {"create": "after", "update": "after", "delete": "before"}
        for action in change["actions"]:
            held = (change.get(sides.get(action, "")) or {}).get("timeouts")
            said = held.get(action) if isinstance(held, dict) else None
            if isinstance(said, str) and (match := _TIME.fullmatch(said)):
                hours, minutes, seconds = (int(each or 0) for each in match.groups())
                yield str(entry["address"]), (hours * 60 + minutes) * 60 + seconds
