"""What an invented value is made of: the account, the region, the resource's own values and one hash of all that."""

from __future__ import annotations

import hashlib
import json
import string
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tanada import regions
from tanada.resources.refusal import Empty, World

_LOWER = string.digits + string.ascii_lowercase
_UPPER = string.digits + string.ascii_uppercase
_MIXED = string.digits + string.ascii_letters


class Unknown:
    """A value that only an apply can tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, _memo: object) -> Unknown:
        return self


UNKNOWN = Unknown()


def has_unknown(value: Any) -> bool:
    """Whether it is UNKNOWN, at any depth."""
    if value is UNKNOWN:
        return True
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    return isinstance(value, list) and any(has_unknown(item) for item in value)


class Ledger(Protocol):
    """What is in use already (tanada/offline/ledger.py)."""

    def get(self, key: str) -> str | None: ...

    def note(self, key: str, value: str = "") -> None: ...

    def first_free(self, keys: Iterable[str]) -> str: ...

    def next(self, key: str) -> int: ...


@dataclass(frozen=True)
class Seed:
    kind: str
    account: str
    region: str
    values: Mapping[str, Any]
    token: str
    """A hash in hexadecimal: the same resource gets the same one."""
    ledger: Ledger
    world: World = field(default_factory=Empty)

    @property
    def partition(self) -> str:
        return regions.partition(self.region)

    @property
    def suffix(self) -> str:
        return regions.dns_suffix(self.region)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def fill(self, template: str) -> str:
        """`{account}`, `{hex17}`, `{name}`, …: ours first, then the resource's own texts."""
        ours = {
            "account": self.account,
            "region": self.region,
            "partition": self.partition,
            "suffix": self.suffix,
            "hex8": self.token[:8],
            "hex16": self.token[:16],
            "hex17": f"0{self.token[:16]}",
            "hex32": self.token[:32],
            "uuid": str(uuid.UUID(self.token[:32])),
            "digits10": str(int(self.token[:16], 16))[:10],
            "digits26": str(int(self.token, 16))[:26],
            "lower13": spelled(self.token, _LOWER, 13),
            "lower26": spelled(self.token, _LOWER, 26),
            "upper13": spelled(self.token, _UPPER, 13),
            "upper17": spelled(self.token, _UPPER, 17),
            "mixed6": spelled(self.token, _MIXED, 6),
            "mixed9": spelled(self.token, _MIXED, 9),
            "mixed40": spelled(self.token, _MIXED, 40),
        }
        own = {name: value for name, value in self.values.items() if isinstance(value, str)}
        return template.format_map(_Words(own | ours, token=self.token))


class _Words(dict[str, str]):
    """A word that the resource does not have (yet) is invented."""

    def __init__(self, words: Mapping[str, str], token: str) -> None:
        super().__init__(words)
        self._token = token

    def __missing__(self, name: str) -> str:
        return f"{name.replace('_', '-')}-{self._token[:8]}"


def spelled(token: str, alphabet: str, length: int) -> str:
    """A hash in another alphabet."""
    number = int(hashlib.sha512(f"{alphabet}{token}".encode()).hexdigest(), 16)
    letters = []
    for _ in range(length):
        number, place = divmod(number, len(alphabet))
        letters.append(alphabet[place])
    return "".join(letters)


def digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
