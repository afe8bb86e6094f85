"""What can be wrong with a stack."""

from tanada.errors import TanadaError


class StackError(TanadaError):
    """A stack that can't be made as its constructs ask for it."""
