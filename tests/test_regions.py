"""The list of regions is AWS's, as far as Tanada knows its partitions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import boto3
import botocore
import pytest

from modules.dns_firewall import OF_AWS
from tanada.regions import WITHOUT_FARGATE, ZONES, partition, zone_ids, zones


def test_the_regions_are_botocores() -> None:
    session = boto3.Session()
    known = {
        region
        for name in ("aws", "aws-cn", "aws-us-gov")
        for region in session.get_available_regions("ecs", partition_name=name)
        if partition(region) == name
    }
    assert set(ZONES) == known, "a new region: its zones, and those without Fargate"


@pytest.mark.parametrize("region", ZONES)
def test_no_zone_is_among_those_without_fargate(region: str) -> None:
    assert len(zone_ids(region)) == len(zones(region)) >= 2
    assert not set(zone_ids(region)) & set(WITHOUT_FARGATE.get(region, ()))
    [prefix] = {each.rpartition("-")[0] for each in (*zone_ids(region), *WITHOUT_FARGATE.get(region, ()))}
    assert re.fullmatch(r"[a-z]+\d", prefix)


def test_the_dns_firewall_lets_every_endpoint_of_a_partition_through() -> None:
    read = json.loads(Path(botocore.__file__).with_name("data").joinpath("partitions.json").read_text())
    known = {
        each["id"]: (each["outputs"]["dnsSuffix"], each["outputs"]["dualStackDnsSuffix"]) for each in read["partitions"]
    }
    assert {name: known[name] for name in OF_AWS} == OF_AWS
    assert {*OF_AWS} == {partition(region) for region in ZONES}
