"""What a common layer gives to environments where people sign in, and the note that Cognito has the identity provider.

The provider of Terraform writes an identity provider's secret into the state whenever it reads it (`provider_details`:
cognitoidp/identity_provider.go at 0ea4ca35). So no configuration has one: an apply reads the secret, puts it into
Cognito, and then notes that it did in `terraform_data.sign_in_provider`, of which environments read the provider's
name. Where the note is to be made or changed it is put again: nothing has to be read back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

NOTE = "provider"
"""How the note's address ends."""
OUTPUT = "sign_in"
"""The output of a common stack where people sign in, by kind."""
_TYPE = "terraform_data"
_SAYS = {"client_id", "issuer", "kept_at", "pool", "provider"}


@dataclass(frozen=True)
class SignIn:
    """Where environments make their app clients."""

    pool_id: str
    pool_arn: str
    domain: str
    """The prefix of Cognito's domain."""
    provider: str
    """What Cognito calls it; known once it is there."""


def outputs(kind: str, given: SignIn) -> dict[str, Any]:
    """The output beside the contract; none where nobody signs in, so that no other layer's plan shows one."""
    return {OUTPUT: {kind: asdict(given)}}


def path(kind: str, field: str) -> str:
    """The way to one of these among the outputs."""
    return f"{OUTPUT}.{kind}.{field}"


@dataclass(frozen=True)
class Provider:
    """An identity provider as it is put into a pool."""

    name: str
    """`Google`, else what an OpenID Connect provider is called."""
    pool: str
    """The pool's id."""
    client_id: str
    issuer: str
    """Empty of Google's."""
    secret: str
    """Where its secret is kept, as it is declared."""

    @property
    def google(self) -> bool:
        return not self.issuer


@dataclass(frozen=True)
class Due:
    """An identity provider that a plan has put."""

    name: str
    note: str
    """The note's address."""
    how: Provider | None
    """None where the pool isn't known before it is made."""


def note(name: str, pool: str, client_id: str, issuer: str, secret: str) -> dict[str, str]:
    """What the note says; where the secret is kept under a name that hides it nowhere, as it is none."""
    return {"provider": name, "pool": pool, "client_id": client_id, "issuer": issuer, "kept_at": secret}


def due(plan: Mapping[str, Any]) -> Iterator[Due]:
    """What has to be put before a plan (`terraform show -json`) is carried out."""
    for entry in plan.get("resource_changes") or ():
        change = entry["change"]
        after = change.get("after") or {}
        if entry["type"] == _TYPE and {"create", "update"} & set(change["actions"]) and is_note(after):
            yield Due(str(after["input"]["provider"]), str(entry["address"]), _provider(after["input"]))


def is_note(body: Mapping[str, Any]) -> bool:
    """Whether a resource of Terraform's own, as it is configured or planned, is that note; what only the apply knows
    isn't in a plan's."""
    said = body.get("input")
    return isinstance(said, Mapping) and {"client_id", "issuer", "provider"} <= set(said) <= _SAYS


def _provider(said: Mapping[str, Any]) -> Provider | None:
    if any(said.get(name) is None for name in _SAYS):
        return None
    return Provider(
        name=str(said["provider"]),
        pool=str(said["pool"]),
        client_id=str(said["client_id"]),
        issuer=str(said["issuer"]),
        secret=str(said["kept_at"]),
    )
