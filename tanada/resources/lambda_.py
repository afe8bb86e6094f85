"""Lambda."""

from __future__ import annotations

from tanada.resources.cost import ByUse
from tanada.resources.entry import Resource, arn, read

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
    ),
)
