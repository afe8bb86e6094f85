"""The VPC of an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from tanada.declared.fields import Text, Whole
from tanada.declared.model import Model, Need

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


class Network(Model):
    """The VPC of an account."""

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

    def needs(self) -> Sequence[Need]:
        """Its fixed addresses, the security group that AWS makes with every VPC, and that of endpoints."""
        addresses = {"single": 1, "per_zone": self.availability_zones, "none": 0}[self.nat]
        group = (Need("aws_security_group", 1),) if self.endpoints else ()
        return Need("aws_eip", addresses), Need("aws_default_security_group", 1), *group
