"""The collector of a service's metrics: its container, what it may do, and its log group where CloudWatch needs one.

It is AWS's distribution of the OpenTelemetry collector, which asks the service as Prometheus would, in the task itself:
no port is opened for it. Its configuration stands in a variable (AOT_CONFIG_CONTENT, the distribution's README).
"""

from __future__ import annotations

import json
from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from constructs import Construct

from modules.here import Here
from modules.iam import Statement
from tanada.declared.metrics import CLOUDWATCH, MEMORY, Metrics
from tanada.regions import partition

DAYS = 1
"""CloudWatch makes metrics of the lines as they come; nothing reads them again."""
_OF_THE_SCRAPE = 'name == "up" or IsMatch(name, "^scrape_")'
"""What the collector adds of itself, and CloudWatch would be paid for."""


def configuration(metrics: Metrics, here: Here, called: str) -> dict[str, str]:
    """The collector's variables. It would take `$` for its own; no text of a declaration's in there may hold one."""
    return {"AOT_CONFIG_CONTENT": json.dumps(_configuration(metrics, here, called), sort_keys=True)}


def permitted(scope: Construct, metrics: Metrics, here: Here, called: str) -> tuple[Statement, ...]:
    """What the task may do for it."""
    if metrics.to == CLOUDWATCH:
        name = log_group(here, called)
        group = CloudwatchLogGroup(scope, "metrics_log", name=name, retention_in_days=DAYS, tags={"Name": name})
        writes = ("logs:CreateLogStream", "logs:PutLogEvents")
        return (Statement(actions=writes, resources=(f"{group.arn}:*",)),)
    if (to := metrics.workspace) is not None:
        place = f"arn:{partition(to['region'])}:aps:{to['region']}:{here.account_id}"
        return (Statement(actions=("aps:RemoteWrite",), resources=(f"{place}:workspace/{to['workspace']}",)),)
    return ()


def log_group(here: Here, called: str) -> str:
    """`/kakei/test/web/metrics`."""
    return here.names.path(called, "metrics")


def _configuration(metrics: Metrics, here: Here, called: str) -> dict[str, Any]:
    exporter, extensions = _exporter(metrics, here, called)
    paid: dict[str, Any] = {"filter": {"error_mode": "ignore", "metrics": {"metric": [_OF_THE_SCRAPE]}}}
    # Of each task its own: two would write the same otherwise, which a remote write refuses.
    whose: dict[str, Any] = {"resourcedetection": {"detectors": ["ecs"]}}
    processors: dict[str, Any] = {
        "memory_limiter": {"check_interval": "5s", "limit_mib": MEMORY * 3 // 4, "spike_limit_mib": MEMORY // 8},
        **(paid if metrics.to == CLOUDWATCH else whose),
        "batch": {},
    }
    return {
        "extensions": extensions,
        "receivers": {"prometheus": {"config": {"scrape_configs": [_scraped(metrics, called)]}}},
        "processors": processors,
        "exporters": exporter,
        "service": {
            "extensions": sorted(extensions),
            "pipelines": {
                "metrics": {
                    "receivers": ["prometheus"],
                    "processors": list(processors),
                    "exporters": list(exporter),
                }
            },
            # Its own metrics would be told at port 8888, which may be the service's.
            "telemetry": {"metrics": {"level": "none"}},
        },
    }


def _scraped(metrics: Metrics, called: str) -> dict[str, Any]:
    kept = "|".join(name.replace("*", ".*") for name in metrics.names)
    rules = [{"source_labels": ["__name__"], "regex": kept, "action": "keep"}]
    return {
        "job_name": called,
        "scrape_interval": "60s",
        "scrape_timeout": "10s",
        "metrics_path": metrics.path,
        # As in health checks, no `localhost`: that may be ::1 first.
        "static_configs": [{"targets": [f"127.0.0.1:{metrics.port}"]}],
        **({"metric_relabel_configs": rules} if kept else {}),
    }


def _exporter(metrics: Metrics, here: Here, called: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Where it writes, and what signs that."""
    if metrics.to == CLOUDWATCH:
        group = log_group(here, called)
        return {
            "awsemf": {
                "region": here.region,
                "namespace": group.removeprefix("/").removesuffix("/metrics"),
                "log_group_name": group,
                "log_stream_name": "metrics",
                # One metric for each set of labels, and no sums over them beside it.
                "dimension_rollup_option": "NoDimensionRollup",
            }
        }, {}
    extensions: dict[str, Any] = {}
    writing: dict[str, Any] = {
        "endpoint": metrics.to,
        "external_labels": {"system": here.names.system, "environment": here.names.environment},
        "resource_to_telemetry_conversion": {"enabled": True},
    }
    if (to := metrics.workspace) is not None:
        extensions["sigv4auth"] = {"region": to["region"], "service": "aps"}
        writing["auth"] = {"authenticator": "sigv4auth"}
    return {"prometheusremotewrite": writing}, extensions
