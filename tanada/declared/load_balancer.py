"""The load balancers that the services of an account share, by name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from tanada.declared.fields import Flag, Name, Seconds, Text, expected
from tanada.declared.model import Model, Need

PUBLIC = "public"
"""The one that `http` takes where several are there and it names none."""
FIRST = "1"
"""What it is called in AWS: load balancers had numbers once, and this one stands where number 1 stood."""
_NUMBER = r"(?:[1-9]|10)"
Earlier = Annotated[
    str,
    Text(rf"^({_NUMBER}|[a-z]([a-z0-9-]*[a-z0-9])?)$", "what it was called before, or its number", longest=32),
]


def _said(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


def _list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class MutualTls(Model):
    """Clients show a certificate, too, or are not let in: all that come to this load balancer."""

    bundle: Annotated[
        str,
        Text(
            r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9!_.()'/-]{1,512}$",
            "where the certificates of those who sign clients' lie, in PEM: s3://bucket/key",
            longest=582,
        ),
    ]
    """Certificates in PEM of those who sign clients', in a bucket of the load balancer's region: `s3://bucket/key`."""
    version: Annotated[str, Text(r"^[A-Za-z0-9._-]{1,1024}$", "an object's version in S3", longest=1024)] | None = None
    """Which version of it: another one is what AWS reads again for."""
    expired: Flag = False
    """Whether a certificate may be past its end."""
    asked: Flag = True
    """`false`, applied, asks nobody any more; then the word can be taken out. Without it AWS asks on."""


class LoadBalancer(Model):
    """An Application Load Balancer that services share."""

    existing: (
        Annotated[
            str,
            Text(
                r"^arn:aws(-[a-z]+)*:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer/app/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}$",
                "the ARN of an Application Load Balancer: arn:aws:elasticloadbalancing:…:loadbalancer/app/…",
            ),
        ]
        | None
    ) = None
    """The ARN of one that is there already: its HTTPS listener gets rules, and certificates beside its own, and nothing
    else of it changes."""
    internal: Flag = False
    """Reached from inside the VPC alone."""
    idle_timeout: Annotated[int, Seconds(1, 4000)] = 60
    """How long a connection may say nothing; the applications' own keep-alive must be longer."""
    mutual_tls: MutualTls | None = None
    """Clients show a certificate that one of these signed: `{bundle: "s3://kakei-partners/authorities.pem"}`."""
    removal: Literal["keep", "delete"] = "keep"
    """`delete`, applied, lets go of this one alone: AWS protects it no more, and it can be taken out."""
    renamed_from: Annotated[
        tuple[Earlier, ...], BeforeValidator(_list, json_schema_input_type=Earlier | tuple[Earlier, ...])
    ] = ()
    """Names that it had before, the oldest first, or its number, once: it keeps its addresses and its name in AWS."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        fields = {name: field.default for name, field in type(self).model_fields.items() if name != "renamed_from"}
        own = [name for name, default in fields.items() if getattr(self, name) != default and name != "existing"]
        if self.existing is not None and own:
            raise _said(f"one that exists says {' and '.join(own)} itself; take it out")
        return self


def _by_name(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(_NUMBER, value):
        names = [
            f"{PUBLIC}: {{}}",
            *(f'{name}: {{renamed_from: "{each}"}}' for name, each in _OTHERS[: int(value) - 1]),
        ]
        raise _said(f"load balancers have names; write {{{', '.join(names)}}}")
    return value


_OTHERS = tuple(
    (name, number)
    for number, name in enumerate(
        ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), start=2
    )
)
LoadBalancers = Annotated[dict[Name, LoadBalancer], BeforeValidator(_by_name)]
"""By name; none where nothing is public."""


def _names(value: Any) -> Any:
    given = _list(value)
    if not isinstance(given, list | tuple):
        return given
    numbers = [each for each in given if isinstance(each, str) and re.fullmatch(_NUMBER, each)]
    if numbers:
        one = (
            PUBLIC if numbers[0] == FIRST else f'that of common.load_balancers which says renamed_from: "{numbers[0]}"'
        )
        raise _said(f"load balancers have names; write {one}")
    if not 1 <= len(given) <= MOST:
        raise expected(f"the name of a load balancer, or a list of at most {MOST}")
    return given


MOST = 5
"""Target groups of a service (ECS guide, "Register multiple target groups with an Amazon ECS service")."""
LoadBalancerNames = Annotated[tuple[Name, ...], BeforeValidator(_names, json_schema_input_type=Name | tuple[Name, ...])]
"""Those that a service stands behind: a bare name is a list of one."""


def called(name: str, balancer: LoadBalancer) -> str:
    """What one is called in addresses and in AWS, where a new name would be another load balancer: what it was called
    first. It depends on nothing but itself, so that no other one ever moves it."""
    first = balancer.renamed_from[0] if balancer.renamed_from else name
    return FIRST if first == PUBLIC else first


_OF_ONE = "load_balancer_"


def wears(called: str, balancer: LoadBalancer) -> str:
    """A word for the security group that one wears: those that are made share it with others that are as open as they
    are, one that is there already has its own."""
    if balancer.existing is not None:
        return f"{_OF_ONE}{called}"
    return "internal_load_balancers" if balancer.internal else "load_balancers"


def is_of_one(word: str) -> bool:
    """Whether a word stands for the group of one that is there already, which may be another's, too."""
    return word.startswith(_OF_ONE)


def needs(balancers: Mapping[str, LoadBalancer]) -> Sequence[Need]:
    """Security groups, however many load balancers there are: that of all tasks behind them, the one that these wore up
    to 0.1.0 of November 2026, and one for those that are open to the internet, one for those that are not."""
    ways = {balancer.internal for balancer in balancers.values() if balancer.existing is None}
    return (Need("aws_security_group", 2 + len(ways)),) if balancers else ()
