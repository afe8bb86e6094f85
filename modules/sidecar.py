"""All containers of a service's task, its own and those beside it, as far as AWS says what they are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modules.here import Here
from modules.image import credentials, pulled
from modules.metrics import configuration
from modules.secrets import places
from tanada.declared.container import EXEC_FOLDERS, Container
from tanada.declared.logs import ROUTER, FireLens
from tanada.declared.metrics import COLLECTOR
from tanada.declared.secrets import Place, references
from tanada.declared.service import Service
from tanada.declared.service_connect import Protocol, spoken
from tanada.declared.sidecar import Sidecar


@dataclass(frozen=True)
class Running:
    """One container of a task."""

    name: str
    """What it is called in the task."""
    settings: Container
    """With what it takes from the service."""
    image: str
    """As ECS pulls it."""
    credentials: Place | None = None
    """The key to a private registry."""
    secrets: Mapping[str, Place] | None = None
    """Where each secret is kept, by the variable that takes it."""
    depends_on: Mapping[str, str] | None = None
    """What it waits for, by the name in the task."""
    mounts: Mapping[str, str] | None = None
    """Where it has each volume."""
    numbers: Mapping[str, str] | None = None
    """The number of each password of a store that it reads the secret of, by what it is known."""

    firelens: FireLens | None = None
    """Of a task whose lines a router takes: where they go."""
    hidden: Mapping[str, Place] | None = None
    """Where the values of the router's options are kept that nobody may read."""

    connects: Protocol | None = None
    """Of the container that answers through a proxy: what that reads."""

    entered: tuple[int, ...] = ()
    """The ports that a load balancer of TCP leads to."""

    @property
    def routes(self) -> bool:
        """Whether it is the router."""
        return self.firelens is not None and self.name == ROUTER

    @property
    def places(self) -> Sequence[Place]:
        """Whatever starting it reads."""
        of_image = [self.credentials] if self.credentials is not None else []
        return (*(self.secrets or {}).values(), *of_image, *(self.hidden or {}).values())

    @property
    def essential(self) -> bool:
        """Whether the task ends with it."""
        return not isinstance(self.settings, Sidecar) or self.settings.essential is not False


def running(
    service: str, called: str, settings: Service, here: Here, numbers: Mapping[str, tuple[str, str]]
) -> tuple[Running, ...]:
    """The containers, by name in the task: there the service's own is `called` so, whatever its name is now; `numbers`
    are those of all secrets that an apply writes (`Reach.numbers`).

    Their order is that in which the provider compares them (`OrderContainers`, terraform-provider-aws#36029).
    """

    def name(each: str) -> str:
        return called if each == service else each

    settings = settings.named(service, here.names.system, here.names.environment)
    all_of_them = settings.containers(service)
    if settings.metrics is not None:
        told = {"variables": configuration(settings.metrics, here, called)}
        all_of_them[COLLECTOR] = all_of_them[COLLECTOR].model_copy(update=told)
    made = [
        Running(
            name=name(each),
            settings=container,
            image=pulled(container.image, here),
            credentials=credentials(container.image, here),
            secrets=places(references(container.secrets), here),
            depends_on={name(other): until for other, until in container.depends_on.items()},
            numbers=dict(numbers[name] for name in taken(container) & set(numbers)),
            mounts=mounts(container, each if each != service else None, exec=settings.exec),
            firelens=settings.logs.firelens,
            hidden=places(settings.logs.references, here),
            connects=spoken(settings) if settings.service_connect and each == (settings.container or service) else None,
            entered=settings.entered.get(each if each != service else None, ()),
        )
        for each, container in all_of_them.items()
        if container.image is not None  # for mypy: each has one, if the service's
    ]
    return tuple(sorted(made, key=lambda each: each.name))


def taken(settings: Container) -> set[str]:
    """The names of the secrets that a container takes, by name or by ARN."""
    texts = (text for text in settings.secrets.values() if isinstance(text, str))
    return {text.rpartition(":secret:")[2].partition(":")[0] for text in texts}


def read_only(settings: Container) -> bool:
    """Whether the container's root file system is read-only: unless `/` itself is declared writable."""
    return "/" not in (settings.writable or {})


def mounts(settings: Container, sidecar: str | None, *, exec: bool) -> dict[str, str]:
    """Volumes by name, with the folder each is mounted at: those that it shares, and those that ECS Exec needs beside a
    read-only root, where each container has an agent of its own that keeps who it is there."""
    own = f"-{sidecar}" if sidecar is not None else ""
    agent = (
        {f"{volume}{own}": folder for volume, folder in EXEC_FOLDERS.items()} if exec and read_only(settings) else {}
    )
    return {**agent, **settings.scratch, **settings.volumes}


def volumes(containers: Sequence[Running]) -> list[str]:
    """All volumes of a task."""
    return sorted({volume for each in containers for volume in each.mounts or {}})
