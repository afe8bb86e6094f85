"""Sidecars: further containers of a service's task, with everything that its own has."""

from __future__ import annotations

from typing import Annotated, Any

from tanada.declared.container import Container, Writable
from tanada.declared.fields import Flag, Whole
from tanada.declared.http import Http
from tanada.declared.image import Image

MOST = 10
"""Containers of a task definition (ECS developer guide, "Amazon ECS service quotas")."""


class Sidecar(Container):
    """A container beside the service's own: in the same task, so with the same network, role and life."""

    image: Image | None = None
    """As a service's; left out, it is the service's own image with its variables and secrets, these laid over them."""
    cpu: Annotated[int, Whole(1, 16384)] | None = None
    """Of the task's units; left out, it shares those that no other container has."""
    memory: Annotated[int, Whole(6, 122880)] | None = None
    """MiB at which it is ended; left out, it may take what the task has."""
    writable: Writable | None = None
    """As a service's; left out, the service's own."""
    http: Http | None = None
    """Reachable from outside by itself, at its port: other hosts or paths than the service's own."""
    essential: Flag | None = None
    """The task ends with it; left out, it does, unless something waits for its end (`complete`, `success`)."""

    def beside(self, main: Container, awaited: bool) -> Sidecar:
        """The same with what it takes from the service's own container; `awaited` is whether something waits for its
        end."""
        whole: dict[str, Any] = {}
        if self.image is None:
            whole["image"] = main.image
            own = {*self.variables, *self.secrets}
            for field in ("variables", "secrets"):
                inherited = {name: text for name, text in getattr(main, field).items() if name not in own}
                whole[field] = {**inherited, **getattr(self, field)}
        if self.writable is None:
            whole["writable"] = main.writable
        if self.essential is None:
            whole["essential"] = not awaited
        return self.model_copy(update=whole)
