"""Ephemeral resources: what is opened for one command and kept nowhere. The bindings have none of them.

Those of which nothing is known here are refused by Terraform, as of a provider without them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tanada.errors import OfflineError
from tanada.offline.configuration import Provider
from tanada.offline.protocol import tfplugin6_pb2 as pb

Object = dict[str, Any]

RANDOM_PASSWORD = "aws_secretsmanager_random_password"  # noqa: S105 - a type


_SETTINGS = {
    "exclude_characters": "bool",  # the provider's own slip: AWS takes a text
    "exclude_lowercase": "bool",
    "exclude_numbers": "bool",
    "exclude_punctuation": "bool",
    "exclude_uppercase": "bool",
    "include_space": "bool",
    "password_length": "number",
    "require_each_included_type": "bool",
}
SCHEMAS: Mapping[str, pb.Schema.Block] = {
    RANDOM_PASSWORD: pb.Schema.Block(
        attributes=[
            *(
                pb.Schema.Attribute(name=name, type=f'"{kind}"'.encode(), optional=True)
                for name, kind in _SETTINGS.items()
            ),
            pb.Schema.Attribute(name="random_password", type=b'"string"', computed=True, sensitive=True),
            pb.Schema.Attribute(name="region", type=b'"string"', optional=True, computed=True),
        ]
    ),
}
"""Source: internal/service/secretsmanager/random_password_ephemeral.go at 5a568fd0; `region` has each since 6.0."""


def opened(kind: str, config: Object, provider: Provider) -> Object:
    """What it is at this opening; each gives another.

    Raises OfflineError with what AWS would say.
    """
    return {**config, **_OPENS[kind](config), "region": config.get("region") or provider.region}


_SHORTEST, _LONGEST, _LENGTH = 1, 4096, 32


def _random_password(config: Object) -> Object:
    """As GetRandomPassword makes it (AWS's API reference): of each kind of characters one at least."""
    import secrets  # here alone: the provider's process starts often
    import string

    kinds = {
        "exclude_lowercase": string.ascii_lowercase,
        "exclude_uppercase": string.ascii_uppercase,
        "exclude_numbers": string.digits,
        "exclude_punctuation": string.punctuation,
    }
    wanted = [characters for word, characters in kinds.items() if not config.get(word)]
    wanted += [" "] if config.get("include_space") else []
    length = int(config.get("password_length") or _LENGTH)
    each = config.get("require_each_included_type") is not False
    if not wanted or not _SHORTEST <= length <= _LONGEST or (each and length < len(wanted)):
        raise OfflineError(f"api error InvalidParameterException: no password of {length} characters can be made so.")
    chosen = [secrets.choice(characters) for characters in wanted] if each else []
    chosen += [secrets.choice("".join(wanted)) for _ in range(length - len(chosen))]
    secrets.SystemRandom().shuffle(chosen)
    return {"random_password": "".join(chosen)}


_OPENS: Mapping[str, Callable[[Object], Object]] = {RANDOM_PASSWORD: _random_password}
