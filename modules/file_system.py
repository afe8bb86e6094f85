"""File systems on EFS, which tasks mount."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.efs_access_point import (
    EfsAccessPoint,
    EfsAccessPointPosixUser,
    EfsAccessPointRootDirectory,
    EfsAccessPointRootDirectoryCreationInfo,
)
from cdktf_cdktf_provider_aws.efs_backup_policy import EfsBackupPolicy, EfsBackupPolicyBackupPolicy
from cdktf_cdktf_provider_aws.efs_file_system import EfsFileSystem, EfsFileSystemLifecyclePolicy
from cdktf_cdktf_provider_aws.efs_mount_target import EfsMountTarget
from constructs import Construct

from modules.alarms import Alarm, alarms
from modules.here import Here
from modules.iam import Statement
from modules.reachable import Door, Reachable, Volume
from modules.security_group import security_group
from tanada.declared import file_system as declared
from tanada.regions import partition

_FOLDER = "/data"
"""What of it is mounted: with the root itself nobody could be made its owner (EFS user guide, "Working with Amazon EFS
access points")."""


def file_system(scope: Construct, id: str, settings: declared.FileSystem, here: Here) -> FileSystem | ExistingFiles:
    """One of ours, or a way into one that is there already."""
    return (FileSystem if settings.existing is None else ExistingFiles)(scope, id, settings, here)


class FileSystem(Construct):
    """Encrypted, with a way in from each zone, mounted over TLS as one user by who has the permission; under `keep` it
    can't be destroyed."""

    def __init__(self, scope: Construct, id: str, settings: declared.FileSystem, here: Here) -> None:
        super().__init__(scope, id)
        called, keep = here.called(id), here.instance.keep
        name = here.names.joined(called)
        files = EfsFileSystem(
            self,
            "files",
            encrypted=True,
            # What nobody reads for a month costs a tenth, and is moved back where somebody does.
            lifecycle_policy=[
                EfsFileSystemLifecyclePolicy(transition_to_ia="AFTER_30_DAYS"),
                EfsFileSystemLifecyclePolicy(transition_to_primary_storage_class="AFTER_1_ACCESS"),
            ],
            tags={"Name": name},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=keep),
        )
        # To the end, as a table's restore points.
        plan = here.blueprint.backup
        planned = plan is not None and id in plan.takes(here.blueprint.stores)  # one copy a day is enough
        status = "ENABLED" if settings.backup and here.instance.permanent and not planned else "DISABLED"
        backup = EfsBackupPolicy(
            self, "backup", file_system_id=files.id, backup_policy=EfsBackupPolicyBackupPolicy(status=status)
        )
        group = security_group(
            self,
            "security_group",
            names=here.names,
            part=called,
            description=f"File system {called}",
            vpc_id=here.shared.vpc_id,
        )
        targets = [
            EfsMountTarget(
                self,
                f"target_{zone}",
                file_system_id=files.id,
                subnet_id=subnet,
                security_groups=[group],
            )
            for zone, subnet in enumerate(here.private_subnet_ids)
        ]
        user, owners = settings.owner
        point = EfsAccessPoint(
            self,
            "access_point",
            file_system_id=files.id,
            posix_user=EfsAccessPointPosixUser(uid=user, gid=owners),
            root_directory=EfsAccessPointRootDirectory(
                path=_FOLDER,
                creation_info=EfsAccessPointRootDirectoryCreationInfo(
                    owner_uid=user, owner_gid=owners, permissions="0755"
                ),
            ),
            tags={"Name": name},
        )
        alarms(
            self,
            here,
            id,
            [
                Alarm(
                    word="io",
                    namespace="AWS/EFS",
                    metric="PercentIOLimit",
                    dimensions={"FileSystemId": files.id},
                    statistic="Maximum",
                    above=95,
                    periods=3,
                    why="A quarter of an hour near what EFS does at a time: all wait. Fewer small files, or a cache.",
                ),
                Alarm(
                    word="credits",
                    namespace="AWS/EFS",
                    metric="BurstCreditBalance",
                    dimensions={"FileSystemId": files.id},
                    statistic="Minimum",
                    below=192 * 2**30,
                    periods=3,
                    why="Less than 192 GiB may be read or written faster than its size allows (2.1 TiB at first), half "
                    "an hour at 100 MiB/s; at none it falls to 50 KiB/s a GiB.",
                ),
            ],
        )
        self.aws_name, self.arn, self.beside = files.id, files.arn, (backup,)
        self.reachable = _mounted(Door(group, declared.PORT), files.arn, files.id, point, targets)


class ExistingFiles(Construct):
    """Of a file system that is there already a folder, mounted as one user: the access point alone is made."""

    def __init__(self, scope: Construct, id: str, settings: declared.FileSystem, here: Here) -> None:
        super().__init__(scope, id)
        self.aws_name, self.beside = str(settings.existing), ()
        name = here.names.joined(here.called(id))
        user, owners = settings.owner
        point = EfsAccessPoint(
            self,
            "access_point",
            file_system_id=self.aws_name,
            posix_user=EfsAccessPointPosixUser(uid=user, gid=owners),
            root_directory=EfsAccessPointRootDirectory(path=settings.folder),
            tags={"Name": name},
        )
        place = f"arn:{partition(here.region)}:elasticfilesystem:{here.region}:{here.account_id}"
        door = Door(str(settings.security_group), declared.PORT, ours=False)
        self.reachable = _mounted(door, f"{place}:file-system/{self.aws_name}", self.aws_name, point, ())


def _mounted(
    door: Door, arn: str, id_: str, point: EfsAccessPoint, targets: Sequence[ITerraformDependable]
) -> Reachable:
    return Reachable(
        words={},
        doors=(door,),
        places=(),
        access=(
            Statement(
                actions=("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"),
                resources=(arn,),
                condition={"StringEquals": {"elasticfilesystem:AccessPointArn": point.arn}},
            ),
        ),
        narrowed={},
        secrets={},
        # A task that can't mount never starts; one whose mount goes hangs.
        ready=targets,
        volume=Volume(id_, point.id),
    )
