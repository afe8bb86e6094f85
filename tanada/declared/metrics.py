"""What of a service's own metrics is kept: a collector beside it asks for them as Prometheus would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from tanada.declared.fields import Port, Text, UrlPath
from tanada.declared.model import Model
from tanada.declared.sidecar import Sidecar

COLLECTOR = "metrics-collector"
"""What the collector's container is called."""
IMAGE = (
    "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3"
    "@sha256:8aa9ea5f67b8d318f7d6af24677e3c70f7098bc0631147cb5fa91addbe980b06"
)
"""By the digest of its index for both processors; docs/verified.md says where that was read. It holds no shell, runs as
a user of its own, and with a read-only root (guardian/dotcom-rendering#16653)."""
MEMORY = 256
"""MiB at which it is ended. It took 94 to 112 MB for CloudWatch, and up to 240 for a remote write of 5,000 values a
second (aws-observability/aws-otel-collector, docs/performance_model.md of v0.37.0)."""
CLOUDWATCH = "cloudwatch"
_WORKSPACE = re.compile(
    r"https://aps-workspaces\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?"
    r"/workspaces/(?P<workspace>ws-[A-Za-z0-9-]{1,64})/api/v1/remote_write"
)

MetricName = Annotated[
    str,
    Text(
        r"^(?=.*[A-Za-z0-9_:])[A-Za-z_:*][A-Za-z0-9_:*]*$",
        "the name of a metric of letters, digits, _ and :, such as jvm_memory_used_bytes; * stands for any of them",
    ),
]
"""prometheus.io, "Data model"; `*` is ours."""


def collector() -> Sidecar:
    """The container, without what it is told."""
    return Sidecar(image=IMAGE, memory=MEMORY, writable={}, essential=False, restart=True, stop_timeout=30)


class Metrics(Model):
    """Where a service tells its metrics, and where they are sent."""

    port: Port
    """Where one of its containers answers with them."""
    path: UrlPath = "/metrics"
    """At which path."""
    to: Annotated[
        str,
        Text(
            r"^(cloudwatch|https://([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(/[A-Za-z0-9._~-]+)+)$",
            "cloudwatch, or the https address of a remote write, such as "
            "https://aps-workspaces.ap-northeast-1.amazonaws.com/workspaces/ws-…/api/v1/remote_write",
            longest=512,
        ),
    ]
    """`cloudwatch`, or the address of a remote write: of Amazon Managed Prometheus, whose workspace it then may write
    to, or of another that asks for no key."""
    names: tuple[MetricName, ...] = ()
    """Those that are kept, `jvm_memory_*`; left out, all. In CloudWatch each costs 0.30 USD a month, for each set of
    its labels."""

    @property
    def workspace(self) -> Mapping[str, str] | None:
        """Region and id of the workspace of Amazon Managed Prometheus that they go to."""
        found = _WORKSPACE.fullmatch(self.to)
        return found.groupdict() if found is not None else None
