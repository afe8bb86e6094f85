"""Whether a plan changes what CI may do: CI can't apply that, so the plan says who does it and what comes after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tanada.plan import Message, Summary

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack

_IDENTITIES = "aws_iam_"
_OF_CI = "ci_"
"""How addresses of modules/ci.py begin: its id in the common stack."""


def advice(stack: Stack, summary: Summary | None) -> tuple[Message, ...]:
    """What to do beside approving; nothing where a plan leaves CI's roles and policies alone."""
    touched = [
        change
        for change in (summary.changes if summary is not None else ())
        if change.type.startswith(_IDENTITIES)
        and change.address.startswith(f"{change.type}.{_OF_CI}")
        and change.action not in ("no-op", "read")
    ]
    if stack.kind != "common" or not touched:
        return ()
    word = f" --protected {stack.account}" if stack.protected else ""
    steps = [
        "CI's own role can't change CI's roles and policies, so an apply by CI fails at them. Somebody with rights on "
        f"IAM applies them by hand: tanada plan {stack.name}, then tanada apply {stack.name}{word}. "
        "CI's files must be written by the same Tanada: tanada ci.",
    ]
    left = sorted(change.address for change in touched if change.action == "forget" and change.type == "aws_iam_role")
    if left:
        steps.append(
            f"{', '.join(left)}: no longer Terraform's, and still there, trusting what they trusted. Delete them in "
            "IAM as soon as no open pull request has CI's old files."
        )
    return (Message("warning", "This changes what CI may do", "\n".join(steps)),)
