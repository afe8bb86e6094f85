"""States without a declaration: what a stack leaves behind whose declaration was taken away before its resources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tanada.contract import state
from tanada.terraform.folders import offline_states
from tanada.terraform.layout import Layout

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack


@dataclass(frozen=True)
class Leftover:
    """The states of one stack that is declared no more, and still holds resources."""

    stack: str
    account: str | None
    """None offline, where a state doesn't say it."""
    protected: bool
    places: tuple[str, ...]
    """Where the states lie, one a workspace: `s3://bucket/key`, or files."""
    resources: int


def in_buckets(stacks: Sequence[Stack], system: str) -> list[Leftover]:
    """Those in the state buckets of all accounts; raises AwsError where one can't be listed."""
    from tanada.aws.states import undeclared  # loads boto3: only where it is needed

    declared = frozenset(stack.name for stack in stacks)
    buckets = {stack.bucket: stack for stack in stacks if stack.kind == "common"}  # two accounts may share one
    return [
        leftover
        for bucket, common in buckets.items()
        for leftover in _by_stack(
            ((name, f"s3://{bucket}/{key}", number) for name, key, number in undeclared(common, system, declared)),
            common.account,
            common.protected,
        )
    ]


def offline(layout: Layout, stacks: Sequence[Stack]) -> list[Leftover]:
    """Those among the offline copies."""
    declared = {stack.name for stack in stacks}
    folders = sorted(layout.offline.iterdir()) if layout.offline.is_dir() else []
    states = []
    for folder in folders:
        for _, file in offline_states(layout, folder.name) if folder.name not in declared else ():
            if number := state.resources(state.parse_file(file)):
                states.append((folder.name, str(file.relative_to(layout.root)), number))
    return _by_stack(states, None, protected=False)


def _by_stack(states: Iterable[tuple[str, str, int]], account: str | None, protected: bool) -> list[Leftover]:
    by_stack: dict[str, list[tuple[str, int]]] = {}
    for name, place, number in states:
        by_stack.setdefault(name, []).append((place, number))
    return [
        Leftover(name, account, protected, tuple(place for place, _ in each), sum(number for _, number in each))
        for name, each in sorted(by_stack.items())
    ]
