"""Contracts through CDKTF: published as a stack's outputs, read as references to another stack's."""

from __future__ import annotations

from cdktf import DataTerraformRemoteStateS3, S3BackendAssumeRoleConfig

from tanada.contract.common import CommonContract
from tanada.contract.outputs import VERSION, Contract, References, published, referenced
from tanada.declarations.inventory import Stack
from tanada.declared.common import CommonLayer
from tanada.sentences import waits_for_common
from tanada.stacks.base import BaseStack


def publish(stack: BaseStack, contract: Contract) -> None:
    """Make the outputs of a stack's contract."""
    stack.publish(published(contract))


def read_common(stack: BaseStack, common: Stack, layer: CommonLayer) -> CommonContract:
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
    version = CommonContract.VERSION
    remote.add_override(
        "lifecycle.postcondition",
        [
            {
                "condition": f"${{try(self.outputs.{VERSION}, 0) >= {version}}}",
                "error_message": waits_for_common(stack.entry.name, common.name, version),
            }
        ],
    )
    return referenced(
        CommonContract,
        References(
            text=lambda path: f"${{data.terraform_remote_state.common.outputs.{path}}}",
            texts=remote.get_list,
            keys={
                "load_balancers": [str(number) for number in range(1, layer.load_balancers + 1)],
                "registries": layer.images,
                "zone_ids": [zone.name for zone in layer.zones],
            },
        ),
    )
