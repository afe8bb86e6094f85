"""Whatever `reach` can name, as its callers meet it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cdktf import ITerraformDependable

from modules.iam import Statement


@dataclass(frozen=True)
class Door:
    """Where something is entered over the network: a TCP port of a security group."""

    group_id: str
    port: int
    ours: bool = True
    """Whether the group is one that we make: several parts may stand behind one of others."""


@dataclass(frozen=True)
class Volume:
    """What a task mounts of a file system."""

    file_system_id: str
    access_point_id: str


@dataclass(frozen=True)
class Reachable:
    """What a part offers to those that reach it. Each must be said: nothing is reached by forgetting."""

    words: Mapping[str, str]
    """What its placeholders stand for: exactly the words of its declared kind."""
    doors: Sequence[Door]
    """What is opened in the network, both ways."""
    places: Sequence[tuple[str, int]]
    """Hosts and ports that are opened one way, out: of what wears no group that is known."""
    access: Sequence[Statement]
    """The permissions that its callers' roles get."""
    narrowed: Mapping[str, Sequence[Statement]]
    """Those that they get instead, by the word of `access`: exactly the words of its declared kind."""
    secrets: Mapping[str, str]
    """What its callers' containers may take as secrets: where each is kept, as a declaration would write it; exactly
    the words of its declared kind."""
    numbers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Of secrets that an apply writes, by the secret's name, what the number is known by that each carries, and the
    number: who reads one with another number is a new revision, as containers are given secrets when they start and
    never again."""
    asked: Mapping[str, Sequence[Statement]] = field(default_factory=dict)
    """The permissions beside `access` of those alone whose texts hold a word."""
    ready: Sequence[ITerraformDependable] = ()
    """What must be there before a caller's tasks start, beside what these refer to."""
    volume: Volume | None = None
    """What `volumes` mount of it; None of what is no file system."""
