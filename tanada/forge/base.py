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
"""Name of the artifact; on GitHub `-` and the commit that was planned follow. Shards add `-1`, `-2`."""
PLAN_WORKFLOW = ".github/workflows/tanada-plan.yml"
"""Whose runs leave reports, on GitHub: of the default branch, for a pull request's last commit."""
PLAN_JOB = "tanada plan"
"""The job that leaves them on GitLab, or that starts the child pipeline whose jobs do."""
SHOWN_JOB = "tanada plan {}"
"""The job that shows a protected account's plan to its approvers, on GitLab."""
SHARD_JOB = "plan"
"""The word that the names of those jobs begin with."""
PLAN_STAGE = "build"
"""The stage of all of them."""


@dataclass(frozen=True)
class PullRequest:
    """A pull request, or GitLab's merge request."""

    number: int
    head: str
    """Its last commit."""
    url: str
    fork: bool
    """It comes from another repository."""
    base: str | None = None
    """The branch that it goes to; None where only the CI's environment was asked."""
    branch: str | None = None
    """The branch that it comes from."""


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

    def labelled(self, pull: PullRequest, label: str) -> str:
        """Who put a label on, which is there now, and may write to the repository; ForgeError where nobody did."""
        ...

    def approvers(self, run: int) -> list[tuple[str, str]]:
        """Who approved which environment's jobs in a run, as the forge knows it; none where it keeps no such list."""
        ...

    def merged(self, commit: str, branch: str | None = None) -> PullRequest | None:
        """The pull request whose merging (into that branch) made this commit; None for any other commit."""
        ...

    def tip(self, branch: str) -> str:
        """The commit that a branch is at now."""
        ...

    def pushed(self, commit: str, before: str) -> list[str]:
        """The commits that a push added to its branch itself, the newest first: a merge queue adds several at once."""
        ...

    def comment(self, pull: PullRequest, marker: str, body: str) -> Done:
        """Make the one comment of ours that carries the marker say this; writes nothing where it already does."""
        ...

    def judge(self, pull: PullRequest | None, commit: str, verdict: Verdict) -> list[str]:
        """Show a result beside the comment: commit status, and on a pull request labels; returns a sentence for each
        not allowed."""
        ...

    def issue(self, marker: str, title: str, body: str | None, closing: str) -> Done:
        """Make the one issue of ours that carries the marker say this; without a body close it with a sentence."""
        ...

    def reports(self, pull: PullRequest) -> Iterator[Archive]:
        """The reports that the last plan of this pull request's head commit left as artifacts: of the workflow that
        `tanada ci` wrote, run for this pull request, into the branch that it was merged into."""
        ...
