"""The VPC of an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from tanada.declared.fields import Text, Whole, expected
from tanada.declared.model import Model, Need

SubnetId = Annotated[
    str, Text(r"^subnet-([0-9a-f]{8}|[0-9a-f]{17})$", "the id of a subnet such as subnet-0123456789abcdef0")
]
MOST = 6
"""Zones that any region has (AWS, "Regions and Zones"), and a load balancer takes one subnet of each."""


def _different(value: Any) -> Any:
    if isinstance(value, list) and value and (not 2 <= len(value) <= MOST or len({*map(str, value)}) < len(value)):
        raise expected(f"two to {MOST} subnets, each of another zone")
    return value


Subnets = Annotated[tuple[SubnetId, ...], BeforeValidator(_different)]
"""Of two zones at least: a load balancer and a database want two (ELB and RDS user guides)."""


Endpoint = Literal["ecr", "kms", "logs", "monitoring", "secretsmanager", "sns", "sqs", "ssm", "ssmmessages", "sts"]
ENDPOINTS: Mapping[str, Sequence[str]] = {
    **{each: (each,) for each in get_args(Endpoint)},
    "ecr": ("ecr.api", "ecr.dkr"),  # one that says where, one that images are pulled from
}
"""By word the services behind it, as AWS PrivateLink calls them (its guide, "AWS services that integrate")."""


def _once(value: tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
    if twice := next((each for index, each in enumerate(value) if each in value[:index]), None):
        raise PydanticCustomError("sentence", "{sentence}", {"sentence": f"{twice} is here twice"})
    return value


Asked = Annotated[
    str,
    Text(
        r"^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
        "a name such as api.example.com, or *.example.com for all below it, in lower case",
        longest=253,
    ),
]


def _some(value: Any) -> Any:
    if isinstance(value, list | tuple) and not value:
        raise expected("one name at least; null takes the firewall away")
    if isinstance(value, list | tuple) and len(value) > _NAMES:
        raise expected(f"at most {_NAMES} names: a list is made by one call, which takes 1,000 with the system's own")
    return value


_NAMES = 900
"""Route 53 Resolver API reference, UpdateFirewallDomains, Domains: 1,000 a request, of letters, digits and hyphens;
the provider sends all in one (hashicorp/terraform-provider-aws#41433)."""


class DnsFirewall(Model):
    """Which names may be asked for from inside the VPC (Route 53 Resolver DNS Firewall)."""

    allow: Annotated[tuple[Asked, ...], BeforeValidator(_some)]
    """Names that are answered, `[api.example.com, "*.example.org"]`; AWS's own, the account's hosted zones and the
    system's private names are among them."""
    others: Literal["block", "alert"] = "block"
    """What becomes of all other names: `block` says that there is no such name, `alert` answers and counts them."""


class Network(Model):
    """The VPC of an account: one that is made, or one that is there already."""

    cidr: Annotated[str, Text(r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$", "an IPv4 range such as 10.0.0.0/16")] = "10.0.0.0/16"
    """The VPC's private IPv4 range, /16 to /20 (AWS allows /28; below /20 private subnets hold too few tasks).
    Accounts may have the same: nothing connects them."""
    availability_zones: Annotated[int, Whole(2, 3)] = 2
    """In how many availability zones it lies."""
    nat: Literal["single", "per_zone", "none"] = "single"
    """Where private subnets leave from: one fixed address, one a zone, or not at all."""
    endpoints: Annotated[tuple[Endpoint, ...], AfterValidator(_once)] = ()
    """Services of AWS that the VPC reaches by interface endpoints, past the NAT. Each is paid by the hour and zone,
    `ecr` twice."""
    existing: (
        Annotated[str, Text(r"^vpc-([0-9a-f]{8}|[0-9a-f]{17})$", "the id of a VPC such as vpc-0123456789abcdef0")]
        | None
    ) = None
    """The id of a VPC that is there already: nothing of it changes, and its subnets are said beside it."""
    public: Subnets = ()
    """Of one that is there already: its subnets that lead to an internet gateway, where public load balancers stand."""
    private: Subnets = ()
    """Of one that is there already: the subnets where tasks and stores stand, with a NAT or whatever else they leave
    by. Without them tasks stand in the public ones, with addresses of their own, as `nat: none` has it."""

    dns_firewall: DnsFirewall | None = None
    """Which names may be asked for from inside it: `{allow: [api.example.com], others: alert}`. An address that
    somebody knows without asking isn't stopped."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name in ("cidr", "availability_zones", "nat", "endpoints"):
            if self.existing is not None and getattr(self, name) != type(self).model_fields[name].default:
                raise _said(f"one that exists has its {name} already; take it out")
        if self.existing is None and (self.public or self.private):
            raise _said(
                "public and private name the subnets of a VPC that is there already; say which: existing: vpc-…"
            )
        if self.existing is not None and not self.public and not self.private:
            raise _said(
                "say in which of its subnets things stand: private: [subnet-…, …], public: [subnet-…, …], or both"
            )
        if both := sorted({*self.public} & {*self.private}):
            raise _said(f"{both[0]} is public and private; say it once")
        return self

    @property
    def tasks_are_private(self) -> bool:
        """Whether tasks stand in private subnets; else they have public addresses."""
        return self.nat != "none" if self.existing is None else bool(self.private)

    @property
    def store_subnets(self) -> int:
        """In how many subnets stores stand."""
        return self.availability_zones if self.existing is None else len(self.private or self.public)

    @property
    def public_subnets(self) -> int:
        """In how many subnets load balancers stand."""
        return self.availability_zones if self.existing is None else len(self.public)

    def needs(self) -> Sequence[Need]:
        """Its fixed addresses, the security group that AWS makes with every VPC, and that of endpoints."""
        if self.existing is not None:
            return ()
        addresses = {"single": 1, "per_zone": self.availability_zones, "none": 0}[self.nat]
        group = (Need("aws_security_group", 1),) if self.endpoints else ()
        return Need("aws_eip", addresses), Need("aws_default_security_group", 1), *group


def _said(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})
