"""What `like: web` gives: the image of another service and what belongs to it, not how that service is run."""

from __future__ import annotations

from typing import Any

GIVEN = (
    "image",
    "arch",
    "cpu",
    "memory",
    "ephemeral_storage",
    "entrypoint",
    "user",
    "variables",
    "secrets",
    "permissions",
    "reach",
    "security_groups",
    "writable",
    "capabilities",
    "ulimits",
)
"""Fields of a service that a part which is like it has, as far as it doesn't say them itself; mappings merge."""


def image_or_like(schema: dict[str, Any]) -> None:
    """In the JSON Schema of what may be like a service: it says its image, or which one it is like."""
    schema["required"] = [name for name in schema.get("required", ()) if name != "image"]
    if not schema["required"]:
        del schema["required"]
    schema["anyOf"] = [{"required": ["image"]}, {"required": ["like"]}]
