"""The words of a declaration as typed, frozen models: what every field means, its default and its bounds.

A field stands here only when it has an effect on what is emitted.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from tanada.declarations.fields import (
    DNS_LABEL,
    AnyText,
    Domain,
    Flag,
    Name,
    Port,
    Seconds,
    Text,
    UrlPath,
    VariableName,
    Whole,
    whole,
)


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True)


# --- the common layer ------------------------------------------------------------------------------------------------


class Network(Model):
    """The VPC of an account."""

    cidr: Annotated[str, Text(r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$", "an IPv4 range such as 10.0.0.0/16")] = "10.0.0.0/16"
    """The VPC's private IPv4 range, /16 to /20 (AWS allows /28; below /20 private subnets hold too few tasks)."""
    zones: Annotated[int, Whole(2, 3)] = 2
    """In how many availability zones it lies."""
    nat: Literal["single", "per_zone", "none"] = "single"
    """Where private subnets leave from: one fixed address, one a zone, or not at all."""


class Zone(Model):
    """A hosted zone and the certificate for it; a bare name creates it, `existing` takes one over by its id."""

    name: Domain
    """The zone's domain."""
    existing: Annotated[str, Text(r"^Z[A-Z0-9]{4,31}$", "the id of a hosted zone such as Z0123456789ABC")] | None = None
    """The id of the zone to take over."""


def _zone(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


_ID = Text(r"^\d{1,20}$", "a number such as 123456", also="integer")


class RepositoryIds(Model):
    """The numbers that GitHub knows a repository by: unlike names, nobody else can get them later."""

    owner: Annotated[str, _ID]
    """Of the owner: `gh api repos/OWNER/REPO --jq .owner.id`."""
    repository: Annotated[str, _ID]
    """Of the repository: `gh api repos/OWNER/REPO --jq .id`."""


class Ci(Model):
    """Where the declaration lives and is applied from; makes the roles that its CI takes on to plan and to apply."""

    github: (
        Annotated[
            str, Text(r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$", "a repository such as example/kakei")
        ]
        | None
    ) = None
    """The repository on GitHub; either this or `gitlab`."""
    gitlab: (
        Annotated[
            str,
            Text(
                r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$",
                "a project with its group such as example/kakei",
            ),
        ]
        | None
    ) = None
    """The project on GitLab, with its groups."""
    server: Domain | None = None
    """The host of a GitHub Enterprise Server, or of a GitLab other than gitlab.com."""
    ids: RepositoryIds | None = None
    """GitHub's numbers, for a repository whose tokens hold them: each that was made or renamed since 15 July 2026."""
    branch: Annotated[
        str, Text(r"^[A-Za-z0-9_][A-Za-z0-9._/-]*$", "a branch of letters, digits and ._/- such as main")
    ] = "main"
    """What is merged into it is applied."""
    existing_provider: Flag = False
    """The account has an OIDC provider for this server already: IAM allows one, so it is used, not made."""
    tests: tuple[
        Annotated[str, Text(r"^(?!.*\$\{\{)[^\x00-\x1f]+$", "a command in one line without ${{", longest=1000)], ...
    ] = ()
    """Commands that must exit 0 before a protected account is asked for."""


class CommonLayer(Model):
    """What all environments of one account share."""

    network: Network = Network()
    """The VPC."""
    zones: tuple[Annotated[Zone, BeforeValidator(_zone, json_schema_input_type=Domain | Zone)], ...] = ()
    """Hosted zones and their certificates: a domain creates one, `{name: …, existing: Z…}` takes one over."""
    load_balancers: Annotated[int, Whole(1, 10)] = 1
    """How many load balancers share the services: AWS allows 100 target groups on each, and no more."""
    images: tuple[Name, ...] = ()
    """One image registry (ECR repository) each."""
    ci: Ci | None = None
    """The repository whose CI may plan and apply here; makes its roles."""
    removal: Literal["keep", "delete"] = "keep"
    """`keep` refuses to destroy fixed addresses, hosted zones and load balancers; `delete`, applied, lets go."""


class Quotas(Model):
    """What AWS allows the account, where it has raised its default for you; `tanada check` counts against it."""

    listener_rules: Annotated[int, Whole(1, 1000)] = 100
    """Rules a load balancer."""
    iam_roles: Annotated[int, Whole(1, 10000)] = 1000
    """Roles an account; AWS raises it up to 10,000."""
    elastic_addresses: Annotated[int, Whole(1, 1000)] = 5
    """Elastic IP addresses a region."""
    security_groups: Annotated[int, Whole(1, 10000)] = 2500
    """Security groups a region."""


class Account(Model):
    """An AWS account and region that the system uses."""

    id: Annotated[str, Text(r"^\d{12}$", "the account's id, 12 digits", also="integer")]
    """The AWS account's id, 12 digits; Terraform refuses to work in any other."""
    region: Annotated[str, Text(r"^[a-z]{2}(-[a-z]+)+-\d$", "a region such as ap-northeast-1")]
    """The AWS region; a second region is a second entry."""
    role: (
        Annotated[
            str,
            Text(
                r"^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$",
                "the ARN of a role such as arn:aws:iam::111111111111:role/terraform",
            ),
        ]
        | None
    ) = None
    """Assumed by provider, backend and remote state."""
    protected: Flag = False
    """Destroying anything here needs a second word; services get safer defaults."""
    common: CommonLayer = CommonLayer()
    """What differs from the common layer."""
    quotas: Quotas = Quotas()
    """What AWS allows this account, where that is more than its default."""


# --- the blueprint ---------------------------------------------------------------------------------------------------


class Http(Model):
    """To be reachable from outside: a listener rule for the environment's domain, and its records."""

    health: UrlPath
    """The path that answers 2xx or 3xx when the service is well: no default, a wrong one fails first deployments."""
    load_balancer: Annotated[int, Whole(1, 10)] = 1
    """Which of the common layer's load balancers, counted from 1."""


class Logs(Model):
    """What the containers print, kept in CloudWatch Logs."""

    days: Annotated[
        Literal[
            1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
        ],
        BeforeValidator(whole),
    ] = 30
    """Retention; CloudWatch Logs takes these numbers alone (PutRetentionPolicy)."""


class Service(Model):
    """An ECS service on Fargate."""

    image: Annotated[
        str, Text(DNS_LABEL, "one of common.images, without a tag: the tag is given when you plan", longest=32)
    ]
    """One of the common layer's images; its tag is given at plan."""
    port: Port | None = None
    """What the container listens on; none for a worker."""
    http: Http | None = None
    """Reachable from outside; without it the service is private."""
    health: UrlPath | None = None
    """Asked inside the container of a service that is not public; the image needs a shell and wget or curl."""
    grace: Annotated[int, Seconds(0, 7200)] = 60
    """Time to start before failing health checks count."""
    cpu: Annotated[int, Whole(256, 16384)] = 256
    """ECS CPU units, 1024 = 1 vCPU."""
    memory: Annotated[int, Whole(512, 122880)] = 512
    """MiB; Fargate has sizes for each `cpu`."""
    arch: Literal["x86_64", "arm64"] = "x86_64"
    """The processor that the image is built for."""
    count: Annotated[int, Whole(0, 5000)] = 1
    """Tasks; ECS allows 5,000 a service."""
    spot: Annotated[int, Whole(0, 100)] = 0
    """Percent of the tasks on Fargate Spot."""
    command: tuple[AnyText, ...] | None = None
    """Instead of the image's command."""
    entrypoint: tuple[AnyText, ...] | None = None
    """Instead of the image's entry point."""
    user: Annotated[str, Text(r"^[\w.-]+(:[\w.-]+)?$", "a user or user:group, by name or number")] | None = None
    """Instead of the image's user."""
    variables: dict[VariableName, AnyText] = {}
    """Environment variables."""
    writable: tuple[UrlPath, ...] = ("/tmp",)  # noqa: S108 - a path in the container
    """Folders kept in memory (64 MiB each) that the container may write to; `/` makes the root itself writable."""
    reach: tuple[Name, ...] = ()
    """Services and stores it may reach: opens the network and gives the permissions that are needed, no more."""
    exec: Flag = True
    """ECS Exec: a shell in a running task."""
    stop: Annotated[int, Seconds(2, 120)] = 60
    """Between SIGTERM and SIGKILL; Fargate's maximum is 120 s."""
    drain: Annotated[int, Seconds(0, 3600)] = 30
    """Deregistration delay of the target group."""
    logs: Logs = Logs()
    """How long logs are kept."""


_ATTRIBUTE = Text(r"^[^\x00-\x1f{}]+$", "the name of an attribute, 1 to 255 characters without braces")


class Table(Model):
    """A DynamoDB table with on-demand billing."""

    key: Annotated[str, _ATTRIBUTE]
    """Partition key, a string attribute."""
    sort: Annotated[str, _ATTRIBUTE] | None = None
    """Sort key, a string attribute."""


class Store(Model):
    """Exactly one kind as its key."""

    table: Table
    """A DynamoDB table."""


class Blueprint(Model):
    """What one environment consists of."""

    services: dict[Name, Service] = {}
    """ECS services by name."""
    stores: dict[Name, Store] = {}
    """What keeps data, by name."""


class Environment(Blueprint):
    """A permanent instance of the blueprint, merged with what differs."""

    account: Name
    """One of the system's accounts."""
    domain: Domain
    """Where it answers; covered by one of the account's zones."""
    removal: Literal["keep", "delete"] = "keep"
    """`keep` refuses to destroy stores; to remove an environment say `delete`, apply, then destroy."""


Limit = Annotated[int, Whole(1, 100)]


class Review(Blueprint):
    """The review environments' declaration: any number of instances, one a Terraform workspace, always deletable."""

    account: Name
    """One of the system's accounts."""
    domain: Domain
    """Each answers at `<workspace>.<domain>`."""
    limit: Limit = 20
    """How many may exist at a time; counted against AWS's limits by `tanada check`."""


SystemName = Annotated[
    str,
    Text(
        DNS_LABEL,
        "lower-case letters, digits and hyphens, a letter first, no hyphen last, at most 20 characters",
        longest=20,
    ),
]


class SystemFile(Model):
    """What stands in system.yaml."""

    system: SystemName
    """The system's name: in every AWS name, tag and state key."""
    tanada: Annotated[str, Text(r"^\d+\.\d+$", 'Tanada\'s version as "major.minor"', also="number")]
    """The version of Tanada that the declaration is written for."""
    accounts: dict[Name, Account]
    """The AWS accounts by name."""
    common: CommonLayer = CommonLayer()
    """What all environments of one account share, in every account."""
    blueprint: Blueprint
    """What one environment consists of; each lays its file over it."""


class System(Model):
    """Everything one team declares, merged and checked: what stacks are made of."""

    name: SystemName
    accounts: dict[Name, Account]
    blueprint: Blueprint
    environments: dict[Name, Environment] = {}
    review: Review | None = None
