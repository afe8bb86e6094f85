"""Emitted JSON as golden files hold it."""

from __future__ import annotations

import json
from typing import Any


def documents(value: Any) -> Any:
    """The same with JSON in strings opened, so that a difference in a policy is a line, and without CDKTF's notes."""
    if isinstance(value, dict):
        return {key: documents(each) for key, each in value.items() if key != "//"}
    if isinstance(value, list):
        return [documents(each) for each in value]
    # But for what EventBridge fills in, and for CloudWatch's patterns of lines.
    if isinstance(value, str) and value.startswith(("{", "[")) and ":<" not in value and not value.startswith("{ $."):
        return {"json": json.loads(value)}
    return value
