"""Hosts and paths of the service's system, in a permanent environment and in review, as they are emitted."""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]
SERVICE = "service"


def rules(stack: Json) -> Json:
    return dict(stack["resource"]["aws_lb_listener_rule"])


def values(rule: Json, kind: str) -> list[str]:
    return [value for condition in rule["condition"] if kind in condition for value in condition[kind]["values"]]


def test_each_host_has_both_records_and_a_certificate(emitted: dict[str, Json]) -> None:
    system = emitted[SERVICE]
    test = system["environment-test"]["resource"]
    hosts = {host for rule in test["aws_lb_listener_rule"].values() for host in values(rule, "host_header")}
    ours = {f"{label}.test.example.jp" for label in ("api", "desk", "moved", "shop")}
    assert hosts == {"test.example.jp", "api.example.net", *ours}
    led = {*hosts, "ssh.test.example.jp"}  # by a network load balancer, which has no rules
    records = [(each["name"], each["type"]) for each in test["aws_route53_record"].values()]
    assert sorted(records) == sorted((host, type_) for host in led for type_ in ("A", "AAAA"))
    assert "domain_a" in test["aws_route53_record"], "the domain's keep the address that they had with one host"
    common = system["common-main"]["resource"]["aws_acm_certificate"].values()
    names = {name for each in common for name in (each["domain_name"], *each["subject_alternative_names"])}
    assert {host for host in hosts if host not in names and f"*.{host.partition('.')[2]}" not in names} == set()


def test_a_condition_is_a_block_of_its_own_and_five_values_make_a_rule(emitted: dict[str, Json]) -> None:
    for stack in emitted[SERVICE].values():
        for rule in rules(stack).values() if "aws_lb_listener_rule" in stack["resource"] else ():
            assert all(len(condition) == 1 for condition in rule["condition"])
            assert sum(len(values(rule, kind)) for kind in ("host_header", "path_pattern")) <= 5


def test_a_permanent_environments_rules_have_the_numbers_that_their_addresses_say(emitted: dict[str, Json]) -> None:
    found = rules(emitted[SERVICE]["environment-test"])
    assert {name: f"listener_rule_{rule['priority']}" for name, rule in found.items()} == {name: name for name in found}
    assert all(20001 <= rule["priority"] <= 20500 for rule in found.values()), "priorities in test.yaml"
    [floor] = rules(emitted[SERVICE]["common-main"]).items()
    assert (floor[0], floor[1]["priority"]) == ("load_balancer_2_floor", 40000), "all of them stand there"


def test_a_review_environments_rules_wait_for_those_that_come_first(emitted: dict[str, Json]) -> None:
    review = emitted[SERVICE]["review"]
    found = rules(review)
    assert [rule for rule in found.values() if "priority" in rule] == []
    [api] = [name for name, rule in found.items() if "/v2/*" in values(rule, "path_pattern")]
    [second] = [name for name, rule in found.items() if values(rule, "path_pattern") == ["/v2/beta/*"]]
    assert f"aws_lb_listener_rule.{second}" in found[api]["depends_on"]
    assert "depends_on" not in found[second]
    hosts = {host for rule in found.values() for host in values(rule, "host_header")}
    ours = {f"${{terraform.workspace}}-{label}.review.example.jp" for label in ("api", "desk", "shop")}
    assert hosts == {"${local.domain}", *ours}, "one label, of one wildcard"
    guard = review["resource"]["terraform_data"]["workspace"]["lifecycle"]["precondition"][1]
    assert re.search(r'regex\("-\(api\|desk\|shop\)\$", terraform.workspace\)', guard["condition"])
    assert guard["error_message"].startswith(
        "A review workspace doesn't end in -api or -desk or -shop and has 56 characters at most"
    )


def test_a_public_address_is_that_of_the_environment_where_it_stands(emitted: dict[str, Json]) -> None:
    """`{api.public_url} {web.public_url}`, of which neither is reached."""
    for stack, said in (
        ("environment-test", "https://api.test.example.jp https://test.example.jp"),
        ("review", "https://${terraform.workspace}-api.review.example.jp https://${local.domain}"),
    ):
        definition = emitted[SERVICE][stack]["resource"]["aws_ecs_task_definition"]["web_task_definition"]
        assert f'"name": "PUBLIC", "value": "{said}"' in definition["container_definitions"]
