"""What one configured provider (an alias is one of its own) says about account, region and tags."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tanada.offline.codec import Value
from tanada.resources.seed import UNKNOWN

ACCOUNT = "123456789012"
"""AWS's own example account, where the configuration names none."""
REGION = "us-east-1"


@dataclass(frozen=True)
class Provider:
    account: str = ACCOUNT
    region: Value = REGION
    """A region, or UNKNOWN."""
    default_tags: Value = field(default_factory=dict)
    """A mapping, or UNKNOWN at any depth."""


def read(config: Mapping[str, Any]) -> Provider:
    accounts = config.get("allowed_account_ids")
    known = sorted(item for item in accounts if isinstance(item, str)) if isinstance(accounts, list) else []
    region = config.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or REGION
    return Provider(known[0] if known else ACCOUNT, region, _default_tags(config.get("default_tags")))


def _default_tags(blocks: Value) -> Value:
    if blocks is UNKNOWN:
        return UNKNOWN
    first = blocks[0] if isinstance(blocks, list) and blocks else None
    return (first.get("tags") or {}) if isinstance(first, dict) else {}
