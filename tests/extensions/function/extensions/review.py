"""Review environments have the same function, and roll nothing back."""

from extensions.environment import reachable

__all__ = ["reachable"]
