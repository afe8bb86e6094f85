"""Route 53's health checks of what is public, and the alarm of each, which stands in us-east-1."""

from __future__ import annotations

from collections.abc import Iterable

from cdktf_cdktf_provider_aws.route53_health_check import Route53HealthCheck
from constructs import Construct

from modules.alarms import Alarm, metric_alarm
from modules.here import Here
from tanada.declared.alarm_words import OUTSIDE
from tanada.declared.answers import Answer
from tanada.declared.hosts import led_by
from tanada.declared.route53_health_check import ALARMS, FromOutside

_HTTPS = 443
_REGIONS = (
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-west-1",
    "sa-east-1",
    "us-east-1",
    "us-west-1",
    "us-west-2",
)
"""All that there are (Route 53 API reference, HealthCheckConfig, Regions); three at least."""


def from_outside(scope: Construct, here: Here, called: str, answers: Iterable[Answer]) -> None:
    """A check for each way from outside that asks for one; none in review, where nobody is woken."""
    for answer in answers:
        if (asked := answer.http.route53_health_check) is not None and here.instance.permanent:
            host = here.instance.host(next(iter(led_by(answer.http, here.instance.certain_domain))))
            _Check(scope, f"{answer.sidecar}_{OUTSIDE}" if answer.sidecar else OUTSIDE, here, asked, host, called)


class _Check(Construct):
    def __init__(self, scope: Construct, id: str, here: Here, asked: FromOutside, host: str, called: str) -> None:
        super().__init__(scope, id)
        name = here.names.joined(called, id.replace("_", "-"))
        check = Route53HealthCheck(
            self,
            "check",
            type="HTTPS" if asked.search is None else "HTTPS_STR_MATCH",
            fqdn=host,
            port=_HTTPS,
            # By it a load balancer knows which certificate is meant.
            enable_sni=True,
            resource_path=asked.path,
            search_string=asked.search,
            request_interval=asked.interval,
            failure_threshold=asked.failures,
            regions=list(_REGIONS),
            tags={"Name": name},
        )
        alarm = Alarm(
            word=OUTSIDE,
            dimensions={"HealthCheckId": check.id},
            namespace="AWS/Route53",
            metric="HealthCheckStatus",
            statistic="Minimum",
            below=1,
            period=60,
            why=f"Fewer than a fifth of Route 53's checkers around the world get a good answer of {host}{asked.path}: "
            "who comes from outside gets none either. If the load balancer's own alarms are silent, look at the name's "
            "records, the certificate, and who gets in.",
        )
        metric_alarm(self, alarm, name, here.alarm_topic_us_east_1, region=ALARMS if here.region != ALARMS else None)
