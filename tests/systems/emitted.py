"""What a system emits, as its tests ask for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
SYSTEMS = {
    "corporate-site": ROOT / "examples" / "corporate-site",
    "web-product": ROOT,
    "wordpress": ROOT / "examples" / "wordpress",
}
"""By name the folder of each."""


@dataclass(frozen=True)
class System:
    """One that was synthesized."""

    folder: Path
    stacks: Mapping[str, Json]

    def of(self, stack: str, type_: str) -> dict[str, Json]:
        """The resources of a type in a stack, by name."""
        found: dict[str, Json] = self.stacks[stack]["resource"].get(type_, {})
        return found

    def one(self, stack: str, type_: str, name: str = "") -> Json:
        """The only one of a type in a stack whose name holds this."""
        found = [each for called, each in self.of(stack, type_).items() if name in called]
        assert len(found) == 1, f"{stack}: {len(found)} of {type_} with {name!r} in their names"
        return found[0]

    def containers(self, stack: str, service: str) -> list[Json]:
        """The containers of a service."""
        text = self.one(stack, "aws_ecs_task_definition", f"{service}_")["container_definitions"]
        found: list[Json] = json.loads(text)
        return found

    def policy(self, stack: str, name: str, type_: str = "aws_iam_role_policy") -> list[Json]:
        """The statements of a policy."""
        found: list[Json] = json.loads(self.one(stack, type_, name)["policy"])["Statement"]
        return found

    def environments(self) -> Iterator[str]:
        """The stacks of permanent environments."""
        return (name for name in self.stacks if name.startswith("environment-"))

    def common_of(self, environment: str) -> str:
        """The common stack that an environment stands on."""
        backend = self.stacks[environment]["data"]["terraform_remote_state"]["common"]["config"]
        return next(name for name in self.stacks if name.startswith("common-") and f"/{name}." in backend["key"])

    def on(self, common: str) -> Iterator[str]:
        """The stacks that stand on a common one, review environments' too."""
        return (name for name in self.stacks if not name.startswith("common-") and self.common_of(name) == common)


def values(rule: Json, kind: str) -> list[str]:
    """What a condition of a listener's rule names."""
    return [value for each in rule["condition"] if kind in each for value in each[kind]["values"]]


def actions(statements: list[Json]) -> set[str]:
    """What statements allow."""
    return {action for each in statements if each["Effect"] == "Allow" for action in each["Action"]}
