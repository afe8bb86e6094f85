"""Who may reach whom: a security group a service, and one rule each way for every declared `reach`."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from modules.network import ANYWHERE
from modules.security_group import security_group
from tanada.declarations.models import Service
from tanada.names import Names


class Reach(Construct):
    """Closed but for what is declared; out to the internet by HTTPS alone (images, logs, AWS's and partners' APIs)."""

    def __init__(
        self, scope: Construct, id: str, services: Mapping[str, Service], *, names: Names, vpc_id: str
    ) -> None:
        super().__init__(scope, id)
        self.group_ids: dict[str, str] = {}
        self.rules: dict[str, list[ITerraformDependable]] = {name: [] for name in services}
        """By service: a task must not start before it can reach its registry, nor stop after it can't."""
        for name in services:
            self.group_ids[name] = security_group(
                self, name, names=names, part=name, description=f"Service {name}", vpc_id=vpc_id
            )
            self.rules[name].append(
                VpcSecurityGroupEgressRule(
                    self,
                    # Not `_to_`: a service may be called https.
                    f"{name}_out_https",
                    security_group_id=self.group_ids[name],
                    description="HTTPS: images, logs, AWS and partners",
                    cidr_ipv4=ANYWHERE,
                    ip_protocol="tcp",
                    from_port=443,
                    to_port=443,
                )
            )
        for name, settings in services.items():
            for other in settings.reach:
                if other in services:
                    self._open(name, other, services[other].port)

    def _open(self, caller: str, callee: str, port: int | None) -> None:
        """One rule each way: out of the caller's group, into the callee's."""
        self.rules[caller].append(
            VpcSecurityGroupEgressRule(
                self,
                f"{caller}_to_{callee}",
                security_group_id=self.group_ids[caller],
                description=f"From {caller} to {callee}",
                referenced_security_group_id=self.group_ids[callee],
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
            )
        )
        self.rules[callee].append(
            VpcSecurityGroupIngressRule(
                self,
                f"{callee}_from_{caller}",
                security_group_id=self.group_ids[callee],
                description=f"From {caller} to {callee}",
                referenced_security_group_id=self.group_ids[caller],
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
            )
        )
