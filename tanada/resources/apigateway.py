"""API Gateway, version 2: HTTP APIs, what they lead to, and their names."""

from __future__ import annotations

from tanada.resources.cost import SETTING, ByUse
from tanada.resources.entry import arn, read, replaceable
from tanada.resources.refusal import Call, Refusal, World, at, in_use, taken
from tanada.resources.request import made_by

_READ = ("apigateway:GET",)
_CHANGED = ("apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT")
"""As IAM calls all that is done with it: by the method of the request."""
_ROUTE = "aws_apigatewayv2_route"


def _arn(resource: str) -> str:
    """ARNs of API Gateway name no account (RegionalARNNoAccount, internal/conns/awsclient.go)."""
    return f"arn:{{partition}}:apigateway:{{region}}::{resource}"


def _led_to(call: Call, world: World) -> bool:
    own = call.values.get("id")
    if call.action != "delete" or not own:
        return False
    return any(f"integrations/{own}" in at(each, "target") for each in world.living(_ROUTE))


RESOURCES = (
    replaceable(
        "aws_apigatewayv2_api",
        read("apigatewayv2/api.go", "00a35305", "credentials_arn protocol_type route_key target"),
        ByUse("requests"),
        defaults={
            "api_key_selection_expression": "$request.header.x-api-key",
            "route_selection_expression": "$request.method $request.path",
        },
        computed={
            "id": "{lower10}",
            "arn": _arn("/apis/{id}"),
            "api_endpoint": "https://{id}.execute-api.{region}.amazonaws.com",
            "execution_arn": arn("execute-api", "{id}"),
            "ip_address_type": "ipv4",
        },
        fills={},
        request=made_by("apigatewayv2", "CreateApi", "AWS::ApiGatewayV2::Api"),
        reads=_READ,
        changes=_CHANGED,
    ),
    replaceable(
        "aws_apigatewayv2_api_mapping",
        read("apigatewayv2/api_mapping.go", "0576a142", "api_id domain_name"),
        SETTING,
        computed={"id": "{lower6}"},
        fills={},
        request=made_by("apigatewayv2", "CreateApiMapping", "AWS::ApiGatewayV2::ApiMapping"),
        reads=_READ,
        changes=_CHANGED,
    ),
    replaceable(
        "aws_apigatewayv2_authorizer",
        read("apigatewayv2/authorizer.go", "01f43111", "api_id"),
        SETTING,
        computed={"id": "{lower6}", "authorizer_result_ttl_in_seconds": 0},
        fills={},
        request=made_by(
            "apigatewayv2",
            "CreateAuthorizer",
            "AWS::ApiGatewayV2::Authorizer",
            identity_sources="IdentitySource",
        ),
        reads=_READ,
        changes=_CHANGED,
    ),
    replaceable(
        "aws_apigatewayv2_domain_name",
        read("apigatewayv2/domain_name.go", "00a35305", "domain_name"),
        SETTING,
        computed={
            "id": "{domain_name}",
            "arn": _arn("/domainnames/{id}"),
            "api_mapping_selection_expression": "$request.basepath",
        },
        computed_in_blocks={
            "domain_name_configuration.hosted_zone_id": "Z1YSHQZHG15GKL",
            "domain_name_configuration.ip_address_type": "ipv4",
            "domain_name_configuration.ownership_verification_certificate_arn": "",
            "domain_name_configuration.target_domain_name": "d-0123456789.execute-api.ap-northeast-1.amazonaws.com",
        },
        refusals=(
            taken(
                "aws_apigatewayv2_domain_name",
                "domain_name",
                "ConflictException",
                "The domain name you provided already exists.",
                "API Gateway V2 API reference, CreateDomainName; hashicorp/terraform-provider-aws#27358; the sentence "
                "is ours",
            ),
        ),
        fills={},
        request=made_by("apigatewayv2", "CreateDomainName", "AWS::ApiGatewayV2::DomainName"),
        reads=_READ,
        changes=_CHANGED,
    ),
    replaceable(
        "aws_apigatewayv2_integration",
        read("apigatewayv2/integration.go", "03412d53", "api_id integration_subtype integration_type"),
        SETTING,
        defaults={
            "connection_type": "INTERNET",
            "passthrough_behavior": "WHEN_NO_MATCH",
            "payload_format_version": "1.0",
        },
        computed={
            "id": "{lower7}",
            "integration_response_selection_expression": "",
            "timeout_milliseconds": 30_000,
        },
        refusals=(
            Refusal(
                code="ConflictException",
                sentence="Cannot delete Integration because it is referenced by the following Routes with Ids: […]",
                source="milliHQ/terraform-aws-next-js#247, hashicorp/terraform-provider-aws#12195",
                holds=_led_to,
                watches={_ROUTE: ("target",)},
            ),
        ),
        fills={},
        request=made_by(
            "apigatewayv2",
            "CreateIntegration",
            "AWS::ApiGatewayV2::Integration",
            timeout_milliseconds="TimeoutInMillis",
        ),
        reads=_READ,
        changes=_CHANGED,
    ),
    replaceable(
        "aws_apigatewayv2_route",
        read("apigatewayv2/route.go", "00a35305", "api_id"),
        SETTING,
        defaults={"api_key_required": False, "authorization_type": "NONE"},
        computed={"id": "{lower7}"},
        fills={},
        request=made_by("apigatewayv2", "CreateRoute", "AWS::ApiGatewayV2::Route"),
        reads=_READ,
        changes=_CHANGED,
    ),
    replaceable(
        "aws_apigatewayv2_stage",
        read("apigatewayv2/stage.go", "02f6d2d9", "api_id name"),
        SETTING,
        defaults={
            "auto_deploy": False,
            "default_route_settings.data_trace_enabled": False,
            "default_route_settings.detailed_metrics_enabled": False,
            "route_settings.data_trace_enabled": False,
            "route_settings.detailed_metrics_enabled": False,
        },
        computed={
            "id": "{name}",
            "arn": _arn("/apis/{api_id}/stages/{name}"),
            "deployment_id": "{lower6}",
            "execution_arn": arn("execute-api", "{api_id}/{name}"),
            "invoke_url": "https://{api_id}.execute-api.{region}.amazonaws.com/",
        },
        computed_in_blocks={
            "default_route_settings.logging_level": "",
            "route_settings.logging_level": "",
        },
        fills={},
        request=made_by("apigatewayv2", "CreateStage", "AWS::ApiGatewayV2::Stage", name="StageName"),
        reads=_READ,
        # What writes the log has it from CloudWatch Logs, in the caller's name (developer guide, "Configure logging for
        # HTTP APIs").
        changes=(
            *_CHANGED,
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
        ),
    ),
    replaceable(
        "aws_apigatewayv2_vpc_link",
        read("apigatewayv2/vpc_link.go", "050ac111", "security_group_ids subnet_ids"),
        ByUse("requests, with the API's"),
        computed={"id": "{lower6}", "arn": _arn("/vpclinks/{id}")},
        refusals=(
            in_use(
                "BadRequestException",
                "Cannot delete vpc link. Vpc link '{id}', is referenced in […] in format of [Method:Resource].",
                "hashicorp/terraform-provider-aws#12195",
                "aws_apigatewayv2_integration connection_id",
            ),
        ),
        fills={},
        request=made_by("apigatewayv2", "CreateVpcLink", "AWS::ApiGatewayV2::VpcLink"),
        reads=_READ,
        changes=_CHANGED,
    ),
)
