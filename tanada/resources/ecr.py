"""ECR: image registries."""

from __future__ import annotations

from tanada.resources.cost import SETTING, ByUse
from tanada.resources.entry import Resource, arn, read, replaceable
from tanada.resources.refusal import Call, Refusal, World, taken
from tanada.resources.request import made_by


def _has_images(call: Call, world: World) -> bool:
    """Whether a task was ever defined with an image of it: then one was pushed, and nobody deletes it."""
    if call.action != "delete" or call.values.get("force_delete") is True:
        return False
    name = f"{call.values.get('repository_url')}:"
    return any(name in str(each) for each in world.living("aws_ecs_task_definition", ever=True))


RESOURCES = (
    replaceable(
        "aws_ecr_lifecycle_policy",
        read("ecr/lifecycle_policy.go", "00a35305", "policy repository"),
        SETTING,
        computed={"id": "{repository}", "registry_id": "{account}"},
        fills={},
        request=made_by(
            "ecr",
            "PutLifecyclePolicy",
            "AWS::ECR::Repository",
            repository="repositoryName",
            policy="lifecyclePolicyText",
        ),
        reads=("ecr:GetLifecyclePolicy",),
        changes=(
            "ecr:DeleteLifecyclePolicy",
            "ecr:PutLifecyclePolicy",
        ),
    ),
    replaceable(
        "aws_ecr_repository_policy",
        read("ecr/repository_policy.go", "004b82ba", "repository"),
        SETTING,
        computed={"id": "{repository}", "registry_id": "{account}"},
        fills={},
        request=made_by(
            "ecr",
            "SetRepositoryPolicy",
            "AWS::ECR::Repository",
            repository="repositoryName",
            policy="policyText",
        ),
        reads=("ecr:GetRepositoryPolicy",),
        changes=(
            "ecr:DeleteRepositoryPolicy",
            "ecr:SetRepositoryPolicy",
        ),
    ),
    Resource(
        type="aws_ecr_repository",
        lost="image registry",
        kept=True,  # tasks are started from its images; AWS deletes none that holds any unless force_delete says so
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
        refusals=(
            taken(
                "aws_ecr_repository",
                "name",
                "RepositoryAlreadyExistsException",
                "The repository with name '{name}' already exists in the registry with id '{account}'",
                "ECR API reference, CreateRepository; CircleCI-Public/aws-ecr-orb#22",
            ),
            Refusal(
                code="RepositoryNotEmptyException",
                sentence="The repository with name '{name}' in registry with id '{registry_id}' cannot be deleted "
                "because it still contains images",
                source="ECR API reference, DeleteRepository; hashicorp/terraform-provider-aws#33523",
                holds=_has_images,
                watches={"aws_ecs_task_definition": ("container_definitions",)},
                ever=True,
            ),
        ),
        fills={},
        request=made_by("ecr", "CreateRepository", "AWS::ECR::Repository", name="repositoryName"),
        reads=(
            "ecr:DescribeRepositories",
            "ecr:ListImages",  # not a refresh: a plan looks whether its tag is there
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
    ),
)
