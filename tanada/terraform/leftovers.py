"""States that no plan of all looks at: what a stack leaves behind whose declaration was taken away before its
resources, or says `created: false` though it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tanada.contract import state
from tanada.errors import TanadaError
from tanada.terraform.folders import offline_states
from tanada.terraform.layout import Layout
from tanada.text import count

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack


def _raised(error: TanadaError) -> None:
    raise error


_Found = tuple[str, str, int, str | None]
"""A stack's name, where a state of it lies, how many resources it holds, and where it answers."""


@dataclass(frozen=True)
class Leftover:
    """The states of one stack that is declared no more, or as not created, and still holds resources."""

    stack: str
    account: str | None
    """None offline, where a state doesn't say it."""
    protected: bool
    places: tuple[str, ...]
    """Where the states lie, one a workspace: `s3://bucket/key`, or files."""
    resources: int
    urls: tuple[str, ...] = ()
    """Where they answer."""

    def said(self, stacks: Sequence[Stack]) -> str:
        """What to say of it beside those that are declared."""
        declared = any(stack.name == self.stack for stack in stacks)
        why = "says created: false, so that it is planned by its name alone" if declared else "is declared no more"
        return f"{self.stack} {why}, but its state still holds {count(self.resources, 'resource')}"

    before: ClassVar[str] = "what is kept is let go before: its file back with removal: delete, applied"
    """What may come before that."""

    @property
    def command(self) -> str:
        """What takes it down."""
        words = ["tanada destroy", self.stack, *(["--workspace NAME"] if self.stack == "review" else [])]
        words += [f"--protected {self.account}"] if self.protected else []
        return " ".join([*words, *(["--offline"] if self.account is None else [])])


def in_buckets(
    stacks: Sequence[Stack], system: str, account: str | None = None, unread: Callable[[TanadaError], None] = _raised
) -> list[Leftover]:
    """Those in the state buckets of all accounts, or of one; `unread` hears of each that can't be read."""
    from tanada.aws.states import undeclared  # loads boto3: only where it is needed

    declared = frozenset(stack.name for stack in stacks if stack.created)
    commons = [stack for stack in stacks if stack.kind == "common" and account in (None, stack.account)]
    buckets = {stack.bucket: stack for stack in commons}  # two accounts may share one
    left: list[Leftover] = []
    for bucket, common in buckets.items():
        try:
            found = undeclared(common, system, declared)
        except TanadaError as error:  # of an account that nobody has begun with, or may not enter
            unread(error)
            continue
        states = ((name, f"s3://{bucket}/{key}", number, url) for name, key, number, url in found)
        left += _by_stack(states, common.account, common.protected)
    return left


def offline(layout: Layout, stacks: Sequence[Stack]) -> list[Leftover]:
    """Those among the offline copies."""
    declared = {stack.name for stack in stacks if stack.created}
    folders = sorted(layout.offline.iterdir()) if layout.offline.is_dir() else []
    states = []
    for folder in folders:
        for _, file in offline_states(layout, folder.name) if folder.name not in declared else ():
            content = state.parse_file(file)
            if number := state.resources(content):
                states.append((folder.name, str(file.relative_to(layout.root)), number, state.url(content)))
    return _by_stack(states, None, protected=False)


def answering(stack: Stack, domain: str, left: Sequence[Leftover]) -> str | None:
    """What to say of an environment whose domain one answers that is declared no more."""
    others = [each.stack for each in left if f"https://{domain}" in each.urls]
    if stack.name in others or not others:
        return None
    other = " and ".join(others)
    return (
        f"{stack.name} wants {domain}, which {other} has, though declared no more. AWS refuses records that are there, "
        "and two rules would answer one host. If it is only called otherwise, give its file back its name: an "
        "environment's name stands in all that it holds. If it is to take that one's place, take that down first: "
        f"{' and '.join(each.command for each in left if each.stack in others)} ({Leftover.before})."
    )


def _by_stack(states: Iterable[_Found], account: str | None, protected: bool) -> list[Leftover]:
    by_stack: dict[str, list[tuple[str, int, str | None]]] = {}
    for name, place, number, url in states:
        by_stack.setdefault(name, []).append((place, number, url))
    return [
        Leftover(
            name,
            account,
            protected,
            places=tuple(place for place, _, _ in each),
            resources=sum(number for _, number, _ in each),
            urls=tuple(url for _, _, url in each if url is not None),
        )
        for name, each in sorted(by_stack.items())
    ]
