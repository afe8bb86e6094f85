"""What stacks emit, of every system and capability in the repository, held to the entries of `tanada/resources`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from modules.ci_boundary import boundary
from tanada.declarations.loader import load
from tanada.declarations.publishing import ways_of
from tanada.declared.blueprint import Environment, Review, existing_buckets
from tanada.resources import DATA_SOURCES, Replaces, entries, passes_roles_to, uses
from tanada.resources.data_sources import SAFE_EPHEMERAL
from tests.capabilities.test_capabilities import CAPABILITIES, HERE, ROOT
from tests.iam import allowed
from tests.stacks.emitted import documents

SYSTEMS = ("default", *CAPABILITIES)
Json = dict[str, Any]
Emitted = dict[str, dict[str, Json]]


def resources(stacks: Iterable[Json]) -> Iterator[tuple[str, Json]]:
    """Type and attributes of each resource."""
    for stack in stacks:
        for type_, named in stack["resource"].items():
            yield from ((type_, attributes) for attributes in named.values())


def is_review(stack: Json) -> bool:
    return "workspace_key_prefix" in stack["terraform"]["backend"]["s3"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_each_emitted_type_has_an_entry(system: str, emitted: Emitted) -> None:
    types = {type_ for type_, _ in resources(emitted[system].values())}
    assert len(types) > 10
    assert sorted(types - entries().keys()) == [], "a new type belongs into the file of its service in tanada/resources"


@pytest.mark.parametrize("system", SYSTEMS)
def test_of_each_emitted_type_it_is_known_what_replaces_it(system: str, emitted: Emitted) -> None:
    types = {type_ for type_, _ in resources(emitted[system].values()) if type_.startswith("aws_")}
    known = {entry.type for entry in entries().values() if isinstance(entry.replaces, Replaces)}
    assert sorted(types - known) == [], "read the provider's file: `replaces` of its entry"


@pytest.mark.parametrize("system", SYSTEMS)
def test_of_each_emitted_type_it_is_known_what_ci_needs_to_read_and_to_change_it(system: str, emitted: Emitted) -> None:
    types = {type_ for type_, _ in resources(emitted[system].values()) if type_.startswith("aws_")}
    reading = {entry.type for entry in entries().values() if entry.reads}
    limited = {"aws_cognito_user_pool_client"}  # with its secret, of own pools alone: modules/ci_policies.py
    assert sorted(types - reading - limited) == [], "what a refresh calls: `reads` of its entry"
    changing = {entry.type for entry in entries().values() if entry.changes or entry.type.startswith("aws_iam_")}
    waits = {"aws_acm_certificate_validation"}  # makes nothing
    assert sorted(types - changing - waits) == [], "what making and destroying it calls: `changes` of its entry"
    data = {type_ for stack in emitted[system].values() for type_ in stack.get("data", {})}
    assert data <= DATA_SOURCES.keys() | {"terraform_remote_state"}


@pytest.mark.parametrize("system", SYSTEMS)
def test_roles_are_given_nothing_that_their_boundary_takes_away(system: str, emitted: Emitted) -> None:
    declared = load(ROOT if system == "default" else HERE / system)
    instances = [*declared.environments.values(), *([declared.review] if declared.review else [])]
    asked = {action for each in instances for action in each.asks()}
    buckets = {name for each in instances for name in existing_buckets(each.stores.values())}
    for stack in emitted[system].values():
        [account] = stack["provider"]["aws"][0]["allowed_account_ids"]
        sites = any(ways_of(declared))
        most = boundary(
            "arn:aws", declared.name, account, asked, buckets, published=sites, publishes=[account] if sites else []
        )
        named = documents(stack["resource"])
        inside = {f"${{aws_iam_role.{name}.name}}" for name, role in roles_of_tasks(stack)}
        policies = [each for each in named.get("aws_iam_role_policy", {}).values() if each["role"] in inside]
        assert policies or not inside
        for policy in policies:
            given = policy["policy"]["json"]["Statement"]
            for statement in (each for each in given if each["Effect"] == "Allow"):
                for action in statement["Action"]:
                    assert allowed([{"Statement": [{**statement, "Resource": "*", "Condition": {}}]}], action)
                    # Of these alone the boundary says on what.
                    said = action.startswith(
                        (
                            "dynamodb:DeleteBackup",
                            "dynamodb:DescribeBackup",
                            "events:",
                            "iam:",
                            "rds:",
                            "s3:",
                            "secretsmanager:",
                            "sts:",
                        )
                    )
                    on = statement["Resource"] if said else ["*"]
                    for resource in on:
                        whole = settled_role(
                            settled_table(settled_bucket(resource, named), named, account), named, account
                        )
                        passed = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
                        assert allowed([most], action, whole, passed), "what tasks do: `uses` of the type's entry"


def settled_bucket(resource: str, named: Json) -> str:
    """An ARN with the bucket's name in the place of the reference, in review as far as it is known."""
    found = re.search(r"\$\{aws_s3_bucket\.(\w+)\.bucket\}", resource)
    if found is None:
        return resource
    name = re.sub(r"\$\{.*?\"([^\"$]*).*\}", r"\1x", named["aws_s3_bucket"][found[1]]["bucket"])
    return resource.replace(found[0], name)


def settled_table(resource: str, named: Json, account: str) -> str:
    """The same of a table."""
    found = re.search(r"\$\{aws_dynamodb_table\.(\w+)\.arn\}", resource)
    if found is None:
        return resource
    table = named["aws_dynamodb_table"][found[1]]["name"]
    return resource.replace(found[0], f"arn:aws:dynamodb:ap-northeast-1:{account}:table/{table}")


def settled_role(resource: str, named: Json, account: str) -> str:
    """The same of a role."""
    found = re.fullmatch(r"\$\{aws_iam_role\.(\w+)\.arn\}", resource)
    if found is None:
        return resource
    role = named["aws_iam_role"][found[1]]
    return f"arn:aws:iam::{account}:role{role['path']}{role['name']}"


@pytest.mark.parametrize("system", ["secrets"])
def test_the_boundary_that_is_made_holds_what_services_ask_for(system: str, emitted: Emitted) -> None:
    """Of all environments of its AWS account, and of no other."""
    declared = load(HERE / system)
    [policy] = [
        json.loads(each["policy"])
        for each in emitted[system]["common-main"]["resource"]["aws_iam_policy"].values()
        if each["name"] == "kakei_boundary"
    ]
    assert declared.review is not None
    instances: list[Environment | Review] = [declared.review, *declared.environments.values()]
    here = [each for each in instances if each.account == "main"]
    asked = {action for each in here for action in each.asks()}
    assert asked
    assert set(policy["Statement"][0]["Action"]) == {*(each for each in uses() if not each.startswith("s3:")), *asked}


def roles_of_tasks(stack: Json) -> Iterator[tuple[str, Json]]:
    """All but those that CI assumes, which no role of the system can change."""
    for name, role in stack["resource"].get("aws_iam_role", {}).items():
        if list(trusted(role["assume_role_policy"])):
            yield name, role


def test_no_role_trusts_another_account_or_a_service_on_behalf_of_one(emitted: Emitted) -> None:
    """IAM can't hold what CI writes into a trust policy to a condition, so what is emitted is held to it here."""
    kinds = set()
    for system in SYSTEMS:
        for stack in emitted[system].values():
            [account] = stack["provider"]["aws"][0]["allowed_account_ids"]
            for role in stack["resource"].get("aws_iam_role", {}).values():
                [statement] = json.loads(role["assume_role_policy"])["Statement"]
                [(kind, name)] = statement["Principal"].items()
                kinds.add(kind)
                if name == "ecs.amazonaws.com":
                    # AWS's guide tells of no condition there; only who may hand the role on, in its own account, can
                    # have it used (modules/deployments.py).
                    assert "Condition" not in statement
                elif kind == "Service":
                    condition = statement["Condition"]
                    # CloudWatch Logs says by the ARN whom it comes for (its guide has no other condition).
                    arn = condition.get("StringLike", {}).get("aws:SourceArn", "")
                    of = arn.split(":")[4] if arn else condition["StringEquals"]["aws:SourceAccount"]
                    assert of == account
                elif {"operator", "publishers"} & {*role["//"]["metadata"]["path"].split("/")}:
                    assert statement["Condition"].keys() == {"ArnLike"}  # test_operators.py, test_publishers.py
                elif "person" in role["//"]["metadata"]["path"].split("/"):
                    assert "aws:PrincipalArn" in statement["Condition"]["ArnLike"]  # test_people.py
                else:
                    assert name.startswith(("${aws_iam_openid_connect_provider.ci_", f"arn:aws:iam::{account}:oidc-"))
    assert kinds == {"AWS", "Service", "Federated"}


def test_where_ci_applies_every_role_has_the_boundary_that_its_account_makes(emitted: Emitted) -> None:
    seen = set()
    for system in SYSTEMS:
        made = {
            (policy["name"], stack["provider"]["aws"][0]["allowed_account_ids"][0])
            for stack in emitted[system].values()
            for policy in stack["resource"].get("aws_iam_policy", {}).values()
            if policy["name"].endswith("_boundary")
        }
        for stack in emitted[system].values():
            [account] = stack["provider"]["aws"][0]["allowed_account_ids"]
            for _, role in roles_of_tasks(stack):
                limit = role.get("permissions_boundary")
                if limit == "${aws_iam_policy.ci_boundary.arn}":  # the same stack makes both
                    limit = (
                        f"arn:aws:iam::{account}:policy/{stack['resource']['aws_iam_policy']['ci_boundary']['name']}"
                    )
                name = limit and limit.removeprefix(f"arn:aws:iam::{account}:policy/")
                assert ((name, account) in made) if account in {each for _, each in made} else limit is None
                seen.add(limit is None)
    assert seen == {True, False}


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_kept_cannot_be_destroyed_by_terraform_either(system: str, emitted: Emitted) -> None:
    keeping = [stack for stack in emitted[system].values() if not is_review(stack)]
    lifecycles: dict[str, set[bool]] = {}
    for type_, attributes in resources(keeping):
        if "/(jobs)/of_jobs/" in attributes["//"]["metadata"]["path"]:
            continue  # its queue holds what wasn't started: nothing of anybody's, and the alarm has told it
        lifecycles.setdefault(type_, set()).add(bool(attributes.get("lifecycle", {}).get("prevent_destroy")))
    # One that is let go is among others.
    prevented = {(type_, True in prevents) for type_, prevents in lifecycles.items()}
    kept = {(entry.type, entry.kept) for entry in entries().values()}
    assert sorted(prevented - kept) == [], "kept in its entry, or prevent_destroy in its construct"
    assert any(prevents for _, prevents in prevented)


@pytest.mark.parametrize("system", SYSTEMS)
def test_review_environments_keep_nothing(system: str, emitted: Emitted) -> None:
    reviews = [stack for stack in emitted[system].values() if is_review(stack)]
    assert reviews or system != "default"
    assert [
        type_ for type_, attributes in resources(reviews) if attributes.get("lifecycle", {}).get("prevent_destroy")
    ] == []


def trusted(policy: str) -> Iterator[str]:
    """The services that may assume a role."""
    for statement in json.loads(policy)["Statement"]:
        services = statement["Principal"].get("Service", [])
        yield from [services] if isinstance(services, str) else services


def test_roles_are_handed_only_to_services_that_ci_may_hand_them_to(emitted: Emitted) -> None:
    services = {
        service
        for system in SYSTEMS
        for type_, attributes in resources(emitted[system].values())
        if type_ == "aws_iam_role"
        for service in trusted(attributes["assume_role_policy"])
    }
    assert services == set(passes_roles_to()), "the type that takes the role says passes_roles_to in its entry"


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_a_container_takes_as_a_secret_its_execution_role_may_read_and_nothing_else(
    system: str, emitted: Emitted
) -> None:
    read = {"ssm:GetParameters", "secretsmanager:GetSecretValue"}
    for stack in emitted[system].values():
        named = documents(stack["resource"])
        for name, definition in named.get("aws_ecs_task_definition", {}).items():
            policy = named["aws_iam_role_policy"][name.replace("_task_definition", "_execution_policy")]["policy"]
            statements = policy["json"]["Statement"]
            may = {arn for each in statements if read & set(each["Action"]) for arn in each["Resource"]}
            containers = definition["container_definitions"]["json"]
            taken = {arn_of(secret["valueFrom"]) for each in containers for secret in each.get("secrets", ())}
            hidden = [each["logConfiguration"].get("secretOptions", ()) for each in containers]
            taken |= {arn_of(secret["valueFrom"]) for options in hidden for secret in options}
            registries = [each["repositoryCredentials"] for each in containers if "repositoryCredentials" in each]
            keys = [each["credentialsParameter"] for each in registries]
            [account], region = (stack["provider"]["aws"][0][key] for key in ("allowed_account_ids", "region"))
            home = f"arn:aws:secretsmanager:{region}:{account}:secret"
            taken |= {each if each.startswith("arn:") else arn_of(f"{home}:{each}") for each in keys}
            assert taken == may, name


def arn_of(value_from: str) -> str:
    """What a policy names: a key of a secret's JSON stands behind the ARN, `<arn>:password::`; to the ARN of one
    that is known by its name Secrets Manager adds six characters."""
    arn = value_from.removesuffix("::").rpartition(":")[0] if value_from.endswith("::") else value_from
    return arn if ":ssm:" in arn or re.search(r"-[A-Za-z0-9]{6}$", arn) else f"{arn}-??????"


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_plan_reads_the_value_of_a_parameter_or_a_secret(system: str, emitted: Emitted) -> None:
    """No data source and no ephemeral resource opens one, and neither plan nor apply may: references are enough."""
    opening = ("ssm:GetParameter", "secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue")
    for name, stack in emitted[system].items():
        opened = {*stack.get("data", {}), *stack.get("ephemeral", {})} - {*SAFE_EPHEMERAL}
        assert [each for each in opened if each.startswith(("aws_ssm_", "aws_secretsmanager_"))] == [], name
        named = documents(stack["resource"])
        policies = {**named.get("aws_iam_policy", {}), **named.get("aws_iam_role_policy", {})}
        of_ci = [each for key, each in policies.items() if key.startswith("ci_") and key != "ci_boundary"]
        documents_of_ci = [each["policy"]["json"] for each in of_ci]
        assert not [action for action in opening if documents_of_ci and allowed(documents_of_ci, action)], name
