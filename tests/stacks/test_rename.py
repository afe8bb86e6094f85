"""`renamed_from`: a part that is called otherwise moves in the state, and stays as it is in AWS."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tanada.contract.common import CommonContract, ExecLog, LoadBalancer, Registry
from tanada.contract.outputs import published
from tanada.declarations.loader import load
from tanada.stacks.app import synthesize
from tests import forked

ROOT = Path(__file__).parents[2]
SYSTEM = """
system: kakei
tanada: "0.1"
accounts: {main: {id: 111111111111, region: ap-northeast-1}}
common: {hosted_zones: [example.jp], images: [app]}
blueprint:
  services:
    «web»:
      image: app
      port: 3000
      http: {health_check: /up}
      reach: [«api», «data»]
      variables: {BACKEND: "{«api».url}", TABLE: "{«data».name}"}
      «web was»
    «api»: {image: app, port: 8080, «api was»}
  stores:
    «data»: {table: {partition_key: id}, «data was»}
"""
BEFORE = {"web": "web", "api": "backend", "data": "sessions"}
AFTER = {"web": "front", "api": "core", "data": "visits"}


def team(folder: Path, names: dict[str, str], renamed: dict[str, str]) -> Path:
    text = SYSTEM
    for part in names:
        text = text.replace(f"«{part} was»", f"renamed_from: {renamed[part]}" if part in renamed else "")
    for part, name in names.items():
        text = text.replace(f"«{part}»", name)
    (folder / "environments").mkdir(parents=True, exist_ok=True)
    (folder / "system.yaml").write_text(text)
    (folder / "environments" / "test.yaml").write_text("account: main\ndomain: test.example.jp\n")
    return folder


def emitted(folder: Path, names: dict[str, str], renamed: dict[str, str]) -> dict[str, Any]:
    synthesize(load(team(folder, names, renamed)), folder / "cdktf.out")
    stack: dict[str, Any] = json.loads((folder / "cdktf.out/stacks/environment-test/cdk.tf.json").read_text())
    return stack


def addresses(stack: dict[str, Any]) -> set[str]:
    return {f"{kind}.{name}" for kind, each in stack["resource"].items() for name in each}


def test_each_address_moves_from_where_it_was_and_no_name_in_aws_changes(tmp_path: Path) -> None:
    before = emitted(tmp_path / "before", BEFORE, {})
    after = emitted(tmp_path / "after", AFTER, BEFORE)
    moves = {move["from"]: move["to"] for move in after["moved"]}
    assert len(moves) == len(after["moved"]) == len(set(moves.values())), "one chain each"
    assert {move["to"] for move in before["moved"]} <= addresses(before), "of an earlier Tanada's alone"
    assert {end(address, moves) for address in addresses(before)} == addresses(after)
    for kind, resources in before["resource"].items():
        for name, resource in resources.items():
            moved = end(f"{kind}.{name}", moves).partition(".")[2]
            texts = [
                json.dumps({k: v for k, v in each.items() if k not in ("//", "depends_on")}, sort_keys=True)
                for each in (resource, after["resource"][kind][moved])
            ]
            for old, new in moves.items():
                texts[0] = texts[0].replace(f"{old}.", f"{new}.")
            assert texts[0] == texts[1], f"{kind}.{name}"
    assert set(after["output"]["services"]["value"]) == {"front", "core"}


def test_a_second_name_is_a_second_step_of_the_same_move(tmp_path: Path) -> None:
    history = {**BEFORE, "data": "[sessions, visits]"}
    stack = emitted(tmp_path, {**AFTER, "data": "records"}, history)
    moves = [(move["from"], move["to"]) for move in stack["moved"] if move["from"].startswith("aws_dynamodb_table")]
    assert moves == [
        ("aws_dynamodb_table.sessions_table", "aws_dynamodb_table.visits_table"),
        ("aws_dynamodb_table.visits_table", "aws_dynamodb_table.records_table"),
    ]
    assert stack["resource"]["aws_dynamodb_table"]["records_table"]["name"] == "test_sessions_kakei"


def end(address: str, moves: dict[str, str]) -> str:
    """Where Terraform finds what stood at an address."""
    return end(moves[address], moves) if address in moves else address


def test_what_an_earlier_tanada_made_is_found_under_whichever_name_it_had(tmp_path: Path) -> None:
    stack = emitted(tmp_path, {**AFTER, "web": "shop"}, {**BEFORE, "web": "[web, front]"})
    moves = {move["from"]: move["to"] for move in stack["moved"]}
    for name in ("web", "front", "shop"):
        for number in ("", "_1"):
            group = end(f"aws_lb_target_group.{name}_target_group{number}", moves)
            assert group == "aws_lb_target_group.shop_target_group_1"
        assert end(f"aws_route53_record.{name}_record_aaaa", moves) == "aws_route53_record.domain_aaaa"


def back(part: str) -> str:
    """All names that a part had: it is called again as it was called first."""
    return f"[{BEFORE[part]}, {AFTER[part]}]"


def test_an_earlier_name_that_comes_back_is_left_as_any_other(tmp_path: Path) -> None:
    stack = emitted(tmp_path, BEFORE, {part: back(part) for part in BEFORE})
    moves = [(move["from"], move["to"]) for move in stack["moved"] if move["from"].startswith("aws_dynamodb_table")]
    assert moves == [("aws_dynamodb_table.visits_table", "aws_dynamodb_table.sessions_table")]
    assert stack["resource"]["aws_dynamodb_table"]["sessions_table"]["name"] == "test_sessions_kakei"


def typed(value: Any) -> Any:
    """A value's type as a state's outputs note it."""
    if isinstance(value, dict):
        return ["object", {key: typed(each) for key, each in value.items()}]
    if isinstance(value, list):
        return ["tuple", [typed(each) for each in value]]
    return "number" if isinstance(value, int) else "string"


COMMON = CommonContract(
    vpc_id="vpc-1",
    task_subnet_ids=["subnet-1"],
    private_subnet_ids=["subnet-1"],
    load_balancers={"1": LoadBalancer("arn:aws:elasticloadbalancing:r:1:listener/app/x/1/2", "x.elb", "Z1", "sg-2")},
    target_security_group_id="sg-1",
    behind_security_group_id="sg-3",
    cluster_arn="arn:aws:ecs:r:1:cluster/kakei",
    exec_log=ExecLog("/kakei/exec", "arn:aws:logs:r:1:log-group:/kakei/exec", "arn:aws:kms:r:1:key/1"),
    registries={"app": Registry("1.dkr.ecr/kakei/app", "arn:aws:ecr:r:1:repository/kakei/app")},
    zone_ids={"example.jp": "Z2"},
    namespace_id="ns-1",
    outbound_addresses=[],
    name_servers={},
)


@pytest.mark.terraform
@pytest.mark.slow
def test_a_plan_after_renaming_moves_and_does_nothing_else(tmp_path: Path) -> None:
    folder = team(tmp_path / "team", BEFORE, {})
    for name in ("main.py", ".terraform-version"):
        shutil.copy(ROOT / name, folder)
    state = folder / ".tanada" / "offline" / "common-main" / "terraform.tfstate"
    state.parent.mkdir(parents=True)
    outputs = {name: {"value": value, "type": typed(value)} for name, value in published(COMMON).items()}
    head = {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x"}
    state.write_text(json.dumps({**head, "outputs": outputs}))

    def tanada(*arguments: str) -> str:
        ran = forked.run(arguments, folder, {**os.environ, "TANADA_TERRAFORM": "local"})
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    tanada("plan", "environment-test", "--offline", "--image", "app=1")
    tanada("apply", "environment-test", "--offline", "--yes")
    for names, renamed in ((AFTER, BEFORE), (BEFORE, {part: back(part) for part in BEFORE})):
        team(folder, names, renamed)
        plan = json.loads(tanada("plan", "environment-test", "--offline", "--json"))["stacks"]["environment-test"]
        assert {change["action"] for change in plan["summary"]["changes"]} == {"move"}
        moves = json.loads((folder / "cdktf.out/stacks/environment-test/cdk.tf.json").read_text())["moved"]
        ends = {move["to"] for move in moves} - {move["from"] for move in moves}
        stay = {"aws_route53_record.domain_a", "aws_route53_record.domain_aaaa"}
        assert stay < ends, "addressed by the host"
        assert plan["summary"]["counts"]["moved"] == len(ends - stay)
        assert plan["unread_types"] == []
        tanada("apply", "environment-test", "--offline", "--yes")
