"""Beyond what no role of the system can, whoever made it: the boundary's policy document alone, no resource.

Which actions there are stands in the entries of `tanada/resources`; here is on what and on which condition.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from modules.ci_policies import service_of
from modules.iam import TASKS, Document, document, only
from tanada.declared import backup, publishers, sanitised
from tanada.declared.jobs import HANDING_ROLES
from tanada.declared.operators import MAKING_USERS
from tanada.resources import uses


def boundary(
    arn: str,
    system: str,
    account_id: str,
    asked: Collection[str] = (),
    existing_buckets: Collection[str] = (),
    *,
    published: bool = False,
    publishes: Collection[str] = (),
) -> Document:
    """The most that any role of the system can do, whatever its own policies say: what tasks do with what is emitted,
    and what is `asked` for by name, secrets and permissions: a person applies it, as CI can't change it. Who starts
    jobs hands their roles to tasks: those of the system, which have this boundary too, and no others.

    Where tasks write to sites, their roles are taken on, those of the AWS accounts `publishes` and no others; a role of
    a site that is `published` looks at its own tags.

    Of buckets the system's, but for its load balancers' logs, and those of others that are declared: not the states. Of
    secrets its stores' own; who declares a secret asks to read it.

    A list, not everything but IAM: CloudFormation, Lambda, Systems Manager and others hand out what other roles may do.
    A trust policy can't be held to a condition, so a role that trusts somebody outside is of no use to whoever comes
    with another provider's token (`aws:FederatedProvider` is there in the sessions of such alone; IAM's guide, "AWS
    global condition context keys"); sessions from another AWS account can't be told from those of tasks.
    """
    others = [action for action in uses() if service_of(action) not in ("s3", "secretsmanager")]
    buckets = [f"{system}-*", *sorted(existing_buckets)]
    apart = {*backup.ASKED} - {*others} if backup.BACKS_UP in asked else set()
    return document(
        {
            "Sid": "WhatTasksDo",
            "Effect": "Allow",
            "Action": sorted({*others, *(set(asked) - apart)} - {HANDING_ROLES, MAKING_USERS, sanitised.COPIES}),
            "Resource": "*",
        },
        *([_handing(f"{arn}:iam::{account_id}:role/{system}/*")] if HANDING_ROLES in asked else []),
        *(_sanitising(arn, system, account_id) if sanitised.COPIES in asked else []),
        *(_backing_up(arn, system, account_id) if backup.BACKS_UP in asked else []),
        *(_publishing(arn, system, account_id, published, publishes)),
        {
            "Sid": "WithBuckets",
            "Effect": "Allow",
            "Action": [action for action in uses() if service_of(action) == "s3"],
            "Resource": [f"{arn}:s3:::{name}{what}" for name in buckets for what in ("", "/*")],
        },
        {
            "Sid": "WithSecrets",
            "Effect": "Allow",
            "Action": [action for action in uses() if service_of(action) == "secretsmanager"],
            "Resource": f"{arn}:secretsmanager:*:{account_id}:secret:{system}/*/credentials-??????",
        },
        {
            "Sid": "NotWithLogs",
            "Effect": "Deny",
            "Action": "s3:*",
            "Resource": f"{arn}:s3:::{system}-logs-{account_id}-*",
        },
        {
            "Sid": "NobodyWithAToken",
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {"Null": {"aws:FederatedProvider": "false"}},
        },
    )


def _handing(roles: str) -> Document:
    return {
        "Sid": "HandRolesToTasks",
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": roles,
        "Condition": {"StringEquals": {"iam:PassedToService": TASKS}},
    }


def _publishing(
    arn: str, system: str, account_id: str, published: bool, publishes: Collection[str]
) -> Iterator[Document]:
    def roles(account: str) -> str:
        return f"{arn}:iam::{account}:role{publishers.path(system)}*"

    if published:
        yield {
            "Sid": "KnowTheirSite",
            "Effect": "Allow",
            "Action": "iam:ListRoleTags",
            "Resource": roles(account_id),
        }
    if publishes:
        yield {
            "Sid": "PublishToSites",
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Resource": only([roles(account) for account in sorted(publishes)]),
        }


def _sanitising(arn: str, system: str, account_id: str) -> list[Document]:
    """To restore databases, and to change, copy and delete what is called as the copies are, and no other."""
    changes = {action for each in sanitised.ACTIONS.values() for action in each}
    looks = {action for each in sanitised.LOOKING.values() for action in each}
    place = f"{arn}:rds:*:{account_id}:"
    copies = [f"{place}{kind}:{sanitised.BEGIN}*" for kind in ("cluster", "cluster-snapshot", "db", "snapshot")]
    with_them = [f"{place}{kind}:*" for kind in ("cluster-pg", "og", "pg", "subgrp")]
    return [
        {
            "Sid": "ChangeCopies",
            "Effect": "Allow",
            "Action": sorted(changes),
            "Resource": [*copies, *with_them],
        },
        {
            "Sid": "MakeCopies",
            "Effect": "Allow",
            "Action": sorted({*looks, *sanitised.RESTORING.values()}),
            "Resource": f"{place}*",
        },
        {
            "Sid": "SecretsOfCopies",
            "Effect": "Allow",
            "Action": sorted(sanitised.SECRETS),
            "Resource": f"{arn}:secretsmanager:*:{account_id}:secret:{system}/*/{sanitised.SECRET}/credentials-??????",
        },
    ]


def _backing_up(arn: str, system: str, account_id: str) -> list[Document]:
    """To copy what is kept, of buckets the system's alone, and to delete copies and nothing else."""
    limited = {*backup.BUCKETS, *backup.OBJECTS, *backup.RULES}
    old = {*backup.OLD_TABLES, *backup.OLD_SNAPSHOTS, *backup.OLD_CLUSTER_SNAPSHOTS}
    snapshots = [f"{arn}:rds:*:{account_id}:{kind}:{backup.SNAPSHOT}" for kind in ("cluster-snapshot", "snapshot")]
    return [
        {"Sid": "CopyStores", "Effect": "Allow", "Action": sorted(backup.ASKED - limited - old), "Resource": "*"},
        {
            "Sid": "CopyBuckets",
            "Effect": "Allow",
            "Action": sorted({*backup.BUCKETS, *backup.OBJECTS}),
            "Resource": f"{arn}:s3:::{system}-*",
        },
        {
            "Sid": "LearnOfChanges",
            "Effect": "Allow",
            "Action": sorted(backup.RULES),
            "Resource": f"{arn}:events:*:{account_id}:rule/{backup.RULE}",
        },
        {
            "Sid": "OldCopies",
            "Effect": "Allow",
            "Action": sorted(old),
            "Resource": [f"{arn}:dynamodb:*:{account_id}:table/*_{system}/backup/*", *snapshots],
        },
    ]
