"""What the templates of the plan comment and the drift issue are given."""

from __future__ import annotations

from dataclasses import dataclass

from tanada.comment.sections import Section, Symbol


@dataclass(frozen=True)
class RunInfo:
    """What a comment says beside the reports."""

    system: str
    title: str = "Plan"
    commit: str | None = None
    base: str | None = None
    """The commit or branch that it is compared with."""
    run_url: str | None = None
    rest_url: str | None = None
    """Where all of it stands when the comment had to be shortened."""
    fork: bool = False
    """Made without credentials."""
    allowed: str | None = None
    """Who allowed a stranger's commit to be planned with credentials, as a clause."""
    approvers: tuple[tuple[str, str], ...] = ()
    """Who approved which protected account's apply."""
    headline: str | None = None
    """Instead of what the reports say."""
    ending: tuple[str, ...] = ()
    """What runs on a version whose support ends soon, a sentence each."""
    ending_counts: bool = False
    """Whether one of them is a reason for an issue by itself."""


@dataclass(frozen=True)
class Row:
    """A line of the table; cells are Markdown, empty where there is nothing to say."""

    terrace: str | None
    """The terrace that begins here, where there are several."""
    symbol: str
    stack: str
    status: str
    create: str
    update: str
    replace: str
    destroy: str
    cost: str


@dataclass(frozen=True)
class Loss:
    """A stack whose loss nobody may overlook."""

    stack: str
    """Empty where several are condensed into numbers."""
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """All that a template may show; Markdown but for what is called HTML."""

    title: str
    system: str
    headline: str
    asides: tuple[str, ...]
    """What waits or drifted; empty where the headline says it."""
    symbol: Symbol
    shortened: str | None
    notices: tuple[str, ...]
    """Made without credentials, every stack changed."""
    dangers: tuple[Loss, ...]
    thrown: tuple[Loss, ...]
    """Of review environments, which are made to be thrown away."""
    cautions: tuple[str, ...]
    """Who has to be told of what, and what answers meanwhile."""
    failures: tuple[str, ...]
    to_approve: tuple[str, ...]
    reasons: tuple[str, ...]
    rows: tuple[Row, ...]
    costs: bool
    """Whether any row has a cost."""
    cost: str | None
    lines: tuple[str, ...]
    """Deploys, what waits, what is not planned, what is declared no more, and what does not change."""
    open: tuple[Section, ...]
    terraces: tuple[tuple[str, tuple[Section, ...]], ...]
    """Folded sections by terrace; its name is empty where there is but one."""
    drift: tuple[Section, ...]
    ending: tuple[str, ...]
    """What runs on a version whose support ends soon; of the drift issue alone."""
    warnings: Section | None
    footer: tuple[str, ...]
