"""What a forge does for us, and the plain data that goes in and comes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

Result = Literal["nothing", "changes", "dangerous", "failed", "waits"]
"""What `tanada.comment.headline.result` says of all reports together."""
Done = Literal["created", "updated", "unchanged", "closed", "reopened", "nothing to do"]

LIMITS = {"github": 65_536, "gitlab": 1_000_000}
"""Characters that a comment or an issue may have, its marker included."""
CONTEXT = "tanada/"
"""Commit statuses are `tanada/plan` and `tanada/apply`: branch protection names them."""
DRIFT_LABEL = "tanada: drift"
REPORTS = "tanada-reports"
"""Name of the artifact; shards add `-1`, `-2`."""


@dataclass(frozen=True)
class PullRequest:
    """A pull request, or GitLab's merge request."""

    number: int
    head: str
    """Its last commit."""
    url: str
    fork: bool
    """It comes from another repository."""


@dataclass(frozen=True)
class Verdict:
    """What is said of a commit beside the comment."""

    key: str
    """`plan` or `apply`."""
    result: Result
    headline: str
    """One line of plain text; cut to what the forge takes."""
    url: str | None
    """Where more is to be seen: the run's page."""
    details: str
    """The comment's Markdown."""


@dataclass(frozen=True)
class Archive:
    """A zip file of reports."""

    name: str
    content: bytes


class Forge(Protocol):
    """GitHub or GitLab; every call may raise ForgeError."""

    limit: int
    """Its own of LIMITS."""

    def pull_request(self, number: int) -> PullRequest:
        """The pull request of that number."""
        ...

    def merged(self, commit: str) -> PullRequest | None:
        """The pull request whose merging made this commit; None for any other commit."""
        ...

    def comment(self, pull: PullRequest, marker: str, body: str) -> Done:
        """Make the one comment of ours that carries the marker say this; writes nothing where it already does."""
        ...

    def judge(self, pull: PullRequest | None, commit: str, verdict: Verdict) -> list[str]:
        """Show a result beside the comment: commit status, labels; returns a sentence for each not allowed."""
        ...

    def issue(self, marker: str, title: str, body: str | None, closing: str) -> Done:
        """Make the one issue of ours that carries the marker say this; without a body close it with a sentence."""
        ...

    def reports(self, pull: PullRequest) -> Iterator[Archive]:
        """The reports that the last run on the pull request's head commit left as artifacts."""
        ...
