"""What was taken into a checkout of a pull request (`take` did it): which of it is planned, and how.

Every command asks whether something was, so this loads little.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from tanada.errors import TerraformError
from tanada.files import CONFIGURATION, write_private
from tanada.terraform import what_runs
from tanada.terraform.layout import Layout
from tanada.terraform.packages import PackageChange

_RECORD = "record.json"
OFFLINE = "offline"


@dataclass(frozen=True)
class Taken:
    """What lies in a checkout into which a pull request was taken."""

    commit: str
    """Its last commit."""
    alone: bool
    """It changes declarations alone, so this checkout's own code makes the JSON."""
    redirects: tuple[str, ...] = ()
    """Why nothing of it is planned with credentials; none where it may be."""
    refused: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Stacks whose emitted JSON must not be planned with credentials → sentences why."""
    offline: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of those whose JSON could be read: sentences why not even offline, in a job without an identity; none where a job
    like that plans it."""
    deciding: tuple[str, ...] = ()
    """The files that it changes and that decide what runs."""
    unfollowed: tuple[str, ...] = ()
    """What requirements.txt leads to and nobody can compare."""
    packages: PackageChange | None = None
    """How another Tanada, or other packages beside it, would be installed where it is merged; the base's is here."""
    unread: str | None = None
    """Why its declarations can't be read as data: the base's lie here, and say nothing of it."""
    allowed: str | None = None
    """Who allowed it, where somebody had to: a clause."""

    @property
    def everything(self) -> str | None:
        """A sentence why every stack counts as changed; None where the comparison tells."""
        if self.unread is not None:
            return f"The declarations can't be read as data ({self.unread}), so every stack counts as changed."
        return what_runs.sentence(self.deciding, self.unfollowed)

    def held(self, stack: str, *, offline: bool, bare: bool = False) -> tuple[str, ...]:
        """Why a stack is not planned here; none where it is. `bare`: offline, in a job that has no identity."""
        if bare and self.offline.get(stack) == ():
            return ()
        # What else isn't vetted may run commands, offline too: only the job that runs the pull request's code plans it.
        return (*(() if offline else self.redirects), *self.refused.get(stack, ()))

    @property
    def planned_offline(self) -> tuple[str, ...]:
        """The refused stacks that a job without an identity plans."""
        return tuple(name for name in self.refused if self.offline.get(name) == ())


def read(layout: Layout) -> Taken | None:
    """What was taken into this checkout; None where nothing was."""
    try:
        found = json.loads((layout.taken / _RECORD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Taken(
        commit=found["commit"],
        alone=found["alone"],
        redirects=tuple(found["redirects"]),
        refused={name: tuple(sentences) for name, sentences in found["refused"].items()},
        offline={name: tuple(sentences) for name, sentences in found["offline"].items()},
        deciding=tuple(found["deciding"]),
        unfollowed=tuple(found["unfollowed"]),
        packages=PackageChange(**found["packages"]) if found["packages"] else None,
        unread=found["unread"],
        allowed=found["allowed"],
    )


def refuse(layout: Layout, doing: str) -> None:
    """Refuse to do what nobody has approved yet."""
    if taken := read(layout):
        raise TerraformError(
            f"This checkout holds what {taken.commit[:12]} asks for, which nobody has approved: {doing} from another."
        )


def emit(layout: Layout) -> None:
    """Lay the vetted JSON where synthesized stacks lie, and nothing else beside it."""
    shutil.rmtree(layout.synthesized, ignore_errors=True)
    for file in sorted((layout.taken / "stacks").glob(f"*/{CONFIGURATION}")):
        write_private(layout.configuration(file.parent.name), file.read_bytes())


def emit_offline(layout: Layout, names: Iterable[str]) -> None:
    """Lay beside it what failed the vetting and is planned offline."""
    for name in names:
        write_private(layout.configuration(name), (layout.taken / OFFLINE / name / CONFIGURATION).read_bytes())


def write(layout: Layout, taken: Taken) -> None:
    """Keep what was taken, for the commands that follow."""
    write_private(layout.taken / _RECORD, json.dumps(asdict(taken), indent=1, sort_keys=True) + "\n")
