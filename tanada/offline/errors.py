"""The error of the offline provider."""

from tanada.errors import TanadaError


class OfflineError(TanadaError):
    """Something that keeps a stack from being planned without AWS."""
