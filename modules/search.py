"""Searches: domains of OpenSearch Service."""

from __future__ import annotations

import json
from collections.abc import Iterator

from cdktf import TerraformLocal, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.opensearch_domain import (
    OpensearchDomain,
    OpensearchDomainClusterConfig,
    OpensearchDomainClusterConfigZoneAwarenessConfig,
    OpensearchDomainDomainEndpointOptions,
    OpensearchDomainEbsOptions,
    OpensearchDomainEncryptAtRest,
    OpensearchDomainNodeToNodeEncryption,
    OpensearchDomainSoftwareUpdateOptions,
    OpensearchDomainVpcOptions,
)
from constructs import Construct

from modules.alarms import Alarm, alarms
from modules.here import Here
from modules.iam import Statement
from modules.reachable import Door, Reachable
from modules.security_group import security_group
from tanada.declared import search as declared
from tanada.regions import partition

PORT = 443
ACTIONS = (
    "es:ESHttpDelete",
    "es:ESHttpGet",
    "es:ESHttpHead",
    "es:ESHttpPatch",
    "es:ESHttpPost",
    "es:ESHttpPut",
)
"""HTTP's methods as IAM has them; nothing that changes the domain itself."""
_LOOKS = ("es:ESHttpGet", "es:ESHttpHead")
_ASKED_BY_POST = ("_count", "_mget", "_msearch", "_search", "_search/*")
"""What only reads and is asked by POST, as its question is a body (OpenSearch, REST API reference)."""
_LONGEST = 28
"""Characters of a domain's name (OpenSearch Service API reference, CreateDomain, DomainName)."""
_FAST = 170
"""GiB above which AWS asks for 250 MiB/s of a disk of gp3 instead of 125 (general knowledge; of a disk that grows past
it without saying so the update never ends: hashicorp/terraform-provider-aws#39136)."""


class Search(Construct):
    """In private subnets, encrypted on its disks, between its nodes and on the way; entered by who reaches it alone
    and signs each request with the role of its tasks: there is no user and no password.

    Under `keep` Terraform doesn't destroy it. OpenSearch Service has no protection from deletion of its own.
    """

    def __init__(self, scope: Construct, id: str, settings: declared.Search, here: Here) -> None:
        super().__init__(scope, id)
        called, permanent = here.called(id), here.instance.permanent
        name = here.names.ours(called, _LONGEST)
        group = security_group(
            self,
            "security_group",
            names=here.names,
            part=called,
            description=f"Search {called}",
            vpc_id=here.shared.vpc_id,
        )
        # Of what is thrown away no second node has to go on.
        nodes = settings.nodes if permanent else 1
        zones = settings.zones(len(here.private_subnet_ids)) if permanent else 1
        domain = OpensearchDomain(
            self,
            "domain",
            domain_name=name,
            engine_version=f"OpenSearch_{settings.version}",
            cluster_config=OpensearchDomainClusterConfig(
                instance_type=settings.class_,
                instance_count=nodes,
                zone_awareness_enabled=zones > 1,
                zone_awareness_config=OpensearchDomainClusterConfigZoneAwarenessConfig(availability_zone_count=zones)
                if zones > 1
                else None,
            ),
            ebs_options=OpensearchDomainEbsOptions(
                ebs_enabled=True,
                volume_type="gp3",
                volume_size=settings.storage,
                iops=3000,
                throughput=250 if settings.storage > _FAST else 125,
            ),
            vpc_options=OpensearchDomainVpcOptions(
                subnet_ids=list(here.private_subnet_ids[:zones]), security_group_ids=[group]
            ),
            encrypt_at_rest=OpensearchDomainEncryptAtRest(enabled=True),
            node_to_node_encryption=OpensearchDomainNodeToNodeEncryption(enabled=True),
            domain_endpoint_options=OpensearchDomainDomainEndpointOptions(
                enforce_https=True, tls_security_policy="Policy-Min-TLS-1-2-PFS-2023-10"
            ),
            software_update_options=OpensearchDomainSoftwareUpdateOptions(auto_software_update_enabled=True),
            access_policies=_of_this_account(here, called, name),
            tags={"Name": name},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=here.instance.keep),
        )
        alarms(self, here, id, _watched(settings, domain.domain_name, here.account_id))
        self.aws_name, self.beside = name, ()
        whole = (f"{domain.arn}/*",)
        asked = tuple(f"{domain.arn}/{before}{path}" for before in ("", "*/") for path in _ASKED_BY_POST)
        self.reachable = Reachable(
            words={"host": domain.endpoint, "url": f"https://{domain.endpoint}"},
            doors=(Door(group, PORT),),
            places=(),
            access=(Statement(ACTIONS, whole),),
            narrowed={
                "read": (Statement(_LOOKS, whole), Statement(("es:ESHttpPost",), asked)),
                "write": (Statement(tuple(each for each in ACTIONS if each != "es:ESHttpGet"), whole),),
            },
            secrets={},
            # Whoever only opens the way to it starts when it is there, and ends before it goes.
            ready=(domain,),
        )


def _of_this_account(here: Here, called: str, name: str) -> str:
    """Whoever this account's own policies let in, and nobody else: by itself it gives no one anything (IAM user guide,
    "Cross account resource access"). A request without a signature is refused."""
    if "${" in name:  # its quotes would not survive in JSON
        local = f"{called}_search".replace("-", "_")
        TerraformLocal(here.stack, local, name)
        name = f"${{local.{local}}}"
    arn = f"arn:{partition(here.region)}"
    statement = {
        "Sid": "ByPoliciesOfThisAccount",
        "Effect": "Allow",
        "Principal": {"AWS": f"{arn}:iam::{here.account_id}:root"},
        "Action": list(ACTIONS),
        "Resource": f"{arn}:es:{here.region}:{here.account_id}:domain/{name}/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, sort_keys=True)


def _watched(settings: declared.Search, name: str, account_id: str) -> Iterator[Alarm]:
    """As AWS recommends (OpenSearch Service developer guide, "Recommended CloudWatch alarms"); not `yellow`, which a
    domain of one node always is where an index has replicas."""

    def alarm(
        word: str,
        metric: str,
        why: str,
        *,
        reaches: float | None = None,
        below: float | None = None,
        period: int = 60,
        periods: int = 1,
    ) -> Alarm:
        return Alarm(
            word=word,
            namespace="AWS/ES",
            metric=metric,
            dimensions={"ClientId": account_id, "DomainName": name},
            statistic="Maximum" if below is None else "Minimum",
            reaches=reaches,
            below=below,
            period=period,
            periods=periods,
            why=why,
        )

    yield alarm(
        "red",
        "ClusterStatus.red",
        "A part of an index is on no node: searches miss it, writes to it fail, and no snapshots are taken. Mostly a "
        "disk that is full, or nodes that had no memory left. After 14 days AWS's last snapshot is gone, too.",
        reaches=1,
    )
    yield alarm(
        "storage",
        "FreeStorageSpace",
        f"Less than a quarter of {settings.storage} GiB is free on a node, AWS's own number: with too little it takes "
        "no writes any more. Delete indices, or raise storage.",
        below=settings.storage * 1024 // 4,
    )
    yield alarm(
        "cpu",
        "CPUUtilization",
        "A node at 80% or more for three quarters of an hour, AWS's own number: a larger class, or more nodes.",
        reaches=80,
        period=900,
        periods=3,
    )
    yield alarm(
        "memory",
        "JVMMemoryPressure",
        "A node's Java heap at 95% or more, three minutes in a row, AWS's own number: it refuses requests soon, and "
        "may stop. Fewer shards, smaller bulks, or a larger class.",
        reaches=95,
        periods=3,
    )
