"""Plans and applies stacks without AWS: a provider that answers for hashicorp/aws, and a copy of a stack for it."""

from tanada.errors import OfflineError
from tanada.offline.process import Running, start
from tanada.offline.stack_copy import prepare, rewrite

__all__ = ["OfflineError", "Running", "prepare", "rewrite", "start"]
