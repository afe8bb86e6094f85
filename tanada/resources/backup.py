"""AWS Backup: vaults, plans, and what they take."""

from __future__ import annotations

from tanada.resources.cost import SETTING, ByUse, Free
from tanada.resources.entry import Resource, arn, read, replaceable
from tanada.resources.refusal import Call, Refusal, World, at, in_use, taken
from tanada.resources.request import made_by

_TAGS = ("backup:TagResource", "backup:UntagResource")
_LISTED = "backup:ListTags"
_PLAN = "BackupPlan"
_RULES = f"{_PLAN}.Rules"
_SELECTION = "BackupSelection"


def _too_soon(call: Call, _world: World) -> bool:
    """AWS Backup developer guide, "Backup plan options and configuration": an hour at least."""
    windows = () if call.action == "delete" else at(call.values, "rule.start_window")
    return any(isinstance(each, int) and each < 60 for each in windows)


def _short_in_the_cold(call: Call, _world: World) -> bool:
    """What went into cold storage stays there for 90 days (API reference, Lifecycle)."""
    for each in () if call.action == "delete" else at(call.values, "rule.lifecycle"):
        cold, deleted = each.get("cold_storage_after"), each.get("delete_after")
        if isinstance(cold, int) and isinstance(deleted, int) and cold and deleted and deleted < cold + 90:
            return True
    return False


def _out_of_bounds(call: Call, world: World) -> bool:
    """A vault that is locked takes no copy whose time lies outside."""
    if call.action == "delete":
        return False
    for lock in world.living("aws_backup_vault_lock_configuration"):
        least, most = lock.get("min_retention_days"), lock.get("max_retention_days")
        for rule in at(call.values, "rule"):
            days = [each for each in at(rule, "lifecycle.delete_after") if isinstance(each, int)]
            name = rule.get("target_vault_name")
            if isinstance(name, str) and name == lock.get("backup_vault_name"):
                if isinstance(least, int) and any(each < least for each in days):
                    return True
                if isinstance(most, int) and any(each > most for each in days):
                    return True
    return False


RESOURCES = (
    Resource(
        type="aws_backup_vault",
        lost="backup vault",
        kept=True,  # the copies that are there when all else is gone
        replaces=read("backup/vault.go", "050ac111", "kms_key_arn name"),
        cost=ByUse("stored and restored bytes"),
        defaults={"force_destroy": False},
        computed={
            "id": "{name}",
            "arn": arn("backup", "backup-vault:{name}"),
            "kms_key_arn": arn("kms", "key/{uuid}"),
            "recovery_points": 0,
        },
        refusals=(
            in_use(
                "InvalidRequestException",
                "Backup vault cannot be deleted because it contains recovery points.",
                "AWS Backup developer guide, Deleting a backup vault; gruntwork-io/cloud-nuke#730",
                "aws_backup_plan rule.target_vault_name",
                mine="name",
                unless="force_destroy",
                ever=True,
            ),
            taken(
                "aws_backup_vault",
                "name",
                "AlreadyExistsException",
                "Backup vault with the same name already exists",
                "AWS Backup API reference, CreateBackupVault; the sentence is ours",
            ),
        ),
        fills={},
        request=made_by("backup", "CreateBackupVault", "AWS::Backup::BackupVault", name="BackupVaultName"),
        reads=("backup:DescribeBackupVault", _LISTED),
        changes=(
            "backup-storage:MountCapsule",
            "backup:CreateBackupVault",
            "backup:DeleteBackupVault",
            "backup:DeleteRecoveryPoint",
            "backup:DescribeRecoveryPoint",
            "backup:ListRecoveryPointsByBackupVault",
            *_TAGS,
        ),
    ),
    replaceable(
        "aws_backup_vault_policy",
        read("backup/vault_policy.go", "01606926", "backup_vault_name"),
        SETTING,
        computed={"id": "{backup_vault_name}", "backup_vault_arn": arn("backup", "backup-vault:{backup_vault_name}")},
        fills={},
        request=made_by("backup", "PutBackupVaultAccessPolicy", ""),
        reads=("backup:GetBackupVaultAccessPolicy",),
        changes=("backup:DeleteBackupVaultAccessPolicy", "backup:PutBackupVaultAccessPolicy"),
    ),
    replaceable(
        "aws_backup_vault_lock_configuration",
        read(
            "backup/vault_lock_configuration.go",
            "01606926",
            "backup_vault_name changeable_for_days max_retention_days min_retention_days",
        ),
        SETTING,
        computed={"id": "{backup_vault_name}", "backup_vault_arn": arn("backup", "backup-vault:{backup_vault_name}")},
        fills={},
        request=made_by("backup", "PutBackupVaultLockConfiguration", ""),
        reads=("backup:DescribeBackupVault",),
        changes=("backup:DeleteBackupVaultLockConfiguration", "backup:PutBackupVaultLockConfiguration"),
    ),
    replaceable(
        "aws_backup_plan",
        read("backup/plan.go", "01f43111", "name"),
        Free("what it copies is counted by the vault"),
        defaults={
            "rule.completion_window": 180,
            "rule.enable_continuous_backup": False,
            "rule.schedule_expression_timezone": "Etc/UTC",
            "rule.start_window": 60,
        },
        computed={"id": "{uuid}", "arn": arn("backup", "backup-plan:{id}"), "version": "{hex17}"},
        computed_in_blocks={"rule.lifecycle.opt_in_to_archive_for_supported_resources": False},
        recomputed={"rule": ("version",)},
        refusals=(
            in_use(
                "InvalidRequestException",
                "Related backup plan selections must be deleted prior to backup plan deletion",
                "internal/service/backup/plan.go of the provider retries by it; hashicorp/terraform-provider-aws#7362",
                "aws_backup_selection plan_id",
            ),
            Refusal(
                code="InvalidParameterValueException",
                sentence="Invalid start window. Start window must be at least 60 minutes.",
                source='AWS Backup developer guide, "Backup plan options and configuration"; the sentence is ours',
                holds=_too_soon,
            ),
            Refusal(
                code="InvalidParameterValueException",
                sentence="DeleteAfterDays must be at least 90 days later than MoveToColdStorageAfterDays",
                source="AWS Backup API reference, Lifecycle; the sentence is ours",
                holds=_short_in_the_cold,
            ),
            Refusal(
                code="InvalidParameterValueException",
                sentence="The retention of a rule lies outside of what the locked vault takes",
                source='AWS Backup developer guide, "AWS Backup Vault Lock"; the sentence is ours',
                holds=_out_of_bounds,
                watches={
                    "aws_backup_vault_lock_configuration": (
                        "backup_vault_name",
                        "max_retention_days",
                        "min_retention_days",
                    )
                },
            ),
        ),
        fills={},
        request=made_by(
            "backup",
            "CreateBackupPlan",
            "AWS::Backup::BackupPlan",
            name=f"{_PLAN}.BackupPlanName",
            rule=_RULES,
            rule__completion_window=f"{_RULES}.CompletionWindowMinutes",
            rule__lifecycle__delete_after=f"{_RULES}.Lifecycle.DeleteAfterDays",
            rule__schedule=f"{_RULES}.ScheduleExpression",
            rule__start_window=f"{_RULES}.StartWindowMinutes",
            rule__target_vault_name=f"{_RULES}.TargetBackupVaultName",
        ),
        reads=("backup:GetBackupPlan", _LISTED),
        changes=("backup:CreateBackupPlan", "backup:DeleteBackupPlan", "backup:UpdateBackupPlan", *_TAGS),
    ),
    replaceable(
        "aws_backup_selection",
        read(
            "backup/selection.go",
            "00a35305",
            "condition iam_role_arn name not_resources plan_id resources selection_tag",
        ),
        SETTING,
        computed={"id": "{uuid}", "not_resources": []},
        fills={},
        request=made_by(
            "backup",
            "CreateBackupSelection",
            "AWS::Backup::BackupSelection",
            name=f"{_SELECTION}.SelectionName",
            iam_role_arn=f"{_SELECTION}.IamRoleArn",
            plan_id="BackupPlanId",
            resources=f"{_SELECTION}.Resources",
        ),
        reads=("backup:GetBackupSelection",),
        changes=("backup:CreateBackupSelection", "backup:DeleteBackupSelection"),
        passes_roles_to=("backup.amazonaws.com",),
    ),
)
