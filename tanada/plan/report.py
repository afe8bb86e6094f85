"""A target's report: how its plan or apply went. Jobs leave it as an artifact; comments are made of nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tanada.plan.model import Summary

Kind = Literal["common", "environment", "review"]
KINDS: Mapping[Kind, str] = {"common": "common layer", "environment": "environment", "review": "review environment"}
"""The kinds of stacks in words; each kind stands on the one before."""
Status = Literal[
    "changes",
    "no changes",
    "waits for common",
    "failed",
    "refused",
    "interrupted",
    "undeclared",  # a state whose stack is declared no more
    "applied",
    "not applied",  # after a failure in an earlier stack
    "not approved",  # what would be applied is not what was approved
]


@dataclass(frozen=True)
class Message:
    """A warning or an error in Terraform's words, its secrets masked."""

    severity: Literal["error", "warning"]
    summary: str
    detail: str = ""
    address: str | None = None


@dataclass(frozen=True)
class Reason:
    """A line of the declaration that changed, and reaches this target."""

    file: str
    line: int
    path: str
    """`services.web.cpu`"""
    before: str | None
    after: str | None
    comment: str | None = None
    """What stands beside the line in the YAML: its reason."""
    hidden: tuple[str, ...] = ()
    """Why a part of the values isn't shown, though their own names don't say so."""


@dataclass(frozen=True)
class Report:
    """One target's plan (or its apply), for whoever reads the comment; holds nothing secret."""

    label: str
    """`environment-test`, `review-kokuyou`."""
    stack: str
    kind: Kind
    account: str
    protected: bool
    status: Status
    environment: str | None = None
    workspace: str | None = None
    common: str | None = None
    """The common stack that it rests on; None for a common stack itself."""
    dependents: tuple[str, ...] = ()
    """Of a common stack: the stacks that rest on it."""
    messages: tuple[Message, ...] = ()
    """Errors, warnings, or the sentence of a refusal."""
    summary: Summary | None = None
    reasons: tuple[Reason, ...] = ()
    configuration: tuple[str, ...] = ()
    """How the emitted JSON differs from the base commit's: `+ aws_x.y`, `~ aws_x.y: attribute`, `- aws_x.y`."""
    terraform: str = ""
    """The image or the local binary, as every output says it."""
    offline: bool = False
    commit: str | None = None
    dirty: bool = False
    created_at: str = ""
    """ISO 8601, UTC."""
    log_url: str | None = None
    step: Literal["plan", "apply"] = "plan"
    """Whether it tells of a plan or of an apply: both may fail or be refused."""
    base: str | None = None
    """The commit that it was compared with (`--changed-since`)."""
    everything_changed: str | None = None
    """A sentence why the comparison reaches every stack, where that is not for the declaration's sake."""
    maker: str | None = None
    """How Tanada itself, or what it runs with, changes since the base: words for the headline."""
    images: tuple[tuple[str, str], ...] = ()
    """Image tags that `--image` gave: an apply that is held to this plan plans with them too."""
