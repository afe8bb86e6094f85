"""What a team's own `extensions/<kind of stack>.py` is given and gives: the public face of stacks (docs/extensions.md).

What stands here stays: names are added, none is taken away or given another meaning without a line in CHANGELOG.md.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdktf import ITerraformDependable
from constructs import Construct

from modules.iam import Role, Statement, policy, service_trust
from modules.reachable import Door, Reachable
from modules.service import Service
from modules.store import Store
from modules.tasks import Task
from tanada import function_zips
from tanada.contract.common import CommonContract
from tanada.names import Names

if TYPE_CHECKING:
    from modules.jobs import Job  # its part of the provider takes longer than many a stack

__all__ = [
    "Code",
    "Common",
    "Door",
    "Environment",
    "Reachable",
    "Role",
    "Service",
    "Statement",
    "Store",
    "Task",
    "Whole",
    "code",
    "offer",
    "policy",
    "service_trust",
]


@dataclass(frozen=True)
class Common:
    """One account's common layer."""

    scope: Construct
    """Where its constructs go; their ids are their addresses: `LambdaFunction(it.scope, "pdf", …)` is
    `aws_lambda_function.pdf`."""
    account: str
    """The account's name in system.yaml."""
    account_id: str
    region: str
    protected: bool
    keep: bool
    """Whether what can't be made again is to be kept (`removal`)."""
    names: Names
    shared: CommonContract
    """What environments are given of it: the VPC, subnets, load balancers, the cluster, registries, zones."""


@dataclass(frozen=True)
class Environment:
    """One environment, permanent or review, before its services are made."""

    scope: Construct
    """Where its constructs go; their ids are their addresses."""
    name: str
    """`test`; in review a reference to `review-<workspace>`, known when it is applied."""
    domain: str
    """Where it answers; empty where it has none, in review a reference."""
    permanent: bool
    account_id: str
    region: str
    protected: bool
    keep: bool
    """Whether what can't be made again is to be kept (`removal`)."""
    names: Names
    """Makes names that no other environment has, within AWS's limits: `names.limited("pdf", 64)`."""
    shared: CommonContract
    """What its account's common layer gives, as references: `shared.vpc_id`, `shared.private_subnet_ids`,
    `shared.cluster_arn`, `shared.load_balancers["public"].listener_arn`."""
    groups: Mapping[str, str]
    """The id of the security group of each service, job and task."""
    stores: Mapping[str, Store]
    """What keeps data, by name: `stores["uploads"].aws_name`."""
    boundary: str | None
    """The policy beyond which no role can do anything, where CI applies: give it to each role."""


@dataclass(frozen=True)
class Whole(Environment):
    """The same once all is made."""

    services: Mapping[str, Service]
    """By name: `services["web"].service` is the EcsService, `.definition` its task definition."""
    tasks: Mapping[str, Task]
    jobs: Mapping[str, Job]


def offer(
    words: Mapping[str, str],
    *,
    access: Sequence[Statement] = (),
    doors: Sequence[Door] = (),
    places: Sequence[tuple[str, int]] = (),
    ready: Sequence[ITerraformDependable] = (),
) -> Reachable:
    """What `reach` leads to: `words` as the declaration names them; `access`, what whoever reaches it may do, by the
    actions that stand there; `doors`, opened in the network both ways, `places` (host and port) out alone; and what
    must be `ready` before whoever reaches it starts."""
    return Reachable(words=words, doors=doors, places=places, access=access, narrowed={}, secrets={}, ready=ready)


@dataclass(frozen=True)
class Code:
    """A function's code as a zip that is the same bytes wherever it is made."""

    content_base64: str
    """For `S3Object`: what Terraform runs on has no file of yours."""
    source_code_hash: str
    """For `LambdaFunction`."""
    version: str
    """Its beginning as a word for a key."""


def code(files: Mapping[str, str]) -> Code:
    """The zip of files, by their names, with their texts."""
    content = function_zips.zipped({name: text.encode() for name, text in files.items()})
    digest = function_zips.digest(content)
    word = base64.b64decode(digest).hex()[:16]
    return Code(base64.b64encode(content).decode(), digest, word)
