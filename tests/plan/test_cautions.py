"""What no single change of a plan says: who has to be told, what answers meanwhile, what can't be had again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tanada.comment.headline import headline, result
from tanada.plan import Caution, Report, Status, impossible, summary
from tests.comment.reports import body

Json = dict[str, Any]


def change(address: str, actions: str, before: Json | None = None, after: Json | None = None, **more: Any) -> Json:
    """One of a plan's `resource_changes`; `actions` stand apart by `+`."""
    values = {"actions": actions.split("+"), "before": before, "after": after, "before_sensitive": {}}
    names = {"type": address.partition(".")[0], "name": address.partition(".")[2], "mode": "managed"}
    return {"address": address, **names, "change": {**values, "after_sensitive": {}, "after_unknown": {}}, **more}


STAYS = change("aws_vpc.network_vpc", "no-op", {"id": "vpc-1"}, {"id": "vpc-1"})
RUNS = change("aws_ecs_service.web_service", "update", {"task_definition": "web:1"}, {"desired_count": 2})


def said(*changes: Json) -> tuple[Caution, ...]:
    return summary({"format_version": "1.2", "resource_changes": [STAYS, *changes]}).cautions


def words(*changes: Json) -> list[str]:
    return [caution.words for caution in said(*changes)]


def address(name: str, actions: str) -> Json:
    held = {"public_ip": "192.0.2.1"}
    before, after = (held if actions != "create" else None), (held if actions != "delete" else None)
    return change(f"aws_eip.network_nat_address_{name}", actions, before, after)


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        (("no-op", "create"), "partners must allow 2 addresses, 1 of them new"),
        (("no-op", "create", "create"), "partners must allow 3 addresses, 2 of them new"),
        (("create",), "partners must allow 1 address, 1 of them new"),
        (("no-op", "delete"), "partners need allow 1 address now, 1 fewer"),
        (("delete",), "no outbound address is fixed any more"),
        (("delete+create",), "partners must allow 1 address, 1 of them new"),
    ],
)
def test_partners_are_told_how_many_addresses_there_are(actions: tuple[str, ...], expected: str) -> None:
    [caution] = said(*(address(str(index), each) for index, each in enumerate(actions)))
    assert caution.headline == expected
    assert caution.words.startswith(expected)


def test_addresses_that_stay_are_nothing_to_tell() -> None:
    assert said(address("0", "no-op"), address("1", "update")) == ()


def test_a_stack_that_is_made_or_goes_as_a_whole_says_so_itself() -> None:
    for actions in ("create", "delete"):
        plan = {"format_version": "1.2", "resource_changes": [address("0", actions), address("1", actions)]}
        assert summary(plan).cautions == ()


def rule(host: str, group: str | None = "a", *paths: str, listener: str = "one") -> Json:
    conditions = [{"host_header": [{"values": [host]}]}, *([{"path_pattern": [{"values": [*paths]}]}] if paths else ())]
    return {"listener_arn": listener, "condition": conditions, "action": [{"target_group_arn": group}]}


def test_a_domain_that_is_without_tasks_for_a_while_is_named() -> None:
    old, new = rule("www.example.jp"), rule("www.example.jp", "b")
    web, site = "aws_lb_listener_rule.web_listener_rule", "aws_lb_listener_rule.site_listener_rule"
    [moved] = said(change(web, "create+delete", old, rule("www.example.jp", "b", listener="two")))
    assert moved.words.startswith("www.example.jp may answer 503 for a minute or two")
    [taken] = said(change(web, "delete", old), change(site, "create", None, new))
    assert taken.words.startswith("www.example.jp answers 503 until")
    assert moved.headline == taken.headline == "a domain answers 503 for a while"
    assert words(change(web, "delete", old)) == ["www.example.jp is answered no more"]
    assert words(change(web, "update", old, new)) == [], "another group of the same service"
    [renamed] = words(change(web, "update", old, rule("shop.example.jp")))
    assert renamed.startswith("shop.example.jp takes the place")


def test_a_rule_that_goes_is_named_unless_another_leads_to_tasks_that_run() -> None:
    host = "www.example.jp"
    path, rest = rule(host, "a", "/api/*"), rule(host, "web")
    api, web, new = (f"aws_lb_listener_rule.{name}" for name in ("api", "web", "new"))
    stays = change(web, "no-op", rest, rest)
    assert words(change(web, "create+delete", rest, {**rest, "tags": {}})) == [], "another number on the same listener"
    assert words(change(api, "delete", path), change(new, "create", None, path), stays) == [], "the same tasks"
    assert words(change(api, "delete", path), change(new, "create", None, rule(host, "web", "/api/*")), stays) == []
    [taken] = words(change(api, "delete", path), change(new, "create", None, rule(host, None, "/api/*")), stays)
    assert taken.startswith("www.example.jp/api/* answers 503 until"), "a group that is yet to be made"
    left = words(change(api, "delete", path), stays)
    assert left == ["www.example.jp/api/* is left to what else answers at www.example.jp"]
    some = words(change(web, "delete", rest), change(api, "no-op", path, path))
    assert some == ["www.example.jp is answered no more, but for some paths"]
    floor = {"condition": [{"host_header": [{"values": ["floor.invalid"]}]}], "action": [{"type": "fixed-response"}]}
    assert words(change(api, "delete", floor), stays) == []


def test_a_port_that_others_reach_is_out_of_reach_meanwhile() -> None:
    def door(caller: str, port: int) -> Json:
        return {"description": f"From {caller} to backend", "from_port": port}

    changes = [
        change(f"aws_vpc_security_group_ingress_rule.{each}", "update", door(each, 1), door(each, 2))
        for each in ("web", "cron")
    ]
    [caution] = said(*changes)
    assert caution.words.startswith("cron and web can't reach backend until all of them are deployed")
    same = change("aws_vpc_security_group_ingress_rule.web", "update", door("web", 1), {**door("web", 1), "tags": {}})
    assert said(same) == ()


def comes_in(group: str, actions: str, service: str = "web") -> Json:
    name = f"aws_vpc_security_group_ingress_rule.{service}_from_{group}_port_80"
    rule = {"description": f"Load balancers to {service}", "from_port": 80}
    return change(name, actions, None if actions == "create" else rule, None if actions == "delete" else rule)


BEHIND: Json = {"load_balancer": [{"target_group_arn": "arn:tg"}]}
ALONE: Json = {"load_balancer": []}


@pytest.mark.parametrize(
    ("before", "rules", "expected"),
    [
        (BEHIND, {"internal_load_balancers": "no-op", "load_balancers": "create"}, "only internal"),
        (BEHIND, {"internal_load_balancers": "delete", "load_balancers": "create"}, "only internal"),
        (BEHIND, {"load_balancer_old": "delete", "load_balancers": "create"}, None),  # perhaps open already
        (ALONE, {"load_balancers": "create"}, "it was private"),
        (ALONE, {"internal_load_balancers": "create"}, None),
        (BEHIND, {"internal_load_balancers": "create", "load_balancers": "no-op"}, None),
        (BEHIND, {"load_balancers": "create"}, None),  # a state of before these rules
        (BEHIND, {"internal_load_balancers": "create", "load_balancers": "create"}, None),
        (None, {"load_balancers": "create"}, None),
    ],
)
def test_a_service_that_opens_to_the_internet_is_said(before: Any, rules: dict[str, str], expected: str | None) -> None:
    service = change("aws_ecs_service.web_service", "update" if before else "create", before, BEHIND)
    found = words(service, *(comes_in(group, actions) for group, actions in rules.items()))
    assert [each.startswith(f"web opens to the internet: {expected}") for each in found] == [True] * bool(expected)


def test_what_a_service_may_connect_to_is_said_when_it_is_opened() -> None:
    def way(hosts: str, port: int, actions: str = "create", name: str = "web_out", **to: str) -> Json:
        after = {"description": f"From web to {hosts}", "from_port": port, **to}
        before = None if actions == "create" else {**after, "description": "From web to less"}
        return change(f"aws_vpc_security_group_egress_rule.{name}", actions, before, after)

    anywhere = {"cidr_ipv4": "0.0.0.0/0"}
    [mail] = said(way("smtp.example.com", 587, **anywhere))
    assert mail.words.startswith("web may now connect to smtp.example.com:587 (any address)")
    assert mail.headline == "web may reach any address at port 587"
    [two] = words(way("smtp.example.com, smtp.example.org", 587, **anywhere))
    assert two.startswith("web may now connect to smtp.example.com, smtp.example.org at port 587 (any address)")
    addresses = [way("203.0.113.7", 22, cidr_ipv4="203.0.113.7/32"), way("10.0.0.0/8", 5432, cidr_ipv4="10.0.0.0/8")]
    assert words(*addresses) == [
        "web may now connect to an address at port 22",
        "web may now connect to a range of addresses at port 5432",
    ]
    group = {"referenced_security_group_id": "sg-0123456789abcdef0"}
    [theirs] = words(way("legacy", 3306, name="web_to_sg-0123456789abcdef0_port_3306", **group))
    assert theirs.startswith("web may now connect to legacy:3306: the security group there, which is not ours")
    assert words(way("backend", 8080, name="web_to_backend", **group)) == [], "a service of the system's own"
    assert words(way("smtp.example.com", 587, "update", **anywhere)) == [], "open already, for another host"
    made = way("smtp.example.com", 587, **anywhere)
    new = summary({"format_version": "1.2", "resource_changes": [made]}).cautions
    assert [each.words for each in new] == [mail.words], "also of a stack that is made as a whole"


def test_groups_of_others_that_a_service_begins_to_wear_are_said() -> None:
    def service(*groups: str, public: bool = False) -> Json:
        front = {"load_balancer": [{"target_group_arn": "a"}]} if public else {}
        return {"network_configuration": [{"security_groups": [*groups]}], **front}

    def updated(before: Json, after: Json) -> list[str]:
        return words(change("aws_ecs_service.web_service", "update", before, after))

    [one] = updated(service("sg-1"), service("sg-1", "sg-2"))
    assert one.startswith("web wears 1 security group of others")
    assert updated(service("sg-1"), service("sg-1", "sg-2", public=True)) == [], "the one that load balancers reach"
    [two] = updated(service("sg-1"), service("sg-1", "sg-2", "sg-3", "sg-4", public=True))
    assert two.startswith("web wears 2 security groups of others")
    assert updated(service("sg-1", "sg-2"), service("sg-1")) == []
    # A network load balancer's own group is worn by no task.
    group = "aws_lb_target_group.web_tcp_target_group_22"
    tcp, none = service("sg-1", public=True), service("sg-1")
    assert (
        words(change(group, "delete", {"arn": "a"}), change("aws_ecs_service.web_service", "update", tcp, none)) == []
    )
    [one] = words(
        change(group, "create", None, {"port": 22}),
        change("aws_ecs_service.web_service", "update", none, service("sg-1", "sg-2", public=True)),
    )
    assert one.startswith("web wears 1 security group of others")
    assert updated(service("sg-1"), {}) == [], "what only the apply knows"


def policy(*resources: str) -> Json:
    statement = {"Action": ["dynamodb:GetItem"], "Resource": list(resources)}
    return {"policy": json.dumps({"Statement": [statement]})}


def test_a_service_whose_task_stops_before_the_next_one_starts_answers_nothing_meanwhile() -> None:
    def service(definition: str | None, healthy: int = 0, *ways: Json) -> Json:
        known = {"task_definition": definition} if definition else {}  # what only the apply knows is not there
        found = {"deployment_minimum_healthy_percent": healthy, **known}
        for way in ways:
            found |= way
        return found

    def deployed(before: Json, after: Json) -> list[str]:
        return words(change("aws_ecs_service.bot_service", "update", before, after))

    door = {"service_registries": [{"registry_arn": "arn:x"}], "desired_count": 1, "deployment_maximum_percent": 100}
    [caution] = deployed(service("bot:1", 0, door), service(None, 0, door))
    assert caution.startswith("bot answers nothing from when its task has stopped until the new one is well")
    several = {**door, "desired_count": 2, "deployment_maximum_percent": 200}
    assert deployed(service("bot:1", 0, several), service(None, 0, several)) == [
        "bot may answer nothing for a while: ECS may stop all 2 tasks before a new one is well (rollout)"
    ]
    front = {"load_balancer": [{"target_group_arn": "arn:y"}]}
    assert len(deployed(service("bot:1", 100, front), service("bot:2", 0, front))) == 1, "it counts from then on"
    assert deployed(service("bot:1"), service(None)) == [], "nobody reaches it"
    assert deployed(service("bot:1", 100, door), service("bot:1", 0, door)) == [], "nothing is deployed"
    assert deployed(service("bot:1", 0, door), service(None, 100, door)) == []


def test_other_bounds_of_a_service_that_scales_are_told() -> None:
    def bounds(least: int, most: int) -> Json:
        return {"min_capacity": least, "max_capacity": most}

    def target(actions: str, before: Json | None, after: Json | None) -> list[str]:
        return words(RUNS, change("aws_appautoscaling_target.web_scale_target", actions, before, after))

    assert target("create", None, bounds(0, 4)) == [], "the estimate has both"
    assert target("update", bounds(1, 9), bounds(1, 4)) == [
        "web has at most 4 tasks, 9 before: more than that stop at once"
    ]
    assert target("delete+create", bounds(1, 4), bounds(0, 4)) == [
        "web may go down to no task: until one is started it does nothing (min: 0)"
    ]
    assert target("delete", bounds(1, 4), None) == [
        "web scales no more: it is set to 2 tasks, whatever it has now (count)"
    ]
    assert target("update", bounds(1, 4), bounds(2, 4)) == []


def test_a_service_that_others_reach_and_that_is_stopped_is_named() -> None:
    front = {"load_balancer": [{"target_group_arn": "arn:y"}]}

    def counted(before: int, after: int, **ways: Any) -> list[str]:
        sides = ({"desired_count": each, **ways} for each in (before, after))
        return words(change("aws_ecs_service.web_service", "update", *sides))

    assert counted(2, 0, **front) == ["web answers nothing any more (count: 0)"]
    assert counted(0, 2, **front) == counted(2, 1, **front) == counted(2, 0) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [(400, 7, ["7 days"]), (0, 1, ["1 day"]), (7, 400, []), (7, 0, []), (0, 0, []), (None, 7, [])],
)
def test_logs_that_are_kept_for_less_long_lose_lines(before: int | None, after: int, said: list[str]) -> None:
    sides = ({"retention_in_days": each} for each in (before, after))
    found = words(change("aws_cloudwatch_log_group.web_log", "update", *sides))
    assert found == [f"aws_cloudwatch_log_group.web_log loses its lines of more than {each}" for each in said]


def test_permissions_that_go_before_new_tasks_run_are_named_by_service_and_store() -> None:
    less = change("aws_iam_role_policy.web_task_policy", "update", policy("arn:a", "arn:b"), policy("arn:a"))
    store = change("aws_dynamodb_table.b_table", "delete", {"arn": "arn:b", "name": "b"})
    assert words(less) == [], "nothing runs"
    runs_on = change("aws_ecs_service.web_service", "no-op", {"task_definition": "web:1"}, {"task_definition": "web:1"})
    assert words(less, runs_on)[0].startswith("web loses permissions (dynamodb) at once: its tasks run on")
    other = change("aws_ecs_service.api_service", "update", {"task_definition": "api:1"}, {"desired_count": 2})
    assert words(less, runs_on, other) == words(less, runs_on), "another one is deployed"
    assert words(less, RUNS)[0].startswith("web loses permissions (dynamodb) before its new tasks run")
    assert words(less, RUNS, store)[0].startswith(
        "web loses permissions (dynamodb), and aws_dynamodb_table.b_table goes before its new tasks run"
    )
    more = change("aws_iam_role_policy.web_task_policy", "update", policy("arn:a"), policy("arn:a", "arn:b"))
    unknown = change("aws_iam_role_policy.web_task_policy", "update", policy("arn:a"), {"name": "own"})
    broken = change("aws_iam_role_policy.web_task_policy", "update", {"policy": "{"}, {"policy": "[]"})
    assert words(more, unknown, broken, RUNS) == []


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ({}, {"Action": "dynamodb:*"}, False),
        ({}, {"Action": "dynamodb:get*"}, False),
        ({}, {"Resource": "arn:*"}, False),
        ({"Action": "dynamodb:*"}, {}, True),
        ({}, {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, True),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, {}, False),
    ],
)
def test_what_a_pattern_or_no_condition_still_allows_is_not_lost(before: Json, after: Json, *, lost: bool) -> None:
    statement = {"Action": "dynamodb:GetItem", "Resource": "arn:a"}
    sides = ({"policy": json.dumps({"Statement": [{**statement, **each}]})} for each in (before, after))
    assert bool(words(change("aws_iam_role_policy.web_task_policy", "update", *sides), RUNS)) == lost


def test_tasks_that_could_not_be_started_again_are_named() -> None:
    less = change("aws_iam_role_policy.web_execution_policy", "update", policy("arn:a", "arn:b"), policy("arn:a"))
    [found] = words(less, RUNS)
    assert found.startswith("tasks of web that run can't be started again (dynamodb): one that ends before")


def test_tasks_that_run_are_asked_the_new_question_too() -> None:
    def asked(**changed: Any) -> list[str]:
        old = {"path": "/up", "port": "traffic-port", "matcher": "200-399", "interval": 10}
        sides = ({"health_check": [each]} for each in (old, {**old, **changed}))
        return words(change("aws_lb_target_group.web_target_group_1", "update", *sides))

    for changed in ({"path": "/ready"}, {"port": "9000"}, {"matcher": "200"}):
        [found] = asked(**changed)
        assert found.startswith("web is asked otherwise whether it is well, its tasks that run too")
    assert asked(interval=30) == []


def may(*actions: str) -> Json:
    return {"policy": json.dumps({"Statement": [{"Action": list(actions), "Resource": "arn:a"}]})}


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("iam:PassRole", "may hand roles to services"),
        ("iam:Pass*", "may hand roles to services"),
        ("iam:CreateUser", "may change who may do what"),
        ("sts:AssumeRole", "may take on other roles"),
        ("sts:A*", "may take on other roles"),
        ("secretsmanager:GetSecretValue", "may read secrets by itself"),
        ("ssm:GetParametersByPath", "may read parameters by itself"),
        ("kms:CreateGrant", "may let others use a key"),
        ("ses:SendEmail", None),
        ("kms:Decrypt", None),
    ],
)
def test_a_task_that_gets_rights_that_lead_to_others_is_named(action: str, expected: str | None) -> None:
    found = said(
        change("aws_iam_role_policy.web_task_policy", "update", may("s3:GetObject"), may("s3:GetObject", action))
    )
    assert [each.words for each in found] == ([f"what runs in web {expected}"] if expected else [])
    assert said(change("aws_iam_role_policy.web_task_policy", "update", may(action), may(action, "s3:Get*"))) == ()
    assert said(change("aws_iam_role_policy.web_execution_policy", "update", may("a:B"), may(action))) == ()


def running(*images: str) -> Json:
    return {"container_definitions": json.dumps([{"name": "web", "image": each} for each in images])}


@pytest.mark.parametrize(
    ("before", "after", "warned"),
    [
        ("111111111111.dkr.ecr.us-east-1.amazonaws.com/web:1", "redis:7.2", True),
        ("111111111111.dkr.ecr.us-east-1.amazonaws.com/web:1", "docker.io/library/redis:7.2", True),
        ("redis:7.0", "redis:7.2", False),
        ("redis:7.0", "public.ecr.aws/docker/library/redis:7.2", False),
        ("ghcr.io/a/b:1", "registry:5000/a/b:1", False),
    ],
)
def test_who_begins_to_pull_from_docker_hub_is_told_of_its_limit(before: str, after: str, warned: bool) -> None:
    found = words(
        change("aws_ecs_task_definition.web_task_definition", "create+delete", running(before), running(after))
    )
    assert [each.partition(",")[0] for each in found] == ["web pulls an image from Docker Hub"] * warned


@pytest.mark.parametrize(
    ("before", "after", "warned"), [("IMMUTABLE", "MUTABLE", True), ("MUTABLE", "IMMUTABLE", False)]
)
def test_tags_that_may_move_from_now_on_are_named(before: str, after: str, warned: bool) -> None:
    sides = ({"name": "par/web", "image_tag_mutability": each} for each in (before, after))
    found = words(change("aws_ecr_repository.web_repository", "update", *sides))
    begins = "whoever pushes to par/web may give a tag that runs to another image: "
    assert [each.startswith(begins) for each in found] == [True] * warned


def restorable(enabled: bool) -> Json:
    return {"name": "test_sessions_kakei", "point_in_time_recovery": [{"enabled": enabled}]}


def test_restore_points_that_go_are_grave() -> None:
    off = change("aws_dynamodb_table.sessions_table", "update", restorable(True), restorable(False))
    plan = {"format_version": "1.2", "resource_changes": [STAYS, off]}
    name = "environment-test"
    report = Report(name, name, "environment", "main", False, "changes", summary=summary(plan))
    assert result([report]) == "dangerous"
    assert headline([report]) == "1 environment changes, a table loses its restore points"
    assert "🔴 1 environment changes, **a table loses its restore points**" in body([report])
    assert said(change("aws_dynamodb_table.sessions_table", "update", restorable(False), restorable(True))) == ()


def queue(**values: Any) -> Json:
    sides = ({"name": "jobs", **{name: each[side] for name, each in values.items()}} for side in (0, 1))
    return change("aws_sqs_queue.jobs_queue", "update", *sides)


def test_what_a_queue_loses_is_said_and_who_no_longer_finds_it() -> None:
    [expired] = said(queue(message_retention_seconds=(345_600, 86_400)))
    assert expired == Caution(
        "aws_sqs_queue.jobs_queue loses its messages that are older than 1 day", "a queue loses messages", grave=True
    )
    assert words(queue(message_retention_seconds=(345_600, 90))) == [
        "aws_sqs_queue.jobs_queue loses its messages that are older than 90 seconds"
    ]
    assert words(queue(message_retention_seconds=(86_400, 345_600))) == []
    tries = [json.dumps({"deadLetterTargetArn": "arn", "maxReceiveCount": number}) for number in (5, 3)]
    dead = "messages of jobs that were taken 3 times already go to its dead letters when somebody asks for them again"
    assert words(queue(redrive_policy=tries)) == words(queue(redrive_policy=(None, tries[1]))) == [dead]
    assert words(queue(redrive_policy=tries[::-1])) == words(queue(redrive_policy=("{", "{"))) == []


def test_who_sends_to_a_queue_or_a_topic_that_is_made_anew_is_told() -> None:
    anew = [
        change(address, "delete+create", {"name": "a"}, {"name": "a.fifo"})
        for address in (
            "aws_sqs_queue.jobs_queue",
            "aws_sns_topic.orders_topic",
            "aws_sns_topic_subscription.orders_to_jobs",
        )
    ]
    assert words(*anew) == [
        "jobs is made anew under another name: tasks that run can't send or take messages until they are deployed",
        "orders is made anew under another name: tasks that run can't publish until they are deployed",
        "what is published to orders while its subscription is made anew never reaches jobs",
    ]


def table(before: Json, after: Json) -> Json:
    return change(
        "aws_dynamodb_table.orders_table", "update", {"name": "orders", **before}, {"name": "orders", **after}
    )


def index(name: str, key: str, sort: str = "") -> Json:
    """As a state has it: what is not said is empty, and DynamoDB raises its throughput by itself."""
    return {"name": name, "hash_key": key, "range_key": sort, "warm_throughput": [{"read_units_per_second": 12_000}]}


def test_queries_that_fail_as_an_index_goes_are_named() -> None:
    one, other = index("by-mail", "mail"), {"name": "by-mail", "hash_key": "mail", "range_key": None}
    assert words(table({"global_secondary_index": [one]}, {"global_secondary_index": [other]})) == []
    assert words(table({}, {"global_secondary_index": [one]})) == []
    assert words(table({"global_secondary_index": [one]}, {})) == ["orders loses 1 index: queries by it fail at once"]
    [found] = words(
        table({"global_secondary_index": [one]}, {"global_secondary_index": [index("by-mail", "mail", "at")]})
    )
    assert found.startswith("1 index of orders is made anew: queries by it fail until all items are read again.")


def test_a_table_that_begins_to_delete_items_is_named() -> None:
    on, other = ({"ttl": [{"attribute_name": name, "enabled": True}]} for name in ("expires", "until"))
    off = {"ttl": [{"attribute_name": "", "enabled": False}]}
    [begins] = said(table(off, on))
    assert begins.headline == "a table begins to delete items"
    assert begins.words == "orders begins to delete items: all whose time is past go within days of this"
    assert words(table({}, on)) == [begins.words]
    assert [each.partition(" as long")[0] for each in words(table(on, other))] == [
        "AWS refuses the other ttl of orders"
    ]
    assert words(table(on, on | {"stream_enabled": True})) == []


def test_a_stream_that_goes_or_is_another_is_named() -> None:
    new, old = ({"stream_enabled": True, "stream_view_type": each} for each in ("NEW_IMAGE", "OLD_IMAGE"))
    [goes], [other] = words(table(new, {"stream_enabled": False})), words(table(new, old))
    assert goes.startswith("the stream of orders goes: ")
    assert other.startswith("the stream of orders is made anew, under another ARN: ")
    assert words(table({}, new)) == []


def test_the_comment_says_each_once_with_the_stacks_that_it_is_so_of() -> None:
    plan = {"format_version": "1.2", "resource_changes": [STAYS, address("0", "no-op"), address("1", "create")]}
    statuses: dict[str, Status] = {"common-a": "changes", "common-b": "changes", "common-c": "applied"}
    reports = [
        Report(name, name, "common", "main", False, status, summary=summary(plan)) for name, status in statuses.items()
    ]
    text = body(reports)
    assert "**partners must allow 2 addresses, 1 of them new**" in text.splitlines()[0]
    [line] = [line for line in text.splitlines() if "⚠️" in line]
    assert line.startswith("> - ⚠️ **common-a**, **common-b**: partners must allow 2 addresses, 1 of them new: tasks")


def test_a_report_of_others_can_not_write_a_headline() -> None:
    caution = Caution("<b>@everyone</b>", "**[x](http://example.com)** @everyone")
    told = summary({"format_version": "1.2", "resource_changes": [STAYS, RUNS]})
    report = Report("a", "a", "common", "main", False, "changes", summary=replace(told, cautions=(caution,)))
    text = body([report])
    assert "http://example.com" not in text
    assert text.count("@everyone") == text.count("`<b>@everyone</b>`") == 1


def record(name: str, before: str, after: str | None) -> Json:
    leads = ({"name": name, "type": "A", "alias": [{"name": each}]} for each in (before, str(after)))
    return change("aws_route53_record.domain_a", "update", *leads)


@pytest.mark.parametrize(
    ("before", "after", "opens"),
    [
        ("internal-test-1.elb.amazonaws.com", "test-2.elb.amazonaws.com", True),
        ("internal-test-1.elb.amazonaws.com", None, True),
        ("internal-test-1.elb.amazonaws.com", "internal-test-2.elb.amazonaws.com", False),
        ("test-2.elb.amazonaws.com", "internal-test-1.elb.amazonaws.com", False),
    ],
)
def test_a_name_that_leaves_an_internal_load_balancer_opens(before: str, after: str | None, opens: bool) -> None:
    sentence = "test.example.jp opens to the internet: it was reached from inside the VPC alone"
    assert words(record("test.example.jp", before, after)) == ([sentence] if opens else [])


def test_a_rule_that_leads_to_another_target_group_answers_503_until_tasks_are_there() -> None:
    hosts = {"listener_arn": "l", "condition": [{"host_header": [{"values": ["test.example.jp"]}]}]}
    old, unknown = {**hosts, "action": [{"target_group_arn": "arn:old"}]}, {**hosts, "action": [{}]}
    [until] = words(change("aws_lb_listener_rule.listener_rule_1", "update", old, unknown))
    assert until.startswith("test.example.jp answers 503 until tasks behind another target group are well")
    assert words(change("aws_lb_listener_rule.listener_rule_1", "update", old, {**old, "tags": {}})) == []


def test_browsers_that_are_kept_no_longer_lose_what_one_task_knows() -> None:
    sticky, free = ({"stickiness": [{"enabled": each}]} for each in (True, False))
    [lost] = words(change("aws_lb_target_group.web_target_group_1", "update", sticky, free))
    assert lost == "web keeps no browser at one task any more: what only that task knows of it is lost"
    assert words(change("aws_lb_target_group.web_target_group_1", "update", free, sticky)) == []


def test_how_many_accounts_may_pull_from_now_on_is_said() -> None:
    def policy(*accounts: str) -> Json:
        named = [f"arn:aws:iam::{each}:root" for each in accounts]
        allow = {"Effect": "Allow", "Principal": {"AWS": named if len(named) > 1 else named[0]}, "Action": "ecr:*"}
        return {"repository": "kakei/web", "policy": json.dumps({"Statement": [allow]})}

    address = "aws_ecr_repository_policy.web_policy"
    assert words(change(address, "create", None, policy("1", "2"))) == ["2 other AWS accounts may pull kakei/web"]
    assert words(change(address, "update", policy("1"), policy("1", "2"))) == ["1 other AWS account may pull kakei/web"]
    assert words(change(address, "update", policy("1", "2"), policy("1"))) == []
    assert words(change(address, "create", None, {"repository": "kakei/web", "policy": None})) == []


def rules(*each: Json) -> Json:
    return {"rule": [{"id": str(index), "status": "Enabled", **rule} for index, rule in enumerate(each)]}


LIFECYCLE = "aws_s3_bucket_lifecycle_configuration.uploads_lifecycle"
UNFINISHED: Json = {"abort_incomplete_multipart_upload": [{"days_after_initiation": 7}]}


def expiring(current: int, noncurrent: int = 0) -> Json:
    return {
        "expiration": [{"days": current, "expired_object_delete_marker": not current}],
        "noncurrent_version_expiration": [{"noncurrent_days": noncurrent}] if noncurrent else [],
    }


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([UNFINISHED], [UNFINISHED, expiring(7)], ["deletes objects after 7 days"]),
        ([expiring(30)], [expiring(7)], ["deletes objects after 7 days"]),
        ([UNFINISHED], [expiring(0, 1)], ["deletes old versions of objects for ever after 1 day"]),
        ([expiring(30, 90)], [expiring(7, 30)], ["deletes objects", "deletes old versions"]),
        ([expiring(7, 30)], [expiring(30, 90)], []),
        ([expiring(7)], [UNFINISHED], []),
        ([UNFINISHED], [{**expiring(7), "status": "Disabled"}], []),
    ],
)
def test_a_bucket_that_begins_to_delete_or_earlier_is_grave(
    before: list[Json], after: list[Json], expected: list[str]
) -> None:
    found = said(change(LIFECYCLE, "update", rules(*before), rules(*after)))
    assert [caution.words.startswith(f"uploads {each}") for caution, each in zip(found, expected, strict=True)] == [
        True for _ in expected
    ]
    assert all(caution.grave for caution in found)


def test_a_new_buckets_rules_delete_nothing_that_is_there() -> None:
    assert said(change(LIFECYCLE, "create", None, rules(expiring(7)))) == ()


NOTE = {"cache": "jobs", "group": "jobs-1", "number": 1}


def test_who_is_cut_off_by_a_caches_token_is_told_and_none_is_taken_away() -> None:
    cache = {"replication_group_id": "jobs-1"}
    stays = change("aws_elasticache_replication_group.jobs_group", "no-op", cache, cache)
    made = change("aws_elasticache_replication_group.jobs_group", "create", None, cache)
    token = "terraform_data.jobs_token"
    begins = change(token, "create", None, {"input": NOTE})
    [asks] = said(stays, begins)
    assert asks.headline == "a cache asks for a token"
    assert said(made, begins) == (), "nobody is there yet"
    [other] = words(stays, change(token, "update", {"input": NOTE}, {"input": {**NOTE, "number": 2}}))
    assert other.startswith("jobs gets a new token: who has the old one is refused once the tasks that run are")
    goes = change(token, "delete", {"input": NOTE}, None)
    [refused] = impossible({"resource_changes": [stays, goes]})
    assert refused.startswith("jobs would go on asking for its token")
    assert impossible({"resource_changes": [change(stays["address"], "delete", cache, None), goes]}) == ()
    assert impossible({"resource_changes": [change(stays["address"], "delete+create", cache, cache), goes]}) == ()


CACHE = "aws_elasticache_replication_group.jobs_group"
RUNNING: Json = {
    "engine": "redis",
    "engine_version": "7.1",
    "node_type": "cache.t4g.micro",
    "automatic_failover_enabled": True,
    "snapshot_retention_limit": 7,
    "apply_immediately": False,
}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (
            {"engine": "valkey", "engine_version": "8.0"},
            ["jobs gets another version in its weekly window: its"],
        ),
        ({"engine_version": "7.2", "apply_immediately": True}, ["jobs gets another version at once: its clients"]),
        ({"node_type": "cache.t4g.small"}, ["jobs moves to other nodes in its weekly window"]),
        ({"automatic_failover_enabled": False}, ["jobs has no replica any more"]),
        ({"snapshot_retention_limit": 0}, ["jobs loses backups: all of them"]),
        ({"snapshot_retention_limit": 1}, ["jobs loses backups: those of more than 1 day"]),
        ({"snapshot_retention_limit": 9, "apply_immediately": True}, []),
    ],
)
def test_what_a_change_of_a_cache_does_to_its_clients_is_said(after: Json, expected: list[str]) -> None:
    found = words(change(CACHE, "update", RUNNING, {**RUNNING, **after}))
    assert len(found) == len(expected)
    assert all(each.startswith(begin) for each, begin in zip(found, expected, strict=True)), found


def test_a_cache_that_is_made_anew_is_empty() -> None:
    [caution] = said(change(CACHE, "delete+create", RUNNING, {**RUNNING, "engine_version": "6.2"}))
    assert caution.grave
    assert caution.words == "jobs is made anew, and is empty then"


DOMAIN = "aws_opensearch_domain.products_domain"


def searching(version: str = "2.17", **cluster: object) -> Json:
    config = {"instance_type": "t3.small.search", "instance_count": 2, "zone_awareness_enabled": True, **cluster}
    return {"engine_version": f"OpenSearch_{version}", "cluster_config": [config]}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (searching("2.19"), ["products gets another version: AWS makes new nodes beside those that run"]),
        (searching(instance_type="m7g.large.search"), ["products moves to other nodes: AWS makes them beside"]),
        (
            searching(instance_count=1, zone_awareness_enabled=False),
            ["products moves to other nodes: AWS makes", "products has one node alone from then on"],
        ),
        (searching(), []),
        ({"engine_version": "OpenSearch_2.17", "cluster_config": "odd"}, ["products moves to other nodes"]),
    ],
)
def test_what_a_change_of_a_search_domain_takes_is_said(after: Json, expected: list[str]) -> None:
    found = words(change(DOMAIN, "update", searching(), after))
    assert len(found) == len(expected)
    assert all(each.startswith(begin) for each, begin in zip(found, expected, strict=True)), found


def test_a_search_domain_that_is_made_anew_is_empty() -> None:
    [caution] = said(change(DOMAIN, "delete+create", searching(), searching("1.3")))
    assert caution.grave
    assert caution.headline == "a search domain is emptied"


def guarded(name: str, *sources: str, path: str = "", host: str = "x.example.jp") -> Json:
    """A listener rule for some addresses, or for all."""
    kinds = {"host_header": [host], "path_pattern": [path] if path else [], "source_ip": list(sources)}
    conditions = [{kind: [{"values": values}]} for kind, values in kinds.items() if values]
    action = {"type": "forward", "target_group_arn": f"arn:{name}"}
    return {"listener_arn": "arn:listener", "action": [action], "condition": conditions}


def by_itself(rule: Json, **action: Any) -> Json:
    return {**rule, "action": [{kind: [values] for kind, values in action.items()}]}


ALL_OTHERS = {"fixed_response": {"status_code": "403"}}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["203.0.113.0/24"], ["203.0.113.0/24", "2001:db8::/32"], ["x.example.jp lets in 1 range of addresses more"]),
        (
            ["203.0.113.0/24"],
            ["203.0.113.0/25"],
            ["x.example.jp shuts 1 range of addresses out: who comes from there gets 403"],
        ),
        (["203.0.113.0/25"], ["203.0.113.0/24"], ["x.example.jp lets in 1 range of addresses more"]),
        (
            ["203.0.113.0/24"],
            ["0.0.0.0/0"],
            ["x.example.jp opens to the internet: a range of all addresses is among those that get in"],
        ),
        (["203.0.113.0/24"], [], ["x.example.jp lets everybody in: it was kept to 1 range of addresses"]),
        ([], ["203.0.113.0/24"], ["x.example.jp lets in 1 range of addresses alone: all others get 403 at once"]),
        (["203.0.113.0/24"], ["203.0.113.0/24"], []),
    ],
)
def test_who_gets_in_and_who_no_more(before: list[str], after: list[str], expected: list[str]) -> None:
    rule = "aws_lb_listener_rule.listener_rule_1"
    assert words(change(rule, "update", guarded("web", *before), guarded("web", *after))) == expected


def test_a_path_without_its_list_is_what_the_rest_of_its_host_is() -> None:
    one, two, three = (f"aws_lb_listener_rule.listener_rule_{number}" for number in (1, 2, 3))
    rest, admin = guarded("web"), guarded("web", "203.0.113.0/24", "2001:db8::/32", path="/admin*")
    refuses = by_itself(guarded("web", path="/admin*"), **ALL_OTHERS)
    stays = change(three, "no-op", rest, rest)
    opened = said(stays, change(one, "delete", admin), change(two, "delete", refuses))
    assert [each.words for each in opened] == [
        "x.example.jp/admin* lets everybody in: it was kept to 2 ranges of addresses"
    ]
    assert opened[0].headline == "a list of addresses that kept others out goes"
    closed = words(stays, change(one, "create", None, admin), change(two, "create", None, refuses))
    assert closed == ["x.example.jp/admin* lets in 2 ranges of addresses alone: all others get 403 at once"]


def asking(rule: Json) -> Json:
    """The same after people have signed in."""
    return {**rule, "action": [{"type": "authenticate-cognito", "authenticate_cognito": [{}]}, *rule["action"]]}


def test_a_path_that_was_behind_sign_in_and_opens_is_grave() -> None:
    one, two = (f"aws_lb_listener_rule.listener_rule_{number}" for number in (1, 2))
    rest, hooks, admin = (guarded("web", path=path) for path in ("", "/hooks/*", "/admin*"))
    stays = change(two, "no-op", asking(rest), asking(rest))
    [opened] = said(change(one, "update", asking(rest), rest))
    assert opened.words == "nobody has to sign in to x.example.jp any more: whoever is let in there is answered"
    assert (opened.grave, opened.headline) == (True, "a path opens where people had to sign in")
    [left_out] = said(stays, change(one, "create", None, hooks))
    assert (left_out.words.startswith("nobody has to sign in to x.example.jp/hooks/* any more"), left_out.grave) == (
        True,
    ) * 2
    gone = said(change(two, "no-op", rest, rest), change(one, "delete", asking(admin)))
    [rest_open] = [each for each in gone if each.grave]
    assert rest_open.words.startswith("nobody has to sign in to x.example.jp/admin* any more")
    closed = words(change(one, "update", rest, asking(rest)))
    assert closed == [
        "x.example.jp asks people to sign in from now on: programs that call it are sent to where people do"
    ]
    assert words(stays, change(one, "create", None, asking(admin))) == []
    assert words(stays, change(one, "update", asking(hooks), {**asking(hooks), "priority": 2})) == []
    # A rule that leads elsewhere after that is none that answers 503.
    assert words(change(one, "update", asking(rest), {**asking(rest), "tags": {"a": "b"}})) == []


def lets_in(*domains: str) -> Json:
    return {"environment": [{"variables": {"DOMAINS": json.dumps(domains), "VERIFIED": "true"}}]}


def test_who_may_sign_in_and_who_no_more() -> None:
    function, pool = "aws_lambda_function.sign_in_function", "aws_cognito_user_pool.sign_in_pool"
    assert words(change(function, "update", lets_in("a.jp"), lets_in("b.jp"))) == [
        "whose mail address is of b.jp may sign in, too",
        "whose mail address is of a.jp may sign in no more: who is signed in is asked again within the hour, and "
        "refused",
    ]
    assert words(change(function, "update", lets_in("a.jp"), {**lets_in("a.jp"), "timeout": 5})) == []
    [gone] = said(change(function, "delete", lets_in("a.jp")), change(pool, "update", {"id": "p"}, {"id": "p"}))
    assert gone.grave
    assert gone.words == "whoever the identity provider knows may sign in: mail addresses are looked at no more"
    note = {"client_id": "1", "issuer": "", "pool": "p", "provider": "Google", "kept_at": "s"}
    other = {**note, "issuer": "https://id.example.jp", "provider": "OIDC"}
    at = "terraform_data.sign_in_provider"
    assert words(change(at, "update", {"input": note}, {"input": other})) == [
        "people sign in by OIDC, not Google: to applications that know them by their id they are others"
    ]
    assert words(change(at, "update", {"input": note}, {"input": {**note, "client_id": "2"}})) == []


def test_what_load_balancers_answer_by_themselves_is_said_where_services_were_asked() -> None:
    one, two = (f"aws_lb_listener_rule.listener_rule_{number}" for number in (1, 2))
    rest = change(two, "no-op", guarded("web"), guarded("web"))
    moved = by_itself(guarded("", path="/old"), redirect={"status_code": "HTTP_301"})
    [said_] = words(rest, change(one, "create", None, moved))
    assert said_.startswith("x.example.jp/old is sent elsewhere for good (301), before any service is asked: browsers")
    assert words(rest, change(one, "update", moved, moved)) == []
    shut = by_itself(guarded(""), fixed_response={"status_code": "503"})
    assert words(rest, change(one, "create", None, shut)) == [
        "all of x.example.jp is answered by the load balancer itself, before any service is asked"
    ]
    elsewhere = by_itself(guarded("", host="new.example.jp"), fixed_response={"status_code": "200"})
    assert words(rest, change(one, "create", None, elsewhere)) == []
    gone = change("aws_lb_listener_rule.listener_rule_3", "delete", guarded("api", path="/old"))
    later = by_itself(guarded("", path="/old"), redirect={"status_code": "HTTP_302"})
    assert words(rest, gone, change(one, "create", None, later)) == [
        "x.example.jp/old is answered by the load balancer itself, before any service is asked"
    ]


def test_what_is_imported_loses_no_protection_unseen() -> None:
    """As what is there already: an import is no way round."""
    imported = change("aws_lb.public", "update", LOCKED, OPEN)
    imported["change"]["importing"] = {"id": "arn"}
    [caution] = summary({"format_version": "1.2", "resource_changes": [imported]}).cautions
    assert caution.grave
    assert caution.words == "what protects from loss goes: aws_lb.public (deletion protection)"


def acl(*blocks: str, counts: Sequence[str] = ()) -> Json:
    ways = {**dict.fromkeys(blocks, "none"), **dict.fromkeys(counts, "count")}
    return {"rule": [{"name": name, "override_action": [{way: [{}]}]} for name, way in ways.items()]}


LOCKED = {"enable_deletion_protection": True}
OPEN = {"enable_deletion_protection": False}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            [change("aws_lb.public", "update", LOCKED, OPEN)],
            "what protects from loss goes: aws_lb.public (deletion protection)",
        ),
        (
            [
                change("aws_db_instance.db", "update", {"skip_final_snapshot": False}, {"skip_final_snapshot": True}),
                change("aws_s3_bucket.own", "update", {"force_destroy": False}, {"force_destroy": True}),
            ],
            "what protects from loss goes: aws_db_instance.db (skip_final_snapshot), aws_s3_bucket.own (force_destroy)",
        ),
        (
            [change("aws_db_instance.db", "create", None, {"publicly_accessible": True})],
            "aws_db_instance.db: it gets an address that all of the internet can reach",
        ),
        (
            [
                change(
                    "aws_s3_bucket_public_access_block.uploads",
                    "update",
                    {"block_public_acls": True, "block_public_policy": True},
                    {"block_public_acls": True, "block_public_policy": False},
                )
            ],
            "aws_s3_bucket_public_access_block.uploads: its bucket may be opened to the public (block_public_policy)",
        ),
        (
            [change("aws_vpc_security_group_ingress_rule.db_from_web", "create", None, {"cidr_ipv4": "0.0.0.0/0"})],
            "aws_vpc_security_group_ingress_rule.db_from_web: it lets in all of the internet",
        ),
        (
            [change("aws_lambda_function_url.pdf", "create", None, {"authorization_type": "NONE"})],
            "aws_lambda_function_url.pdf: whoever knows the address may call the function",
        ),
        (
            [
                change("aws_lb.public", "update", {"arn": "a", "idle_timeout": 60}, {"arn": "a", "idle_timeout": 5}),
                change("aws_wafv2_web_acl_association.waf_public", "delete", {"resource_arn": "a"}, None),
            ],
            "aws_wafv2_web_acl_association.waf_public: no firewall stands before it any more",
        ),
        (
            [change("aws_wafv2_web_acl.waf_acl", "update", acl("sql", "common", "php"), acl("php", counts=["sql"]))],
            "aws_wafv2_web_acl.waf_acl: what these rules stopped gets in: sql, common",
        ),
        (
            [
                change("aws_cloudfront_distribution.web", "update", {"web_acl_id": "w"}, {"web_acl_id": "common"}),
                change("aws_wafv2_web_acl.own", "delete", {**acl("sql", "allow-all_1"), "arn": "w"}, None),
            ],
            "aws_cloudfront_distribution.web: what these rules stopped gets in: allow-all_1",
        ),
        (
            [
                change("aws_cloudfront_distribution.web", "update", {"web_acl_id": "w"}, {"web_acl_id": None}),
                change("aws_wafv2_web_acl.own", "delete", {**acl("sql", "allow-all_1"), "arn": "w"}, None),
            ],
            "aws_cloudfront_distribution.web: what these rules stopped gets in: sql, allow-all_1",
        ),
        (
            [
                change(
                    "aws_apigatewayv2_route.web_default",
                    "update",
                    {"route_key": "$default", "authorization_type": "JWT"},
                    {"route_key": "$default", "authorization_type": "NONE"},
                )
            ],
            "aws_apigatewayv2_route.web_default: who shows no token gets in by $default",
        ),
        (
            [change("aws_apigatewayv2_route.web_open", "create", None, {"route_key": "ANY /a", "api_id": "abc"})],
            "aws_apigatewayv2_route.web_open: who shows no token gets in by ANY /a",
        ),
    ],
)
def test_what_takes_protection_away_is_dangerous(changes: list[Json], expected: str) -> None:
    [caution] = [each for each in said(*changes) if each.grave]
    assert caution.words == expected
    plan = {"format_version": "1.2", "resource_changes": [STAYS, *changes]}
    report = Report("a", "a", "common", "main", False, "changes", summary=summary(plan))
    assert result([report]) == "dangerous"


@pytest.mark.parametrize(
    "changes",
    [
        [change("aws_lb.public", "update", OPEN, LOCKED)],
        [change("aws_lb.public", "update", OPEN, {**OPEN, "idle_timeout": 5})],
        [change("aws_lb.public", "create", None, OPEN)],
        [change("aws_lb.public", "delete", OPEN, None)],
        [change("aws_vpc_security_group_ingress_rule.security_port_443_ipv6", "create", None, {"cidr_ipv6": "::/0"})],
        [change("aws_lambda_function_url.pdf", "create", None, {"authorization_type": "AWS_IAM"})],
        [change("aws_wafv2_web_acl.waf_acl", "update", acl("common", counts=["sql"]), acl("common", "sql", "php"))],
        [change("aws_wafv2_web_acl_association.waf_public", "delete", {"resource_arn": "a"}, None)],
        [change("aws_apigatewayv2_route.web_open", "create", None, {"route_key": "ANY /a"})],
        [change("aws_apigatewayv2_route.web_options", "create", None, {"route_key": "OPTIONS /", "api_id": "abc"})],
        [change("aws_apigatewayv2_route.web_default", "delete", {"authorization_type": "JWT"}, None)],
        [change("aws_db_instance.db", "update", {"publicly_accessible": True}, {"publicly_accessible": True})],
    ],
)
def test_what_protects_as_before_is_nothing_to_tell(changes: list[Json]) -> None:
    assert not any(each.grave for each in said(*changes))


def test_a_bucket_that_was_there_before_cloudfront_shows_it_is_named() -> None:
    uploads, other = "uploads.s3.ap-northeast-1.amazonaws.com", "www.s3.ap-northeast-1.amazonaws.com"

    def distribution(actions: str, before: Json | None, *names: str) -> Json:
        after = {"origin": [{"origin_id": "files", "domain_name": name} for name in names]}
        return change("aws_cloudfront_distribution.media", actions, before, after)

    bucket = {"bucket_regional_domain_name": uploads}
    there = change("aws_s3_bucket.uploads", "no-op", bucket, bucket)
    expected = ["aws_s3_bucket.uploads: whoever knows its name reads every object in it, by "]
    expected[0] += "aws_cloudfront_distribution.media"
    made = change("aws_s3_bucket.www", "create", None, {"bucket": "www"})
    assert words(there, distribution("create", None, uploads), made) == expected
    assert words(there, distribution("update", {"origin": [{"domain_name": other}]}, other, uploads)) == expected
    assert words(there, distribution("update", {"origin": [{"domain_name": uploads}]}, uploads)) == []
    assert words(there, made, distribution("create", None, other)) == []
