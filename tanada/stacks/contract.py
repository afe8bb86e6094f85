"""Contracts through CDKTF: published as a stack's outputs, read as references to another stack's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from cdktf import DataTerraformRemoteStateS3, S3BackendAssumeRoleConfig

from tanada.contract import sign_in
from tanada.contract.common import CommonContract
from tanada.contract.outputs import VERSION, Contract, References, published, referenced
from tanada.contract.sign_in import SignIn
from tanada.declarations.inputs import EnvironmentInput
from tanada.sentences import waits_for_common
from tanada.stacks.base import BaseStack


def publish(stack: BaseStack, contract: Contract, more: Mapping[str, Any] | None = None) -> None:
    """Make the outputs of a stack's contract, and more beside them."""
    stack.publish({**published(contract), **(more or {})})


def needed(input: EnvironmentInput) -> int:
    """The least version of the common layer's contract that an environment can do with: an older layer keeps serving
    those that need nothing of what came later."""
    in_vpc = any(store.kind.IN_VPC for store in input.blueprint.stores.values())
    return 2 if in_vpc or input.load_balancers else 1


def of_common(path: str) -> str:
    """The reference to an output of an environment's common stack, or to what is in it."""
    return f"${{data.terraform_remote_state.common.outputs.{path}}}"


def of_sign_in(kind: str) -> SignIn:
    """The references to what an environment's common stack gives where people sign in."""
    return SignIn(**{each.name: of_common(sign_in.path(kind, each.name)) for each in fields(SignIn)})


def read_common(stack: BaseStack, input: EnvironmentInput) -> CommonContract:
    """References to those outputs of an environment's common stack that it needs."""
    common, running = input.common, input.blueprint.running().values()
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
    version = needed(input)
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
            text=of_common,
            texts=remote.get_list,
            keys={
                "load_balancers": sorted(each.called for each in input.load_balancers.values()),
                "registries": sorted({name for each in running for name in each.built}),
                "zone_ids": sorted({*input.zones.values(), *([input.zone] if input.zone is not None else [])}),
            },
        ),
    )
