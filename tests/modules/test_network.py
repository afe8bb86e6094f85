"""How a VPC's range is split."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest

from modules.network import split


@pytest.mark.parametrize("zones", [2, 3])
@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "172.16.32.0/20", "192.168.64.0/18"])
def test_subnets_lie_in_the_vpc_and_apart(cidr: str, zones: int) -> None:
    private, public = split(cidr, zones)
    subnets = [IPv4Network(each) for each in (*private, *public)]
    assert len(private) == len(public) == zones
    assert all(each.subnet_of(IPv4Network(cidr)) for each in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))


def test_a_third_zone_leaves_the_first_two_where_they_are() -> None:
    two, three = split("10.0.0.0/16", 2), split("10.0.0.0/16", 3)
    assert three[0][:2] == two[0]
    assert three[1][:2] == two[1]


def test_the_smallest_vpc_has_room_for_a_load_balancer() -> None:
    private, public = split("10.0.0.0/20", 3)
    assert {IPv4Network(each).prefixlen for each in public} == {26}
    assert {IPv4Network(each).prefixlen for each in private} == {22}
