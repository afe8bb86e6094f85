"""Containers: what each runs and with what, how ECS watches, limits and restarts it, how a load balancer asks it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from tanada.declared.fields import (
    Expanded,
    Flag,
    Folder,
    Name,
    Port,
    Seconds,
    Size,
    Text,
    UrlPath,
    UrlQuery,
    VariableName,
    Whole,
    expected,
)
from tanada.declared.image import Elsewhere, Image, built
from tanada.declared.model import Model
from tanada.declared.secrets import Secret

FOLDER_MIB = 64
"""Size of a writable folder of which nothing else is said; it counts as the task's memory (Fargate: since 2026-01-06,
aws/containers-roadmap#736)."""


def _refused(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


def _named(path: str) -> Mapping[str, str]:
    """A bare path is a check of which nothing else is said."""
    return {"path": path}


def _path(value: Any) -> Any:
    return _named(value) if isinstance(value, str) else value


def _codes(value: str) -> str:
    for part in value.split(","):
        first, _, last = part.partition("-")
        if last and int(first) > int(last):
            raise _refused(f"{part} begins above its end; write {last}-{first}")
    return value


_ONE, _GRPC = r"[234][0-9]{2}(-[234][0-9]{2})?", r"[0-9]{1,2}(-[0-9]{1,2})?"


class Asked(Model):
    """How the load balancer asks whether a task is well (Elastic Load Balancing API reference, CreateTargetGroup)."""

    SHORT = _named

    path: UrlQuery
    """What it asks for."""
    codes: Annotated[
        str,
        Text(
            rf"^({_ONE}(,{_ONE})*|{_GRPC}(,{_GRPC})*)$",
            "HTTP codes from 200 to 499, such as 200-399 or 200,302, or gRPC's from 0 to 99",
            also="integer",
        ),
        AfterValidator(_codes),
    ] = "200-399"
    """The answers that say that it is; of gRPC `0`, or `12` (not implemented) where no path is said."""
    interval: Annotated[int, Seconds(5, 300)] = 10
    """From one question to the next."""
    timeout: Annotated[int, Seconds(2, 120)] = 5
    """How long an answer may take."""
    healthy: Annotated[int, Whole(2, 10)] = 2
    """Good answers in a row that make it well."""
    unhealthy: Annotated[int, Whole(2, 10)] = 3
    """Bad ones in a row that make it ill."""
    port: Port | None = None
    """Another port of the task that answers this."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.timeout >= self.interval:
            raise _refused(
                f"a timeout of {self.timeout}s is no shorter than the interval of {self.interval}s; ELB asks that"
            )
        return self


AskedAt = Annotated[Asked, BeforeValidator(_path, json_schema_input_type=UrlQuery | Asked)]
"""A bare path, or all of it."""


def _command(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(value) < 2 or value[0] not in ("CMD", "CMD-SHELL") or (value[0] == "CMD-SHELL" and len(value) > 2):
        raise expected("[CMD, program, argument, …], or [CMD-SHELL, one text for the image's shell]")
    return value


class HealthCheck(Model):
    """A command in the container that ends with 0 while it is well (Amazon ECS API reference, HealthCheck)."""

    SHORT = _named
    EITHER = ("path", "command")

    path: UrlPath | None = None
    """Asked for at the container's port; the image needs a shell and wget or curl."""
    command: Annotated[tuple[Expanded, ...], AfterValidator(_command)] | None = None
    """Instead of that: `[CMD, program, argument]`, or `[CMD-SHELL, text]` in the image's shell."""
    interval: Annotated[int, Seconds(5, 300)] = 10
    """From one to the next."""
    timeout: Annotated[int, Seconds(2, 60)] = 5
    """How long one may take."""
    retries: Annotated[int, Whole(1, 10)] = 3
    """Bad ones in a row that make it ill."""
    start: Annotated[int, Seconds(0, 300)] | None = None
    """How long bad ones don't count after its start; left out, `health_check_grace_period`, as far as ECS takes it."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.path is None) == (self.command is None):
            raise _refused("expected either a path or a command")
        return self

    def bare(self) -> str | None:
        return self.path if self.path is not None and self == HealthCheck(path=self.path) else None


HealthOfContainer = Annotated[HealthCheck, BeforeValidator(_path, json_schema_input_type=UrlPath | HealthCheck)]
"""A bare path, or all of it."""


def _sizes(value: Any) -> Any:
    """A list of folders is those of which nothing else is said."""
    if isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value):
        return dict.fromkeys(value, FOLDER_MIB)
    return value


_FolderSize = Annotated[int, Size("MiB", 1, 122880)]
Writable = Annotated[
    dict[Folder, _FolderSize],
    BeforeValidator(_sizes, json_schema_input_type=tuple[Folder, ...] | dict[Folder, _FolderSize]),
]
"""By folder its size in MiB; a bare list gives each 64 MiB."""

_CAPABILITIES = (
    "ALL|AUDIT_CONTROL|AUDIT_WRITE|BLOCK_SUSPEND|CHOWN|DAC_OVERRIDE|DAC_READ_SEARCH|FOWNER|FSETID|IPC_LOCK|IPC_OWNER|"
    "KILL|LEASE|LINUX_IMMUTABLE|MAC_ADMIN|MAC_OVERRIDE|MKNOD|NET_ADMIN|NET_BIND_SERVICE|NET_BROADCAST|NET_RAW|SETFCAP|"
    "SETGID|SETPCAP|SETUID|SYSLOG|SYS_ADMIN|SYS_BOOT|SYS_CHROOT|SYS_MODULE|SYS_NICE|SYS_PACCT|SYS_PTRACE|SYS_RAWIO|"
    "SYS_RESOURCE|SYS_TIME|SYS_TTY_CONFIG|WAKE_ALARM"
)
"""As ECS has them (Amazon ECS API reference, KernelCapabilities)."""


def _capability(text: str) -> str:
    bare = text.upper().removeprefix("CAP_")
    meant = f": {bare}" if re.fullmatch(_CAPABILITIES, bare) else ", such as ALL or NET_RAW"
    return f"a Linux capability as ECS calls it{meant}"


Capability = Annotated[str, Text(f"^({_CAPABILITIES})$", _capability)]


class Capabilities(Model):
    """What the container's programs may do beside what any program may."""

    drop: tuple[Capability, ...] = ()
    """Taken from those that it has without a word."""
    add: tuple[Literal["SYS_PTRACE"], ...] = ()
    """Given to it; Fargate takes this one alone."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        for each in self.add:
            if each in self.drop:
                raise _refused(f"{each} is in drop and in add; take it out of one of them")
        for field, given in (("drop", self.drop), ("add", self.add)):
            if (twice := next((each for index, each in enumerate(given) if each in given[:index]), None)) is not None:
                raise _refused(f"{twice} is twice in {field}")
        return self


LimitName = Annotated[
    str,
    Text(
        "^(core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|rttime|sigpending|stack)$",
        "a limit as ECS calls it, such as nofile or nproc",
    ),
]
"""Amazon ECS API reference, Ulimit."""


def _soft(number: str) -> Mapping[str, str]:
    """A bare number is both."""
    return {"soft": number}


class Limit(Model):
    """A limit of Linux's (setrlimit), soft and hard."""

    SHORT = _soft

    soft: Annotated[int, Whole(0, 2**31 - 1)]
    """What holds."""
    hard: Annotated[int, Whole(0, 2**31 - 1)] | None = None
    """What a program may raise it to; left out, the same."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.hard is not None and self.soft > self.hard:
            raise _refused(f"a soft limit of {self.soft} is above the hard one of {self.hard}")
        return self

    def bare(self) -> str | None:
        return str(self.soft) if self.hard is None else None


def _both(value: Any) -> Any:
    return _soft(value) if isinstance(value, str) else value


_Number = Annotated[int, Whole(0, 2**31 - 1)]
Limits = dict[LimitName, Annotated[Limit, BeforeValidator(_both, json_schema_input_type=_Number | Limit)]]


OWNER = r"(?:0|[1-9]\d{0,9}|(?!\d+(?::|$))\w[\w.-]*)"
"""A name, or a number that no one reads as octal."""


def below_the_root(value: str) -> str:
    """Refuses the root itself."""
    if value == "/":
        raise expected("a folder such as /shared; an empty root has no program in it")
    return value


EXEC_FOLDERS = {
    "exec-agents": "/managed-agents",
    "exec-state": "/var/lib/amazon/ssm",
    "exec-log": "/var/log/amazon/ssm",
}
"""What ECS Exec's agent writes to: beside a read-only root it needs exactly these (containers-roadmap#1359)."""


class Container(Model):
    """What runs in a task, and with what: the service's own container, or one beside it."""

    image: Image | None = None
    """What it runs."""
    port: Port | None = None
    """What the container listens on; none for a worker."""
    health_check: HealthOfContainer | None = None
    """Asked inside the container: a path, for which the image needs a shell and wget or curl, or a command."""
    cpu: int | None = None
    """ECS CPU units, 1024 = 1 vCPU."""
    memory: int | None = None
    """MiB."""
    command: tuple[Expanded, ...] | None = None
    """Instead of the image's command."""
    entrypoint: tuple[Expanded, ...] | None = None
    """Instead of the image's entry point."""
    user: Annotated[str, Text(f"^{OWNER}(:{OWNER})?$", "a user or user:group, by name or number")] | None = None
    """Instead of the image's user."""
    variables: dict[VariableName, Expanded] = {}
    """Environment variables."""
    secrets: dict[VariableName, Secret] = {}
    """Environment variables whose values are kept in Parameter Store or Secrets Manager, read when a task starts;
    `{generate: 64}` is made by the first apply, of so many random letters and digits, and stands in no state."""
    writable: Writable | None = None
    """Folders kept in memory that the container may write to, 64 MiB each, or `{/tmp: 1GiB}`; `/` makes the root itself
    writable."""
    scratch: dict[Name, Annotated[Folder, AfterValidator(below_the_root)]] = {}
    """Empty folders on the task's disk, `{shared: /shared}`: containers that say the same name share one. They are gone
    with the task, and belong to root."""
    volumes: dict[Name, Annotated[Folder, AfterValidator(below_the_root)]] = {}
    """File systems of the same environment, `{media: /var/www/media}`: their files last, and who has one among its
    `volumes` reaches it without `reach`."""
    capabilities: Capabilities | None = None
    """Linux capabilities."""
    ulimits: Limits = {}
    """Limits of Linux's, as `{nofile: 65535}` or with `soft` and `hard`."""
    restart: Flag = False
    """ECS starts a container that ended again in its task, rather than another task."""
    depends_on: dict[Name, Literal["start", "healthy", "complete", "success"]] = {}
    """It starts once other containers of the task have started, are well by their `health_check`, have ended, or have
    ended with 0: `{migrate: success}`. It stops before they do."""
    stop_timeout: Annotated[int, Seconds(2, 120)] = 60
    """Between SIGTERM and SIGKILL; Fargate's maximum is 120 s."""

    def after(self, other: str) -> Self:
        """The same, started once another container has, unless it waits for more of that one."""
        return self.model_copy(update={"depends_on": {other: "start", **self.depends_on}})

    @property
    def credentials(self) -> str | None:
        """Where the key to its image's registry is kept."""
        return self.image.credentials if isinstance(self.image, Elsewhere) else None

    @property
    def own_image(self) -> str | None:
        """Its image, where it is one that the system builds."""
        return built(self.image) if self.image is not None else None
