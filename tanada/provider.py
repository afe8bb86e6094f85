"""The version of hashicorp/aws that plans, and what a repository's lock file says of it.

It is newer than the bindings' own (6.25.0), which are generated no more: the schema that Tanada knows stays theirs.
6.25 asks Secrets Manager for the values of write-only secrets whenever it refreshes them, which the plan role may not;
since 6.26.0 it lists the ids of their versions alone ("Avoid sending GetSecretValue calls when the secret is
write-only", hashicorp/terraform-provider-aws#44876 and CHANGELOG.md, 6.26.0). 6.28.0 is the first above it whose
checksums stand alike in three unrelated public repositories; 6.29.0 crashes on DynamoDB's indexes (#46192).
"""

from __future__ import annotations

import re

VERSION = "6.28.0"
LOCK = ".terraform.lock.hcl"
_BLOCK = re.compile(r'(?ms)^provider "registry\.terraform\.io/hashicorp/aws" \{$.*?^\}$')
_VERSION = re.compile(r'(?m)^\s*version\s*=\s*"([^"]*)"\s*$')


def locked(lock: str) -> str | None:
    """The version of hashicorp/aws that a lock file holds to, None where it names no such provider."""
    block = _BLOCK.search(lock)
    version = _VERSION.search(block[0]) if block else None
    return version[1] if version else None


def renewed(lock: str, ours: str) -> str:
    """A lock file with hashicorp/aws as ours has it, where it holds to another version; what else it holds stays."""
    block = _BLOCK.search(ours)
    if block is None or locked(lock) in (None, locked(ours)):
        return lock
    return _BLOCK.sub(lambda _: block[0], lock, count=1)


def refusal(lock: str) -> str:
    """What to do where a lock file holds to another version than what is emitted asks for; empty where it doesn't.

    Terraform itself would say, of each stack, "locked provider registry.terraform.io/hashicorp/aws 6.25.0 does not
    match configured version constraint 6.28.0; must use terraform init -upgrade to allow selection of new versions".
    """
    there = locked(lock)
    if there in (None, VERSION):
        return ""
    return (
        f"{LOCK} holds hashicorp/aws {there}, and this Tanada plans with {VERSION}: "
        f"run tanada vendor, which writes that version's checksums into it, and commit it."
    )
