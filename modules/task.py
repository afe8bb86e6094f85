"""What runs in an ECS task: the container definition and its volumes, as plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tanada.declared.container import HealthCheck
from tanada.declared.service import Service

EXEC_FOLDERS = {
    "exec-agents": "/managed-agents",
    "exec-state": "/var/lib/amazon/ssm",
    "exec-log": "/var/log/amazon/ssm",
}
"""What ECS Exec's agent writes to: beside a read-only root it needs exactly these (containers-roadmap#1359)."""


LONGEST_START = 300
"""Seconds that ECS allows a container's health check before failures count (HealthCheck, "startPeriod"); the service's
own grace period goes further, with container health checks too (ECS API reference, CreateService,
"healthCheckGracePeriodSeconds"; kayac/ecspresso#805)."""


def waits_longer(settings: Service) -> bool:
    """Whether a private service needs more time to start than its container's health check can give it."""
    return (
        settings.health_check is not None
        and settings.health_check.start is None
        and settings.health_check_grace_period > LONGEST_START
    )


def read_only(settings: Service) -> bool:
    """Whether the container's root file system is read-only: unless `/` itself is declared writable."""
    return "/" not in settings.writable


def exec_volumes(settings: Service) -> dict[str, str]:
    """Volumes by name, with the folder each is mounted at, that ECS Exec needs beside a read-only root."""
    return EXEC_FOLDERS if settings.exec and read_only(settings) else {}


def health_command(port: int, path: str) -> list[str]:
    """A health check from inside the container, by whichever of the two programs its image holds.

    Not `localhost`: where that is ::1 first, a program that listens on IPv4 alone would look ill.
    """
    url = f"http://127.0.0.1:{port}{path}"
    return ["CMD-SHELL", f"wget -q -O /dev/null {url} || curl -fsS -o /dev/null {url} || exit 1"]


def container_definitions(
    name: str,
    settings: Service,
    *,
    image: str,
    credentials: str | None = None,
    secrets: Mapping[str, str],
    log_group: str,
    region: str,
) -> str:
    """The JSON of a task's one container; `secrets` are references, by the variables that take what they stand for,
    `credentials` is one, to what a private registry asks for.

    Keys and lists are sorted, defaults and nulls left out: ECS gives them back sorted and filled in, and the provider
    compares (terraform-provider-aws#3035).
    """
    container: dict[str, Any] = {
        "name": name,
        "image": image,
        "essential": True,
        "readonlyRootFilesystem": read_only(settings),
        "stopTimeout": settings.stop_timeout,
        # An init process: PID 1 that reaps what ECS Exec leaves behind.
        "linuxParameters": {"initProcessEnabled": True},
        "logConfiguration": {
            "logDriver": "awslogs",
            # A full buffer drops lines rather than stops the program.
            "options": {
                "awslogs-group": log_group,
                "awslogs-region": region,
                "awslogs-stream-prefix": name,
                "max-buffer-size": "25m",
                "mode": "non-blocking",
            },
        },
    }
    if settings.variables:
        container["environment"] = [{"name": key, "value": value} for key, value in sorted(settings.variables.items())]
    if credentials is not None:
        container["repositoryCredentials"] = {"credentialsParameter": credentials}
    if secrets:
        container["secrets"] = [{"name": key, "valueFrom": value} for key, value in sorted(secrets.items())]
    if settings.port is not None:
        container["portMappings"] = [{"containerPort": settings.port, "hostPort": settings.port, "protocol": "tcp"}]
    for key, value in (("command", settings.command), ("entryPoint", settings.entrypoint), ("user", settings.user)):
        if value is not None:
            container[key] = value
    if read_only(settings) and settings.writable:
        container["linuxParameters"]["tmpfs"] = [
            {"containerPath": path, "size": size, **_owner(settings.user)}
            for path, size in sorted(settings.writable.items())
        ]
    if volumes := exec_volumes(settings):
        container["mountPoints"] = [
            {"sourceVolume": volume, "containerPath": path, "readOnly": False}
            for volume, path in sorted(volumes.items())
        ]
    if settings.health_check is not None:
        container["healthCheck"] = _health_check(settings, settings.health_check)
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
    return json.dumps([container], sort_keys=True)


def _health_check(settings: Service, check: HealthCheck) -> dict[str, Any]:
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
        "startPeriod": min(settings.health_check_grace_period, LONGEST_START) if check.start is None else check.start,
    }


def _owner(user: str | None) -> dict[str, list[str]]:
    """Mount options that give the folder to a numeric user: else it belongs to root (containers-roadmap#736)."""
    uid, _, gid = (user or "").partition(":")
    if not uid.isdigit():
        return {}
    return {"mountOptions": [f"uid={uid}", *([f"gid={gid}"] if gid.isdigit() else [])]}
