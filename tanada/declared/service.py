"""ECS services."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, model_validator

from tanada.declared.cdn import ACL, ORIGIN, SETS, sets
from tanada.declared.container import FOLDER_MIB, Container, Writable
from tanada.declared.fields import Flag, Name, Seconds, Size, Text, Whole
from tanada.declared.http import Http
from tanada.declared.image import Image
from tanada.declared.like import image_or_like
from tanada.declared.logs import ROUTER, ServiceLogs, with_router
from tanada.declared.metrics import COLLECTOR, Metrics, collector
from tanada.declared.model import Default, Kind, Need, RenamedFrom
from tanada.declared.permissions import Permission
from tanada.declared.rollout import Rollout, RolloutOf
from tanada.declared.route53_health_check import HEALTH_CHECK
from tanada.declared.scale import Scale
from tanada.declared.secrets import Generated, asked, named, references
from tanada.declared.service_connect import ServiceConnect
from tanada.declared.sidecar import Sidecar
from tanada.declared.spot import Spot, SpotOf
from tanada.declared.tcp import OWN, Tcp
from tanada.declared.ways import Access, SecurityGroupId, Ways

TARGETS = "aws_lb_target_group_attachment"
REGISTERED = "aws_service_discovery_instance"
"""ECS makes these itself, one a task."""
LOOKS = (
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
)
REGISTERS = ("elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets")
SHIFTING = (*LOOKS, *REGISTERS, "elasticloadbalancing:ModifyRule")
"""What ECS does at load balancers to move requests: of AWS's own policy for that what is of rules of application load
balancers (AmazonECSInfrastructureRolePolicyForLoadBalancers)."""
AlarmName = Annotated[
    str,
    Text(r"^[a-z][a-z0-9-]*$", "an alarm of a service by its name and the alarm's word, such as web-5xx", longest=100),
]


class Service(Container, Kind):
    """An ECS service on Fargate."""

    model_config = ConfigDict(json_schema_extra=image_or_like)

    PROTECTED = (
        Default(
            ("count",),
            "2",
            "the end of one task leaves another that answers",
            having=("port", "container", "tcp"),  # schedulers, bots and queue workers must not run twice unasked
            unless=("rollout", "recreate"),
            without=("scale",),
        ),
        Default(("exec",), "false", "nobody changes a running task by hand"),
        Default(("logs", "days"), "365", "what happened last year can still be read"),
    )
    WORDS = {
        "url": "where another service of the same environment answers",
        "host": "its private name alone, for what speaks no HTTP",
        "port": "what its container that answers listens on",
    }
    PUBLIC: ClassVar[Mapping[str, str]] = {
        "public_url": "`https://` and its first public host, of a service with `http`; its own, too"
    }

    like: Name | None = None
    """Another service whose image, variables, secrets, permissions, reach and size it has, each unless it says its
    own."""
    image: Image
    """One of the common layer's images, its tag is given at plan; or, with `/` or `:`, one from elsewhere with its tag
    or digest: `{from: ghcr.io/x/y:1, credentials: ghcr}` where its registry is private."""
    cpu: Annotated[int, Whole(256, 16384)] = 256
    """ECS CPU units of the task, 1024 = 1 vCPU."""
    memory: Annotated[int, Whole(512, 122880)] = 512
    """MiB of the task; Fargate has sizes for each `cpu`."""
    writable: Writable = {"/tmp": FOLDER_MIB}  # noqa: S108 - a path in the container
    """Folders kept in memory that the container may write to, 64 MiB each, or `{/tmp: 1GiB}`; `/` makes the root itself
    writable. Sidecars take the same unless they say their own."""
    sidecars: dict[Name, Sidecar] = {}
    """Further containers of its task, by name."""
    container: Name | None = None
    """Which container answers at its port, public or private: a sidecar's name; left out, the service's own."""
    http: Http | None = None
    """Reachable from outside; without it, and without `tcp`, the service is private."""
    tcp: Tcp | None = None
    """Reachable from outside over TCP, by a network load balancer of its own, `{ports: {22: 2222}, host: ssh}`; private
    in review."""
    health_check_grace_period: Annotated[int, Seconds(0, 7200)] = 60
    """Time to start before failing health checks count."""
    arch: Literal["x86_64", "arm64"] = "x86_64"
    """The processor that its images are built for."""
    ephemeral_storage: Annotated[int, Size("GiB", 21, 200)] | None = None
    """Disk of a task, from 21GiB to 200GiB; left out, Fargate's 20 GiB. It is gone with the task."""
    count: Annotated[int, Whole(0, 5000)] = 1
    """Tasks; ECS allows 5,000 a service."""
    scale: Scale | None = None
    """Instead of `count`: between how many tasks, and by what: `{min: 2, max: 10, cpu: 60}`."""
    spot: SpotOf = Spot()
    """Percent of the tasks on Fargate Spot, or `{share: 90, base: 2}`: two on demand first, then 90 percent."""
    permissions: dict[Name, Permission] = {}
    """What its tasks may do beyond what they reach: statements on their role, a name each."""
    reach: Ways = ()
    """Services and stores it may reach: opens the network and gives the permissions that are needed, no more;
    `{name: sessions, access: read}` gives less, `{host: smtp.example.com, port: 587}` opens what is elsewhere."""
    security_groups: tuple[SecurityGroupId, ...] = ()
    """Security groups of others that its tasks wear beside ours: what those open is open to them."""
    service_connect: ServiceConnect | None = None
    """Who reaches it calls it through proxies that ECS puts into both tasks, `{}` or more about them; the name and
    address stay those of its private name, by which jobs and tasks go on calling."""
    before: Name | None = None
    """A task that must end with 0, with the new image and configuration, before the service changes."""
    exec: Flag = True
    """ECS Exec: a shell in a running task."""
    deregistration_delay: Annotated[int, Seconds(0, 3600)] = 30
    """Deregistration delay of the target group."""
    logs: ServiceLogs = ServiceLogs()
    """How long logs are kept, which lines are mailed, and where else they go."""
    rollout: RolloutOf = Rollout()
    """`rolling` starts new tasks before old ones stop; `recreate`, for one task that must not overlap, stops the old
    one first: nothing runs in between. Or percents: `{minimum: 50, maximum: 200}`; or `blue_green`, `canary`, `linear`,
    or `{strategy: canary, percent: 10, wait: 5m, bake: 10m}`, with `deploy: external` alone."""
    rollback_alarms: tuple[AlarmName, ...] | None = None
    """Alarms of services, `[web-5xx]`: one that rings while a deployment runs rolls it back. None in review; `[]` takes
    them away again."""
    deploy: Literal["terraform", "external"] = "terraform"
    """Who deploys it; with `external` an apply makes it and registers task definitions, and others deploy them."""
    metrics: Metrics | None = None
    """What it tells of itself as Prometheus asks for it, `{port: 9394, to: cloudwatch}`: a collector of 256 MiB in its
    task asks for it each minute, and sends it there."""
    renamed_from: RenamedFrom = ()
    """Names that it had before, the oldest first: it moves, and keeps its first name in AWS."""

    @model_validator(mode="before")
    @classmethod
    def _routed(cls, value: Any) -> Any:
        return with_router(value)

    @property
    def kind(self) -> Kind:
        """A service is of one kind alone; a store has several."""
        return self

    def containers(self, name: str) -> dict[str, Container]:
        """All containers of its task by name, its own as `name`, each with what it takes from the service."""
        awaited = self.awaited
        beside = {each: sidecar.beside(self, each in awaited) for each, sidecar in self.sidecars.items()}
        whole: dict[str, Container] = {name: self, **beside}
        if self.metrics is not None:
            whole[COLLECTOR] = collector()
        if self.logs.firelens is None:
            return whole
        # The router is there before the first line, and until after the last.
        return {each: one if each == ROUTER else one.after(ROUTER) for each, one in whole.items()}

    def called(self, name: str) -> str:
        """What one of this name is called in AWS: its first name."""
        return self.renamed_from[0] if self.renamed_from else name

    @property
    def shifts(self) -> bool:
        """Whether ECS moves the requests of its load balancers from one target group to another when it deploys."""
        return self.rollout.shifts and bool(self.https)

    @property
    def external(self) -> bool:
        """Whether others deploy it."""
        return self.deploy == "external"

    @property
    def minutes(self) -> int:
        """How long a deployment may take: 20 minutes, or what slow starts, draining and stopping may take beside 15."""
        # The provider calls it over when the old tasks have drained and stopped (aws-actions/
        # amazon-ecs-deploy-task-definition#30).
        containers = (self, *self.sidecars.values())
        stops = [each.stop_timeout for each in containers]
        # What depends on another stops before it (ECS API reference, ContainerDependency).
        stopping = sum(stops) if any(each.depends_on for each in containers) else max(stops)
        grace = self.health_check_grace_period
        needed = max(20, 15 + math.ceil((grace + self.deregistration_delay + stopping) / 60))
        # ECS looks at alarms for a while after the last task: as long as they take to ring, of which the slowest takes
        # a quarter of an hour, or a start and two periods (ECS guide, "How CloudWatch alarms detect Amazon ECS
        # deployment failures").
        watching = 15 + math.ceil(grace / 60) if self.rollback_alarms else 0
        return needed + self.rollout.seconds // 60 + watching

    @property
    def generates(self) -> bool:
        """Whether Tanada makes values of its secrets."""
        everyone = (self, *self.sidecars.values())
        return any(isinstance(each, Generated) for container in everyone for each in container.secrets.values())

    def named(self, name: str, system: str = "{system}", environment: str = "{environment}") -> Service:
        """The same with the references of the values that Tanada makes for it; `name` is its own."""
        if not self.generates:
            return self
        owner, of = self.called(name), (system, environment)
        sidecars = {
            each: sidecar.model_copy(update={"secrets": named(sidecar.secrets, f"{owner}/{each}", *of)})
            for each, sidecar in self.sidecars.items()
        }
        return self.model_copy(update={"secrets": named(self.secrets, owner, *of), "sidecars": sidecars})

    @property
    def reached(self) -> Mapping[str, Access | None]:
        """The parts that it reaches by name, with what it may do there, where it says so; what it mounts, too."""
        named = {way.name: way.access for way in self.reach if way.name is not None}
        return {**named, **dict.fromkeys(sorted(self.mounted - named.keys()))}

    @property
    def senders(self) -> Mapping[str, Sequence[str]]:
        """By the name of what it reaches, the only addresses that it may send mail from, where it says so."""
        return {way.name: way.from_ for way in self.reach if way.name is not None and way.from_}

    @property
    def mounted(self) -> frozenset[str]:
        """The file systems that any of its containers mounts."""
        return frozenset(name for each in (self, *self.sidecars.values()) for name in each.volumes)

    @property
    def awaited(self) -> frozenset[str]:
        """The containers whose end something waits for."""
        waiting = (each.depends_on.items() for each in (self, *self.sidecars.values()))
        return frozenset(name for names in waiting for name, until in names if until in ("complete", "success"))

    @property
    def https(self) -> Mapping[str | None, Http]:
        """All ways from outside, by the sidecar whose own each is; None for the service's."""
        everyone: dict[str | None, Http | None] = {None: self.http}
        everyone |= {name: each.http for name, each in self.sidecars.items()}
        return {name: http for name, http in everyone.items() if http is not None}

    @property
    def answers_at(self) -> int | None:
        """The port of the container that answers."""
        named = self.sidecars.get(self.container) if self.container is not None else None
        return named.port if named is not None else self.port

    @property
    def entered(self) -> Mapping[str | None, tuple[int, ...]]:
        """By container the ports that `tcp` leads to: a sidecar's own, and of the container that answers all others."""
        ports: dict[str | None, tuple[int, ...]] = {}
        for port in dict.fromkeys(self.tcp.ports.values() if self.tcp is not None else ()):
            own = next((name for name, each in self.sidecars.items() if each.port == port), None)
            answering = self.container if self.container in self.sidecars else None
            name = own or (answering if port != self.port else None)
            ports[name] = (*ports.get(name, ()), port)
        return ports

    @property
    def most(self) -> int:
        """Tasks that it may have, but for those that a deployment adds."""
        return self.scale.most if self.scale is not None else self.count

    @property
    def least(self) -> int:
        """Tasks that it begins with."""
        return self.scale.min if self.scale is not None else self.count

    @property
    def built(self) -> tuple[str, ...]:
        """Those of its images that the system builds: whose tags are given, looked for and remembered."""
        return tuple(sorted({name for each in (self, *self.sidecars.values()) if (name := each.own_image)}))

    def public_words(self) -> Sequence[str]:
        return tuple(self.PUBLIC) if self.https else ()

    def needs(self) -> Sequence[Need]:
        return tuple(self._needs())

    def _needs(self) -> Iterator[Need]:
        # One that starts its tasks, one that is theirs.
        yield Need("aws_iam_role", 2 + self.logs.roles())
        yield Need("aws_security_group", 1)
        if self.answers_at is not None:
            yield Need(REGISTERED, self.most)
        if self.shifts:
            yield Need("aws_iam_role", 1)  # ECS's, to move requests
        if self.tcp is not None:
            yield Need("aws_security_group", 1)
            yield Need("aws_lb_target_group", len(self.tcp.ports), OWN)
            yield Need(TARGETS, self.most * len(self.tcp.ports), OWN)
        for http in self.https.values():
            if http.route53_health_check is not None:
                yield Need(HEALTH_CHECK, 1)
            if http.cdn is not None:
                yield Need("aws_cloudfront_distribution", 1)
                yield Need(ORIGIN, 1, http.load_balancer[0])
                if http.allow:
                    yield Need(ACL, 1)
                    yield Need(SETS, sets(http.allow))
            for each in http.load_balancer:
                yield Need(TARGETS, self.most, each)
                yield Need("aws_lb_target_group", 1 + self.shifts, each)

    def asks(self) -> set[str]:
        """Actions that its roles are given and no resource's entry names (`uses`): the system's boundary needs them."""
        of_any = self.named("any")
        containers = (of_any, *of_any.sidecars.values())
        texts = [
            text
            for each in containers
            for text in (*references(each.secrets).values(), each.credentials)
            if text is not None
        ]
        read = asked([*texts, *self.logs.references.values()]) | self.logs.asks()
        written = {"aps:RemoteWrite"} if self.metrics is not None and self.metrics.workspace is not None else set()
        shifts = SHIFTING if self.shifts else ()
        return read | written | {*shifts} | {action for each in self.permissions.values() for action in each.actions}

    def closed(self) -> str | None:
        return None if self.answers_at is not None or self.container is not None else "port"


def in_review(service: Service) -> Service:
    """The same in a review environment: a full name belongs to one environment alone, so it is left out there, and a
    service that has no other is private, as is a sidecar. Nobody is woken for it, so nobody asks from outside."""
    if service.tcp is not None:
        service = service.model_copy(update={"tcp": None})
    if not any(map(_left_out, service.https.values())):
        return service
    sidecars = {
        name: each.model_copy(update={"http": _with_labels(each.http)}) for name, each in service.sidecars.items()
    }
    return service.model_copy(update={"http": _with_labels(service.http), "sidecars": sidecars})


def _left_out(http: Http) -> bool:
    return bool(http.route53_health_check or http.cdn or http.api_gateway) or any("." in host for host in http.hosts)


def _with_labels(http: Http | None) -> Http | None:
    if http is None or not _left_out(http):
        return http
    labels = tuple(host for host in http.hosts if "." not in host)
    left = {"hosts": labels, "route53_health_check": None, "cdn": None, "api_gateway": None}
    return http.model_copy(update=left) if labels or not http.hosts else None
