"""EFS: file systems."""

from __future__ import annotations

from tanada.resources.cost import ByUse
from tanada.resources.entry import Resource, read

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
    ),
)
