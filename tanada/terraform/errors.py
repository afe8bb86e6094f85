"""The errors of running Terraform."""

from tanada.errors import TanadaError
from tanada.plan import Message


class TerraformError(TanadaError):
    """Bad input, or an action that is refused; nothing was changed."""


class TerraformFailedError(TerraformError):
    """Terraform itself failed; the text is Terraform's own, without its box."""

    exit_code = 1

    def __init__(self, text: str, messages: tuple[Message, ...] = ()) -> None:
        super().__init__(text)
        self.messages = messages
        """The same for programs, warnings included."""


class WaitsForCommonError(TerraformError):
    """The stack reads a common layer that isn't there yet, or is older than what the stack needs."""

    exit_code = 0


class StoppedError(TerraformError):
    """Ctrl-C or SIGTERM: Terraform was told once and has ended."""

    exit_code = 130
