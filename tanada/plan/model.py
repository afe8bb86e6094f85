"""What a plan does, as plain data that holds nothing secret: the only thing that texts and comments are made of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from tanada.contract.environment import is_image_tag
from tanada.resources import replacements_known

Action = Literal["create", "update", "replace", "destroy", "read", "forget", "import", "move", "no-op"]


@dataclass(frozen=True)
class Difference:
    """One attribute, or the part of it that differs: `container_definitions[web].image`, `policy.Statement[0]`."""

    path: str
    before: str | None
    """A value as people read it, masked; None where there was none."""
    after: str | None
    lines: tuple[str, ...] = ()
    """For a text of several lines: what goes and comes, each line after `-`, `+` or a space."""
    forces_replacement: bool = False
    decides: bool = False
    """Something in it decides who may do what, from where, or what runs (`tanada.secrecy.deciding`)."""
    hidden: tuple[str, ...] = ()
    """Why something in it isn't shown, though neither a mark nor a name there says so."""
    patched: bool = False
    """Whether it is what `patches` say."""


@dataclass(frozen=True)
class ResourceChange:
    """What happens to one resource."""

    address: str
    type: str
    action: Action
    destroys: bool = False
    """An object goes for ever: a destroy, or a replace that doesn't merely forget the old one."""
    imported: bool = False
    imported_id: str = ""
    """What AWS calls what is imported; empty where only the apply knows."""
    previous_address: str | None = None
    deposed: str | None = None
    """Key of an object left over from an interrupted replace."""
    replace_paths: tuple[str, ...] = ()
    """The attributes that force the replace; empty for a tainted one."""
    reason: str | None = None
    """Terraform's own word (`action_reason`)."""
    differences: tuple[Difference, ...] = ()
    """Of an update or a replace; those that force the replace come first."""
    danger: str | None = None
    """What is lost when an object goes for ever that people would miss: `database`, `load balancer`, `network`, …"""
    locked: bool = False
    """An object goes that AWS itself protects from deletion."""
    routine: bool = False
    """Part of a deploy that changes nothing but images."""


@dataclass(frozen=True)
class Deploy:
    """A service whose task definition changes by nothing but images: every release looks like this."""

    service: str
    """Address of the task definition."""
    images: tuple[tuple[str, str, str], ...]
    """Container, tag or digest before, and after."""


@dataclass(frozen=True)
class Caution:
    """What no single change of a plan says, and people should know: who has to be told, what answers meanwhile."""

    words: str
    """A sentence without its full stop."""
    headline: str | None = None
    """The same in a headline's few words, where it belongs there."""
    grave: bool = False
    """Whether something is lost for ever by it."""


@dataclass(frozen=True)
class Drift:
    """What differs from the state before anything is done."""

    address: str
    gone: bool
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class OutputChange:
    """What happens to an output of the stack."""

    name: str
    action: Action
    difference: Difference | None = None


@dataclass(frozen=True)
class FailedCheck:
    """A check block, precondition or postcondition that doesn't hold."""

    address: str
    status: Literal["fail", "error"]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cost:
    """An estimate of what the priced resources of a plan cost, in US dollars a month (730 hours)."""

    before: float
    after: float
    unknown: tuple[tuple[str, int], ...]
    """Types of changed resources without a price, or paid by use, and how many of each."""
    dated: str
    """Date of the oldest price in it (ISO 8601; the year alone where no more is known)."""
    by_use: tuple[tuple[str, int], ...] = ()
    """Those of `unknown` that are paid by use: no price is missing, but no plan can say what they will cost."""
    scaled: tuple[float, float] | None = None
    """Where services scale, the least and the most that it may be after, by their bounds; `after` has their tasks of
    now."""
    scaled_before: tuple[float, float] | None = None
    """The same before."""


@dataclass(frozen=True)
class Counts:
    """How many resources each thing happens to."""

    create: int = 0
    update: int = 0
    replace: int = 0
    destroy: int = 0
    imported: int = 0
    moved: int = 0
    forget: int = 0
    read: int = 0
    unchanged: int = 0

    @property
    def by_verb(self) -> dict[str, int]:
        """The same as sentences need them: `2 to import`; without reads and what stays as it is."""
        return {
            "create": self.create,
            "update": self.update,
            "replace": self.replace,
            "destroy": self.destroy,
            "import": self.imported,
            "move": self.moved,
            "forget": self.forget,
        }


@dataclass(frozen=True)
class Known:
    """What was known at plan of one attribute that an update brings, or of all that happens to a resource or output."""

    name: str
    """The attribute; empty for the whole."""
    fingerprint: str
    keyed: str = ""
    """The same with values marked as sensitive, where the job holds TANADA_FINGERPRINT_KEY."""


@dataclass(frozen=True)
class Part:
    """What a plan does to one resource or output, so that a later plan can be held to it; it holds no value."""

    address: str
    """Of an output `output.<name>`."""
    action: Action
    known: tuple[Known, ...]
    deposed: str | None = None
    opened: str = ""
    """What only the apply knows: Terraform's own overlay of marks (`after_unknown`), as JSON of names."""


@dataclass(frozen=True)
class Step:
    """One of the steps that carry out a plan, in their order: an apply, which does what is left of it but for what it
    leaves, a task that runs to its end, a cache that gets its token, or Cognito an identity provider."""

    stacks: tuple[str, ...] = ()
    """The stacks that come before it, as they may still use what it takes away."""
    keeps: tuple[str, ...] = ()
    """Addresses that it does not destroy yet."""
    omits: tuple[tuple[str, str], ...] = ()
    """Addresses with the attribute that it does not change yet."""
    only: tuple[str, ...] = ()
    """Addresses that it is for, with what they need; empty where it is for all."""
    task: str | None = None
    """A task that must end with 0; None where it is an apply."""
    before: tuple[str, ...] = ()
    """The services that wait for the task."""
    makes: str = ""
    """What the task makes in the SQL server of that name, in words; empty of others."""
    token: str | None = None
    """A cache that gets another token; None where it is an apply."""
    alone: str | None = None
    """A cache whose token becomes the only one; None where it is an apply."""
    provider: str | None = None
    """An identity provider that Cognito gets with its secret; None where it is an apply."""
    notes: tuple[tuple[str, int], ...] = ()
    """Of stores, the number of the next password, which it notes in the state before anything takes that; `only` is
    what stays as it is."""

    @property
    def called(self) -> str | None:
        """What people call the task."""
        return f"the task for the databases of {self.task}" if self.makes else self.task


@dataclass(frozen=True)
class Summary:
    """What a plan does."""

    terraform_version: str
    changes: tuple[ResourceChange, ...]
    """All but those that stay as they are, ordered by address."""
    unchanged: int
    outputs: tuple[OutputChange, ...] = ()
    drift: tuple[Drift, ...] = ()
    deferred: tuple[str, ...] = ()
    """Addresses that this plan leaves for a later one."""
    checks: tuple[FailedCheck, ...] = ()
    deploys: tuple[Deploy, ...] = ()
    cautions: tuple[Caution, ...] = ()
    cost: Cost | None = None
    errored: bool = False
    fingerprint: str = ""
    """Of what the plan does: but for values marked as sensitive, two plans with the same one do the same."""
    keyed: str = ""
    """The same of all values, where the job holds TANADA_FINGERPRINT_KEY: for those to compare that share it."""
    steps: tuple[Step, ...] = ()
    """How it is carried out, where one apply can't do all of it; empty where one can."""
    parts: tuple[Part, ...] = ()
    """Of a plan in steps: what each of them is held to."""

    @property
    def called(self) -> str:
        """What people call the plan by: of its fingerprints the one that says more."""
        return self.keyed or self.fingerprint

    @property
    def counts(self) -> Counts:
        def count(action: Action) -> int:
            return sum(1 for change in self.changes if change.action == action)

        return Counts(
            create=count("create"),
            update=count("update"),
            replace=count("replace"),
            destroy=count("destroy"),
            imported=sum(1 for change in self.changes if change.imported),
            moved=sum(1 for change in self.changes if change.previous_address),
            forget=count("forget"),
            read=count("read"),
            unchanged=self.unchanged,
        )

    @property
    def empty(self) -> bool:
        """Applying it would change nothing, the state included. Reads alone change nothing."""
        return not (self.outputs or self.deferred or any(change.action != "read" for change in self.changes))

    @property
    def goes_late(self) -> frozenset[str]:
        """What is destroyed by a step that comes after other stacks."""
        if not any(step.stacks for step in self.steps):
            return frozenset()
        kept = frozenset(address for step in self.steps for address in step.keeps)
        return kept or frozenset(change.address for change in self.destroyed)

    @property
    def other_outputs(self) -> tuple[OutputChange, ...]:
        """The outputs of which no deploy says the same already: the tag before and after."""
        said = {(before, after) for deploy in self.deploys for _, before, after in deploy.images}
        return tuple(output for output in self.outputs if not _repeats(output, said))

    @property
    def destroyed(self) -> tuple[ResourceChange, ...]:
        """Whatever goes for ever."""
        return tuple(change for change in self.changes if change.destroys)

    @property
    def unread_types(self) -> tuple[str, ...]:
        """Types that are updated and of which nobody has read what replaces them: planned offline, such an update may
        in truth be a replacement."""
        updated = {change.type for change in self.changes if change.action == "update"}
        return tuple(sorted(type_ for type_ in updated if not replacements_known(type_)))

    @property
    def dangerous(self) -> tuple[ResourceChange, ...]:
        """Whatever goes for ever and would be missed."""
        return tuple(change for change in self.changes if change.destroys and change.danger)

    @property
    def routine(self) -> bool:
        """Nothing but deploys: new images in task definitions, the services that take them, and the note of their tags.

        What a check or drift has to say is no matter of routine.
        """
        return (
            bool(self.deploys)
            and all(change.routine or change.action == "read" for change in self.changes)
            and all(is_image_tag(output.name) for output in self.outputs)
            and not (self.deferred or self.checks or self.drift or self.errored)
        )


def _repeats(output: OutputChange, said: Collection[tuple[str | None, str | None]]) -> bool:
    change = output.difference
    return is_image_tag(output.name) and change is not None and (change.before, change.after) in said
