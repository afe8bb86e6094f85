"""Which tasks write to which sites: the ways that go across environments, and what both ends of each are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tanada.declared import publishers
from tanada.declared.blueprint import Environment
from tanada.declared.jobs import Job
from tanada.declared.model import Model
from tanada.declared.service import Service
from tanada.declared.sites import Site
from tanada.declared.system import System
from tanada.declared.tasks import Task
from tanada.names import Names
from tanada.regions import partition


class Publishes(Model):
    """One site that something in an environment writes to."""

    name: str
    """What writes: a service, a job or a task."""
    word: str
    """How its texts name the site: `production.www`."""
    role: str
    """The ARN of the role that it takes on."""
    bucket: str
    """What the site's bucket is called."""

    @property
    def words(self) -> dict[str, str]:
        """What each placeholder stands for."""
        return {f"{self.word}.role": self.role, f"{self.word}.bucket": self.bucket}


@dataclass(frozen=True)
class Way:
    """From what runs in one environment to a site of the same one, or of another."""

    environment: str
    """Where the site is."""
    site: str
    of: str
    """Where its publisher runs."""
    publisher: str
    """The ARN of the publisher's own role."""
    publishes: Publishes


def ways_of(system: System) -> Iterator[Way]:
    """All of a system whose checks found nothing."""
    for environment, settings in system.environments.items():
        for name, site in settings.sites.items():
            for each in site.publishers:
                of, _, part = each.partition(".")
                theirs = system.environments[of]
                ours = _names(system, environment)
                yield Way(
                    environment,
                    name,
                    of,
                    _arn(system, theirs, f"/{system.name}/", _role_of(_names(system, of), theirs, part)),
                    Publishes(
                        name=part,
                        word=f"{environment}.{name}",
                        role=_arn(system, settings, publishers.path(system.name), publishers.called(ours, name)),
                        bucket=_bucket(system, settings, ours, name, site),
                    ),
                )


def _names(system: System, environment: str) -> Names:
    return Names(system=system.name, environment=environment, label=environment)


def _role_of(names: Names, settings: Environment, part: str) -> str:
    """As modules/runs.py calls the role of a task itself."""
    each: Mapping[str, Service | Job | Task] = {**settings.services, **settings.jobs, **settings.tasks}
    renamed = each[part].renamed_from
    return names.limited(f"{renamed[0] if renamed else part}-task", 64)


def _arn(system: System, settings: Environment, path: str, name: str) -> str:
    account = system.accounts[settings.account]
    return f"arn:{partition(account.region)}:iam::{account.id}:role{path}{name}"


def _bucket(system: System, settings: Environment, names: Names, name: str, site: Site) -> str:
    account = system.accounts[settings.account]
    called = name if site.bucket is None else settings.stores[site.bucket].first_name(site.bucket)
    return names.bucket(called, account.id, account.region)
