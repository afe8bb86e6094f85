"""The error of talking to AWS."""

from tanada.errors import TanadaError


class AwsError(TanadaError):
    """AWS refused, or what is there isn't what was declared."""
