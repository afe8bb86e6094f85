"""Where a service's tasks answer load balancers: containers, and the ports that are opened to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tanada.declared.http import Http
from tanada.declared.service import Service

TARGET_GROUPS = 5
"""Of one service (ECS developer guide, "Registering multiple target groups with an Amazon ECS service")."""


@dataclass(frozen=True)
class Answer:
    """Where a service's task answers behind load balancers."""

    container: str | None
    """Which container: a sidecar's name, None for the service's own."""
    port: int
    http: Http
    sidecar: str | None = None
    """The sidecar whose own way from outside it is; None for the service's."""


def answers(service: Service) -> tuple[Answer, ...]:
    """All that its task answers behind load balancers, the service's own first: whoever opens a port, asks for health
    or leads there looks here and nowhere else."""
    found = []
    for sidecar, http in service.https.items():
        container = sidecar if sidecar is not None else service.container
        port = service.answers_at if sidecar is None else service.sidecars[sidecar].port
        if port is not None:
            found.append(Answer(container if container in service.sidecars else None, port, http, sidecar))
    return tuple(found)


@dataclass(frozen=True)
class Opening:
    """A port of a service's tasks that a load balancer comes to."""

    load_balancer: str
    group: str
    """The word for the security group that it wears (`load_balancer.wears`)."""
    port: int


def openings(service: Service, worn: Mapping[str, str]) -> tuple[Opening, ...]:
    """All that load balancers come to, to lead there or to ask whether a task is well: each group's once, as EC2 takes
    no rule twice (InvalidPermission.Duplicate). `worn` is, by load balancer, the word for its group."""
    found: dict[tuple[str, int], Opening] = {}
    for answer in answers(service):
        for each in answer.http.load_balancer:
            for port in (answer.port, answer.http.health_check.port or answer.port):
                if each in worn:
                    found.setdefault((worn[each], port), Opening(each, worn[each], port))
    return tuple(found.values())
