"""What a target's plan needs of the declaration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tanada.declarations import content
from tanada.terraform import answered, first_tags, records
from tanada.terraform.answered import Neighbour
from tanada.terraform.first_tags import Sources
from tanada.terraform.layout import Target

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.declared.system import System


@dataclass(frozen=True)
class Request:
    """One target to plan."""

    target: Target
    images: tuple[str, ...] = ()
    """Those its services run."""
    given: Mapping[str, str] = field(default_factory=dict)
    """Tags from `--image`."""
    kept: records.Asked = field(default_factory=records.Asked)
    """Those that it gave to an earlier plan, which nobody has applied."""
    processors: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By image, those that it has to be built for."""
    limit: int | None = None
    """How many review environments may exist."""
    review: Target | None = None
    """The review environment that would answer at its host; there must be none."""
    sources: Sources = field(default_factory=Sources)
    """Where tags come from of images that it has never run."""
    shown: frozenset[str] = frozenset()
    """Environment variables whose values stand in the declaration for all to read."""
    patched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By address the ways to what `patches` say of it."""
    quiet: frozenset[str] = frozenset()
    """Services that say nowhere what they write to."""
    stacks: tuple[Stack, ...] = ()
    """The inventory: what rests on a common layer comes before what it takes away."""
    neighbours: tuple[Neighbour, ...] = ()
    """The other environments of its account."""


def request_of(system: System, target: Target, given: Mapping[str, str], start: str = "HEAD") -> Request:
    """What a target's plan needs of the declaration; of `given` only tags of images that it runs.

    `start` is the commit, of the branch that is applied, from which on folders' last changes are looked for.
    """
    from tanada.declarations.inventory import inventory

    needed = content.images(system, target.stack)
    return Request(
        target=target,
        images=needed,
        given={name: tag for name, tag in given.items() if name in needed},
        processors=content.processors(system, target.stack),
        limit=content.limit(system, target.stack),
        review=_at_its_host(system, target.stack),
        sources=first_tags.sources(system, target, needed, start),
        shown=content.variables(system, target.stack),
        patched=content.patched(system, target.stack),
        quiet=content.quiet(system, target.stack),
        stacks=inventory(system),
        neighbours=answered.neighbours(system, target.stack),
    )


def _at_its_host(system: System, stack: Stack) -> Target | None:
    """Of an environment below the review domain; in another account the host's zone is another one, too."""
    from tanada.declarations.inventory import inventory

    review = next((each for each in inventory(system) if each.kind == "review"), None)
    if review is None or system.review is None or stack.environment is None or review.account != stack.account:
        return None
    from tanada.declarations.domains import labels_below  # here: `--help` loads no model

    labels = labels_below(system.review.domain, filter(None, [system.environments[stack.environment].domain]))
    return Target(review, labels[0]) if labels else None
