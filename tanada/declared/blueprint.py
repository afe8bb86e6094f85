"""The blueprint, and its instances: permanent environments and review environments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from tanada.declared.fields import Domain, Name, Whole
from tanada.declared.model import Model
from tanada.declared.service import Service
from tanada.declared.store import Store

Part = Service | Store
"""What has a name in an environment."""


class Blueprint(Model):
    """What one environment consists of."""

    services: dict[Name, Service] = {}
    """ECS services by name."""
    stores: dict[Name, Store] = {}
    """What keeps data, by name."""

    def parts(self) -> Iterator[tuple[str, str, Part]]:
        """Group, name and part of all that it consists of."""
        for group in groups():
            for name, part in getattr(self, group).items():
                yield group, name, part


def groups() -> dict[str, type[Part]]:
    """The fields of a blueprint that hold parts by name, each with the parts' model."""
    fields: dict[str, Any] = {name: field.annotation for name, field in Blueprint.model_fields.items()}
    return {name: get_args(kind)[1] for name, kind in fields.items()}


class ImageTags(Model):
    """Where the tags of a first plan come from."""

    from_: Annotated[Name, Field(alias="from")]
    """The environment that runs them."""


class Environment(Blueprint):
    """A permanent instance of the blueprint, merged with what differs."""

    account: Name
    """One of the system's accounts."""
    domain: Domain
    """Where it answers; covered by one of the account's zones."""
    removal: Literal["keep", "delete"] = "keep"
    """`keep` refuses to destroy stores; to remove an environment say `delete`, apply, then destroy."""
    image_tags: ImageTags | None = None
    """Where tags come from of images that it has never run: `{from: test}` takes what test runs."""


Limit = Annotated[int, Whole(1, 100)]


class Review(Blueprint):
    """The review environments' declaration: any number of instances, one a Terraform workspace, always deletable."""

    account: Name
    """One of the system's accounts."""
    domain: Domain
    """Each answers at `<workspace>.<domain>`."""
    limit: Limit = 20
    """How many may hold something at a time; counted against AWS's limits by `tanada check`."""
