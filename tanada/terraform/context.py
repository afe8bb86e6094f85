"""What all sessions of one command share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tanada.offline.address import FAULTS
from tanada.terraform.layout import Layout
from tanada.terraform.process import Processes
from tanada.terraform.program import Program

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack


@dataclass(frozen=True)
class Context:
    """What all sessions of one command share."""

    layout: Layout
    program: Program
    processes: Processes
    environ: Mapping[str, str]
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    accounts: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    """In the CI: credentials by account, instead of those and of the roles that the declaration names."""
    renewed: Callable[[Stack], Mapping[str, str]] | None = field(default=None, repr=False)
    """The same, asked for again: those that an apply began with may have ended in its middle."""
    offline: bool = False
    reads_only: bool = False
    """In a job whose role writes nothing: no lock, and no workspace that isn't there."""

    @property
    def says(self) -> str:
        """Which terraform this is; part of every output."""
        if self.offline:
            return f"{self.program.name}, offline{', with faults' if self.with_faults else ''}"
        # Terraform's own way of debugging a provider: whoever sets it should be reminded.
        reattached = ", TF_REATTACH_PROVIDERS" if self.environ.get("TF_REATTACH_PROVIDERS") else ""
        return f"{self.program.name}{reattached}"

    @property
    def with_faults(self) -> bool:
        """Whether faults are played."""
        return bool(self.environ.get(FAULTS))

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may hold, whatever a provider prints: all credentials but the key's id, which names them."""
        sources = (self.credentials, *self.accounts.values())
        return tuple(each for held in sources for name, each in held.items() if each and name != "AWS_ACCESS_KEY_ID")
