"""The contract: the named, versioned outputs through which stacks meet, and the only place where their names stand.

Fields are only added. A reader states the least version it needs; where there is no state yet, or an older contract,
its plan says so ("waits for common").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from cdktf import DataTerraformRemoteStateS3, S3BackendAssumeRoleConfig

from modules.shared import ExecLog, LoadBalancerEnd, Registry, Shared
from tanada.declarations.inventory import Stack
from tanada.declarations.models import CommonLayer
from tanada.sentences import waits_for_common
from tanada.stacks.base import BaseStack

COMMON_VERSION = 1
ENVIRONMENT_VERSION = 1


@dataclass(frozen=True)
class CommonContract(Shared):
    """What a common stack gives to the environments of its account."""

    def publish(self, stack: BaseStack, *, outbound_addresses: list[str], name_servers: dict[str, list[str]]) -> None:
        """Beside the contract's fields two outputs for people: the addresses that partners let in, and the name
        servers that parent domains delegate to."""
        stack.publish(
            {
                "contract": COMMON_VERSION,
                "vpc_id": self.vpc_id,
                "task_subnet_ids": self.task_subnet_ids,
                "load_balancers": {
                    number: {"listener_arn": end.listener_arn, "dns_name": end.dns_name, "zone_id": end.zone_id}
                    for number, end in self.load_balancers.items()
                },
                "target_security_group_id": self.target_security_group_id,
                "cluster_arn": self.cluster_arn,
                "exec_log": {
                    "group_name": self.exec_log.group_name,
                    "group_arn": self.exec_log.group_arn,
                    "key_arn": self.exec_log.key_arn,
                },
                "registries": {name: {"url": each.url, "arn": each.arn} for name, each in self.registries.items()},
                "zone_ids": self.zone_ids,
                "namespace_id": self.namespace_id,
                "outbound_addresses": outbound_addresses,
                "name_servers": name_servers,
            }
        )

    @classmethod
    def read(cls, stack: BaseStack, common: Stack, layer: CommonLayer, *, namespace: str) -> Self:
        """References to the outputs of an account's common stack.

        `common` is that stack's entry, `layer` its declaration (which load balancers, images and zones there are).
        """
        remote = DataTerraformRemoteStateS3(
            stack,
            "common",
            bucket=common.bucket,
            key=common.state_key,
            region=common.region,
            # From a review workspace too: never the reader's own.
            workspace="default",
            assume_role=S3BackendAssumeRoleConfig(role_arn=common.role) if common.role else None,
        )
        remote.add_override(
            "lifecycle.postcondition",
            [
                {
                    "condition": f"${{try(self.outputs.contract, 0) >= {COMMON_VERSION}}}",
                    "error_message": waits_for_common(stack.entry.name, common.name, COMMON_VERSION),
                }
            ],
        )

        def output(path: str) -> str:
            return f"${{data.terraform_remote_state.common.outputs.{path}}}"

        return cls(
            account_id=common.account_id,
            region=common.region,
            vpc_id=output("vpc_id"),
            task_subnet_ids=remote.get_list("task_subnet_ids"),
            load_balancers={
                str(number): LoadBalancerEnd(
                    listener_arn=output(f'load_balancers["{number}"].listener_arn'),
                    dns_name=output(f'load_balancers["{number}"].dns_name'),
                    zone_id=output(f'load_balancers["{number}"].zone_id'),
                )
                for number in range(1, layer.load_balancers + 1)
            },
            target_security_group_id=output("target_security_group_id"),
            cluster_arn=output("cluster_arn"),
            exec_log=ExecLog(
                group_name=output("exec_log.group_name"),
                group_arn=output("exec_log.group_arn"),
                key_arn=output("exec_log.key_arn"),
            ),
            # Not ["web"]: quotes would not survive inside the JSON of a policy. HCL's identifiers may hold hyphens.
            registries={
                name: Registry(url=output(f"registries.{name}.url"), arn=output(f"registries.{name}.arn"))
                for name in layer.images
            },
            zone_ids={zone.name: output(f'zone_ids["{zone.name}"]') for zone in layer.zones},
            namespace_id=output("namespace_id"),
            namespace=namespace,
        )


@dataclass(frozen=True)
class EnvironmentContract:
    """What an environment says of itself: to people, and to the commands that operate it."""

    name: str
    url: str
    cluster_arn: str
    services: dict[str, dict[str, str]]
    stores: dict[str, str]
    image_tags: str

    def publish(self, stack: BaseStack) -> None:
        stack.publish(
            {
                "contract": ENVIRONMENT_VERSION,
                "environment": self.name,
                "url": self.url,
                "cluster_arn": self.cluster_arn,
                "services": self.services,
                "stores": self.stores,
                "image_tags": self.image_tags,
            }
        )
