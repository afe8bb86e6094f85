"""What changed since another commit: both synthesized, the stacks whose emitted JSON differs, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tanada.terraform.process import Processes

if TYPE_CHECKING:
    from tanada.declarations.changes import Change  # models, which take their time to load


@dataclass(frozen=True)
class Changed:
    """What differs between the merge base and the working tree, uncommitted files included."""

    base: str
    """The commit that was compared with."""
    stacks: tuple[str, ...] = ()
    """The declared stacks that differ, in the inventory's order."""
    reason: str | None = None
    """A sentence why all stacks are among them, where that is not for the declaration's sake."""
    gone: tuple[str, ...] = ()
    """Stacks of the base that are declared no more."""
    configuration: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """How the emitted JSON of each stack differs: the lines for `Report.configuration`."""
    declaration: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    """The lines of the declaration that changed and reach each stack: for `Report.reasons`."""


def what_changed(
    root: Path,
    environ: Mapping[str, str],
    processes: Processes,
    ref: str,
    on_progress: Callable[[str], None] | None = None,
) -> Changed:
    """Compare the working tree of the system in `root` with the merge base of HEAD and `ref`.

    Synthesizes both, so that afterwards `cdktf.out/` is as the working tree declares. Raises TerraformError where the
    base can't be found or the working tree doesn't synthesize; a base that doesn't synthesize makes all stacks differ.
    """
    raise NotImplementedError
