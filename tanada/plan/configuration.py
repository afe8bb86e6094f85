"""A plan's configuration by address: what each resource sets, wherever its module stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_KEYS = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
_NOTHING: Mapping[str, Any] = {}


def without_keys(address: str) -> str:
    """`module.a["x"].aws_y.z[0]` → `module.a.aws_y.z`."""
    return _KEYS.sub("", address)


class Configuration:
    """The `configuration` of a plan's JSON; a plan may come without."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        configuration = plan.get("configuration") or {}
        self._providers = configuration.get("provider_config") or {}
        self._resources = dict(_resources(configuration.get("root_module") or {}))

    def resource(self, address: str) -> Mapping[str, Any] | None:
        """A resource as Terraform writes it (`expressions`, `provisioners`, …); `address` may have keys."""
        return self._resources.get(without_keys(address))

    def provider(self, address: str) -> Mapping[str, Any]:
        """The expressions of the provider that a resource is made by; empty where that isn't known."""
        return (self._providers.get(self._key(address)) or _NOTHING).get("expressions") or _NOTHING

    def alias(self, address: str) -> str:
        """What the provider is called that a resource is made by; empty where it is the one that all others have."""
        return self._key(address).partition(".")[2]

    def _key(self, address: str) -> str:
        return str((self.resource(address) or _NOTHING).get("provider_config_key"))

    def attributes(self, address: str) -> frozenset[str] | None:
        """What the configuration sets of a resource; None where nobody knows."""
        resource = self.resource(address)
        return None if resource is None else frozenset(resource.get("expressions") or ())

    def leaves_open(self, address: str, block: str, attribute: str) -> bool:
        """Whether the configuration writes such blocks of a resource, and the attribute in none of them."""
        blocks = ((self.resource(address) or _NOTHING).get("expressions") or _NOTHING).get(block)
        return isinstance(blocks, list) and not any(isinstance(each, Mapping) and attribute in each for each in blocks)


def _resources(module: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for resource in module.get("resources") or ():
        yield prefix + str(resource.get("address")), resource
    for name, call in (module.get("module_calls") or {}).items():
        yield from _resources(call.get("module") or {}, f"{prefix}module.{name}.")
