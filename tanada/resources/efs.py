"""EFS: file systems, the ways into them, and what is mounted of them."""

from __future__ import annotations

from tanada.resources.cost import SETTING, ByUse
from tanada.resources.entry import Resource, arn, read, replaceable
from tanada.resources.refusal import Call, Refusal, World, in_use
from tanada.resources.request import made_by


def _zone_taken(call: Call, world: World) -> bool:
    """Another mount target of the file system stands in the zone of its subnet."""
    if call.action != "create":
        return False
    zones = {each.get("id"): each.get("availability_zone") for each in world.living("aws_subnet")}
    files, subnet = call.values.get("file_system_id"), call.values.get("subnet_id")
    own = zones.get(subnet)
    others = [
        each.get("subnet_id")
        for each in world.living("aws_efs_mount_target")
        if isinstance(files, str) and each.get("file_system_id") == files
    ]
    return any(each == subnet or (own is not None and zones.get(each) == own) for each in others if each)


_TAGS = ("elasticfilesystem:TagResource", "elasticfilesystem:UntagResource")
_LISTED = "elasticfilesystem:ListTagsForResource"

RESOURCES = (
    Resource(
        type="aws_efs_file_system",
        lost="file system",
        kept=True,
        replaces=read(
            "efs/file_system.go",
            "0389f467",
            "availability_zone_name creation_token encrypted kms_key_id performance_mode",
        ),
        cost=ByUse("stored bytes"),
        defaults={"throughput_mode": "bursting"},
        max_items={"lifecycle_policy": 3},
        computed={
            "id": "fs-{hex17}",
            "arn": arn("elasticfilesystem", "file-system/{id}"),
            "dns_name": "{id}.efs.{region}.{suffix}",
        },
        refusals=(
            in_use(
                "FileSystemInUse",
                "The file system {id} has mount targets created in it",
                "EFS API reference, DeleteFileSystem; the sentence is ours",
                "aws_efs_mount_target file_system_id",
            ),
        ),
        fills={},
        request=made_by(
            "efs",
            "CreateFileSystem PutLifecycleConfiguration",
            "AWS::EFS::FileSystem",
            adds="CreationToken FileSystemId",
            lifecycle_policy="LifecyclePolicies",
            lifecycle_policy__transition_to_ia="LifecyclePolicies.TransitionToIA",
        ),
        reads=(
            "elasticfilesystem:DescribeFileSystems",
            "elasticfilesystem:DescribeLifecycleConfiguration",
            _LISTED,
        ),
        changes=(
            "elasticfilesystem:CreateFileSystem",
            "elasticfilesystem:DeleteFileSystem",
            "elasticfilesystem:PutLifecycleConfiguration",
            "elasticfilesystem:UpdateFileSystem",
            "elasticfilesystem:UpdateFileSystemProtection",
            *_TAGS,
        ),
    ),
    replaceable(
        "aws_efs_mount_target",
        read("efs/mount_target.go", "0593466d", "file_system_id ip_address ip_address_type ipv6_address subnet_id"),
        SETTING,
        computed={"id": "fsmt-{hex17}", "network_interface_id": "eni-{hex17}"},
        fills={},
        refusals=(
            Refusal(
                code="MountTargetConflict",
                sentence="mount target already exists in this AZ",
                source="hashicorp/terraform-provider-aws#2525",
                holds=_zone_taken,
                watches={
                    "aws_efs_mount_target": ("file_system_id", "subnet_id"),
                    "aws_subnet": ("id", "availability_zone"),
                },
            ),
        ),
        request=made_by("efs", "CreateMountTarget", "AWS::EFS::MountTarget"),
        reads=("elasticfilesystem:DescribeMountTargetSecurityGroups", "elasticfilesystem:DescribeMountTargets"),
        changes=(
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:ModifyNetworkInterfaceAttribute",
            "elasticfilesystem:CreateMountTarget",
            "elasticfilesystem:DeleteMountTarget",
            "elasticfilesystem:ModifyMountTargetSecurityGroups",
        ),
    ),
    replaceable(
        "aws_efs_access_point",
        read("efs/access_point.go", "01606926", "file_system_id posix_user root_directory"),
        SETTING,
        computed={
            "id": "fsap-{hex17}",
            "arn": arn("elasticfilesystem", "access-point/{id}"),
            "file_system_arn": arn("elasticfilesystem", "file-system/{file_system_id}"),
        },
        fills={},
        request=made_by("efs", "CreateAccessPoint", "AWS::EFS::AccessPoint", adds="ClientToken"),
        reads=("elasticfilesystem:DescribeAccessPoints", _LISTED),
        changes=("elasticfilesystem:CreateAccessPoint", "elasticfilesystem:DeleteAccessPoint", *_TAGS),
    ),
    replaceable(
        "aws_efs_backup_policy",
        read("efs/backup_policy.go", "0053447c", "file_system_id"),
        SETTING,
        computed={"id": "{file_system_id}"},
        fills={},
        request=made_by("efs", "PutBackupPolicy", "AWS::EFS::FileSystem"),
        reads=("elasticfilesystem:DescribeBackupPolicy",),
        changes=("elasticfilesystem:PutBackupPolicy",),
    ),
)
