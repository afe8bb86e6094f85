"""What waits for what in an apply: `terraform graph -type=apply -plan=…`, Terraform's own order."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

_EDGE = re.compile(r'^\s*"(?:\[root\] )?(.+?)" -> "(?:\[root\] )?(.+?)"', re.MULTILINE)
_DESTROY = re.compile(r"(?P<address>\S+) \(destroy(?: deposed [0-9a-f]+)?\)")


@dataclass(frozen=True)
class Graph:
    """Steps: `aws_lb.x` makes or changes it, `aws_lb.x (destroy)` and `aws_lb.x (destroy deposed …)` destroy it."""

    waits: dict[str, set[str]] = field(repr=False)

    @classmethod
    def read(cls, dot: str) -> Graph:
        waits: dict[str, set[str]] = defaultdict(set)
        for one, other in _EDGE.findall(dot):
            waits[one].add(other)
            waits.setdefault(other, set())  # a step that waits for nothing is one, too
        return cls(dict(waits))

    def makes(self, address: str) -> set[str]:
        return {address}

    def destroys(self, address: str) -> set[str]:
        return {node for node in self.waits if (read := _DESTROY.fullmatch(node)) and read["address"] == address}

    def after(self, one: Collection[str], other: Collection[str]) -> bool:
        """Whether a step of `one` waits for one of `other`, directly or by way of others."""
        seen: set[str] = set()
        todo = list(one)
        while todo:
            for node in self.waits.get(todo.pop(), ()):
                if node in other:
                    return True
                if node not in seen:
                    seen.add(node)
                    todo.append(node)
        return False
