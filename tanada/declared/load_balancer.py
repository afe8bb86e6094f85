"""The load balancers that the services of an account share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from tanada.declared.fields import Whole
from tanada.declared.model import Need

LoadBalancers = Annotated[int, Whole(1, 10)]
"""How many."""
LoadBalancer = Annotated[int, Whole(1, 10)]
"""Which of them, counted from 1."""


def needs() -> Sequence[Need]:
    """Two security groups, however many load balancers there are: theirs, and that of all tasks behind them."""
    return (Need("aws_security_group", 2),)
