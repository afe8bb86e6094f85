"""Options that several verbs share, with their help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from tanada.terraform.approval import goes_on
from tanada.terraform.outcome import Outcome

Workspace = Annotated[
    str | None, typer.Option("--workspace", metavar="NAME", help="The review environment; for the stack review alone.")
]
Image = Annotated[
    list[str] | None,
    typer.Option("--image", metavar="NAME=TAG", help="Tag to run of an image; else the one last applied."),
]
Offline = Annotated[
    bool,
    typer.Option(
        "--offline", help="Work on a copy with invented AWS resources: no account, no network, no real state."
    ),
]
NoSynth = Annotated[bool, typer.Option("--no-synth", help="Use cdktf.out as it is, instead of synthesizing first.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", min=1, help="Stacks at a time; as many as processors and memory allow.")
]
Verbose = Annotated[bool, typer.Option("--verbose", help="Say everything that Terraform does, not only how far it is.")]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask; for CI.")]
Protected = Annotated[
    str | None,
    typer.Option("--protected", metavar="ACCOUNT", help="Name the protected account that this is meant for."),
]
Destroy = Annotated[
    list[str] | None,
    typer.Option("--destroy", metavar="ADDRESS", help="A store or fixed address that may be lost."),
]


def exit_code(outcomes: Sequence[Outcome], *, strict: bool = False) -> int:
    """1 where Terraform failed somewhere, 2 for bad input, else 0; `strict` doesn't let anything wait."""
    statuses = {outcome.status for outcome in outcomes}
    if "interrupted" in statuses:
        return 130
    waits = "waits for common" in statuses or any(outcome.foreseen for outcome in outcomes)
    if "failed" in statuses or (strict and waits):
        return 1
    return 2 if "refused" in statuses else 0


def applied_code(outcomes: Sequence[Outcome]) -> int:
    """1 where Terraform failed, 2 where something was refused, not approved or not there yet, 0 when all went on."""
    return exit_code(outcomes) or (0 if all(goes_on(outcome.status) for outcome in outcomes) else 2)
