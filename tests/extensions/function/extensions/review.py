"""Review environments have the same."""

from extensions.environment import reachable

__all__ = ["reachable"]
