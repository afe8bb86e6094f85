"""A common layer of what is there already, with hosted zones of another account: applied, planned again, destroyed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tanada import offline
from tests.capabilities.test_applied import let_go
from tests.offline.terraform_runs import Stack

Json = dict[str, Any]
pytestmark = [pytest.mark.terraform, pytest.mark.slow]
TAGS = '{"web": "a"}'
OUTSIDE = "www.example.org"


def _providers(stack: Stack) -> dict[str, str]:
    """Of what is not this account's, by whose provider it was made."""
    resources = stack.state()["resources"]
    found = {f"{each['type']}.{each['name']}": each["provider"].rpartition("]")[2].strip(".") for each in resources}
    return {address: alias for address, alias in found.items() if alias}


def test_nothing_is_made_twice_and_records_stand_where_their_zones_are(
    emitted: dict[str, Json], tmp_path: Path
) -> None:
    stacks = {name: let_go(each) for name, each in emitted["cluster"].items()}
    with offline.start(tmp_path / "ids", container=False) as provider:
        common = Stack(tmp_path, {}, "common-main", provider).write(stacks["common-main"])
        test = Stack(tmp_path, {"TF_VAR_image_tags": TAGS}, "environment-test", provider)
        common.apply()
        assert common.plan() == {}
        test.write(stacks[test.name], common_main=common.folder).apply()
        assert test.plan() == {}

        made = {each["type"] for each in common.state()["resources"] if each["mode"] == "managed"}
        there = ("aws_vpc", "aws_subnet", "aws_lb", "aws_lb_listener", "aws_ecs_cluster", "aws_ecr_repository")
        assert not {*there, "aws_route53_zone"} & made
        assert _providers(common) == {
            "aws_route53_record.example_net_validation": "zone_example_net",
            "aws_route53_zone.example_jp_zone": "zone_example_jp",
            "aws_route53_zone.example_net_zone": "zone_example_net",
        }
        assert _providers(test) == {
            f"aws_route53_record.{host}_{type_}": f"zone_{zone}"
            for host, zone in (("domain", "example_jp"), ("host_shop_example_net", "example_net"))
            for type_ in ("a", "aaaa")
        }
        assert [*test.state()["outputs"]["records_elsewhere"]["value"]] == [OUTSIDE]

        # As a zone that leaves the declaration while records stand in it.
        without: Json = json.loads(json.dumps(stacks[test.name]))
        without["provider"]["aws"] = [each for each in without["provider"]["aws"] if "alias" not in each]
        del without["resource"]["aws_route53_record"]
        test.write(without, common_main=common.folder)
        refused = " ".join(test.run("plan", "-no-color").output.split())
        assert "Provider configuration not present" in refused
        test.write(stacks[test.name], common_main=common.folder)

        for stack in (test, common):
            stack.must("destroy", "-auto-approve")
            assert stack.state()["resources"] == []
