"""`tanada vendor`: the wheel of this Tanada in the team's repository."""

from __future__ import annotations

from pathlib import Path

from tanada.cli.output import note, tell
from tanada.declarations.root import find_root


def vendor() -> None:
    """Put the wheel of this Tanada into vendor/ and its hash into requirements.txt: what CI and colleagues install.

    It is made anew from the installed files, each held to the hash noted at its installation: the same bytes wherever
    the same Tanada is installed. Run it again after an update; where nothing is new it changes nothing. The lock of
    the AWS provider that this Tanada plans with comes along. What else CI would install, and no hash holds, is named on
    stderr.
    """
    from tanada.templates.vendor import unheld
    from tanada.templates.vendor import vendor as put
    from tanada.templates.wheel import installed

    root = find_root(Path.cwd())  # before the wheel is made, which takes some seconds
    wheel = installed()
    for sentence in put(root, wheel) or [f"vendor/{wheel.name}: unchanged, sha256 {wheel.digest}."]:
        tell(sentence)
    for sentence in unheld(root):
        note(sentence)
