"""The words that stand where a value isn't shown."""

from __future__ import annotations

SENSITIVE = "(sensitive value)"
"""Stands for a value that Terraform marks as sensitive, or that only its owner may see."""
UNKNOWN = "(known after apply)"
HIDDEN = "(hidden)"
"""Stands for a value under a name like a secret's; and an environment variable's, unless the declaration shows it."""
