"""The root of every error that Tanada raises on purpose."""


class TanadaError(Exception):
    """Bad input or a refused action; its text is the sentence that the user reads.

    The command line prints it and exits with `exit_code`; nothing else catches it.
    """

    exit_code = 2
