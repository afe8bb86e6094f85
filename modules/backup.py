"""AWS Backup: a vault, what is copied into it and when, and the role that copies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, cast

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.backup_plan import BackupPlan, BackupPlanRule, BackupPlanRuleLifecycle
from cdktf_cdktf_provider_aws.backup_selection import BackupSelection
from cdktf_cdktf_provider_aws.backup_vault import BackupVault
from cdktf_cdktf_provider_aws.backup_vault_lock_configuration import BackupVaultLockConfiguration
from cdktf_cdktf_provider_aws.backup_vault_policy import BackupVaultPolicy
from constructs import Construct

from modules.alarms import Alarm, alarms_of
from modules.here import Here
from modules.iam import OF_SERVICES, Role, Statement, service_trust
from modules.store import Store
from tanada.declared import backup as declared
from tanada.regions import partition

_LONGEST = 50
"""Characters of a vault's, a plan's and a selection's name (AWS Backup API reference)."""
_START, _COMPLETE = 480, 7 * 24 * 60
"""Minutes in which a copy is begun, and made: AWS's own defaults. The provider's are an hour and three, in which RDS
takes none where its maintenance or its own backup begins, and a great bucket isn't copied."""
_GUARDED = (
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:DisassociateRecoveryPointFromParent",
    "backup:UpdateRecoveryPointLifecycle",
)
"""What ends a copy before its time; that it ends at its time is AWS Backup's own doing."""
_GUARDING = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "CopiesStay",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": list(_GUARDED),
                "Resource": "*",
            }
        ],
    },
    sort_keys=True,
)
"""Nobody ends a copy by hand: who may change this policy must take it away first. `*` is every copy in the vault whose
policy it is."""
_DAY = 24 * 60 * 60


class Kept(Protocol):
    """What the construct of a store that may be copied offers."""

    arn: str


def backup(here: Here, settings: declared.Backup, stores: Mapping[str, Store]) -> None:
    """The vault of a permanent environment, and the plan that fills it."""
    Backup(here.stack, "backup", settings, here, stores)


class Backup(Construct):
    """Encrypted by AWS's own key (`aws/backup`); under `keep` neither the vault can be destroyed nor a copy in it."""

    def __init__(
        self, scope: Construct, id: str, settings: declared.Backup, here: Here, stores: Mapping[str, Store]
    ) -> None:
        super().__init__(scope, id)
        keep = here.instance.keep and settings.removal == "keep"
        name = here.names.ours("backup", _LONGEST)
        vault = BackupVault(
            self,
            "vault",
            name=name,
            # Else one that holds a copy could never be destroyed.
            force_destroy=not keep,
            tags={"Name": name},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=keep),
        )
        if keep:
            BackupVaultPolicy(self, "policy", backup_vault_name=vault.name, policy=_GUARDING)
        if settings.lock:
            BackupVaultLockConfiguration(
                self,
                "lock",
                backup_vault_name=vault.name,
                min_retention_days=min(settings.kept.values()),
                max_retention_days=max(settings.kept.values()),
            )
        plan = BackupPlan(
            self,
            "plan",
            name=name,
            rule=[_rule(word, days, settings, vault.name) for word, days in settings.kept.items()],
            tags={"Name": name},
        )
        taken = {name: cast(Kept, stores[name]).arn for name in settings.takes(here.blueprint.stores)}
        kinds = {name: here.blueprint.stores[name].word for name in taken}
        role = Role(
            self,
            "copies",
            # A part may be called `backup`, and none has a dot in its name.
            name=here.names.limited("backup.plan", 64),
            path=f"/{here.names.system}/{OF_SERVICES}/",
            description="Copies what the environment keeps into its vault",
            trust=service_trust("backup.amazonaws.com", here.account_id),
            boundary=here.boundary,
            statements=_statements(here, vault.arn, taken, kinds),
        )
        BackupSelection(
            self,
            "stores",
            name="stores",
            plan_id=plan.id,
            iam_role_arn=role.arn,
            resources=list(taken.values()),
            # AWS asks the role itself what it may, when it is told of it (`tag:GetResources`).
            depends_on=role.policies,
        )
        alarms_of(self, here, "backup.plan", _watched(vault.name, settings))


def _rule(word: str, days: int, settings: declared.Backup, vault: str) -> BackupPlanRule:
    hour, minute = (int(each) for each in settings.at.split(":"))
    when = {"daily": "* * ?", "weekly": "? * SUN", "monthly": "1 * ?"}[word]
    return BackupPlanRule(
        rule_name=word,
        target_vault_name=vault,
        schedule=f"cron({minute} {hour} {when} *)",
        schedule_expression_timezone="Etc/UTC" if settings.time_zone == "UTC" else settings.time_zone,
        start_window=_START,
        completion_window=_COMPLETE,
        # Of what is left out AWS says no by itself, and each plan would show it: `rule` is a set.
        lifecycle=BackupPlanRuleLifecycle(delete_after=days, opt_in_to_archive_for_supported_resources=False),
    )


def _statements(here: Here, vault: str, taken: Mapping[str, str], kinds: Mapping[str, str]) -> Iterator[Statement]:
    """What copying these stores takes, and that AWS Backup takes away what is past its time by the same role."""
    aws = f"arn:{partition(here.region)}"
    place = f"{here.region}:{here.account_id}"

    def of(kind: str) -> tuple[str, ...]:
        return tuple(arn for name, arn in taken.items() if kinds[name] == kind)

    def rds(kind: str) -> tuple[str, ...]:
        return (f"{aws}:rds:{place}:{kind}:{declared.SNAPSHOT}",)

    buckets = of("bucket")
    yield Statement(declared.NOWHERE if buckets else ("tag:GetResources",), ("*",))
    yield Statement(declared.VAULT, (vault,))
    if tables := of("table"):
        yield Statement(declared.TABLES, tables)
        yield Statement(declared.OLD_TABLES, tuple(f"{each}/backup/*" for each in tables))
    if files := of("file_system"):
        yield Statement(declared.FILES, files)
    if databases := of("database"):
        yield Statement(declared.DATABASES, (*databases, *rds("snapshot")))
        yield Statement(declared.OLD_SNAPSHOTS, rds("snapshot"))
    if clusters := of("aurora"):
        yield Statement(declared.CLUSTERS, (*clusters, *rds("cluster-snapshot")))
        yield Statement(declared.OLD_CLUSTER_SNAPSHOTS, rds("cluster-snapshot"))
    if buckets:
        yield Statement(declared.BUCKETS, buckets)
        yield Statement(declared.OBJECTS, tuple(f"{each}/*" for each in buckets))
        yield Statement(declared.RULES, (f"{aws}:events:{place}:rule/{declared.RULE}",))
        yield Statement(declared.POINTS, (f"{aws}:backup:{place}:recovery-point:*",))


def _watched(vault: str, settings: declared.Backup) -> Sequence[Alarm]:
    """AWS Backup counts jobs by vault every five minutes."""

    def alarm(word: str, metric: str, why: str) -> Alarm:
        return Alarm(
            word=word,
            namespace="AWS/Backup",
            metric=metric,
            dimensions={"BackupVaultName": vault},
            statistic="Sum",
            above=0,
            why=why,
        )

    failed = alarm(
        "failed",
        "NumberOfBackupJobsFailed",
        "A copy failed, and the next one is a day away or more. Why: aws backup list-backup-jobs --by-state FAILED.",
    )
    expired = alarm(
        "expired",
        "NumberOfBackupJobsExpired",
        "A copy was not begun within eight hours, or not made within seven days: another one was still being made, or "
        "the database's own windows lay in the way.",
    )
    if settings.daily is None:
        return (failed, expired)
    none = Alarm(
        word="none",
        namespace="AWS/Backup",
        metric="NumberOfBackupJobsCompleted",
        dimensions={"BackupVaultName": vault},
        statistic="Sum",
        below=1,
        period=_DAY,
        periods=2,
        missing="breaching",
        why="Two days without a copy. It rings on the first day of a new vault, and is over with its first copies.",
    )
    return (failed, expired, none)
