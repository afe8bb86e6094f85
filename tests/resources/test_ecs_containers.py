"""The members of a container definition are botocore's."""

from __future__ import annotations

from typing import Any

import botocore.session
from botocore.model import Shape

from tanada.resources.ecs_containers import MEMBERS


def type_of(shape: Shape) -> Any:
    """A shape as Terraform writes types."""
    inner: Any = shape
    match shape.type_name:
        case "structure":
            return ["object", {name: type_of(each) for name, each in inner.members.items()}]
        case "list":
            return ["list", type_of(inner.member)]
        case "map":
            return ["map", type_of(inner.value)]
        case "string":
            return "string"
        case "boolean":
            return "bool"
        case _:
            return "number"


def test_each_member_and_its_type_is_the_services_own() -> None:
    model = botocore.session.get_session().get_service_model("ecs")
    assert type_of(model.shape_for("ContainerDefinition")) == ["object", MEMBERS]
