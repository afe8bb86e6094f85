"""Images from elsewhere: what pulling one asks of the role that starts the task, and the key to its registry."""

from __future__ import annotations

from collections.abc import Iterator

from modules.here import Here
from modules.iam import Statement
from tanada.declared.image import Elsewhere, built, reference, repository
from tanada.declared.secrets import Place, place
from tanada.regions import partition

PULLING = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


def pulled(image: Elsewhere | str, here: Here) -> str:
    """The image as ECS pulls it: of one that the system builds with the tag that is given at plan."""
    name = built(image)
    return f"{here.shared.registries[name].url}:{here.instance.images[name]}" if name else reference(image)


def pulling(image: Elsewhere | str, here: Here) -> Iterator[Statement]:
    """Permissions on the one repository, where it is ECR's; its authorization token has no resource to name (Service
    Authorization). Other registries ask IAM for nothing, nor does ECR's public one."""
    if name := built(image):
        arn = here.shared.registries[name].arn
    elif found := repository(reference(image)):
        arn = f"arn:{partition(found.region)}:ecr:{found.region}:{found.account}:repository/{found.name}"
    else:
        return
    yield Statement(actions=("ecr:GetAuthorizationToken",), resources=("*",))
    yield Statement(actions=PULLING, resources=(arn,))


def credentials(image: Elsewhere | str, here: Here) -> Place | None:
    """Where the key to its registry is kept."""
    if isinstance(image, str) or image.credentials is None:
        return None
    return place(image.credentials, partition(here.region), here.region, here.account_id)
