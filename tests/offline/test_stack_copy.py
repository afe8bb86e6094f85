"""The offline copy of a stack."""

from __future__ import annotations

import copy
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tanada import offline
from tanada.errors import OfflineError
from tanada.offline.existing import read
from tanada.plan import ResourceChange, Summary
from tanada.terraform import ran
from tanada.terraform.imports import unseen

REMOTE = {
    "backend": "s3",
    "config": {"bucket": "states", "key": "kakei/common-main.tfstate", "region": "ap-northeast-1", "profile": "p"},
    "workspace": "default",
    "lifecycle": {"postcondition": [{"condition": "${true}", "error_message": "m"}]},
}
CONFIGURATION: dict[str, Any] = {
    "terraform": {
        "required_version": "1.11.4",
        "required_providers": {"aws": {"source": "aws", "version": "6.28.0"}},
        "backend": {"s3": {"bucket": "states", "key": "kakei/review.tfstate", "workspace_key_prefix": "kakei-review"}},
    },
    "provider": {
        "aws": [
            {
                "region": "ap-northeast-1",
                "allowed_account_ids": ["111111111111"],
                "assume_role": [{"role_arn": "arn:aws:iam::111111111111:role/terraform"}],
                "assume_role_with_web_identity": [{"role_arn": "x"}],
                "default_tags": [{"tags": {"System": "kakei"}}],
                "profile": "p",
                "regoin": "misspelt",
            },
            {"alias": "virginia", "region": "us-east-1", "endpoints": [{"s3": "http://localhost:1"}]},
        ],
        "random": [{"profile": "kept"}],
    },
    "data": {
        "terraform_remote_state": {"common": REMOTE, "local": {"backend": "local", "config": {"path": "x"}}},
        "aws_region": {"here": {}},
    },
    "resource": {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}},
}


def _rewritten() -> dict[str, Any]:
    return offline.rewrite(CONFIGURATION, lambda stack: f"../{stack}/terraform.tfstate")


def test_the_state_is_local_for_every_workspace() -> None:
    terraform = _rewritten()["terraform"]
    assert "backend" not in terraform  # Terraform's implied one is local
    assert terraform["required_providers"] == CONFIGURATION["terraform"]["required_providers"]


def test_nobody_is_asked_whose_zone_an_id_is() -> None:
    """What is asked of the states of other stacks stays."""
    zone = {"zone_id": "Z0123456789", "lifecycle": {"postcondition": [{"condition": "${false}", "error_message": "m"}]}}
    data = {**CONFIGURATION["data"], "aws_route53_zone": {"example_jp_zone": zone}}
    rewritten = offline.rewrite({**CONFIGURATION, "data": data}, lambda stack: stack)["data"]
    assert rewritten["aws_route53_zone"] == {"example_jp_zone": {"zone_id": "Z0123456789"}}
    assert "lifecycle" in rewritten["terraform_remote_state"]["common"]


def test_a_stack_without_a_backend_gets_a_local_one() -> None:
    rewritten = offline.rewrite({"terraform": {"cloud": {"organization": "o"}}}, lambda stack: stack)
    assert rewritten == {"terraform": {}}


def test_providers_keep_what_resources_depend_on_and_lose_credentials() -> None:
    first, second = _rewritten()["provider"]["aws"]
    assert set(first) == {"region", "allowed_account_ids", "default_tags", "regoin"}
    assert second == {"alias": "virginia", "region": "us-east-1"}
    assert _rewritten()["provider"]["random"] == [{"profile": "kept"}]


def test_remote_states_are_read_from_the_offline_copy_of_their_stack() -> None:
    states = _rewritten()["data"]["terraform_remote_state"]
    assert states["common"] == {
        "backend": "local",
        "config": {"path": "../common-main/terraform.tfstate"},
        "lifecycle": REMOTE["lifecycle"],
    }
    assert states["local"] == {"backend": "local", "config": {"path": "x"}}


def test_resources_are_untouched_and_so_is_what_was_given() -> None:
    before = copy.deepcopy(CONFIGURATION)
    assert _rewritten()["resource"] == CONFIGURATION["resource"]
    assert before == CONFIGURATION


def test_lists_of_objects_are_read_as_terraform_reads_them() -> None:
    listed = {"terraform": [{"backend": [{"s3": {}}]}], "data": [{"terraform_remote_state": [{"c": [REMOTE]}]}]}
    rewritten = offline.rewrite(listed, lambda stack: stack)
    assert rewritten["terraform"] == [{}]
    assert rewritten["data"][0]["terraform_remote_state"][0]["c"][0]["config"] == {"path": "common-main"}


@pytest.mark.parametrize("key", [None, "kakei/common-main", 5, ""])
def test_a_key_that_names_no_stack_is_refused(key: object) -> None:
    data = {"data": {"terraform_remote_state": {"c": {"backend": "s3", "config": {"key": key}}}}}
    with pytest.raises(offline.OfflineError, match=r"expected <system>/<stack>\.tfstate"):
        offline.rewrite(data, lambda stack: stack)


def _stack(tmp_path: Path) -> Path:
    folder = tmp_path / "cdktf.out" / "stacks" / "review"
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(json.dumps(CONFIGURATION))
    return folder


def test_paths_in_the_copy_are_relative(tmp_path: Path) -> None:
    target = tmp_path / ".tanada" / "offline" / "review"
    offline.prepare(_stack(tmp_path), target, {"common-main": tmp_path / ".tanada" / "offline" / "common-main"})
    copied = json.loads((target / "cdk.tf.json").read_text())
    path = copied["data"]["terraform_remote_state"]["common"]["config"]["path"]
    assert Path(path) == Path("..") / "common-main" / "terraform.tfstate"
    assert stat.S_IMODE(target.stat().st_mode) == 0o700


def test_what_is_known_to_be_there_is_imported_and_all_else_is_made(tmp_path: Path) -> None:
    def imports(*ids: str) -> list[dict[str, str]]:
        return [{"to": f"aws_vpc.{id_[4:]}", "id": id_} for id_ in ids]

    there: dict[str, dict[str, dict[str, str]]] = {"aws_vpc": {"vpc-a": {}}, "aws_lb": {"vpc-b": {}}}
    some = {"import": imports("vpc-a", "vpc-b")}
    assert offline.rewrite(some, lambda stack: stack, there) == {"import": imports("vpc-a")}
    assert offline.rewrite({"import": imports("vpc-b")[0]}, lambda stack: stack, there) == {}
    assert offline.rewrite({"import": imports("vpc-a")[0]}, lambda stack: stack) == {}
    file = tmp_path / "existing.json"
    assert read(file) == {}
    file.write_text(json.dumps(there))
    assert read(file) == there
    for text in ("[]", '{"aws_vpc": []}', '{"aws_vpc": {"vpc-a": "x"}}', "{"):
        file.write_text(text)
        with pytest.raises(OfflineError, match=r"existing\.json"):
            read(file)


def test_offline_imports_that_are_made_are_named() -> None:
    declared = {"import": [{"to": f"aws_vpc.{name}", "id": f"vpc-{name}"} for name in "abc"]}
    made = tuple(ResourceChange(f"aws_vpc.{name}", "aws_vpc", "create") for name in "ab")
    [message] = unseen(declared, {"import": declared["import"][1:2]}, Summary("1.11.4", made, 0))
    assert message.severity == "warning"
    assert message.detail == "aws_vpc.a (vpc-a)", "b is imported, c stands in the state"
    assert unseen({}, {}, Summary("1.11.4", made, 0)) == ()


def test_a_state_that_is_there_stays(tmp_path: Path) -> None:
    target = tmp_path / "target"
    stack, states = _stack(tmp_path), {"common-main": tmp_path / "common"}
    offline.prepare(stack, target, states)
    own = ("terraform.tfstate", "terraform.tfstate.d/kokuyou/terraform.tfstate", ".terraform/environment")
    kept = (*own, f"terraform.tfstate.{ran.NAME}")
    for name in kept:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text(name)
    written = (target / "cdk.tf.json").stat()
    offline.prepare(stack, target, states)
    assert [(target / name).read_text() for name in kept] == list(kept)
    assert (target / "cdk.tf.json").stat().st_mtime_ns == written.st_mtime_ns


def test_a_state_whose_copy_is_not_known_is_named(tmp_path: Path) -> None:
    with pytest.raises(offline.OfflineError, match=r"review reads the state of common-main.*\(other are\)"):
        offline.prepare(_stack(tmp_path), tmp_path / "target", {"other": tmp_path})


def test_a_stack_that_is_not_synthesized_says_so(tmp_path: Path) -> None:
    with pytest.raises(offline.OfflineError, match="run tanada synth"):
        offline.prepare(tmp_path, tmp_path / "target", {})
    (tmp_path / "cdk.tf.json").write_text("{")
    with pytest.raises(offline.OfflineError, match="is no JSON"):
        offline.prepare(tmp_path, tmp_path / "target", {})
