"""What `check` counts in characters is no less than what is emitted, and not much more; with names at their longest."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from tanada.declarations.checks import sizes
from tanada.declarations.loader import load
from tanada.declared.account import Account
from tanada.declared.service import Service
from tanada.stacks.app import synthesize

SYSTEM, NAME = "s" * 20, "n" * 31
REGION = "ap-southeast-1"
ARN = "arn:aws:logs:ap-southeast-1:111111111111:log-group:/ssssssssssssssssssss/exec"
TABLES = [f"{'t' * 30}{index:02}" for index in range(30)]
SERVICE = {
    "image": "i" * 32,
    "port": 65535,
    "health": f"/{'h' * 200}",
    "user": "4294967294:4294967294",
    "writable": [f"/{'w' * 100}{index}" for index in range(6)],
    "command": ["run", "'\"{{}}\\", "{other.url}"],
    "entrypoint": ["/bin/é"],
    "variables": {"TEXT": "日本語\n" * 500, "TABLE": f"{{{TABLES[0]}.name}}", "URL": "{url}"},
    "reach": ["other", *TABLES],
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """An environment whose service has all that takes room."""
    folder = tmp_path_factory.mktemp("longest")
    document = {
        "system": SYSTEM,
        "tanada": "0.1",
        "accounts": {"main": {"id": "111111111111", "region": REGION}},
        "common": {"zones": ["example.jp"], "images": ["i" * 32]},
        "blueprint": {
            "services": {NAME: SERVICE, "other": {"image": "i" * 32, "port": 65535}},
            "stores": {each: {"table": {"key": "id"}} for each in TABLES},
        },
    }
    with (folder / "system.yaml").open("w") as file:
        YAML(typ="safe").dump(document, file)
    (folder / "environments").mkdir()
    (folder / "environments" / f"{'e' * 32}.yaml").write_text(
        f"account: main\ndomain: {'d' * 63}.{'d' * 53}.example.jp\n"
    )
    synthesize(load(folder), folder / "out")
    emitted: dict[str, Any] = json.loads((folder / f"out/stacks/environment-{'e' * 32}/cdk.tf.json").read_text())
    return emitted


def resolved(text: str, stack: dict[str, Any]) -> str:
    """The text with its references as long as AWS's values are."""
    table = f"arn:aws:dynamodb:{REGION}:111111111111:table/{'e' * 32}_{'t' * 32}_{SYSTEM}"
    text = re.sub(r"\$\{aws_dynamodb_table\.\w+\.arn\}", table, text)
    text = re.sub(r"\$\{aws_dynamodb_table\.\w+\.name\}", table.partition("/")[2], text)
    text = re.sub(r"\$\{lookup\(var\.image_tags[^}]*\}|\$\{var\.image_tags[^}]*\}", "t" * 128, text)
    text = re.sub(r"\$\{[^}]*\}", "r" * len(ARN) * 2, text)
    assert "${" not in text
    return text


def test_the_policy_of_a_role_is_as_long_as_it_was_counted(stack: dict[str, Any]) -> None:
    policy = resolved(stack["resource"]["aws_iam_role_policy"][f"{NAME}_task_policy"]["policy"], stack)
    account = Account.model_validate({"id": "111111111111", "region": REGION})
    tables = sizes.policy_of_tables([f"{'e' * 32}_{each}_{SYSTEM}" for each in TABLES], account)
    length = len("".join(policy.split()))
    assert tables < length <= tables + sizes.OTHER_PERMISSIONS
    assert length > tables + sizes.OTHER_PERMISSIONS / 2, "and not much less"


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
