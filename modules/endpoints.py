"""Interface endpoints: ways into AWS's services that don't lead through a NAT."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from modules.security_group import security_group
from tanada.declared.network import ENDPOINTS
from tanada.names import Names

HTTPS = 443


class InterfaceEndpoints(Construct):
    """One for each service that is named, in every zone's private subnet, and the group that lets the VPC in."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        words: Sequence[str],
        *,
        names: Names,
        vpc_id: str,
        cidr: str,
        subnet_ids: Sequence[str],
        region: str,
        account_id: str,
    ) -> None:
        """`words` are the declaration's; `cidr` is the VPC's range."""
        super().__init__(scope, id)
        group = security_group(
            self,
            "group",
            names=names,
            part="endpoints",
            description="Interface endpoints, reached from inside the VPC alone",
            vpc_id=vpc_id,
        )
        door = VpcSecurityGroupIngressRule(
            self,
            "from_the_vpc",
            security_group_id=group,
            description="HTTPS from the VPC",
            cidr_ipv4=cidr,
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
        )
        for service in dict.fromkeys(service for word in words for service in ENDPOINTS[word]):
            VpcEndpoint(
                self,
                service.replace(".", "_"),
                vpc_id=vpc_id,
                service_name=f"com.amazonaws.{region}.{service}",
                vpc_endpoint_type="Interface",
                subnet_ids=list(subnet_ids),
                security_group_ids=[group],
                # The service's usual name leads here from then on, for everybody in the VPC.
                private_dns_enabled=True,
                policy=_policy(service, account_id),
                tags={"Name": f"{names.system}-{service}"},
                # So it lets in before anybody is led there.
                depends_on=[door],
            )


def _policy(service: str, account_id: str) -> str:
    """That service, and this account's roles: keys of another account that were brought into a task lead nowhere here
    (AWS PrivateLink guide, "Control access to VPC endpoints using endpoint policies")."""
    statement = {
        "Sid": "RolesOfThisAccount",
        "Effect": "Allow",
        "Principal": "*",
        "Action": f"{service.partition('.')[0]}:*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalAccount": account_id}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
