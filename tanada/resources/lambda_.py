"""Lambda."""

from __future__ import annotations

from tanada.resources.cost import ByUse, Free
from tanada.resources.entry import Resource, arn, read, replaceable
from tanada.resources.refusal import taken
from tanada.resources.request import made_by

RESOURCES = (
    Resource(
        type="aws_lambda_function",
        lost=None,
        kept=False,
        # Of its schema; what its CustomizeDiff says was not read.
        replaces=read("lambda/function.go", "0156d84e", "function_name package_type tenancy_config"),
        cost=ByUse("requests and their duration"),
        defaults={
            "memory_size": 128,
            "package_type": "Zip",
            "publish": False,
            "reserved_concurrent_executions": -1,
            "skip_destroy": False,
            "timeout": 3,
            "vpc_config.ipv6_allowed_for_dual_stack": False,
        },
        computed={
            "id": "{function_name}",
            "arn": arn("lambda", "function:{function_name}"),
            "qualified_arn": arn("lambda", "function:{function_name}:$LATEST"),
            "invoke_arn": "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations",
            "version": "$LATEST",
        },
        refusals=(
            taken(
                "aws_lambda_function",
                "function_name",
                "ResourceConflictException",
                "Function already exist: {function_name}",
                "Lambda API reference, CreateFunction; hashicorp/terraform-provider-aws#29263",
            ),
        ),
        fills={},
        request=made_by(
            "lambda",
            "CreateFunction",
            "AWS::Lambda::Function",
            adds="Code",
        ),
        reads=("lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig", "lambda:ListVersionsByFunction"),
        changes=(
            "lambda:CreateFunction",
            "lambda:DeleteFunction",
            "lambda:TagResource",
            "lambda:UntagResource",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
        ),
        passes_roles_to=("lambda.amazonaws.com",),
    ),
    replaceable(
        "aws_lambda_permission",
        read(
            "lambda/permission.go",
            "04592f03",
            "action event_source_token function_name function_url_auth_type principal "
            "principal_org_id qualifier source_account source_arn statement_id statement_id_prefix",
        ),
        Free("part of its function"),
        computed={"id": "{statement_id}"},
        fills={},
        request=made_by("lambda", "AddPermission", "AWS::Lambda::Permission"),
        reads=("lambda:GetPolicy",),
        changes=("lambda:AddPermission", "lambda:RemovePermission"),
    ),
)
