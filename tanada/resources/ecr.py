"""ECR: image registries."""

from __future__ import annotations

from tanada.resources.cost import SETTING, ByUse
from tanada.resources.entry import Resource, arn, read, replaceable

RESOURCES = (
    replaceable(
        "aws_ecr_lifecycle_policy",
        read("ecr/lifecycle_policy.go", "00a35305", "policy repository"),
        SETTING,
        computed={"id": "{repository}", "registry_id": "{account}"},
        reads=("ecr:GetLifecyclePolicy",),
        changes=(
            "ecr:DeleteLifecyclePolicy",
            "ecr:PutLifecyclePolicy",
        ),
    ),
    Resource(
        type="aws_ecr_repository",
        lost="image registry",
        kept=False,  # images can be built again; AWS deletes none that holds images unless force_delete says so
        replaces=read("ecr/repository.go", "0072eea2", "encryption_configuration name"),
        cost=ByUse("stored bytes"),
        defaults={"encryption_configuration.encryption_type": "AES256", "image_tag_mutability": "MUTABLE"},
        computed={
            "id": "{name}",
            "arn": arn("ecr", "repository/{name}"),
            "registry_id": "{account}",
            "repository_url": "{account}.dkr.ecr.{region}.{suffix}/{name}",
        },
        max_items={"image_tag_mutability_exclusion_filter": 5},
        data_actions=("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
        reads=(
            "ecr:DescribeRepositories",
            "ecr:ListTagsForResource",
        ),
        changes=(
            "ecr:CreateRepository",
            "ecr:DeleteRepository",
            "ecr:PutImageScanningConfiguration",
            "ecr:PutImageTagMutability",
            "ecr:TagResource",
            "ecr:UntagResource",
        ),
        uses=(
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetAuthorizationToken",
            "ecr:GetDownloadUrlForLayer",
        ),
    ),
)
