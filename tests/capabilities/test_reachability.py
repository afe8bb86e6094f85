"""Proof of who reaches what: internet → load balancers alone, they → declared ports, services → what their `reach`
names, out of the VPC what is declared, and of stores the permissions that `access` says."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tanada.declarations.inventory import inventory
from tanada.declarations.loader import load
from tests.capabilities.reachability import INTERNET, Reached, declared, walked
from tests.capabilities.test_capabilities import HERE, ROOT

Json = dict[str, Any]
Emitted = dict[str, dict[str, Json]]
SYSTEMS = ("aurora", "cluster", "database", "default", "existing", "load_balancer", "service", "sites")
WITHOUT_DOORS = ("queue", "table", "topic")
"""Stores that are reached by permissions alone; nothing of their systems is public."""


@pytest.mark.parametrize("system", SYSTEMS)
def test_whoever_reaches_something_is_declared_to_and_the_other_way_round(system: str, emitted: Emitted) -> None:
    settings = load(ROOT if system == "default" else HERE / system)
    stacks = [entry for entry in inventory(settings) if entry.kind != "common"]
    assert stacks
    for entry in stacks:
        instance = settings.review if entry.kind == "review" else settings.environments[str(entry.environment)]
        assert instance is not None
        found = walked(emitted[system][f"common-{entry.account}"], emitted[system][entry.name])
        label = "local.environment" if entry.kind == "review" else str(entry.environment)
        place = (entry.region, entry.account_id, f"{settings.name}/{label}")
        wanted = declared(instance, settings.accounts[entry.account].common, place)
        assert found == wanted, entry.name
        public = {balancer for balancer, _, public in found.leaves if public and "balancer" in balancer}
        entered = {to for one, to, *_ in found.into if one in INTERNET}
        # What lets some in alone is public, too.
        assert entered == {each for each in public if not each.endswith("_tcp_balancer")}


@pytest.mark.parametrize("system", WITHOUT_DOORS)
def test_whoever_reaches_what_has_no_door_may_what_is_declared(system: str, emitted: Emitted) -> None:
    settings = load(HERE / system)
    for name, instance in settings.environments.items():
        account = settings.accounts[instance.account]
        stacks = emitted[system]
        found = walked(stacks[f"common-{instance.account}"], stacks[f"environment-{name}"])
        wanted = declared(instance, account.common, (account.region, account.id, f"{settings.name}/{name}"))
        assert (found.permissions, found.into) == (wanted.permissions, wanted.into)
        assert len(found.permissions) > 10


def test_what_was_applied_before_stays_reached_by_todays_common_layer(emitted: Emitted) -> None:
    """Common is applied first: a task that wears the earlier group, and has no rule of its own, is reached on."""
    common, own = (copy.deepcopy(emitted["existing"][name]) for name in ("common-main", "environment-test"))
    earlier = "${data.terraform_remote_state.common.outputs.target_security_group_id}"
    network = own["resource"]["aws_ecs_service"]["web_service"]["network_configuration"]
    network["security_groups"] = [
        earlier if "behind_security_group_id" in each else each for each in network["security_groups"]
    ]
    del own["resource"][INGRESS]["web_from_load_balancers_port_3000"]
    found, way = walked(common, own), ("load_balancer_1_balancer", "web", 1, 65535)
    assert way in found.out
    assert way in found.into


def test_no_task_starts_before_its_load_balancers_get_in_nor_loses_them_before_it_stops(emitted: Emitted) -> None:
    for system in SYSTEMS:
        for name, stack in emitted[system].items():
            rules = stack["resource"].get(INGRESS, {}).items() if not name.startswith("common") else ()
            doors = {f"{INGRESS}.{rule}": each for rule, each in rules if "load_balancer" in rule}
            assert all(rule["lifecycle"]["create_before_destroy"] for rule in doors.values()), name
            services = stack["resource"].get("aws_ecs_service", {}).items()
            behind = {service: each["depends_on"] for service, each in services if "load_balancer" in each}
            awaited = [set(after) & set(doors) for after in behind.values()]
            assert all(awaited), name
            assert set().union(*awaited) == set(doors), name


BALANCERS = '${data.terraform_remote_state.common.outputs.load_balancers["1"].security_group_id}'
EGRESS, INGRESS = "aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule"


def rule(type_: str, **attributes: Any) -> Callable[[Json, Json], None]:
    def add(_common: Json, own: Json) -> None:
        ports = {"ip_protocol": "tcp", "from_port": 5432, "to_port": 5432}
        own["resource"][type_]["more"] = {"security_group_id": "${aws_security_group.web.id}", **ports, **attributes}

    return add


def without(type_: str, name: str) -> Callable[[Json, Json], None]:
    return lambda _common, own: own["resource"][type_].pop(name)


def route(common: Json, _own: Json) -> None:
    table, gateway = "aws_route_table.network_private_0_table", "aws_internet_gateway.network_internet_gateway"
    more = {
        "destination_cidr_block": "0.0.0.0/0",
        "route_table_id": f"${{{table}.id}}",
        "gateway_id": f"${{{gateway}.id}}",
    }
    common["resource"]["aws_route"]["more"] = more


def statement(name: str, action: str) -> Callable[[Json, Json], None]:
    def add(_common: Json, own: Json) -> None:
        policy = own["resource"]["aws_iam_role_policy"][name]
        document = json.loads(policy["policy"])
        resource = ["${aws_dynamodb_table.visits_table.arn}"]
        document["Statement"].append({"Effect": "Allow", "Action": [action], "Resource": resource})
        policy["policy"] = json.dumps(document)

    return add


def public(_common: Json, own: Json) -> None:
    own["resource"]["aws_ecs_service"]["log_service"]["network_configuration"]["assign_public_ip"] = True


def worn(_common: Json, own: Json) -> None:
    """What load balancers may go out to, by a service that nobody declared to be."""
    wear(own, "log", "behind_security_group_id")


def worn_as_before(_common: Json, own: Json) -> None:
    """What load balancers may reach at every port."""
    wear(own, "web", "target_security_group_id")


def wear(own: Json, service: str, output: str) -> None:
    group = f"${{data.terraform_remote_state.common.outputs.{output}}}"
    own["resource"]["aws_ecs_service"][f"{service}_service"]["network_configuration"]["security_groups"].append(group)


def wider(_common: Json, own: Json) -> None:
    own["resource"][INGRESS]["web_from_load_balancers_port_3000"]["to_port"] = 65535


def behind(common: Json, _own: Json) -> None:
    """The old rule, in the group that all of today's tasks wear."""
    rules = common["resource"][INGRESS]
    group = "${aws_security_group.security_behind.id}"
    rules["more"] = {**rules["security_from_load_balancers"], "security_group_id": group}


def peering(common: Json, _own: Json) -> None:
    common["resource"]["aws_vpc_peering_connection"] = {"more": {}}


def elsewhere(_common: Json, own: Json) -> None:
    """A zone of another account, by somebody who may do anything there."""
    theirs = '${var.role_of_zones == "plan" ? "arn:aws:iam::3:role/admin" : "arn:aws:iam::3:role/admin"}'
    more = {"alias": "more", "allowed_account_ids": ["3"], "assume_role": [{"role_arn": theirs}]}
    own["provider"]["aws"].append(more)
    own["resource"]["aws_route53_record"]["domain_a"]["provider"] = "aws.more"


BREAKS: dict[str, tuple[str, Callable[[Json, Json], None]]] = {
    "a way out to anywhere": ("out", rule(EGRESS, cidr_ipv4="0.0.0.0/0")),
    "a way out by any protocol": ("out", rule(EGRESS, cidr_ipv4="0.0.0.0/0", ip_protocol="-1")),
    "a way out to another team's group": ("out", rule(EGRESS, referenced_security_group_id="sg-0")),
    "a way out to another service": ("out", rule(EGRESS, referenced_security_group_id="${aws_security_group.log.id}")),
    "a way in from the internet": ("into", rule(INGRESS, cidr_ipv4="0.0.0.0/0")),
    "a way in from another service": (
        "into",
        rule(INGRESS, referenced_security_group_id="${aws_security_group.log.id}"),
    ),
    "a way that is missing": ("out", without(EGRESS, "web_out_587")),
    "a door that is missing": ("into", without(INGRESS, "web_from_batch")),
    "a route to the internet": ("leaves", route),
    "an address of the internet's": ("leaves", public),
    "a group too many": ("out", worn),
    "a group of before": ("into", worn_as_before),
    "a port of a load balancer's too many": (
        "into",
        rule(INGRESS, referenced_security_group_id=BALANCERS),
    ),
    "all ports of a load balancer's": ("into", wider),
    "all ports by the group of all that is behind load balancers": ("into", behind),
    "a load balancer that is not let in": ("into", without(INGRESS, "web_from_load_balancers_port_3000")),
    "a permission too many": ("permissions", statement("log_task_policy", "dynamodb:GetItem")),
    "a permission of what starts tasks": ("strange", statement("log_execution_policy", "dynamodb:GetItem")),
    "a record in another account": ("elsewhere", elsewhere),
    "another network": ("strange", peering),
}


@pytest.mark.parametrize("what", BREAKS)
def test_one_thing_more_or_less_is_seen(what: str, emitted: Emitted) -> None:
    """The proof of the proof: each of these is a difference, and there."""
    field, change = BREAKS[what]
    stacks = emitted["existing"]
    whole = (stacks["common-main"], stacks["environment-test"])
    common, own = copy.deepcopy(whole)
    change(common, own)
    before, after = walked(*whole), walked(common, own)
    assert field in {each for each in Reached.__dataclass_fields__ if getattr(before, each) != getattr(after, each)}
