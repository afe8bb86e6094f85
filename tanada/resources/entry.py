"""The entry of one AWS resource type: all that Tanada knows of it, each fact once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tanada.resources.cost import Cost
from tanada.resources.refusal import Refusal
from tanada.resources.request import Request

Values = Mapping[str, Any]
"""A resource's attributes by name; those that only an apply can tell are `seed.UNKNOWN`."""
Answer = Any
"""A text (a template over `seed.Seed.fill`), a function of the seed, or the value itself."""
Condition = Callable[[Values, Values, Sequence[str]], list[str]]


@dataclass(frozen=True, kw_only=True)
class Replaces:
    """Attributes whose change replaces the resource, and where the provider says so.

    `source` names a Go file of hashicorp/terraform-provider-aws (MPL-2.0; facts alone are taken) and the commit of the
    text that was read: `ForceNew: true` in it, or `RequiresReplace()`. Those are not all the text of 6.28.0 itself,
    which is not stored where they were read; what newer versions added and no read text says stands apart as
    `unverified` (general knowledge). A path goes through blocks: `dns_config.routing_policy`.

    `region` forces replacement on every regional resource (`forceNewIfRegionChanges`, "forces resource replacement if
    the value of the top-level `region` attribute changes", in the provider's package `provider`); it is not repeated.
    """

    source: str
    paths: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    when: Condition | None = None
    """Of the state, the plan and the names of what changes: attributes that replace under a condition only."""

    @property
    def all(self) -> tuple[str, ...]:
        """Those that replace under no condition."""
        return self.paths + self.unverified


@dataclass(frozen=True)
class NotRead:
    """Nobody has read yet what replaces it: offline plans say so."""


def read(file: str, commit: str, paths: str = "", *, unverified: str = "", when: Condition | None = None) -> Replaces:
    """What a file of the provider says at a commit; paths stand apart by blanks."""
    source = f"internal/service/{file} at {commit}"
    return Replaces(source=source, paths=tuple(paths.split()), unverified=tuple(unverified.split()), when=when)


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What a type is, costs, loses and does. What has no default must be said: left out, it is a TypeError, not a no.

    Sources where none is named: what replaces, what an attribute left out takes (`Default:` in the provider's schema)
    and how ids look (`SetId`) stand in the file that `replaces` names, as do the calls behind `reads` and `changes`;
    forms of ARNs, and what actions ask for, in AWS's service authorization reference.
    """

    type: str
    lost: str | None
    """A word for what people would miss if it went for ever; None where another one does as well."""
    kept: bool
    """Whether `removal: keep` holds it: what is lost with it can't be made again as it was, or what everybody stands in
    goes with it. The construct's `prevent_destroy` says the same."""
    replaces: Replaces | NotRead
    cost: Cost

    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Path → the value that an attribute left out takes."""
    computed: Mapping[str, Answer] = field(default_factory=dict)
    """Attribute → what a made one answers offline, in the order in which they depend. `{{` and `}}` in a template
    stand for themselves."""
    computed_in_blocks: Mapping[str, Any] = field(default_factory=dict)
    """Path → the value of a computed attribute inside a block."""
    governed: tuple[str, ...] = ()
    """Attributes that deployments or scaling set in the normal run of things: where a plan leaves them as they came to
    be, that is no drift."""
    recomputed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Attribute → the computed ones that its change in place may change."""
    normalized: Callable[[Values], dict[str, Any]] | None = None
    """Configured values as the provider rewrites them."""
    known_at_plan: Callable[[Values], dict[str, Any]] | None = None
    """Computed values that the provider tells before it makes anything."""
    left_out: Callable[[Values], Mapping[str, Any]] | None = None
    """What a creation makes otherwise than it was asked to: the state has it so, and the next plan changes it."""
    sensitive: tuple[str, ...] = ()
    """Paths of values that Terraform hides. Source: that of `scripts/provider_schemas/sensitive.py`; write-only ones
    (`…_wo`) need no mention."""
    min_items: Mapping[str, int] = field(default_factory=dict)
    max_items: Mapping[str, int] = field(default_factory=dict)
    """Limits of blocks that the bindings do not carry (below two they do). Source: as of `sensitive`; `jwt_validation`
    from the provider's newer schema in terraform-linters/tflint-ruleset-aws (commit 075958b0). Blocks of framework
    resources carry no limit in the real schema either: validators do it there."""
    fills: Mapping[str, Any] | None = None
    """Path → what AWS gives back where it was left out, of what the provider's schema calls optional and not computed:
    it would be planned away for ever, so constructs write it out. Empty where that is nothing: what is left out has no
    value then, or is the provider's own. None where nobody knows; docs/verified.md names the types that are emitted."""
    request: Request | None = None
    """How its attributes reach AWS; of each type that Tanada emits and that has a call of its own."""
    refusals: tuple[Refusal, ...] = ()
    """What AWS says no to."""
    reads: tuple[str, ...] = ()
    """What a refresh asks of IAM: the calls of the provider's read function. All that the role has that plans in CI."""
    changes: tuple[str, ...] = ()
    """What making, changing and destroying it asks of IAM beside `reads`, with its tags and what AWS demands of the
    caller by the way. All that the role has that applies in CI; of IAM's own types nothing: modules/ci_applying.py."""
    data_actions: tuple[str, ...] = ()
    """What reads the data in it, not what it is: never among `reads`."""
    passes_roles_to: tuple[str, ...] = ()
    """Services that assume the roles which are handed to it."""

    def __post_init__(self) -> None:
        if self.kept and self.lost is None:
            raise ValueError(f"{self.type} is kept, but for nothing that would be lost.")
        data = [action for action in self.reads if any(fnmatchcase(action, each) for each in self.data_actions)]
        if data:
            raise ValueError(f"{self.type}: a refresh reads what it is, not the data in it: {', '.join(data)}.")


def replaceable(type_: str, replaces: Replaces | NotRead, cost: Cost, **more: Any) -> Resource:
    """The entry of a type that nobody would miss: another one does as well."""
    return Resource(type=type_, lost=None, kept=False, replaces=replaces, cost=cost, **more)


def arn(service: str, resource: str) -> str:
    """The template of an ARN in account and region."""
    return f"arn:{{partition}}:{service}:{{region}}:{{account}}:{resource}"


def global_arn(service: str, resource: str) -> str:
    """The template of an ARN of a service without regions."""
    return f"arn:{{partition}}:{service}::{{account}}:{resource}"
