"""API Gateway before services: an HTTP API each, which comes to an internal load balancer by a link into the VPC."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.apigatewayv2_api import Apigatewayv2Api, Apigatewayv2ApiCorsConfiguration
from cdktf_cdktf_provider_aws.apigatewayv2_api_mapping import Apigatewayv2ApiMapping
from cdktf_cdktf_provider_aws.apigatewayv2_authorizer import (
    Apigatewayv2Authorizer,
    Apigatewayv2AuthorizerJwtConfiguration,
)
from cdktf_cdktf_provider_aws.apigatewayv2_domain_name import (
    Apigatewayv2DomainName,
    Apigatewayv2DomainNameDomainNameConfiguration,
)
from cdktf_cdktf_provider_aws.apigatewayv2_integration import (
    Apigatewayv2Integration,
    Apigatewayv2IntegrationTlsConfig,
)
from cdktf_cdktf_provider_aws.apigatewayv2_route import Apigatewayv2Route
from cdktf_cdktf_provider_aws.apigatewayv2_stage import (
    Apigatewayv2Stage,
    Apigatewayv2StageAccessLogSettings,
    Apigatewayv2StageDefaultRouteSettings,
)
from cdktf_cdktf_provider_aws.apigatewayv2_vpc_link import Apigatewayv2VpcLink
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from constructs import Construct

from modules.alarms import Alarm, Metric, alarms
from modules.here import Here
from modules.public_route import Edge, HostRecords
from modules.security_group import security_group
from modules.service import Service
from tanada.declared.api_gateway import ApiGateway, Cors, Jwt, open_routes
from tanada.declared.hosts import DOMAIN, led_by
from tanada.declared.http import Http

_LONGEST = 30_000
"""Milliseconds that an answer may take (API Gateway developer guide, "Quotas for HTTP API")."""
_CORS_KEPT = 3600
"""Seconds that a browser keeps what it was told."""
_LOGS = "/aws/vendedlogs"
"""How groups begin whose number fills no resource policy (CloudWatch Logs user guide, "Log group resource policy size
limit considerations")."""
_LOGGED = {
    "time": "$context.requestTime",
    "request": "$context.requestId",
    "from": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "route": "$context.routeKey",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "status_of_service": "$context.integrationStatus",
    "milliseconds_of_service": "$context.integrationLatency",
    "why": "$context.integrationErrorMessage",
    "why_not_let_in": "$context.authorizer.error",
}
"""What stands in a line, by its variable in "Variables for access logging for HTTP APIs": no query, header or body."""
_PERIOD, _FAILING, _ANSWERED = 300, 5, 20


def http_apis(here: Here, made: Mapping[str, Service]) -> None:
    """Those of an environment, their link into the VPC, and the records of their hosts."""
    scope = Construct(here.stack, "(http_apis)")
    asked = {
        name: (each.http, each.http.api_gateway)
        for name, each in here.blueprint.services.items()
        if each.http is not None and each.http.api_gateway is not None
    }
    link = _link(scope, here, dict.fromkeys(http.load_balancer[0] for http, _ in asked.values()))
    for name, (http, settings) in asked.items():
        _HttpApi(scope, name, http, settings, here, made[name], link)


def _link(scope: Construct, here: Here, balancers: Mapping[str, None]) -> str:
    """The id of the environment's: a region has 10, and one serves any number of APIs and load balancers. Its group
    goes out to those alone."""
    group = security_group(
        scope,
        "vpc_link_group",
        names=here.names,
        part="api-link",
        description="API Gateway, on its way to internal load balancers",
        vpc_id=here.shared.vpc_id,
    )
    ways: dict[str, ITerraformDependable] = {}
    for balancer in balancers:
        if (word := here.worn[balancer]) not in ways:
            ways[word] = VpcSecurityGroupEgressRule(
                scope,
                f"vpc_link_to_{word}",
                security_group_id=group,
                description="To internal load balancers",
                referenced_security_group_id=here.load_balancer(balancer).security_group_id,
                ip_protocol="tcp",
                from_port=443,
                to_port=443,
            )
    name = here.names.joined("api-link")
    link = Apigatewayv2VpcLink(
        scope,
        "vpc_link",
        name=name,
        subnet_ids=[*here.private_subnet_ids],
        security_group_ids=[group],
        tags={"Name": name},
        depends_on=[*ways.values()],
        # Neither subnets nor groups of one ever change: APIs are led through the new one, then the old one goes.
        lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
    )
    return link.id


class _HttpApi(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        http: Http,
        settings: ApiGateway,
        here: Here,
        answers: Service,
        link: str,
    ) -> None:
        super().__init__(scope, id)
        [declared] = led_by(http, here.instance.certain_domain)
        host, called = here.instance.host(declared), here.called(id)
        name = here.names.joined(called)
        api = Apigatewayv2Api(
            self,
            "api",
            name=name,
            protocol_type="HTTP",
            ip_address_type="dualstack",
            # Else who knows the API's own name gets in by that.
            disable_execute_api_endpoint=True,
            cors_configuration=_cors(settings.cors) if settings.cors is not None else None,
            tags={"Name": name},
        )
        integration = Apigatewayv2Integration(
            self,
            "integration",
            api_id=api.id,
            integration_type="HTTP_PROXY",
            integration_method="ANY",
            integration_uri=here.load_balancer(http.load_balancer[0]).listener_arn,
            connection_type="VPC_LINK",
            connection_id=link,
            payload_format_version="1.0",
            timeout_milliseconds=_LONGEST,
            # By `Host` the load balancer finds the rule, by the name that is checked the certificate.
            request_parameters={"overwrite:header.Host": host},
            tls_config=Apigatewayv2IntegrationTlsConfig(server_name_to_verify=host),
        )
        routes = self._routes(api.id, f"integrations/{integration.id}", settings.jwt, name)
        stage = self._stage(api.id, settings, here, called, routes, answers.logs.days)
        leads = Apigatewayv2DomainName(
            self,
            "domain_name",
            domain_name=host,
            domain_name_configuration=Apigatewayv2DomainNameDomainNameConfiguration(
                certificate_arn=here.certificates[id],
                endpoint_type="REGIONAL",
                security_policy="TLS_1_2",
                ip_address_type="dualstack",
            ),
            tags={"Name": host},
        )
        mapping = Apigatewayv2ApiMapping(self, "mapping", api_id=api.id, domain_name=leads.id, stage=stage.id)
        zone = here.zone if declared == DOMAIN else here.zones[declared]
        assert zone is not None, "a check says so"
        to = leads.domain_name_configuration
        # The name leads there once it is answered.
        HostRecords(here, declared, Edge(to.target_domain_name, to.hosted_zone_id), zone, [answers.service, mapping])
        alarms(self, here, id, [_failing(api.id)])

    def _routes(self, api: str, target: str, jwt: Jwt | None, name: str) -> list[ITerraformDependable]:
        if jwt is None:
            return [Apigatewayv2Route(self, "default", api_id=api, route_key="$default", target=target)]
        authorizer = Apigatewayv2Authorizer(
            self,
            "authorizer",
            api_id=api,
            name=name,
            authorizer_type="JWT",
            identity_sources=["$request.header.Authorization"],
            jwt_configuration=Apigatewayv2AuthorizerJwtConfiguration(issuer=jwt.issuer, audience=[*jwt.audience]),
        )
        default = Apigatewayv2Route(
            self,
            "default",
            api_id=api,
            route_key="$default",
            target=target,
            authorization_type="JWT",
            authorizer_id=authorizer.id,
        )
        open_ = [
            Apigatewayv2Route(self, word, api_id=api, route_key=key, target=target)
            for word, key in open_routes(jwt).items()
        ]
        return [default, *open_]

    def _stage(
        self,
        api: str,
        settings: ApiGateway,
        here: Here,
        called: str,
        routes: list[ITerraformDependable],
        days: int,
    ) -> Apigatewayv2Stage:
        group = f"{_LOGS}{here.names.path(f'{called}-api')}"
        log = CloudwatchLogGroup(self, "api_log", name=group, retention_in_days=days, tags={"Name": group})
        return Apigatewayv2Stage(
            self,
            "stage",
            api_id=api,
            name="$default",
            auto_deploy=True,
            access_log_settings=Apigatewayv2StageAccessLogSettings(destination_arn=log.arn, format=json.dumps(_LOGGED)),
            # Always both: of a block that is left out the provider sees no change, and one without them lets nothing
            # through (hashicorp/terraform-provider-aws#43307).
            default_route_settings=Apigatewayv2StageDefaultRouteSettings(
                throttling_rate_limit=settings.rate, throttling_burst_limit=settings.burst
            ),
            tags={"Name": here.names.joined(called)},
            # What it deploys first has them all.
            depends_on=routes,
        )


def _cors(cors: Cors) -> Apigatewayv2ApiCorsConfiguration:
    return Apigatewayv2ApiCorsConfiguration(
        allow_origins=[*cors.origins],
        allow_methods=[*cors.methods],
        allow_headers=[*cors.headers] or None,
        allow_credentials=cors.credentials,
        max_age=_CORS_KEPT,
    )


def _failing(api: str) -> Alarm:
    """What the load balancer never heard of counts here alone: a link that leads nowhere, an answer that took too long
    (developer guide, "Monitor CloudWatch metrics for HTTP APIs")."""
    return Alarm(
        word="gateway-5xx",
        dimensions={"ApiId": api},
        of=(Metric("failed", "AWS/ApiGateway", "5xx", "Sum"), Metric("answered", "AWS/ApiGateway", "Count", "Sum")),
        expression=f"IF(answered >= {_ANSWERED}, 100 * FILL(failed, 0) / answered, 0)",
        above=_FAILING,
        period=_PERIOD,
        periods=2,
        why=f"More than {_FAILING}% of API Gateway's answers were errors (5xx) in five minutes, twice in a row. Where "
        "the alarm 5xx is silent, the load balancer wasn't reached, or an answer took longer than 30 s: the API's log "
        f"says why. With fewer than {_ANSWERED} requests it counts as none.",
    )
