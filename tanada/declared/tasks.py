"""What runs to its end and is no service; and tasks, which an apply runs: a database's migrations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict

from tanada.declared.container import FOLDER_MIB, OWNER, Capabilities, Limits, Writable, below_the_root
from tanada.declared.fields import Expanded, Folder, Name, Seconds, Size, Text, VariableName, Whole
from tanada.declared.image import Image
from tanada.declared.like import image_or_like
from tanada.declared.logs import Logs, ServiceLogs
from tanada.declared.model import Default, Kind, Need, RenamedFrom
from tanada.declared.permissions import Permission
from tanada.declared.secrets import Secret
from tanada.declared.service import Service
from tanada.declared.ways import Access, SecurityGroupId, Ways


class RunsOnce(Kind):
    """What runs on Fargate to its end, however it is started."""

    model_config = ConfigDict(json_schema_extra=image_or_like)

    PROTECTED = (Default(("logs", "days"), "365", "what happened last year can still be read"),)
    WORDS = {}

    like: Name | None = None
    """A service whose image, variables, secrets, permissions, reach and size it has, each unless it says its own."""
    image: Image
    """One of the common layer's images, or one from elsewhere; as a service's."""
    cpu: Annotated[int, Whole(256, 16384)] = 256
    """ECS CPU units, 1024 = 1 vCPU."""
    memory: Annotated[int, Whole(512, 122880)] = 512
    """MiB; Fargate has sizes for each `cpu`."""
    arch: Literal["x86_64", "arm64"] = "x86_64"
    """The processor that the image is built for."""
    ephemeral_storage: Annotated[int, Size("GiB", 21, 200)] | None = None
    """Disk, from 21GiB to 200GiB; left out, Fargate's 20 GiB."""
    command: tuple[Expanded, ...] | None = None
    """Instead of the image's command."""
    entrypoint: tuple[Expanded, ...] | None = None
    """Instead of the image's entry point."""
    user: Annotated[str, Text(f"^{OWNER}(:{OWNER})?$", "a user or user:group, by name or number")] | None = None
    """Instead of the image's user."""
    variables: dict[VariableName, Expanded] = {}
    """Environment variables."""
    secrets: dict[VariableName, Secret] = {}
    """Environment variables whose values are kept in Parameter Store or Secrets Manager, or made (`{generate: 64}`)."""
    permissions: dict[Name, Permission] = {}
    """What it may do beyond what it reaches."""
    writable: Writable = {"/tmp": FOLDER_MIB}  # noqa: S108 - a path in the container
    """Folders kept in memory that it may write to; `/` makes the root itself writable."""
    capabilities: Capabilities | None = None
    """Linux capabilities."""
    ulimits: Limits = {}
    """Limits of Linux's."""
    reach: Ways = ()
    """Services and stores it may reach, or what is elsewhere; as a service's."""
    volumes: dict[Name, Annotated[Folder, AfterValidator(below_the_root)]] = {}
    """File systems of the same environment, by name, and where it has each."""
    security_groups: tuple[SecurityGroupId, ...] = ()
    """Security groups of others that it wears beside ours."""
    stop_timeout: Annotated[int, Seconds(2, 120)] = 60
    """Between SIGTERM and SIGKILL where the apply that waits for it is interrupted."""
    logs: Logs = Logs()
    """How long logs are kept, which lines are mailed, and where else they go."""

    @property
    def kind(self) -> Kind:
        """It is of one kind alone; a store has several."""
        return self

    @property
    def reached(self) -> Mapping[str, Access | None]:
        """The parts that it reaches by name, with what it may do there, where it says so."""
        return self.as_service().reached

    def as_service(self) -> Service:
        """The same as a service that nobody reaches and nobody enters: what runs is made, and checked, alike."""
        own = {name: getattr(self, name) for name in type(self).model_fields if name in Service.model_fields}
        return Service.model_construct(**own | {"logs": ServiceLogs.model_construct(**dict(self.logs))}, exec=False)

    def needs(self) -> Sequence[Need]:
        return Need("aws_iam_role", 2 + self.logs.roles()), Need("aws_security_group", 1)

    def asks(self) -> set[str]:
        """Actions that its roles are given and no resource's entry names."""
        return self.as_service().asks()

    def closed(self) -> str | None:
        return "port"


class Task(RunsOnce):
    """A task on Fargate that runs to its end: where a service names it (`before`), before that one changes."""

    renamed_from: RenamedFrom = ()
    """Names that it had before, the oldest first."""
