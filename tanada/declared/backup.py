"""Copies of what an environment keeps that outlive it: AWS Backup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tanada.declared.fields import Days, Flag, Name, Text
from tanada.declared.model import Model
from tanada.declared.schedule import TimeZone

if TYPE_CHECKING:
    from tanada.declared.store import Store

TAKEN = ("table", "bucket", "file_system", "database", "aurora")
"""Kinds of stores that it takes (AWS Backup developer guide, "Feature availability by resource")."""
_LONGEST = 36500
"""Days; an AWS::Backup::BackupVault's lock ends there (API reference, PutBackupVaultLockConfiguration), and whoever
writes more than a century means for ever."""
_DAYS = {"daily": 1, "weekly": 7, "monthly": 31}

BACKS_UP = "elasticfilesystem:Backup"
"""An action that roles of no other capability are given: who asks for it asks for all of these."""
NOWHERE = ("cloudwatch:GetMetricData", "events:ListRules", "s3:ListAllMyBuckets", "tag:GetResources")
"""What IAM knows no resource of (Service Authorization Reference)."""
TABLES = (
    "dynamodb:CreateBackup",
    "dynamodb:DescribeTable",
    "dynamodb:ListTagsOfResource",
    "dynamodb:StartAwsBackupJob",
)
OLD_TABLES = ("dynamodb:DeleteBackup", "dynamodb:DescribeBackup")
FILES = (BACKS_UP, "elasticfilesystem:DescribeTags")
DATABASES = (
    "rds:AddTagsToResource",
    "rds:CreateDBSnapshot",
    "rds:DescribeDBInstances",
    "rds:DescribeDBSnapshots",
    "rds:ListTagsForResource",
)
"""On what is copied, and on the copies: CreateDBSnapshot asks for both."""
OLD_SNAPSHOTS = ("rds:DeleteDBSnapshot",)
CLUSTERS = (
    "rds:AddTagsToResource",
    "rds:CreateDBClusterSnapshot",
    "rds:DescribeDBClusterSnapshots",
    "rds:DescribeDBClusters",
    "rds:ListTagsForResource",
)
OLD_CLUSTER_SNAPSHOTS = ("rds:DeleteDBClusterSnapshot",)
BUCKETS = (
    "s3:GetBucketAcl",
    "s3:GetBucketLocation",
    "s3:GetBucketNotification",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetInventoryConfiguration",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:ListTagsForResource",
    "s3:PutBucketNotification",
    "s3:PutInventoryConfiguration",
)
OBJECTS = (
    "s3:GetObject",
    "s3:GetObjectAcl",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
    "s3:GetObjectVersionAcl",
    "s3:GetObjectVersionTagging",
)
RULES = (
    "events:DeleteRule",
    "events:DescribeRule",
    "events:DisableRule",
    "events:EnableRule",
    "events:ListTargetsByRule",
    "events:PutRule",
    "events:PutTargets",
    "events:RemoveTargets",
)
"""By which AWS Backup learns what changed in a bucket."""
RULE = "AwsBackupManagedRule*"
"""What those rules are called."""
SNAPSHOT = "awsbackup:*"
"""What its snapshots of databases are called."""
VAULT = ("backup:DescribeBackupVault",)
POINTS = ("backup:TagResource",)
"""What AWS's own policies give a role that backs these kinds up, without what others need of it
(AWSBackupServiceRolePolicyForBackup v30, AWSBackupServiceRolePolicyForS3Backup v5), but there on everything of the
account."""
ASKED = frozenset(
    {
        *NOWHERE,
        *(*TABLES, *OLD_TABLES, *FILES),
        *(*DATABASES, *OLD_SNAPSHOTS, *CLUSTERS, *OLD_CLUSTER_SNAPSHOTS),
        *(*BUCKETS, *OBJECTS, *RULES, *VAULT, *POINTS),
    }
)
"""All that its role may do."""


def _sentence(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


_Kept = Annotated[int, Days(1, _LONGEST)]


class Backup(Model):
    """How long AWS Backup keeps copies of a permanent environment's stores, in a vault of its own: `{daily: 35d,
    monthly: 365d}`."""

    daily: _Kept | None = None
    """How long the copy of each day stays."""
    weekly: _Kept | None = None
    """How long that of each Sunday stays."""
    monthly: _Kept | None = None
    """How long that of the first of each month stays."""
    at: Annotated[str, Text(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", 'a time of day, in quotes, such as "03:00"')] = "03:00"
    """When it begins, in quotes; AWS starts each copy within eight hours of it."""
    time_zone: TimeZone = "UTC"
    """Where that is told, if not where the system's hours are."""
    except_: Annotated[tuple[Name, ...], Field(alias="except")] = ()
    """Stores of which none is taken, such as a bucket of what can be made again."""
    lock: Flag = False
    """Whether the vault refuses what deletes a copy before its time, or shortens it, whoever asks (governance mode:
    who may take the lock away can, and nobody else)."""
    removal: Literal["keep", "delete"] = "keep"
    """`delete`, applied, lets go of the vault with all copies in it, so that `backup` can be taken out."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.kept:
            raise _sentence("keeps nothing; say how long, such as daily: 35d")
        for word, days in self.kept.items():
            if days < _DAYS[word]:
                after = {"weekly": "week", "monthly": "month"}[word]
                raise _sentence(
                    f"{word}: {days}d is gone before the next {after}'s copy is there; say {_DAYS[word]}d at least"
                )
        return self

    @property
    def kept(self) -> Mapping[str, int]:
        """Which copies stay for how many days."""
        said = {"daily": self.daily, "weekly": self.weekly, "monthly": self.monthly}
        return {word: days for word, days in said.items() if days is not None}

    def takes(self, stores: Mapping[str, Store]) -> Iterator[str]:
        """The stores that are copied."""
        yield from (name for name, store in stores.items() if name not in self.except_ and may_take(store))


def may_take(store: Store) -> bool:
    """Whether a store can be copied: one that is made, of a kind that AWS Backup takes, and that doesn't say no."""
    return store.word in TAKEN and store.kind.made() and getattr(store.kind, "backup", True) is True
