"""Which stacks a system consists of: the one answer, so that nobody globs folders or parses a stack's name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from tanada.declared.account import Account
from tanada.declared.system import System


@dataclass(frozen=True)
class Stack:
    """One Terraform root module."""

    name: str
    """`common-<account>`, `environment-<name>` or `review`."""
    kind: Literal["common", "environment", "review"]
    environment: str | None
    account: str
    account_id: str
    region: str
    role: str | None
    protected: bool
    bucket: str
    """The account's state bucket."""
    state_key: str
    created: bool = True
    """Whether whoever names no stack means it: an environment with `created: false` is meant by its name alone."""

    declared: bool = True
    """False of one whose declaration was taken away, and whose state is left: `tanada.terraform.gone`."""

    @property
    def common(self) -> str:
        """Name of the common stack of the same account."""
        return f"common-{self.account}"


def state_bucket(system: System, account: str) -> str:
    """Name of the S3 bucket that holds the states of an account.

    One an account, for all its systems. Bucket names are global over all of AWS, so it holds the account id.
    """
    return bucket_of(system.accounts[account])


def bucket_of(account: Account) -> str:
    """The same of an account that is well, whatever else of the system isn't."""
    return f"terraform-state-{account.id}-{account.region}"


def inventory(system: System) -> tuple[Stack, ...]:
    """All stacks of a system: the common ones first, then environments by name, then review."""
    stacks = [common_stack(system, account) for account in sorted(system.accounts)]
    stacks += [
        replace(
            _stack(system, f"environment-{name}", "environment", name, environment.account),
            created=environment.created,
        )
        for name, environment in sorted(system.environments.items())
    ]
    if system.review is not None:
        stacks.append(_stack(system, "review", "review", None, system.review.account))
    return tuple(stacks)


def common_stack(system: System, account: str) -> Stack:
    """The stack of an account's common layer."""
    return _stack(system, f"common-{account}", "common", None, account)


def _stack(
    system: System, name: str, kind: Literal["common", "environment", "review"], environment: str | None, account: str
) -> Stack:
    entry = system.accounts[account]
    return Stack(
        name=name,
        kind=kind,
        environment=environment,
        account=account,
        account_id=entry.id,
        region=entry.region,
        role=entry.role,
        protected=entry.protected,
        bucket=state_bucket(system, account),
        state_key=f"{system.name}/{name}.tfstate",
    )


def ci_accounts(system: System, account: str) -> list[str]:
    """The accounts with CI that are one AWS account, in the order of the declaration: roles are global to it, and the
    first of them makes them."""
    number = system.accounts[account].id
    return [name for name, each in system.accounts.items() if each.id == number and each.common.ci is not None]


def ci_buckets(system: System, account: str) -> list[str]:
    """The buckets of the states that the roles of an AWS account reach."""
    return [state_bucket(system, name) for name in ci_accounts(system, account)]
