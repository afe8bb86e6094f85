"""To be reachable from outside: what a container answers behind load balancers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, model_validator

from tanada.declared.allow import ByPath
from tanada.declared.api_gateway import ApiGateway
from tanada.declared.cdn import Cdn
from tanada.declared.container import AskedAt
from tanada.declared.fields import Flag, Host, PathPattern, Seconds
from tanada.declared.load_balancer import PUBLIC, LoadBalancerNames
from tanada.declared.model import Model
from tanada.declared.route53_health_check import AskedFromOutside
from tanada.declared.sign_in import Asked


def _asked(schema: dict[str, Any]) -> None:
    """For editors what the loader knows of gRPC's health check."""
    schema["required"].remove("health_check")
    grpc = {"properties": {"protocol_version": {"const": "grpc"}}, "required": ["protocol_version"]}
    schema["oneOf"] = [{"required": ["health_check"]}, {**grpc, "not": {"required": ["health_check"]}}]


class Http(Model):
    """To be reachable from outside: listener rules for hosts and paths, and the hosts' records."""

    model_config = ConfigDict(json_schema_extra=_asked)

    health_check: AskedAt
    """The path that answers 2xx or 3xx when the service is well, or all about it: no default, a wrong one fails first
    deployments."""
    load_balancer: LoadBalancerNames = (PUBLIC,)
    """Which of the common layer's load balancers, the only one where there is no other; or several. Names lead to the
    first; behind another it answers at `<its name>.<domain>`, or `<label>-<its name>.<domain>`, too."""
    hosts: tuple[Host, ...] = ()
    """Where it answers, if not at the environment's domain: `api` is `api.<domain>` (in review
    `<workspace>-api.<domain>`), a name with dots is itself (and left out in review)."""
    paths: tuple[PathPattern, ...] = ()
    """What it answers there, if not everything that others leave; more specific paths come first, whoever has them."""
    allow: ByPath = {}
    """Who gets in from outside: addresses, ranges, sets of `common.addresses`; everybody else gets 403. By path,
    `{/admin/*: office}`, for that path and all below it alone, `/*` for all the others."""
    sign_in: Asked = None
    """Whether people sign in, as `common.sign_in` knows them, before it hears of them: `true`, or
    `{except: [/hooks/*], session: 12h}`; `false` where a layer below says it."""
    route53_health_check: AskedFromOutside | None = None
    """Asked by Route 53 from eight regions of the world, too, with an alarm: a path at its first host, or all about it.
    In permanent environments; 1 USD a month, and 1 more for `search` and for `interval: 10s` each."""
    cdn: Cdn | None = None
    """CloudFront in front, the only way in: `{cache: {/assets/*: 365d}, cookies: [wordpress_*], never: [/wp-admin*]}`,
    or `{}`, which keeps nothing. In permanent environments; its load balancer is an internal one."""
    api_gateway: ApiGateway | None = None
    """An HTTP API of API Gateway in front, the only way in: `{rate: 100, burst: 200, jwt: {…}}`, or `{}`. In permanent
    environments; its load balancer is an internal one."""
    stickiness: Annotated[int, Seconds(1, 604800)] | None = None
    """How long a browser stays with the task that answered it, by the load balancer's cookie: `1d`, at most `7d`."""
    protocol_version: Literal["http1", "http2", "grpc"] = "http1"
    """What the container speaks; of `grpc` the health check has defaults of its own."""
    tls: Flag = False
    """HTTPS to the container, its health check too. The load balancer takes any certificate there."""

    @model_validator(mode="before")
    @classmethod
    def _of_grpc(cls, value: Any) -> Any:
        """What a target group of gRPC is asked where nothing is said (Elastic Load Balancing API reference,
        CreateTargetGroup: HealthCheckPath, Matcher)."""
        if not isinstance(value, Mapping) or value.get("protocol_version") != "grpc":
            return value
        asked = value.get("health_check", {})
        asked = {"path": asked} if isinstance(asked, str) else asked
        if not isinstance(asked, Mapping):
            return value
        default = {"path": "/AWS.ALB/healthcheck", "codes": "12"}
        return {**value, "health_check": {**({"codes": "0"} if "path" in asked else default), **asked}}
