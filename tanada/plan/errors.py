"""The error of reading a plan."""

from tanada.errors import TanadaError


class PlanError(TanadaError):
    """A plan's JSON that can't be read; guessing at what a plan does would be worse."""
