"""Plans and applies stacks without AWS: a provider that answers for hashicorp/aws, and a copy of a stack for it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tanada.errors import OfflineError

if TYPE_CHECKING:
    from tanada.offline.process import Running, start
    from tanada.offline.stack_copy import prepare, rewrite

__all__ = ["OfflineError", "Running", "prepare", "rewrite", "start"]

_HOMES = {"Running": "process", "start": "process", "prepare": "stack_copy", "rewrite": "stack_copy"}


def __getattr__(name: str) -> Any:
    """Loaded when asked for: the provider's own process, which starts often, needs none of them."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
