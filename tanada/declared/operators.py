"""Who uploads to a site, below a prefix of its own: by a role that people take on, or by a user with a key."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tanada.declared.fields import Days, Text
from tanada.declared.model import Model
from tanada.names import Names

MAKING_USERS = "iam:CreateUser with the boundary"
"""What a site asks of who applies, where somebody uploads by a key."""
Prefix = Annotated[
    str,
    Text(
        r"^/([A-Za-z0-9_~@+-][A-Za-z0-9._~@+-]*/)*$",
        "a folder as the site serves it, such as /press/, with a slash at both ends; / is all of it",
        longest=255,
    ),
]
Person = Annotated[
    str,
    Text(
        r"^arn:aws(?:-cn|-us-gov)?:iam::[0-9]{12}:(role|user)/[A-Za-z0-9_+=,.@-][A-Za-z0-9_+=,.@/*-]*$",
        "the ARN of a role or a user, such as arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*/"
        "AWSReservedSSO_Design_*; * stands for any text, and not for all of an account",
        longest=512,
    ),
]


class Operator(Model):
    """Somebody who uploads with any S3 client, and brings back what was there before."""

    prefix: Prefix
    """Below what they upload: `/press/` as the site serves it, `/` is all of it."""
    by: Literal["role", "key"]
    """`role`: one that those of `from` take on. `key`: a user whose key `tanada people key` makes and renews; none
    stands in a state."""
    from_: Annotated[tuple[Person, ...], Field(alias="from")] = ()
    """Of `by: role`: the ARNs of the roles or users who may take it on; of single sign-on those of its permission sets,
    with `*` for what AWS makes up."""
    rotate: Annotated[int, Days(1, 365)] | None = None
    """Of `by: key`: after how long a key is called old: `90d`."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.by == "role" and not self.from_:
            raise _wrong("by: role needs who takes it on; say from: [arn:aws:iam::111111111111:role/design]")
        if self.by == "role" and self.rotate is not None:
            raise _wrong("a role has no key, so there is nothing to rotate; take rotate out")
        if self.by == "key" and self.from_:
            raise _wrong("from says who takes a role on, and this is by: key; take from out, or say by: role")
        if self.by == "key" and self.rotate is None:
            raise _wrong("by: key needs the age at which the key is renewed; say rotate: 90d")
        return self

    @property
    def keys(self) -> str:
        """How the keys of its objects begin."""
        return self.prefix.removeprefix("/")


def _wrong(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


def called(names: Names, site: str, operator: str) -> str:
    """The role's or the user's name; no declared name holds a dot, so none of a service's roles is called so."""
    return names.limited(f"{site}.{operator}", 64)
