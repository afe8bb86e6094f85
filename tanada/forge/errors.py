"""The error of talking to a forge."""

from tanada.errors import TanadaError


class ForgeError(TanadaError):
    """The forge refused, did not answer, or holds nothing that fits; never names a token.

    `denied`: the token lacks a permission (401, 403; 404 too, which forges answer where they hide what exists).
    """

    def __init__(self, sentence: str, *, denied: bool = False) -> None:
        super().__init__(sentence)
        self.denied = denied
