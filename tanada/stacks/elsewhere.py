"""Providers of other accounts, by which a stack enters their hosted zones."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import TerraformProvider, TerraformVariable
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderAssumeRole

from tanada.contract.common import ROLE_OF_ZONES
from tanada.declared.hosted_zone import ZoneRoles
from tanada.stacks.base import BaseStack


def zone_providers(stack: BaseStack, roles: Mapping[str, ZoneRoles]) -> dict[str, TerraformProvider]:
    """By zone of another account, the provider that works there: as which of its two roles the runner says by a
    variable, so that both plan the same configuration. Terraform starts none that no resource has.

    Whoever has a role of this account first (`accounts.<name>.role`) enters from there.
    """
    if not roles:
        return {}
    TerraformVariable(
        stack,
        ROLE_OF_ZONES,
        type="string",
        default="apply",
        nullable=False,
        description="As whom hosted zones of other accounts are entered: plan may only read",
    )
    own = [AwsProviderAssumeRole(role_arn=stack.entry.role)] if stack.entry.role else []
    return {zone: _provider(stack, zone, each, own) for zone, each in sorted(roles.items())}


def _provider(stack: BaseStack, zone: str, roles: ZoneRoles, own: list[AwsProviderAssumeRole]) -> TerraformProvider:
    alias = f"zone_{zone.replace('.', '_')}"
    theirs = f'${{var.{ROLE_OF_ZONES} == "plan" ? "{roles.plan}" : "{roles.apply}"}}'
    return AwsProvider(
        stack,
        f"aws_{alias}",
        alias=alias,
        region=stack.entry.region,
        allowed_account_ids=[roles.account_id],
        assume_role=[*own, AwsProviderAssumeRole(role_arn=theirs)],
        max_retries=25,
        retry_mode="adaptive",
    )
