"""What all models of a declaration are: frozen and strict; and what every named part of an environment must say."""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap
from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from tanada import models
from tanada.declared.fields import Name

models.stand_in()


class Model(BaseModel):
    """A field stands in a model only when it has an effect on what is emitted."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """With what each field means, for editors."""
        made = handler(schema)
        properties = handler.resolve_ref_schema(made).get("properties", {})
        for name, text in meanings(cls).items():
            alias = cls.model_fields[name].alias or name
            if alias in properties:
                properties[alias]["description"] = text
        return made

    SHORT: ClassVar[Callable[[str], Mapping[str, str]] | None] = None
    """The fields that a bare text stands for, where it may be written so and a mapping may be laid over it."""
    EITHER: ClassVar[Collection[str]] = ()
    """Fields of which one takes the place of another that was said by a bare text."""

    def bare(self) -> str | None:
        """The one text that it may be written as; None where it has no such form, or says more."""
        return None


def meanings(model: type[BaseModel]) -> dict[str, str]:
    """What each field means: the text below it in the model's source.

    Read when it is asked for, by schemas and guides alone; pydantic would read every model's source at each start
    (`use_attribute_docstrings`), a sixth of what importing them takes.
    """
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if not issubclass(each, BaseModel) or each is BaseModel:
            continue
        (body,) = ast.parse(textwrap.dedent(inspect.getsource(each))).body
        assert isinstance(body, ast.ClassDef)
        for pair in itertools.pairwise(body.body):
            match pair:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    found[name] = inspect.cleandoc(text)
    return {name: text for name, text in found.items() if name in model.model_fields}


@dataclass(frozen=True, slots=True)
class Default:
    """What a field is in an environment of a protected account, where the declaration does not say."""

    field: tuple[str, ...]
    value: str
    reason: str
    having: tuple[str, ...] = ()
    """Only where the part says one of these fields …"""
    unless: tuple[str, str] | None = None
    """… and not where this field has this value …"""
    without: tuple[str, ...] = ()
    """… nor where the part says one of these."""


@dataclass(frozen=True, slots=True)
class Need:
    """What one part uses up of what AWS limits; tests/capabilities holds it to what the construct emits."""

    type: str
    """The Terraform type that is counted: `aws_iam_role`; of what ECS makes itself, that which it does without."""
    number: int
    load_balancer: str | None = None
    """Which one, of what AWS counts by load balancer."""


class Kind(Model):
    """What a part of an environment is: a service, a table. Each subclass must say all of this."""

    PROTECTED: ClassVar[tuple[Default, ...]]
    """Its defaults in a protected account."""
    WORDS: ClassVar[Mapping[str, str]]
    """What texts may say of it, and what that stands for: `url` for `{backend.url}`. Its construct gives the values, of
    exactly these."""
    ACCESS: ClassVar[Sequence[str]] = ()
    """What its callers may ask for of its permissions (`access`); none where it has no permissions."""

    SECRETS: ClassVar[Mapping[str, str]] = {}
    """What `secrets` alone may say of it: its construct gives where each is kept."""
    IN_VPC: ClassVar[bool] = False
    """Whether it stands in the VPC's private subnets."""
    PASSWORD: ClassVar[bool] = False
    """Whether an apply makes a password that no state holds, and writes it in two places: both carry a number
    (`store_versions`), so that both are written again from one value. `has_password` says it of one."""

    PUBLIC: ClassVar[Mapping[str, str]] = {}
    """What texts may say of one that is public, whoever they belong to: no way into the network is needed for that."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        for name in ("PROTECTED", "WORDS"):
            if not hasattr(cls, name):
                raise TypeError(f"{cls.__name__} doesn't say its {name}; an empty one where it has none")

    def made(self) -> bool:
        """Whether anything is made of it; not of what is there already."""
        return getattr(self, "existing", None) is None

    def has_password(self) -> bool:
        """Whether this one has such a password."""
        return self.PASSWORD

    def words(self) -> Sequence[str]:
        """The words that others may use of it: none where they can't reach it."""
        return () if self.closed() else tuple(self.WORDS)

    def secret_words(self) -> Sequence[str]:
        """The words that secrets alone may use of it."""
        return () if self.closed() else tuple(self.SECRETS)

    def passwords(self) -> Sequence[str]:
        """What of it has such a password: empty text for itself, else the databases in it."""
        return ("",) if self.has_password() else ()

    def public_words(self) -> Sequence[str]:
        """The words that texts may use of it without reaching it: none where it isn't public."""
        return ()

    @abstractmethod
    def needs(self) -> Sequence[Need]:
        """What it uses up of what AWS limits."""

    def asks(self) -> set[str]:
        """Actions that roles beside it are given and no resource's entry names."""
        return set()

    @abstractmethod
    def closed(self) -> str | None:
        """The field that is missing so that others could reach it; None where they can."""


def _names(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


RenamedFrom = Annotated[tuple[Name, ...], BeforeValidator(_names, json_schema_input_type=Name | tuple[Name, ...])]
"""What a part was called before, the oldest name first; a bare name is a list of one."""
