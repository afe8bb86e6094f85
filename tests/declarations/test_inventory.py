"""The stacks of a system."""

from __future__ import annotations

from pathlib import Path

from tanada.declarations.inventory import inventory, state_bucket
from tanada.declarations.loader import load

from .systems import good, good_system


def test_common_layers_come_first_then_environments_by_name_then_review(tmp_path: Path) -> None:
    stacks = inventory(load(good(tmp_path, a="account: main\ndomain: a.example.jp\n")))
    assert [(stack.name, stack.kind, stack.environment, stack.account) for stack in stacks] == [
        ("common-main", "common", None, "main"),
        ("common-production", "common", None, "production"),
        ("environment-a", "environment", "a", "main"),
        ("environment-production", "environment", "production", "production"),
        ("environment-test", "environment", "test", "main"),
        ("review", "review", None, "main"),
    ]


def test_a_stack_knows_its_account_its_state_and_its_common_layer(tmp_path: Path) -> None:
    stack = next(s for s in inventory(load(good(tmp_path))) if s.name == "environment-production")
    assert (stack.account_id, stack.region, stack.protected) == ("222222222222", "ap-northeast-1", True)
    assert stack.state_key == "kakei/environment-production.tfstate"
    assert stack.common == "common-production"


def test_state_buckets_differ_by_account_and_region_and_are_short_enough_for_s3(tmp_path: Path) -> None:
    longest = good_system().replace("region: ap-northeast-1}", "region: ap-southeast-5}")
    system = load(good(tmp_path, system=longest))
    buckets = {state_bucket(system, name) for name in system.accounts}
    assert len(buckets) == 2
    assert all(len(bucket) <= 63 for bucket in buckets)


def test_a_system_without_review_has_no_review_stack(tmp_path: Path) -> None:
    root = good(tmp_path)
    (root / "workspaces" / "review.yaml").unlink()
    assert "review" not in [stack.name for stack in inventory(load(root))]
