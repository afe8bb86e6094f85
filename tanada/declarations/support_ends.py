"""What of a system runs on a version whose support ends within half a year, or has ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tanada.declared import support
from tanada.declared.blueprint import Environment, Review
from tanada.declared.support import FUNCTIONS, TERRAFORM
from tanada.declared.system import System


def ending(system: System, today: date) -> list[str]:
    """A sentence for each version, with what runs it; Tanada's own last."""
    return [*of_stores(system, today), *support.notes(_of_tanada(system), today)]


def of_stores(system: System, today: date) -> list[str]:
    """The same of what the declaration says, and who keeps it can change."""
    return support.notes(_declared(system), today)


def _declared(system: System) -> Iterator[tuple[str, str]]:
    """Each version that is declared, and the store that runs it."""
    for instance in instances(system):
        for name, store in instance.stores.items():
            if (database := store.database) is not None:
                yield f"{database.engine} {database.sql.major(database.version)}", name
            if (aurora := store.aurora) is not None:
                yield f"{aurora.sql.name} {aurora.sql.major(aurora.version)}", name
            if (cache := store.cache) is not None:
                yield f"{cache.engine} {cache.engine_version.partition('.')[0]}", name


def _of_tanada(system: System) -> Iterator[tuple[str, str]]:
    if any(job.time_limit is not None for instance in instances(system) for job in instance.jobs.values()):
        yield FUNCTIONS, "jobs' functions"
    yield f"terraform {TERRAFORM}", "what plans and applies"


def instances(system: System) -> Iterator[Environment | Review]:
    """Its environments, and what its review environments have in common."""
    yield from system.environments.values()
    if system.review is not None:
        yield system.review
