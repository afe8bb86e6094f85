"""Image registries."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.ecr_lifecycle_policy import EcrLifecyclePolicy
from cdktf_cdktf_provider_aws.ecr_repository import (
    EcrRepository,
    EcrRepositoryEncryptionConfiguration,
    EcrRepositoryImageScanningConfiguration,
)
from cdktf_cdktf_provider_aws.ecr_repository_policy import EcrRepositoryPolicy
from constructs import Construct

from tanada.contract.common import Registry
from tanada.regions import dns_suffix, partition

UNTAGGED_DAYS = 14


class ImageRegistry(Construct):
    """One ECR repository: a tag never changes its image unless that is said, each push is scanned, leftovers go."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        mutable: bool,
        keep: bool,
        region: str,
        pulled_by: Sequence[str] = (),
    ) -> None:
        """`pulled_by` are the numbers of other AWS accounts whose environments run it."""
        super().__init__(scope, id)
        repository = EcrRepository(
            self,
            "repository",
            name=name,
            image_tag_mutability="MUTABLE" if mutable else "IMMUTABLE",
            image_scanning_configuration=EcrRepositoryImageScanningConfiguration(scan_on_push=True),
            # Without a key of ours: the key that AWS manages, at no price.
            encryption_configuration=[EcrRepositoryEncryptionConfiguration(encryption_type="KMS")],
            force_delete=not keep,
            tags={"Name": name},
            # Tasks are started from its images, and none of them is anywhere else.
            lifecycle=TerraformResourceLifecycle(prevent_destroy=keep),
        )
        EcrLifecyclePolicy(
            self,
            "lifecycle",
            repository=repository.name,
            # Tagged images stay: ECR does not know which ones tasks still run.
            policy=json.dumps(
                {
                    "rules": [
                        {
                            "rulePriority": 1,
                            "description": "Layers that no tag names any more",
                            "selection": {
                                "tagStatus": "untagged",
                                "countType": "sinceImagePushed",
                                "countUnit": "days",
                                "countNumber": UNTAGGED_DAYS,
                            },
                            "action": {"type": "expire"},
                        }
                    ]
                },
                sort_keys=True,
            ),
        )
        if pulled_by:
            EcrRepositoryPolicy(
                self, "policy", repository=repository.name, policy=_letting_pull(pulled_by, partition(region))
            )
        self.contract = Registry(url=repository.repository_url, arn=repository.arn)


PULLING = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


def _letting_pull(accounts: Sequence[str], partition: str) -> str:
    """That these accounts may pull, and list its tags, which a plan looks for; which of their roles do, each account
    says itself (Amazon ECR user guide, "Private repository policies")."""
    principals = [f"arn:{partition}:iam::{account}:root" for account in accounts]
    statement = {
        "Sid": "PulledByAccountsOfThisSystem",
        "Effect": "Allow",
        # One is a text: as AWS gives it back.
        "Principal": {"AWS": principals[0] if len(principals) == 1 else principals},
        "Action": sorted((*PULLING, "ecr:ListImages")),
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, sort_keys=True)


def existing(name: str, *, account_id: str, region: str) -> Registry:
    """A repository that somebody else keeps, composed as text: nothing is made of it, and nothing of it is read (Amazon
    ECR user guide, "Amazon ECR private repositories", for its address; Service Authorization Reference for its ARN)."""
    return Registry(
        url=f"{account_id}.dkr.ecr.{region}.{dns_suffix(region)}/{name}",
        arn=f"arn:{partition(region)}:ecr:{region}:{account_id}:repository/{name}",
    )
