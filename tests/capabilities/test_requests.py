"""What is emitted, as the requests that AWS would get, held to botocore's models and CloudFormation's schemas."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, StructureShape

from tanada.declarations.loader import load
from tanada.resources import entries
from tanada.resources.request import Member, Request
from tanada.stacks.app import synthesize
from tests.capabilities.test_capabilities import CAPABILITIES
from tests.requests import formation, forms, holding
from tests.requests.answers import ANSWERS, WITHOUT_CALL
from tests.requests.building import Placed, build, found_by_rule, member_of, shape_of
from tests.stacks import longest

SYSTEMS = ("default", "longest", *CAPABILITIES)
Json = dict[str, Any]
Emitted = dict[str, dict[str, Json]]


@pytest.fixture(scope="session")
def whole(emitted: Emitted, tmp_path_factory: pytest.TempPathFactory) -> Emitted:
    """Every system in the repository, and one whose names are as long as they may be."""
    folder = longest.written(tmp_path_factory.mktemp("longest"))
    synthesize(load(folder), folder / "out")
    files = sorted(folder.glob("out/stacks/*/cdk.tf.json"))
    emitted["longest"] = {each.parent.name: json.loads(each.read_text()) for each in files}
    return emitted


def resources(stacks: dict[str, Json]) -> Iterator[tuple[str, str, Json]]:
    """Stack and address, type and attributes."""
    for name, stack in stacks.items():
        for type_, named in stack["resource"].items():
            yield from ((f"{name}: {type_}.{each}", type_, attributes) for each, attributes in named.items())


def request_of(type_: str) -> Request:
    known = entries()[type_].request
    assert known is not None
    return known


def faults(type_: str, attributes: Json) -> list[str]:
    request = request_of(type_)
    built = build(attributes, request)
    return [
        *holding.faults(built, request),
        *(sentence for each in built.placed for sentence in formation.faults(each, request)),
        *(sentence for each in built.placed for sentence in forms.faults(type_, each.leaf)),
    ]


@pytest.fixture(scope="session")
def placed(whole: Emitted) -> list[tuple[str, Placed]]:
    """Type and place of all that every system says, which takes seconds to find."""
    return [
        (type_, each)
        for system in SYSTEMS
        for _, type_, attributes in resources(whole[system])
        if type_ not in WITHOUT_CALL
        for each in build(attributes, request_of(type_)).placed
    ]


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_type_that_is_emitted_has_its_calls(system: str, whole: Emitted) -> None:
    types = {type_ for _, type_, _ in resources(whole[system])}
    called = {entry.type for entry in entries().values() if entry.request is not None}
    assert sorted(types - called - WITHOUT_CALL.keys()) == [], "`request` of its entry, or a reason in answers.py"


@pytest.mark.parametrize("system", SYSTEMS)
def test_aws_takes_all_that_is_emitted(system: str, whole: Emitted) -> None:
    found = {
        address: wrong
        for address, type_, attributes in resources(whole[system])
        if type_ not in WITHOUT_CALL and (wrong := faults(type_, attributes))
    }
    assert found == {}


def test_what_no_model_knows_is_answered_one_by_one(placed: list[tuple[str, Placed]]) -> None:
    strangers = {
        (type_, each.leaf.name)
        for type_, each in placed
        if not each.call and not formation.known(each, request_of(type_))
    }
    assert sorted(strangers - ANSWERS.keys()) == [], "its member in the entry, or a reason in tests/requests/answers.py"
    assert sorted(ANSWERS.keys() - strangers) == [], "not needed any more"


def test_every_form_is_of_something_that_is_emitted(placed: list[tuple[str, Placed]]) -> None:
    assert sorted(forms.FORMS.keys() - {(type_, each.leaf.name) for type_, each in placed}) == []


FIFO = "FifoTopic"
"""Of SNS's attributes the one that botocore's documentation leaves out (SNS API reference, CreateTopic)."""
MOST = {
    ("aws_ecs_service", "network_configuration.security_groups"): 5,  # ECS API reference, AwsVpcConfiguration
    ("aws_ecs_service", "network_configuration.subnets"): 16,
    ("aws_lb", "security_groups"): 5,  # VPC guide, Amazon VPC quotas: groups a network interface
    ("aws_lb_listener_rule", "condition.host_header.values"): 5,  # ELB guide, Quotas: condition values a rule
    ("aws_iam_openid_connect_provider", "client_id_list"): 100,  # IAM user guide, quotas
}


def test_lists_are_as_long_as_aws_takes_them(placed: list[tuple[str, Placed]]) -> None:
    for type_, each in placed:
        if isinstance(each.leaf.value, list):
            assert len(each.leaf.value) <= MOST.get((type_, each.leaf.name), 1000), (type_, each.leaf.name)


def test_trust_policies_are_short_enough(placed: list[tuple[str, Placed]]) -> None:
    """2,048 characters without white space (IAM user guide, IAM and AWS STS quotas), at the longest too."""
    policies = [each.leaf.value for _, each in placed if each.leaf.name == "assume_role_policy"]
    assert len(policies) > 20
    assert max(len("".join(policy.split())) for policy in policies) <= 2048


def test_images_are_short_enough(whole: Emitted) -> None:
    """ECS takes 255 characters (hashicorp/terraform-provider-aws#22629); a host in China is the longest."""
    tag, host = 128, len("111111111111.dkr.ecr.cn-northwest-1.amazonaws.com.cn")
    for system in SYSTEMS:
        for stack in whole[system].values():
            for repository in stack["resource"].get("aws_ecr_repository", {}).values():
                assert host + 1 + len(repository["name"]) + 1 + tag <= 255


def test_no_entry_names_a_member_that_the_rule_finds_or_nobody_uses(placed: list[tuple[str, Placed]]) -> None:
    used: set[tuple[str, str]] = set()
    for type_, each in placed:
        for length in range(1, len(each.leaf.path) + 1):
            used.add((type_, ".".join(each.leaf.path[:length])))
    named = {(entry.type, path) for entry in entries().values() if entry.request for path in entry.request.members}
    assert len(named) > 80
    assert sorted(named - used) == []
    needless = [
        (entry.type, path)
        for entry in entries().values()
        for path, member in (entry.request.members.items() if entry.request else ())
        if entry.request and member == ".".join(found_by_rule(path, entry.request))
    ]
    assert needless == []


def test_keys_of_attributes_are_those_that_aws_documents() -> None:
    """Lists of keys and values take any key by the model; its documentation has them all."""
    keys = 0
    for entry in entries().values():
        for member in entry.request.members.values() if entry.request else ():
            if isinstance(member, Member) and member.key:
                assert entry.request is not None
                shape = shape_of(entry.request.service, entry.request.calls[-1]).members[member.path]
                if isinstance(shape, MapShape):
                    known = shape.key.metadata.get("enum") or (*re.findall(r"<code>(\w+)", shape.documentation), FIFO)
                    assert member.key in known, member.key
                    keys += 1
                    continue
                assert isinstance(shape, ListShape)
                item = shape.member
                assert isinstance(item, StructureShape)
                assert f"<code>{member.key}</code>" in item.members["Key"].documentation, member.key
                keys += 1
    assert keys > 15


def change(path: str, value: Any) -> Callable[[Json], None]:
    def changed(attributes: Json) -> None:
        *blocks, last = path.split(".")
        at: Any = attributes
        for block in blocks:
            at = at[block]
            at = at[0] if isinstance(at, list) else at
        if value is None:
            del at[last]
        else:
            at[last] = value

    return changed


def container(**changes: Any) -> Callable[[Json], None]:
    def changed(attributes: Json) -> None:
        [only] = json.loads(attributes["container_definitions"])
        attributes["container_definitions"] = json.dumps([{**only, **changes}])

    return changed


MUTATIONS: dict[str, tuple[str, Callable[[Json], None], str]] = {
    "a word that is none": ("aws_ecr_repository", change("image_tag_mutability", "FROZEN"), "'FROZEN' is none of"),
    "in a block": ("aws_ecr_repository", change("encryption_configuration.encryption_type", "RSA"), "'RSA' is none of"),
    "in a list of blocks": ("aws_lb_listener", change("default_action.redirect.status_code", "HTTP_307"), "is none of"),
    "in a block that is called otherwise": ("aws_lb_listener_rule", change("action.type", "forwards"), "is none of"),
    "a flag that is a word": ("aws_ecs_service", change("network_configuration.assign_public_ip", "MAYBE"), "none of"),
    "a name that is too long": ("aws_iam_role", change("name", "r" * 65), "of 65 characters, and the most is 64"),
    "a load balancer's": ("aws_lb", change("name", "l" * 33), "has 33 characters, and not 1 to 32"),
    "a load balancer's end": ("aws_lb", change("name", "kakei-"), "is not of the form"),
    "a target group's": ("aws_lb_target_group", change("name", "t" * 33), "has 33 characters, and not 1 to 32"),
    "a description's letter": ("aws_security_group", change("description", "Ça va"), "is not of the form"),
    "a group's beginning": ("aws_security_group", change("name", "sg-web"), "is not of the form"),
    "a bucket's": ("aws_s3_bucket", change("bucket", "b" * 64), "has 64 characters, and not 3 to 63"),
    "a host that is a number": ("aws_route53_record", change("name", "10.0.0.1"), "is not of the form"),
    "a path that is none": ("aws_iam_role", change("path", "kakei"), "does not match"),
    "a name that is too short": ("aws_ecr_repository", change("name", "a"), "of 1 characters, and the least is 2"),
    "a name in capitals": ("aws_ecr_repository", change("name", "Kakei/web"), "does not match"),
    "an id that is a number": ("aws_security_group", change("vpc_id", 7), "7 is no string"),
    "a number that is too small": ("aws_lb_target_group", change("health_check.interval", 4), "the least is 5"),
    "a number that is too great": ("aws_lb_listener", change("port", 70000), "and the most is 65535"),
    "a text for a number": ("aws_ecs_service", change("desired_count", "two"), "'two' is no integer"),
    "what is needed": ("aws_lb_target_group", change("name", None), "Name is required"),
    "what is needed in a block": (
        "aws_ecs_service",
        change("capacity_provider_strategy.capacity_provider", None),
        "required",
    ),
    "a driver that is none": ("aws_ecs_task_definition", container(logConfiguration={"logDriver": "paper"}), "none of"),
    "a member that is none": ("aws_ecs_task_definition", container(stopTimout=5), "stopTimout is no member"),
    "a folder without a size": (
        "aws_ecs_task_definition",
        container(linuxParameters={"tmpfs": [{"containerPath": "/tmp"}]}),
        "size is required",
    ),
    "a record of no type": ("aws_route53_record", change("type", "ALIAS"), "'ALIAS' is none of"),
    "too long a value of a tag": ("aws_ecs_cluster", change("tags.Name", "t" * 257), "of 257 characters"),
    "days that CloudWatch does not take": (
        "aws_cloudwatch_log_group",
        change("retention_in_days", 31),
        "31 is none of",
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_aws_would_refuse_is_found(name: str, whole: Emitted) -> None:
    type_, spoil, says = MUTATIONS[name]
    for _, each, attributes in resources(whole["service" if type_ != "aws_route53_record" else "hosted_zone"]):
        if each == type_:
            spoilt = copy.deepcopy(attributes)
            try:
                spoil(spoilt)
            except KeyError:
                continue  # a resource without that block
            assert re.search(re.escape(says), "\n".join(faults(type_, spoilt))), faults(type_, spoilt)
            assert faults(type_, attributes) == []
            return
    raise AssertionError(f"no {type_} to spoil")


def test_the_member_of_a_block_is_that_of_the_longest_path() -> None:
    request = request_of("aws_ecs_service")
    attributes = {"network_configuration": {"assign_public_ip": True, "subnets": ["subnet-1"]}}
    built = build(attributes, request)
    assert built.requests["CreateService"] == {
        "networkConfiguration": {"awsvpcConfiguration": {"assignPublicIp": "ENABLED", "subnets": ["subnet-1"]}}
    }
    assert member_of(built.placed[0].leaf, request)[0].values
