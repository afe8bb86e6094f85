"""`tanada take`: what a pull request asks for, into a checkout of its base, for its plan with credentials."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from tanada.cli.output import note, say, synthesizing


def take(
    commit: Annotated[str, typer.Argument(metavar="COMMIT", help="The pull request's last commit; fetch it before.")],
    emitted: Annotated[
        Path | None,
        typer.Option("--emitted", metavar="FOLDER", help="What its own code emitted, elsewhere: its cdktf.out."),
    ] = None,
    label: Annotated[
        str | None,
        typer.Option("--label", metavar="NAME", help="What comes from a fork, only where this label allows it."),
    ] = None,
) -> None:
    """Put what a pull request declares in the place of this checkout's declarations, as data: none of its code runs.

    Then `tanada plan --changed-since HEAD` plans it by this checkout's code; of a pull request that changes more than
    declarations it plans the JSON in --emitted that passes `tanada vet`, byte for byte. Prints `plan` and the
    stacks that fail and may be planned offline; `offline` where all must be; `no` where another run of the CI plans it
    (on github.com declarations alone are planned at once, more once its own code has run). Reasons stand on stderr. For
    CI: the checkout is good for nothing else.
    """
    from tanada.forge.ci import detect
    from tanada.terraform import own
    from tanada.terraform.process import Processes
    from tanada.terraform.take import take as take_in

    processes = Processes()
    root = own.root_of(Path.cwd(), os.environ, processes)
    ci = detect(os.environ)
    # A branch's own, as soon as it is asked for: whether this run is the one that plans it is told by what it changes.
    early = label is not None and ci is not None and ci.early and not ci.fork
    late = label is None and ci is not None and ci.early and ci.followed
    by = _allowed(label, commit) if label is not None and not early else None
    with processes.stopping_on_signals(lambda _first: None), synthesizing() as listener:
        found = take_in(root, commit, emitted, os.environ, processes, allowed=by, listener=listener)
    if by:
        note(f"{commit[:12]} is {by}.")
    note("It changes declarations alone." if found.alone else "It changes more than declarations.")
    if (early and not found.alone) or (late and found.alone):
        others = "once its own code has run" if early else "at once"
        note(f"Another run plans it, which GitHub starts {others}.")
        say("no")
        return
    for sentence in found.redirects:
        note(f"Nothing of it is planned with credentials: {sentence}.")
    for name, sentences in found.refused.items():
        for sentence in sentences:
            note(f"{name}: {sentence}.")
    say(" ".join(["offline"] if found.redirects else ["plan", *found.planned_offline]))


def _allowed(label: str, commit: str) -> str:
    """The clause that names whoever put a label on the pull request of this run, for this one commit.

    Raises ForgeError where the event, the pull request as the forge knows it now, or the label is of another commit,
    and where whoever put it there may not write to the repository.
    """
    from tanada.cli.reports import resolve_ci
    from tanada.errors import ForgeError
    from tanada.forge.ci import detect
    from tanada.forge.connection import connect

    ci = resolve_ci(detect(os.environ), None, None)
    if ci.pull_request is None or ci.head != commit:
        raise ForgeError(
            f"The label {label} holds for the commit that it was put on, and this run is not of {commit[:12]}."
        )
    client = connect(ci, os.environ)
    pull = client.pull_request(ci.pull_request)
    if pull.head != commit:
        raise ForgeError(
            f"The label {label} was put on {commit[:12]}, and pull request {pull.number} is at {pull.head[:12]} now:"
            " look at that, and put the label on anew."
        )
    return f"allowed by {client.labelled(pull, label)} (label {label})"
