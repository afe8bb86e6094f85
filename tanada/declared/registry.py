"""Image registries."""

from __future__ import annotations

from tanada.declared.fields import Name

Images = tuple[Name, ...]
"""The images that a system builds, by name; each has an ECR repository."""
