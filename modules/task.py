"""What runs in an ECS task: its container definitions, as plain data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from modules.sidecar import Running, read_only
from tanada.declared.container import Container, HealthCheck
from tanada.declared.logs import FireLens
from tanada.declared.service import Service
from tanada.declared.service_connect import PORT
from tanada.declared.sidecar import Sidecar

LONGEST_START = 300
"""Seconds that ECS allows a container's health check before failures count (HealthCheck, "startPeriod"); the service's
own grace period goes further, with container health checks too (ECS API reference, CreateService,
"healthCheckGracePeriodSeconds"; kayac/ecspresso#805)."""


NUMBER = "tanada.number."
"""Begins the label that says which one of a secret's values a container was given."""


def waits_longer(settings: Service) -> bool:
    """Whether a private service needs more time to start than the health checks of its containers can give it."""
    checks = (each.health_check for each in (settings, *settings.sidecars.values()))
    asked = any(check is not None and check.start is None for check in checks)
    return asked and settings.health_check_grace_period > LONGEST_START


def health_command(port: int, path: str) -> list[str]:
    """A health check from inside the container, by whichever of the two programs its image holds.

    Not `localhost`: where that is ::1 first, a program that listens on IPv4 alone would look ill.
    """
    url = f"http://127.0.0.1:{port}{path}"
    return ["CMD-SHELL", f"wget -q -O /dev/null {url} || curl -fsS -o /dev/null {url} || exit 1"]


def container_definitions(containers: Sequence[Running], *, grace: int, log_group: str, region: str) -> str:
    """The JSON of a task's containers; `grace` is how long failing health checks don't count where one says nothing.

    Keys and lists are sorted, defaults and nulls left out: ECS gives them back sorted and filled in, and the provider
    compares (terraform-provider-aws#3035).
    """
    return json.dumps([_definition(each, grace, log_group, region) for each in containers], sort_keys=True)


def _definition(running: Running, grace: int, log_group: str, region: str) -> dict[str, Any]:
    settings = running.settings
    container: dict[str, Any] = {
        "name": running.name,
        "image": running.image,
        "essential": running.essential,
        "readonlyRootFilesystem": read_only(settings),
        "stopTimeout": settings.stop_timeout,
        # An init process: PID 1 that reaps what ECS Exec leaves behind.
        "linuxParameters": {"initProcessEnabled": True},
        "logConfiguration": _log_configuration(running, log_group, region),
    }
    if running.routes:
        container["firelensConfiguration"] = _router(running.firelens)
    if settings.variables:
        container["environment"] = [{"name": key, "value": value} for key, value in sorted(settings.variables.items())]
    if running.credentials is not None:
        container["repositoryCredentials"] = {"credentialsParameter": running.credentials.named}
    if running.secrets:
        container["secrets"] = [
            {"name": key, "valueFrom": place.value_from} for key, place in sorted(running.secrets.items())
        ]
    if running.numbers:
        container["dockerLabels"] = {f"{NUMBER}{name}": number for name, number in sorted(running.numbers.items())}
    if settings.port is not None:
        port: dict[str, Any] = {"containerPort": settings.port, "hostPort": settings.port, "protocol": "tcp"}
        if running.connects is not None:
            port |= {"name": PORT} | ({"appProtocol": running.connects} if running.connects != "tcp" else {})
        container["portMappings"] = [port]
    if more := [each for each in running.entered if each != settings.port]:
        also = [{"containerPort": each, "hostPort": each, "protocol": "tcp"} for each in more]
        mappings = [*container.get("portMappings", ()), *also]
        container["portMappings"] = sorted(mappings, key=lambda each: each["containerPort"])
    for key, value in (("command", settings.command), ("entryPoint", settings.entrypoint), ("user", settings.user)):
        if value is not None:
            container[key] = value
    if isinstance(settings, Sidecar):  # a service's own size is the task's
        container |= {
            key: size for key, size in (("cpu", settings.cpu), ("memory", settings.memory)) if size is not None
        }
    if read_only(settings) and settings.writable:
        container["linuxParameters"]["tmpfs"] = [
            {"containerPath": path, "size": size, **_owner(settings.user)}
            for path, size in sorted(settings.writable.items())
        ]
    if running.mounts:
        container["mountPoints"] = [
            {"sourceVolume": volume, "containerPath": path, "readOnly": False}
            for volume, path in sorted(running.mounts.items())
        ]
    if running.depends_on:
        container["dependsOn"] = [
            {"containerName": name, "condition": until.upper()} for name, until in sorted(running.depends_on.items())
        ]
    if settings.health_check is not None:
        container["healthCheck"] = _health_check(settings, settings.health_check, grace)
    if settings.capabilities is not None:
        said = {"add": settings.capabilities.add, "drop": settings.capabilities.drop}
        container["linuxParameters"]["capabilities"] = {key: sorted(each) for key, each in said.items() if each}
    if settings.ulimits:
        container["ulimits"] = [
            {"name": name, "softLimit": limit.soft, "hardLimit": limit.soft if limit.hard is None else limit.hard}
            for name, limit in sorted(settings.ulimits.items())
        ]
    if settings.restart:
        container["restartPolicy"] = {"enabled": True}
    return container


def _log_configuration(running: Running, log_group: str, region: str) -> dict[str, Any]:
    if running.firelens is not None and not running.routes:
        options, hidden = running.firelens.options, running.hidden or {}
        secrets = [{"name": name, "valueFrom": place.value_from} for name, place in sorted(hidden.items())]
        return {
            "logDriver": "awsfirelens",
            **({"options": dict(options)} if options else {}),
            **({"secretOptions": secrets} if secrets else {}),
        }
    return {
        "logDriver": "awslogs",
        # A full buffer drops lines rather than stops the program.
        "options": {
            "awslogs-group": log_group,
            "awslogs-region": region,
            "awslogs-stream-prefix": running.name,
            "max-buffer-size": "25m",
            "mode": "non-blocking",
        },
    }


def _router(firelens: FireLens | None) -> dict[str, Any]:
    """Fluent Bit, which puts names of cluster, task and container to each line. On Fargate a configuration is a file in
    the image (ECS API reference, FirelensConfiguration)."""
    options = {"enable-ecs-log-metadata": "true"}
    if firelens is not None and firelens.config is not None:
        options |= {"config-file-type": "file", "config-file-value": firelens.config}
    return {"type": "fluentbit", "options": options}


def _health_check(settings: Container, check: HealthCheck, grace: int) -> dict[str, Any]:
    if check.command is not None:
        command = list(check.command)
    else:
        assert check.path is not None  # for mypy: the model has either
        assert settings.port is not None  # checked: a path is asked for at a port
        command = health_command(settings.port, check.path)
    return {
        "command": command,
        "interval": check.interval,
        "timeout": check.timeout,
        "retries": check.retries,
        "startPeriod": min(grace, LONGEST_START) if check.start is None else check.start,
    }


def _owner(user: str | None) -> dict[str, list[str]]:
    """Mount options that give the folder to a numeric user: else it belongs to root (containers-roadmap#736)."""
    uid, _, gid = (user or "").partition(":")
    if not uid.isdigit():
        return {}
    return {"mountOptions": [f"uid={uid}", *([f"gid={gid}"] if gid.isdigit() else [])]}
