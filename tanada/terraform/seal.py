"""Plans sealed with a key, for a plan file holds every secret that its stack knows, and may have to travel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tanada.errors import TerraformError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

VARIABLE = "TANADA_PLAN_KEY"

_MAKE = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'


def key(environ: Mapping[str, str]) -> Fernet | None:
    """The key that `TANADA_PLAN_KEY` holds: 32 bytes in URL-safe base64 (Fernet: AES-128-CBC with HMAC-SHA256);
    None where it isn't set. TerraformError where it holds none."""
    named = environ.get(VARIABLE)
    if named is None:
        return None
    if not named.strip():
        # What GitHub and GitLab hand over where there is no such secret: plans would lie in the clear, and nobody knew.
        raise TerraformError(f"{VARIABLE} is set and empty, so nothing would be sealed: give it a key, or unset it.")
    from cryptography.fernet import Fernet

    try:
        return Fernet(named)
    except ValueError:
        raise TerraformError(
            f"{VARIABLE} is no key: expected 32 bytes in URL-safe base64, such as {_MAKE} makes."
        ) from None


def seal(key: Fernet, record: bytes, plan: bytes) -> bytes:
    """The plan and its record in one, so that neither can be exchanged without the key."""
    return key.encrypt(record + _BETWEEN + plan)


def unseal(key: Fernet, sealed: bytes) -> tuple[bytes, bytes]:
    """The record and the plan; ValueError where the key is another one or a byte is not as it was sealed."""
    from cryptography.fernet import InvalidToken

    try:
        record, _, plan = key.decrypt(sealed).partition(_BETWEEN)
    except InvalidToken:
        raise ValueError from None
    return record, plan


_BETWEEN = b"\0"
"""JSON holds none."""
