"""Functions that run in AWS for an environment or an account: our code, on Lambda, with nothing but what it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.lambda_function import (
    LambdaFunction,
    LambdaFunctionEnvironment,
    LambdaFunctionLoggingConfig,
)
from constructs import Construct

from modules.iam import OF_SERVICES, Role, Statement, service_trust
from tanada import function_zips
from tanada.names import Names

RUNTIME = "python3.13"
"""Supported until 2029-06-30 (Lambda developer guide, "Lambda runtimes", read 2026-11)."""


class Around(Protocol):
    """What a function must know of where it stands: an environment, or an account's common layer."""

    @property
    def names(self) -> Names: ...
    @property
    def account_id(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def boundary(self) -> str | None: ...


class Function(Construct):
    """One function of `functions/<name>/`, in no VPC, with its role and its log.

    No concurrency is reserved for it: an account begins with 10 at a time, and Lambda lets nobody take of the last 10
    ("decreases account's UnreservedConcurrentExecution below its minimum value", Lambda developer guide, "Configuring
    reserved concurrency").
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        here: Around,
        *,
        code: str,
        description: str,
        variables: Mapping[str, str],
        statements: Iterable[Statement],
        timeout: int,
        days: int,
    ) -> None:
        """`code` is its folder's name; `variables` are those of its environment; its log is kept for so many `days`."""
        super().__init__(scope, id)
        called = code.replace("_", "-")
        made_of, name = function_zips.function(code), here.names.ours(called, 64)
        log_name = here.names.path("functions", called)
        log = CloudwatchLogGroup(self, "log", name=log_name, retention_in_days=days, tags={"Name": log_name})
        role = Role(
            self,
            "role",
            name=here.names.limited(f"{called}-function", 64),
            path=f"/{here.names.system}/{OF_SERVICES}/",
            description=f"What the function {called} may do",
            # Of this account's functions alone (IAM user guide, "The confused deputy problem").
            trust=service_trust("lambda.amazonaws.com", here.account_id),
            boundary=here.boundary,
            statements=[
                Statement(actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(f"{log.arn}:*",)),
                *statements,
            ],
        )
        made = LambdaFunction(
            self,
            "function",
            function_name=name,
            description=description,
            role=role.arn,
            runtime=RUNTIME,
            architectures=["arm64"],
            handler="main.handler",
            filename=made_of.file,
            source_code_hash=made_of.source_code_hash,
            memory_size=256,  # loading boto3 takes ten seconds in 128 MiB
            timeout=timeout,
            environment=LambdaFunctionEnvironment(variables=dict(variables)),
            logging_config=LambdaFunctionLoggingConfig(log_format="Text", log_group=log.name),
            tags={"Name": name},
            depends_on=role.policies,
        )
        self.name, self.arn = made.function_name, made.arn
        self.made: ITerraformDependable = made
