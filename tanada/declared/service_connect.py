"""ECS Service Connect: the way to a private service through a proxy that ECS puts into both tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from tanada.declared.fields import Name, Seconds
from tanada.declared.model import Model

if TYPE_CHECKING:
    from tanada.declared.service import Service

Protocol = Literal["http", "http2", "grpc", "tcp"]
_LONGEST = 86400


class ServiceConnect(Model):
    """How its proxies, and those of who calls it, hand requests on (ECS API reference, ServiceConnectService)."""

    protocol: Protocol | None = None
    """What is spoken at its port; left out, what `http` says, else `http`. `tcp` hands bytes on and knows no requests.
    ECS takes no other one later."""
    idle_timeout: Annotated[int, Seconds(0, _LONGEST)] = 300
    """How long a connection may be silent; `0s` is for ever."""
    request_timeout: Annotated[int, Seconds(0, _LONGEST)] | None = None
    """How long an answer may take, not of `tcp`; left out `60s`, as at a load balancer. `0s` is for ever."""
    clients: tuple[Name, ...] | None = None
    """The services that call it so; left out, all that reach it; `[]`, none yet, or none any more."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.protocol == "tcp" and self.request_timeout is not None:
            sentence = "of tcp nobody knows where a request ends; take request_timeout out"
            raise PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})
        return self


PORT = "connect"
"""What the port is called in the task definition."""


def called_so(name: str, services: Mapping[str, Service]) -> tuple[str, ...]:
    """The services that this one calls through its proxy."""
    reached = services[name].reached if name in services else ()
    said_by = ((each, services[each].service_connect) for each in reached if each in services)
    return tuple(each for each, said in said_by if said is not None and (said.clients is None or name in said.clients))


def spoken(service: Service) -> Protocol:
    """What the proxies read at its port: what it says, or what load balancers speak there."""
    assert service.service_connect is not None
    if service.service_connect.protocol is not None:
        return service.service_connect.protocol
    http = service.https.get(service.container)
    if http is not None and http.tls:
        return "tcp"
    said: Mapping[str, Protocol] = {"http2": "http2", "grpc": "grpc"}
    return said.get(http.protocol_version, "http") if http is not None else "http"
