"""Patches and imports: laid over what is emitted, and told by file and line where nothing fits them."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from modules.imports import imported
from modules.patches import patched
from tanada.declarations.inputs import inputs, serialized
from tanada.declarations.loader import load
from tanada.declarations.unfit import placed
from tanada.errors import UnfitError
from tanada.stacks.app import make
from tanada.stacks.patching import written

SYSTEM = Path(__file__).parents[1] / "capabilities" / "patches"
GROUP = "aws_lb_target_group.web_target_group"


def test_a_patched_stack_is_written_as_cdktf_writes_it(synthesized: Path) -> None:
    for file in synthesized.glob("stacks/*/cdk.tf.json"):
        assert written(json.loads(file.read_text())) == file.read_text(), file


@pytest.mark.parametrize(
    ("patches", "said"),
    [
        ({GROUP: {"slow_start": "1"}}, f'this stack has no {GROUP}; did you mean "{GROUP}_1"?'),
        ({"aws_lb_target_group.wob": {}}, f"this stack has no aws_lb_target_group.wob; there is {GROUP}_1"),
        (
            {"aws_efs_file_system.jobs": {}},
            "this stack has no aws_efs_file_system.jobs: nothing of aws_efs_file_system is made here",
        ),
        (
            {"aws_ecs_task_definition.web.containers.nginx": {"user": "1"}},
            'aws_ecs_task_definition.web has no container "nginx"; there is web',
        ),
        (
            {"aws_ecs_task_definition.web.containers.webb": {"user": "1"}},
            'aws_ecs_task_definition.web has no container "webb"; did you mean "web"?',
        ),
        (
            {"aws_lb_listener_rule.web_rule_1": {"condition": {"host_header": {"values": ["a"]}}}},
            "there are 2 of it, and nobody knows which is meant; write all of them, as a list",
        ),
        (
            {"aws_ecs_service.web_service": {"desired_count": "3"}},
            "would do nothing: others set it, so Terraform ignores what is declared",
        ),
    ],
)
def test_what_fits_nothing_says_what_there_is(
    patches: dict[str, Any], said: str, stacks: dict[str, dict[str, Any]]
) -> None:
    stack = copy.deepcopy(stacks["environment-test"])
    stack["resource"]["aws_ecs_service"]["web_service"]["lifecycle"] = {"ignore_changes": ["desired_count"]}
    rule = stack["resource"]["aws_lb_listener_rule"].popitem()[1]
    rule["condition"] = [{"host_header": {"values": ["b"]}}, {"path_pattern": {"values": ["/c"]}}]
    stack["resource"]["aws_lb_listener_rule"]["web_rule_1"] = rule
    [unfit] = patched(stack, patches)
    assert unfit.sentence == said


def test_imports_are_blocks_and_what_has_no_address_says_what_there_is(stacks: dict[str, dict[str, Any]]) -> None:
    stack = copy.deepcopy(stacks["environment-test"])
    group = stack["resource"]["aws_lb_target_group"]["web_target_group_1"]
    group["count"] = "${true ? 1 : 0}"
    stack["resource"]["aws_secretsmanager_secret_version"] = {"db_credentials": {}}
    unfit = imported(
        stack,
        {
            f"{GROUP}_1": "arn:aws:elasticloadbalancing:…",
            GROUP: "arn:aws:elasticloadbalancing:…",
            "aws_secretsmanager_secret_version.db_credentials": "arn|version",
        },
    )
    assert stack["import"] == [{"id": "arn:aws:elasticloadbalancing:…", "to": f"{GROUP}_1[0]"}]
    assert [(each.field, each.sentence) for each in unfit] == [
        ("imports", f'this stack has no {GROUP}; did you mean "{GROUP}_1"?'),
        (
            "imports",
            "its value would be read into the state; import the secret (aws_secretsmanager_secret) alone",
        ),
    ]
    assert imported({"resource": {}}, {}) == []


def test_mappings_merge_into_the_one_block_and_lists_replace(stacks: dict[str, dict[str, Any]]) -> None:
    stack = copy.deepcopy(stacks["environment-test"])
    made = stack["resource"]["aws_lb_target_group"]["web_target_group_1"]
    made["health_check"] = [made["health_check"]]
    assert patched(stack, {f"{GROUP}_1": {"health_check": {"interval": "20"}, "tags": {"A": "1"}}}) == []
    assert made["health_check"][0]["interval"] == 20
    assert made["health_check"][0]["path"], "what isn't patched stays"
    assert set(made["tags"]) == {"A", "Name"}
    assert patched(stack, {f"{GROUP}_1": {"health_check": [{"path": "/up"}]}}) == []
    assert made["health_check"] == [{"path": "/up"}]


def test_a_patch_of_all_common_layers_is_right_where_one_of_them_has_the_address(tmp_path: Path) -> None:
    """Also where that one isn't made, as it was made before."""
    everyone = {name: serialized(each) for name, each in inputs(load(SYSTEM)).items()}
    alone = {"common-main": everyone["common-main"]}
    make(alone, tmp_path / "with", everyone)
    with pytest.raises(
        UnfitError, match=r"^common-main: patches\.aws_lb\.load_balancer_inside_balancer: this stack has"
    ):
        make(alone, tmp_path / "without", alone)


def test_an_import_of_all_common_layers_is_right_where_one_of_them_has_the_address(tmp_path: Path) -> None:
    root = tmp_path / "team"
    shutil.copytree(SYSTEM.with_name("imports"), root)
    system = root / "system.yaml"
    system.write_text(
        system.read_text().replace("aws_ecs_cluster.ecs_cluster: kakei", "aws_internet_gatewy.a: igw-0123456789abcdef0")
    )
    everyone = {name: serialized(each) for name, each in inputs(load(root)).items()}
    other = {"common-other": everyone["common-other"]}
    sentence = (
        r"^common-other: imports\.aws_internet_gatewy\.a: this stack has no .*: nothing of aws_internet_gatewy is made"
    )
    with pytest.raises(UnfitError, match=sentence):
        make(other, tmp_path / "out", everyone)
    system.write_text(
        system.read_text().replace(
            "aws_internet_gatewy.a: igw-0123456789abcdef0", "aws_lb.load_balancer_1_balancer: arn"
        )
    )
    everyone = {name: serialized(each) for name, each in inputs(load(root)).items()}
    make({"common-other": everyone["common-other"]}, tmp_path / "well", everyone)
    stack = json.loads((tmp_path / "well/stacks/common-other/cdk.tf.json").read_text())
    assert [each["to"] for each in stack["import"]] == ["aws_ecr_repository.web_repository"], "it has no load balancer"


def test_what_fits_nothing_is_told_where_it_is_written(tmp_path: Path) -> None:
    root = tmp_path / "team"
    shutil.copytree(SYSTEM, root)
    file = root / "environments" / "test.yaml"
    file.write_text(file.read_text() + "  aws_lb.public: {name: x}\nimports: {aws_lb.public: x}\n")
    system = root / "system.yaml"
    system.write_text(system.read_text().replace("jobs_queue:", "jobs_qeue:"))
    shop = root / "environments" / "shop.yaml"
    shop.write_text(shop.read_text() + "patches: {aws_sqs_queue.job_queue: {delay_seconds: 1}}\n")
    file.write_text(file.read_text().replace("jobs_queue: null", "jobs_queue: {delay_seconds: 1}"))
    texts = {name: serialized(each) for name, each in inputs(load(root)).items()}
    with pytest.raises(UnfitError) as caught:
        make(texts, tmp_path / "out")
    near = '; did you mean "aws_sqs_queue.jobs_queue"?'
    assert str(placed(root, caught.value.ways)).splitlines() == [
        "environments/shop.yaml:3:11: patches.aws_sqs_queue.job_queue: this stack has no aws_sqs_queue.job_queue"
        f"{near} (environment-shop)",
        "environments/test.yaml:6:3: patches.aws_lb.public: this stack has no aws_lb.public: nothing of aws_lb is made "
        "here (environment-test)",
        "environments/test.yaml:7:11: imports.aws_lb.public: this stack has no aws_lb.public: nothing of aws_lb is "
        "made here (environment-test)",
        "system.yaml:27:5: blueprint.patches.aws_sqs_queue.jobs_qeue: this stack has no aws_sqs_queue.jobs_qeue"
        f"{near} (environment-shop, environment-test, review)",
    ]
