"""The errors of running Terraform."""

from tanada.errors import TanadaError


class TerraformError(TanadaError):
    """Bad input, or an action that is refused; nothing was changed."""


class TerraformFailedError(TerraformError):
    """Terraform itself failed; the text is Terraform's own, without its box."""

    exit_code = 1


class WaitsForCommonError(TerraformError):
    """The stack reads a common layer that isn't there yet, or is older than what the stack needs."""

    exit_code = 0


class StoppedError(TerraformError):
    """Ctrl-C or SIGTERM: Terraform was told once and has ended."""

    exit_code = 130
