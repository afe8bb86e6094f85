"""The key that fingerprints of plans are made with."""

from __future__ import annotations

from collections.abc import Mapping

from tanada.errors import TerraformError

VARIABLE = "TANADA_FINGERPRINT_KEY"
_SHORTEST = 32


def key(environ: Mapping[str, str]) -> bytes | None:
    """What `TANADA_FINGERPRINT_KEY` holds; the jobs that plan and apply must share it, and no code of a branch read it.

    Raises TerraformError where it is set and too short, as an empty one is: forges give that where a secret is missing.
    """
    named = environ.get(VARIABLE)
    if named is None:
        return None
    if len(named) < _SHORTEST:
        raise TerraformError(
            f"{VARIABLE} is no key: expected {_SHORTEST} characters or more, such as openssl rand -hex 32 makes."
        )
    return named.encode()
