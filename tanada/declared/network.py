"""The VPC of an account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from tanada.declared.fields import Text, Whole
from tanada.declared.model import Model, Need


class Network(Model):
    """The VPC of an account."""

    cidr: Annotated[str, Text(r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$", "an IPv4 range such as 10.0.0.0/16")] = "10.0.0.0/16"
    """The VPC's private IPv4 range, /16 to /20 (AWS allows /28; below /20 private subnets hold too few tasks).
    Accounts may have the same: nothing connects them."""
    availability_zones: Annotated[int, Whole(2, 3)] = 2
    """In how many availability zones it lies."""
    nat: Literal["single", "per_zone", "none"] = "single"
    """Where private subnets leave from: one fixed address, one a zone, or not at all."""

    def needs(self) -> Sequence[Need]:
        """Its fixed addresses, and the security group that AWS makes with every VPC."""
        addresses = {"single": 1, "per_zone": self.availability_zones, "none": 0}[self.nat]
        return Need("aws_eip", addresses), Need("aws_default_security_group", 1)
