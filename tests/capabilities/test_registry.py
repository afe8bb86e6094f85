"""Repositories with names of their own, made or there already: who is told of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from modules.ci_applying import applying
from modules.registry import existing
from tanada.declarations.inputs import CommonInput, inputs
from tanada.declarations.inventory import inventory
from tanada.declarations.loader import load
from tanada.declared.image import Repository
from tanada.terraform.first_tags import sources
from tanada.terraform.layout import Target

SYSTEM = Path(__file__).parent / "registry"


def test_one_that_exists_is_composed_as_text_and_nothing_is_made_or_read(emitted: dict[str, dict[str, Any]]) -> None:
    stack = emitted["registry"]["common-main"]
    named = [each["name"] for each in stack["resource"]["aws_ecr_repository"].values()]
    assert sorted(named) == ["kakei/web", "par/backend"]
    assert "aws_ecr_repository" not in stack.get("data", {})
    assert stack["output"]["registries"]["value"]["front"] == {
        "url": "111111111111.dkr.ecr.ap-northeast-1.amazonaws.com/par/front",
        "arn": "arn:aws:ecr:ap-northeast-1:111111111111:repository/par/front",
    }
    policies = json.dumps(
        emitted["registry"]["environment-test"]["resource"]["aws_iam_role_policy"]["front_execution_policy"]
    )
    assert "ecr:BatchGetImage" in policies
    assert "front" in policies


def test_one_in_china_has_its_own_ends() -> None:
    found = existing("par/web", account_id="1", region="cn-north-1")
    assert found.url == "1.dkr.ecr.cn-north-1.amazonaws.com.cn/par/web"
    assert found.arn == "arn:aws-cn:ecr:cn-north-1:1:repository/par/web"


def test_tags_are_looked_for_in_the_repository_that_the_declaration_names() -> None:
    system = load(SYSTEM)
    target = Target(next(each for each in inventory(system) if each.environment == "test"))
    assert sources(system, target, ["web", "backend", "front"], "HEAD").repositories == {
        "web": Repository("111111111111", "ap-northeast-1", "kakei/web"),
        "backend": Repository("111111111111", "ap-northeast-1", "par/backend"),
        "front": Repository("111111111111", "ap-northeast-1", "par/front"),
    }


def test_one_of_another_account_is_pulled_from_there_and_that_one_lets_exactly_those_pull_that_say_so(
    emitted: dict[str, dict[str, Any]],
) -> None:
    owner, borrower = emitted["registry"]["common-main"], emitted["registry"]["common-production"]
    [policy] = owner["resource"]["aws_ecr_repository_policy"].values()
    [statement] = json.loads(policy["policy"])["Statement"]
    assert policy["repository"] == "${aws_ecr_repository.web_repository.name}"
    assert statement["Principal"] == {"AWS": "arn:aws:iam::222222222222:root"}
    assert all(not action.startswith(("ecr:Put", "ecr:Delete", "ecr:Set", "ecr:*")) for action in statement["Action"])
    assert "aws_ecr_repository_policy" not in borrower["resource"]
    assert sorted(each["name"] for each in borrower["resource"]["aws_ecr_repository"].values()) == ["par/backend"]
    registries = borrower["output"]["registries"]["value"]
    assert registries["web"] == owner_of("kakei/web")
    production = emitted["registry"]["environment-production"]["resource"]
    execution = json.dumps(production["aws_iam_role_policy"]["web_execution_policy"])
    assert "outputs.registries.web.arn" in execution
    system = load(SYSTEM)
    target = Target(next(each for each in inventory(system) if each.environment == "production"))
    assert sources(system, target, ["web"], "HEAD").repositories == {
        "web": Repository("111111111111", "ap-northeast-1", "kakei/web")
    }


def owner_of(name: str) -> dict[str, str]:
    """Where a repository of the account main is."""
    return {
        "url": f"111111111111.dkr.ecr.ap-northeast-1.amazonaws.com/{name}",
        "arn": f"arn:aws:ecr:ap-northeast-1:111111111111:repository/{name}",
    }


def test_whoever_applies_is_told_of_those_that_are_not_below_the_system(tmp_path: Path) -> None:
    text = (SYSTEM / "system.yaml").read_text()
    (tmp_path / "system.yaml").write_text(text.replace("common:\n", "common:\n  ci: {github: example/kakei}\n"))
    common = inputs(load(tmp_path))["common-main"]
    assert isinstance(common, CommonInput)
    assert common.roles is not None
    assert common.roles.repositories == ("par/backend", "par/front")


def test_whoever_applies_elsewhere_may_look_at_the_images_of_that_account(tmp_path: Path) -> None:
    text = (SYSTEM / "system.yaml").read_text()
    (tmp_path / "system.yaml").write_text(text.replace("common:\n", "common:\n  ci: {github: example/kakei}\n"))
    common = inputs(load(tmp_path))["common-production"]
    assert isinstance(common, CommonInput)
    assert common.roles is not None
    assert common.roles.elsewhere == (Repository("111111111111", "ap-northeast-1", "kakei/web"),)
    assert common.roles.repositories == ("par/backend", "par/front")
    arn = "arn:aws:ecr:*:111111111111:repository/kakei/web"
    given = applying("arn:aws", "kakei", "222222222222", [], common.roles)
    assert arn in next(each for each in given["Statement"] if each["Sid"] == "Images")["Resource"]
