"""What `check` counts in characters is no less than what is emitted, and not much more; with names at their longest."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tanada.declarations.checks import sizes
from tanada.declarations.loader import load
from tanada.declared import secrets
from tanada.declared.account import Account
from tanada.declared.service import Service
from tanada.stacks.app import synthesize
from tests.stacks.longest import ACCOUNT, ENVIRONMENT, NAME, REGION, SERVICE, SYSTEM, TABLES, written

ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/{SYSTEM}/exec"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """An environment whose service has all that takes room."""
    folder = written(tmp_path_factory.mktemp("longest"))
    synthesize(load(folder), folder / "out")
    emitted: dict[str, Any] = json.loads((folder / f"out/stacks/environment-{ENVIRONMENT}/cdk.tf.json").read_text())
    return emitted


def resolved(text: str, stack: dict[str, Any]) -> str:
    """The text with its references as long as AWS's values are."""
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{ENVIRONMENT}_{'t' * 32}_{SYSTEM}"
    text = re.sub(r"\$\{aws_dynamodb_table\.\w+\.arn\}", table, text)
    text = re.sub(r"\$\{aws_dynamodb_table\.\w+\.name\}", table.partition("/")[2], text)
    text = re.sub(r"\$\{lookup\(var\.image_tags[^}]*\}|\$\{var\.image_tags[^}]*\}", "t" * 128, text)
    text = re.sub(r"\$\{[^}]*\}", "r" * len(ARN) * 2, text)
    assert "${" not in text
    return text


def test_the_policy_of_a_role_is_as_long_as_it_was_counted(stack: dict[str, Any]) -> None:
    policy = resolved(stack["resource"]["aws_iam_role_policy"][f"{NAME}_task_policy"]["policy"], stack)
    account = Account.model_validate({"id": ACCOUNT, "region": REGION})
    tables = sizes.policy_of_tables([f"{ENVIRONMENT}_{each}_{SYSTEM}" for each in TABLES], account)
    length = len("".join(policy.split()))
    assert tables < length <= tables + sizes.OTHER_PERMISSIONS
    assert length > tables + sizes.OTHER_PERMISSIONS / 2, "and not much less"


def test_the_policy_of_the_role_that_starts_tasks_has_room_for_secrets(stack: dict[str, Any]) -> None:
    policy = json.loads(stack["resource"]["aws_iam_role_policy"][f"{NAME}_execution_policy"]["policy"])
    resources = [each for statement in policy["Statement"][3:] for each in statement["Resource"]]
    assert 25 < len(resources) < 50, "those of one folder are one"
    size = sum(map(secrets.written_out, resources))
    assert size <= secrets.ROOM < size + 5_000
    assert len("".join(resolved(json.dumps(policy), stack).split())) <= sizes.POLICIES


def test_permissions_of_one_kind_are_one_statement(stack: dict[str, Any]) -> None:
    policy = json.loads(stack["resource"]["aws_iam_role_policy"][f"{NAME}_task_policy"]["policy"])
    [tables] = [each for each in policy["Statement"] if "dynamodb:GetItem" in each["Action"]]
    assert len(tables["Resource"]) == 2 * len(TABLES)


def test_a_task_definition_is_as_long_as_it_was_counted(stack: dict[str, Any]) -> None:
    definition = stack["resource"]["aws_ecs_task_definition"][f"{NAME}_task_definition"]
    whole = {key: value for key, value in definition.items() if key not in ("//", "lifecycle", "container_definitions")}
    length = len(resolved(definition["container_definitions"] + json.dumps(whole), stack))
    texts = sizes.declared_texts(Service.model_validate(SERVICE))
    assert texts < length <= texts + sizes.OTHER_DEFINITION
    assert length > texts + sizes.OTHER_DEFINITION / 2
