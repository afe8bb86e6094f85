"""The words of a declaration as typed, frozen models: what every field means, its default and its bounds.

Values arrive as text (YAML is composed, not loaded), so each field decides what its text means.
A field stands here only when it has an effect on what is emitted.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

DNS_LABEL = r"^[a-z]([a-z0-9-]*[a-z0-9])?$"
"""RFC 1035, 2.3.1: a label of letters, digits and hyphens; ours start with a letter, as Terraform's addresses do."""


def _boolean(value: Any) -> Any:
    """`true` and `false` alone: YAML 1.1's yes/no/on/off are a known trap."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


_DURATION = re.compile(r"(\d+)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _seconds(value: Any) -> Any:
    """`30s`, `5m`, `12h`, `3d` → seconds."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("a duration such as 30s, 5m, 12h or 3d")
    return int(match[1]) * _SECONDS[match[2]]


def _domain(value: str) -> str:
    labels = value.split(".")
    if (
        len(value) > 253
        or len(labels) < 2
        or not all(re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", x) for x in labels)
    ):
        raise ValueError("a domain name in lower case such as www.example.jp")
    return value


Name = Annotated[str, StringConstraints(pattern=DNS_LABEL, max_length=32)]
Domain = Annotated[str, AfterValidator(_domain)]
Port = Annotated[int, Field(ge=1, le=65535)]
Duration = Annotated[int, BeforeValidator(_seconds)]
Flag = Annotated[bool, BeforeValidator(_boolean)]
Path = Annotated[str, StringConstraints(pattern=r"^/[^\s?#]*$")]
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""IEEE Std 1003.1 (POSIX), 8.1: names that every shell can export."""


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


# --- the common layer ------------------------------------------------------------------------------------------------


class Network(Model):
    cidr: str = "10.0.0.0/16"
    """The VPC's IPv4 range, /16 to /20 (AWS allows /16 to /28; below /20 the private subnets hold too few tasks)."""
    zones: Annotated[int, Field(ge=2, le=3)] = 2
    nat: Literal["single", "per_zone", "none"] = "single"
    """Where private subnets leave from: one fixed address, one a zone, or not at all."""


class Zone(Model):
    """A hosted zone and the certificate for it; a bare name creates it, `existing` takes one over by its id."""

    name: Domain
    existing: Annotated[str, StringConstraints(pattern=r"^Z[A-Z0-9]{4,31}$")] | None = None


def _zone(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


class CommonLayer(Model):
    network: Network = Network()
    zones: tuple[Annotated[Zone, BeforeValidator(_zone)], ...] = ()
    load_balancers: Annotated[int, Field(ge=1, le=10)] = 1
    """How many load balancers share the services: AWS allows 100 target groups on each, and no more."""
    images: tuple[Name, ...] = ()
    """One image registry (ECR repository) each."""


class Account(Model):
    id: Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
    region: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    role: Annotated[str, StringConstraints(pattern=r"^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$")] | None = None
    """Assumed by provider, backend and remote state."""
    protected: Flag = False
    """Destroying anything here needs a second word."""
    common: CommonLayer = CommonLayer()


# --- the blueprint ---------------------------------------------------------------------------------------------------


class Http(Model):
    """To be reachable from outside: a listener rule for the environment's domain, and its records."""

    health: Path
    """The path that answers 2xx or 3xx when the service is well: no default, a wrong one fails first deployments."""
    load_balancer: Annotated[int, Field(ge=1, le=10)] = 1
    """Which of the common layer's load balancers, counted from 1."""


class Logs(Model):
    days: Literal[
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
    ] = 30
    """Retention; CloudWatch Logs takes these numbers alone (PutRetentionPolicy)."""


class Service(Model):
    image: Name
    """One of the common layer's images; its tag is given at plan."""
    port: Port | None = None
    """What the container listens on; none for a worker."""
    http: Http | None = None
    health: Path | None = None
    """Asked inside the container of a service that is not public; the image needs a shell and wget or curl."""
    grace: Duration = 60
    """Time to start before failing health checks count."""
    cpu: int = 256
    """ECS CPU units, 1024 = 1 vCPU."""
    memory: int = 512
    """MiB."""
    arch: Literal["x86_64", "arm64"] = "x86_64"
    count: Annotated[int, Field(ge=0, le=5000)] = 1
    """Tasks; ECS allows 5,000 a service."""
    spot: Annotated[int, Field(ge=0, le=100)] = 0
    """Percent of the tasks on Fargate Spot."""
    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    user: str | None = None
    variables: dict[VariableName, str] = {}
    writable: tuple[Path, ...] = ("/tmp",)  # noqa: S108 - a path in the container
    """Folders kept in memory (64 MiB each) that the container may write to; `/` makes the root itself writable."""
    reach: tuple[Name, ...] = ()
    """Services and stores it may reach: opens the network and gives the permissions that are needed, no more."""
    exec: Flag = True
    """ECS Exec: a shell in a running task."""
    stop: Annotated[Duration, Field(ge=2, le=120)] = 60
    """Between SIGTERM and SIGKILL; Fargate's maximum is 120 s."""
    drain: Annotated[Duration, Field(ge=0, le=3600)] = 30
    """Deregistration delay of the target group."""
    logs: Logs = Logs()


class Table(Model):
    """A DynamoDB table with on-demand billing."""

    key: str
    """Partition key, a string attribute."""
    sort: str | None = None
    """Sort key, a string attribute."""


class Store(Model):
    """Exactly one kind as its key."""

    table: Table


class Blueprint(Model):
    services: dict[Name, Service] = {}
    stores: dict[Name, Store] = {}


class Environment(Blueprint):
    """A permanent instance of the blueprint, merged with what differs."""

    account: str
    domain: Domain
    removal: Literal["keep", "delete"] = "keep"
    """`keep` refuses to destroy stores; to remove an environment say `delete`, apply, then destroy."""


class Review(Blueprint):
    """The review environments' declaration: any number of instances, one a Terraform workspace, always deletable."""

    account: str
    domain: Domain
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    """How many may exist at a time; counted against AWS's limits by `tanada check`."""


class System(Model):
    """Everything one team declares, merged and checked: what stacks are made of."""

    name: Annotated[Name, StringConstraints(max_length=20)]
    accounts: dict[Name, Account]
    blueprint: Blueprint
    environments: dict[Name, Environment] = {}
    review: Review | None = None
