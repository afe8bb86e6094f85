"""Sentences that emitted stacks say at Terraform's run time: for whoever emits them, and whoever reads them again."""

from __future__ import annotations

from collections.abc import Sequence

REVIEW_WORKSPACE = (
    "A review environment is a workspace: select one named with lower-case letters, digits and hyphens, "
    "56 characters at most (tanada plan review --workspace NAME)."
)
"""Of the precondition that keeps the review stack out of `default`."""


def taken_workspace(domain: str) -> str:
    """Of the precondition that keeps review environments off permanent ones' hosts."""
    return f"At this name below {domain} a permanent environment answers, or a hosted zone begins: select another one."


def labelled_workspace(labels: Sequence[str], longest: int) -> str:
    """Of the precondition that keeps review environments off each other's hosts, `<workspace>-<label>`."""
    names = " or ".join(f"-{label}" for label in labels)
    return f"A review workspace doesn't end in {names} and has {longest} characters at most: select another one."


WAITS = "waits for common"
"""What an error is recognised by that is none: the common layer isn't there yet, or is too old."""


def no_workspaces(stack: str) -> str:
    """Of the precondition that keeps all other stacks in `default`."""
    return f"{stack} has no workspaces: select default."


def waits_for_common(stack: str, common: str, version: int) -> str:
    """Of the contract's postcondition: `version` is the least that the stack needs."""
    return f"{stack} {WAITS}: apply {common} first (contract {version} is needed)."
