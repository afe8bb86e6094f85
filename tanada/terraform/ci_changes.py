"""Whether a plan changes what CI may do: CI can't apply that, so the plan says who does it and what comes after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tanada.errors import TerraformError
from tanada.plan import Message, ResourceChange, Summary

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack

_IDENTITIES = "aws_iam_"
_OF_CI = "ci_"
"""How addresses of modules/ci.py begin: its id in the common stack."""


def advice(stack: Stack, summary: Summary | None) -> tuple[Message, ...]:
    """What to do beside approving; nothing where a plan leaves CI's roles and policies alone."""
    touched = _touched(stack, summary)
    if not touched:
        return ()
    detail = f"CI's own role can't do that. {_by_hand(stack)} CI's files must be written by the same Tanada: tanada ci."
    left = sorted(change.address for change in touched if change.action == "forget" and change.type == "aws_iam_role")
    if left:
        detail += (
            f"\n{', '.join(left)}: no longer Terraform's, and still there, trusting what they trusted. Delete them in "
            "IAM as soon as no open pull request has CI's old files."
        )
    return (Message("warning", "This changes what CI may do", detail),)


def check_not_by_ci(stack: Stack, summary: Summary, *, by_ci: bool) -> None:
    """Refuse in CI what AWS would deny it halfway."""
    if by_ci and _touched(stack, summary):
        raise TerraformError(
            f"{stack.name}: this changes what CI may do, which CI's own role can't. {_by_hand(stack)} "
            "Then start this run again."
        )


def _touched(stack: Stack, summary: Summary | None) -> list[ResourceChange]:
    if summary is None or stack.kind != "common":
        return []
    return [
        change
        for change in summary.changes
        if change.type.startswith(_IDENTITIES)
        and change.address.startswith(f"{change.type}.{_OF_CI}")
        and change.action not in ("no-op", "read")
    ]


def _by_hand(stack: Stack) -> str:
    word = f" --protected {stack.account}" if stack.protected else ""
    return (
        f"Somebody with rights on IAM applies it by hand: tanada plan {stack.name}, "
        f"then tanada apply {stack.name}{word}."
    )
