"""Plans and applies stacks without AWS: a provider that answers for hashicorp/aws, and a copy of a stack for it."""

from tanada.offline.copying import prepare, rewrite
from tanada.offline.errors import OfflineError
from tanada.offline.running import Running, start

__all__ = ["OfflineError", "Running", "prepare", "rewrite", "start"]
