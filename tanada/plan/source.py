"""One plan's JSON with all that reading a part of it needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from tanada.plan.configuration import Configuration
from tanada.plan.marks import sides
from tanada.plan.normalizer import Normalizer
from tanada.plan.printer import Printer
from tanada.plan.secrets import said
from tanada.secrecy import Secrets


@dataclass(frozen=True)
class Source:
    """The output of `terraform show -json PLAN`, and what is known of the whole of it."""

    plan: Mapping[str, Any]
    secrets: Secrets
    configuration: Configuration
    normalizer: Normalizer
    printer: Printer

    @classmethod
    def of(cls, plan: Mapping[str, Any], shown_variables: Collection[str]) -> Source:
        """`shown_variables` are the environment variables whose values the declaration shows."""
        secrets = said(plan).secrets
        return cls(plan, secrets, Configuration(plan), Normalizer(secrets, shown_variables), Printer(secrets))

    def resource_sides(self, entry: Mapping[str, Any]) -> tuple[Any, Any]:
        """A resource before and after, masked, in one form."""
        before, after = sides(entry["change"])
        return self.normalizer.resource(entry["type"], before), self.normalizer.resource(entry["type"], after)
