"""Images from elsewhere: what pulling one asks of the role that starts the task, and the key to its registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modules.here import Here
from modules.iam import Statement
from modules.registry import PULLING
from tanada.declared.image import Elsewhere, built, reference, repository
from tanada.declared.secrets import Place, place
from tanada.regions import partition


def pulled(image: Elsewhere | str, here: Here) -> str:
    """The image as ECS pulls it: of one that the system builds with the tag that is given at plan."""
    name = built(image)
    return f"{here.shared.registries[name].url}:{here.instance.images[name]}" if name else reference(image)


def pulling(images: Iterable[Elsewhere | str], here: Here) -> Iterator[Statement]:
    """Permissions on these repositories alone, where they are ECR's; its authorization token has no resource to name
    (Service Authorization). Other registries ask IAM for nothing, nor does ECR's public one."""
    if arns := tuple(dict.fromkeys(arn for image in images if (arn := _repository(image, here)) is not None)):
        yield Statement(actions=("ecr:GetAuthorizationToken",), resources=("*",))
        yield Statement(actions=PULLING, resources=arns)


def _repository(image: Elsewhere | str, here: Here) -> str | None:
    if name := built(image):
        return here.shared.registries[name].arn
    if found := repository(reference(image)):
        return f"arn:{partition(found.region)}:ecr:{found.region}:{found.account}:repository/{found.name}"
    return None


def credentials(image: Elsewhere | str, here: Here) -> Place | None:
    """Where the key to its registry is kept."""
    if isinstance(image, str) or image.credentials is None:
        return None
    return place(image.credentials, partition(here.region), here.region, here.account_id)
