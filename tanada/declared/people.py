"""People who look at what an environment keeps: by a role that they take on, and by nothing else."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from tanada.declared.allow import Sources, is_name, open_to_all
from tanada.declared.fields import Flag, Name, expected
from tanada.declared.model import Model
from tanada.declared.operators import Person as Arn
from tanada.names import Names

SINGLE_SIGN_ON = ":role/aws-reserved/sso.amazonaws.com/"
"""In the ARN of a role of a permission set; its sessions never say whether there was a second factor (IAM user guide,
"AWS global condition context keys", aws:MultiFactorAuthPresent): IAM Identity Center asks for it itself."""


class Look(Model):
    """One store, and what of it."""

    name: Name
    """A store; a bare name is one that is read."""
    access: Literal["read", "write", "append"] = "read"
    """What of it they may do."""

    def bare(self) -> str | None:
        return self.name if self.access == "read" else None


def _look(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _some(value: Any) -> Any:
    if isinstance(value, list | tuple) and not value:
        raise expected("one at least")
    return value


class Person(Model):
    """A role of one environment, which those of `from` take on."""

    from_: Annotated[tuple[Arn, ...], BeforeValidator(_some), Field(alias="from")]
    """The ARNs of the roles or users who may take it on; of single sign-on those of its permission sets, with `*` for
    what AWS makes up."""
    reach: Annotated[
        tuple[Annotated[Look, BeforeValidator(_look, json_schema_input_type=Name | Look)], ...], BeforeValidator(_some)
    ]
    """Stores by name, which it reads: `reach: [mails]`, or `{name: mails, access: write}`."""
    mfa: Flag = False
    """Only who has shown a second factor; not of single sign-on, which asks for it itself and tells nobody."""
    addresses: Sources | None = None
    """Only from these addresses, or a set of `common.addresses`: `office`."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.mfa and (by := next((arn for arn in self.from_ if SINGLE_SIGN_ON in arn), None)) is not None:
            raise _wrong(
                f"{by} is of single sign-on, whose sessions don't say whether there was a second factor, so nobody "
                "could take the role on; ask for it in IAM Identity Center, and take mfa out"
            )
        if self.addresses is not None and open_to_all(self.addresses):
            raise _wrong("addresses lets everybody in, as if it weren't there; take it out")
        return self

    @property
    def set_names(self) -> tuple[str, ...]:
        """The sets that it names, in order."""
        return tuple(each for each in self.addresses or () if is_name(each))


def _wrong(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


def called(names: Names, person: str) -> str:
    """The role's name; no declared name holds a dot, so none of a service's roles is called so."""
    return names.limited(f"people.{person}", 64)
