"""Terraform's error text: taken out of its box, and read for the one error that isn't one ("waits for common")."""

from __future__ import annotations

import re

_BOX = re.compile(r"^[╷│╵]\s?", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*[a-zA-Z]")

_CHATTER = re.compile(r"^terraform-docker: (image|pulling) .*\n?", re.MULTILINE)
"""What scripts/terraform-docker.sh says at each run, when nothing is wrong."""


def plain(text: str) -> str:
    """Without colours, box drawing and outer blank lines; blank lines inside stand single."""
    lines = [line.rstrip() for line in _CHATTER.sub("", _BOX.sub("", _COLOUR.sub("", text))).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


_WAITING = (
    "Unable to find remote state",  # Terraform's own, for a state that doesn't exist
    "waits for common",  # the contract's postcondition, tanada/stacks/contract.py
)


def waits_for_common(errors: str) -> bool:
    """Whether every error is about a common layer that isn't there yet or is too old.

    Terraform breaks its lines at 78 columns, so a sentence may stand on two.
    """
    found = [" ".join(part.split()) for part in re.split(r"^Error: ", plain(errors), flags=re.MULTILINE)[1:]]
    return bool(found) and all(any(sentence in error for sentence in _WAITING) for error in found)


_HINTS = (
    (re.compile(r"S3 bucket \S+ does not exist", re.IGNORECASE), "Make the state bucket: tanada bootstrap {account}"),
    (
        re.compile(r"Error acquiring the state lock"),
        "Another run holds the lock. When none does (it was killed): tanada terraform {stack} -- force-unlock LOCK_ID",
    ),
)


def hint(errors: str, *, account: str, stack: str) -> str | None:
    """What to do about an error that Terraform explains but doesn't solve."""
    text = " ".join(plain(errors).split())
    for pattern, advice in _HINTS:
        if pattern.search(text):
            return advice.format(account=account, stack=stack)
    return None
