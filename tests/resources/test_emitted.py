"""What stacks emit, of every system and capability in the repository, held to the entries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tanada.resources import NotRead, entries, passes_roles_to

TESTS = Path(__file__).parents[1]
EMITTED = sorted(TESTS.glob("emitted/*.json"))
OF_CAPABILITIES = sorted(TESTS.glob("capabilities/*/emitted/*.json"))
ADDRESSES = sorted(TESTS.glob("addresses/*.txt"))

Json = dict[str, Any]


def stacks() -> Iterator[Json]:
    for file in (*EMITTED, *OF_CAPABILITIES):
        yield json.loads(file.read_text(encoding="utf-8"))


def resources() -> Iterator[tuple[str, str, Json]]:
    """Type, name and attributes of each emitted resource of permanent stacks and of review."""
    for stack in stacks():
        for type_, named in stack.get("resource", {}).items():
            yield from ((type_, name, attributes) for name, attributes in named.items())


def kept_stacks() -> Iterator[Json]:
    """Those under `removal: keep`: all but the review environments."""
    yield from (stack for stack in stacks() if not is_review(stack))


def is_review(stack: Json) -> bool:
    """Capabilities' files hold resources alone, and none of review."""
    return "workspace_key_prefix" in stack.get("terraform", {}).get("backend", {}).get("s3", {})


def test_each_emitted_type_has_an_entry() -> None:
    assert len(EMITTED) >= 3
    emitted = {type_ for type_, _, _ in resources()}
    addresses = {line.split(".")[0] for file in ADDRESSES for line in file.read_text().splitlines()} - {"data"}
    assert len(emitted) > 40
    missing = sorted((emitted | addresses) - entries().keys())
    assert missing == [], "a new type belongs into the file of its service in tanada/resources"


def test_of_each_emitted_type_it_is_known_what_replaces_it() -> None:
    types = {type_ for type_, _, _ in resources() if type_.startswith("aws_")}
    assert [type_ for type_ in sorted(types) if isinstance(entries()[type_].replaces, NotRead)] == []


def test_what_is_kept_cannot_be_destroyed_by_terraform_either() -> None:
    prevented: dict[str, set[bool]] = {}
    for stack in kept_stacks():
        for type_, named in stack.get("resource", {}).items():
            for attributes in named.values():
                prevents = bool(attributes.get("lifecycle", {}).get("prevent_destroy"))
                prevented.setdefault(type_, set()).add(prevents)
    differing = {type_: found for type_, found in prevented.items() if found != {entries()[type_].kept}}
    assert differing == {}, "kept in its entry, or prevent_destroy in its construct"
    assert sum(1 for found in prevented.values() if found == {True}) >= 4


def test_review_environments_keep_nothing() -> None:
    reviews = [stack for stack in stacks() if is_review(stack)]
    assert reviews
    assert "prevent_destroy" not in json.dumps(reviews).replace('"prevent_destroy": false', "")


def trusted(policy: Any) -> Iterator[str]:
    document = policy["json"] if isinstance(policy, dict) else json.loads(policy)
    for statement in document["Statement"]:
        principal = statement.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        yield from [services] if isinstance(services, str) else services


def test_roles_are_handed_only_to_services_that_ci_may_hand_them_to() -> None:
    services = {
        service
        for type_, _, attributes in resources()
        if type_ == "aws_iam_role"
        for service in trusted(attributes["assume_role_policy"])
    }
    assert services == set(passes_roles_to()), "the type that takes the role says passes_roles_to in its entry"


def test_what_a_container_takes_as_a_secret_its_execution_role_may_read_and_nothing_else() -> None:
    read = ("ssm:GetParameters", "secretsmanager:GetSecretValue")
    for stack in stacks():
        named = stack.get("resource", {})
        for name, definition in named.get("aws_ecs_task_definition", {}).items():
            policy = named["aws_iam_role_policy"][name.replace("_task_definition", "_execution_policy")]["policy"]
            may = {
                resource
                for statement in policy["json"]["Statement"]
                if set(read) & set(statement["Action"])
                for resource in statement["Resource"]
            }
            taken = {
                each["valueFrom"]
                for container in definition["container_definitions"]["json"]
                for each in container.get("secrets", ())
            }
            # a key of a secret's JSON stands behind the ARN: `<arn>:password::`
            assert {arn.removesuffix("::").rpartition(":")[0] if arn.endswith("::") else arn for arn in taken} == may, (
                name
            )
