"""What the common layer gives to every part of an environment: values the modules take, and the contract carries."""

from __future__ import annotations

from dataclasses import dataclass

from tanada.regions import partition


@dataclass(frozen=True)
class LoadBalancerEnd:
    """Where a public service meets one of the shared load balancers."""

    listener_arn: str
    dns_name: str
    zone_id: str


@dataclass(frozen=True)
class Registry:
    """An image registry (ECR repository)."""

    url: str
    arn: str


@dataclass(frozen=True)
class ExecLog:
    """Where sessions of ECS Exec are recorded."""

    group_name: str
    group_arn: str
    key_arn: str


@dataclass(frozen=True)
class Shared:
    """The common layer as an environment sees it; every value may be a Terraform expression."""

    account_id: str
    region: str
    vpc_id: str
    task_subnet_ids: list[str]
    load_balancers: dict[str, LoadBalancerEnd]
    """By number, counted from 1."""
    target_security_group_id: str
    """Worn by all public tasks: the load balancers may reach it (one rule, not one a service)."""
    cluster_arn: str
    exec_log: ExecLog
    registries: dict[str, Registry]
    zone_ids: dict[str, str]
    """Hosted zones by domain."""
    namespace_id: str
    namespace: str
    """Cloud Map's private domain."""

    @property
    def partition(self) -> str:
        return partition(self.region)
