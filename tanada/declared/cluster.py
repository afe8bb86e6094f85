"""The ECS cluster of an account."""

from __future__ import annotations

from typing import Annotated

from tanada.declared.fields import Text
from tanada.declared.model import Model


class Cluster(Model):
    """An ECS cluster that is there already."""

    existing: Annotated[
        str,
        Text(
            r"^arn:aws(-[a-z]+)*:ecs:[a-z0-9-]+:\d{12}:cluster/[A-Za-z0-9_-]{1,255}$",
            "the ARN of an ECS cluster: arn:aws:ecs:…:cluster/…",
        ),
    ]
    """Its ARN. It has the capacity providers FARGATE and FARGATE_SPOT, and says itself whether what people type in
    containers is recorded."""

    @property
    def name(self) -> str:
        return self.existing.rpartition("/")[2]
