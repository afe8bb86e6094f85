"""The ECS cluster that all environments of an account share, and the record of sessions inside containers."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.ecs_cluster import (
    EcsCluster,
    EcsClusterConfiguration,
    EcsClusterConfigurationExecuteCommandConfiguration,
    EcsClusterConfigurationExecuteCommandConfigurationLogConfiguration,
    EcsClusterSetting,
)
from cdktf_cdktf_provider_aws.ecs_cluster_capacity_providers import EcsClusterCapacityProviders
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from constructs import Construct

from tanada.contract.common import ExecLog
from tanada.regions import dns_suffix, partition


class Cluster(Construct):
    """Fargate and Fargate Spot; what people type in containers (ECS Exec) is kept, encrypted with the cluster's key."""

    def __init__(
        self, scope: Construct, id: str, *, name: str, account_id: str, region: str, retention_days: int, keep: bool
    ) -> None:
        super().__init__(scope, id)
        group_name = f"/{name}/exec"
        group_arn = f"arn:{partition(region)}:logs:{region}:{account_id}:log-group:{group_name}"
        key = KmsKey(
            self,
            "exec_key",
            description=f"Sessions of ECS Exec in cluster {name}",
            enable_key_rotation=True,
            policy=json.dumps(key_policy(group_arn, account_id, region), sort_keys=True),
            tags={"Name": f"{name}-exec"},
            # What was recorded with it can't be read any more once it is gone.
            lifecycle=TerraformResourceLifecycle(prevent_destroy=keep),
        )
        key_arn = key.arn
        group = CloudwatchLogGroup(
            self,
            "exec_log",
            name=group_name,
            retention_in_days=retention_days,
            kms_key_id=key_arn,
            tags={"Name": group_name},
        )
        cluster = EcsCluster(
            self,
            "cluster",
            name=name,
            # "enhanced" is billed a metric: four figures a month on thirty services.
            setting=[EcsClusterSetting(name="containerInsights", value="enabled")],
            configuration=EcsClusterConfiguration(
                execute_command_configuration=EcsClusterConfigurationExecuteCommandConfiguration(
                    kms_key_id=key_arn,
                    logging="OVERRIDE",
                    log_configuration=EcsClusterConfigurationExecuteCommandConfigurationLogConfiguration(
                        cloud_watch_encryption_enabled=True, cloud_watch_log_group_name=group.name
                    ),
                )
            ),
            tags={"Name": name},
            # Every service of the account runs in it.
            lifecycle=TerraformResourceLifecycle(prevent_destroy=keep),
        )
        # No default strategy: each service says its own (a service that follows a default is replaced when it changes).
        EcsClusterCapacityProviders(
            self, "capacity_providers", cluster_name=cluster.name, capacity_providers=["FARGATE", "FARGATE_SPOT"]
        )
        self.arn = cluster.arn
        self.exec_log = ExecLog(group_name=group.name, group_arn=group.arn, key_arn=key_arn)


@dataclass(frozen=True)
class ExistingCluster:
    """One that is there already: it says itself what becomes of sessions inside containers."""

    arn: str

    @property
    def exec_log(self) -> ExecLog:
        return ExecLog("", "", "")


def key_policy(group_arn: str, account_id: str, region: str) -> dict[str, object]:
    """The account administers the key through IAM; CloudWatch Logs may use it for this one log group.

    CloudWatch Logs guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
    """
    aws = partition(region)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Account",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:{aws}:iam::{account_id}:root"},
                "Action": "kms:*",
                "Resource": "*",
            },
            {
                "Sid": "Logs",
                "Effect": "Allow",
                # Of the few that are called otherwise in China (hashicorp/terraform-provider-aws,
                # internal/service/meta/service_principal_data_source.go; serverless/serverless#12087).
                "Principal": {"Service": f"logs.{region}.{dns_suffix(region)}"},
                "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
                "Resource": "*",
                "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": group_arn}},
            },
        ],
    }
