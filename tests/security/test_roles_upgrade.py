"""From the last release's roles to these: nothing is destroyed, nothing replaced, and the plan says who applies it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import forked
from tests.signed_out import signed_out

pytestmark = pytest.mark.terraform

ROOT = Path(__file__).parents[2]
Json = dict[str, Any]
OLD = [
    "aws_iam_role.ci_apply_role",
    "aws_iam_role.ci_plan_role",
    "aws_iam_role_policy.ci_apply_policy",
    "aws_iam_role_policy.ci_plan_policy",
    "aws_iam_role_policy_attachment.ci_apply_power",
    "aws_iam_role_policy_attachment.ci_plan_read",
]


def common_before(stack: Json) -> None:
    """As the last release emitted it."""
    del stack["removed"]
    for named in stack["resource"].values():
        for name in [name for name in named if name.startswith("ci_") and name != "ci_provider"]:
            del named[name]
    del stack["resource"]["aws_iam_policy"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    for step, managed in (("plan", "read"), ("apply", "power")):
        role = f"${{aws_iam_role.ci_{step}_role.name}}"
        kinds: Json = stack["resource"]
        kinds["aws_iam_role"][f"ci_{step}_role"] = {"name": f"kakei_ci_{step}", "assume_role_policy": policy}
        kinds["aws_iam_role_policy"][f"ci_{step}_policy"] = {"name": "x", "role": role, "policy": policy}
        arn = f"arn:aws:iam::aws:policy/{managed}"
        kinds["aws_iam_role_policy_attachment"][f"ci_{step}_{managed}"] = {"role": role, "policy_arn": arn}


def environment_before(stack: Json) -> None:
    for role in stack["resource"]["aws_iam_role"].values():
        del role["permissions_boundary"]


@pytest.fixture
def tanada(tmp_path: Path) -> Callable[..., str]:
    """The command, in a copy of the default system."""
    for name in ("system.yaml", "environments", "workspaces", "main.py", ".terraform-version"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    signed_out(tmp_path)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_", "TANADA_"))}
    environ = {**kept, "TANADA_TERRAFORM": "local", "TANADA_CACHE": "0", "COLUMNS": "1000"}

    def run(*arguments: str) -> str:
        done = forked.run(arguments, tmp_path, environ)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


SMALLER = """
account: main
domain: test.example.jp
services: {web: {reach: [backend, sessions], before: null}, mailer: null}
tasks: null
jobs: null
stores: {mails: null, receipts: null}
"""


def edit(folder: Path, stack: str, change: Callable[[Json], None]) -> None:
    file = folder / "cdktf.out" / "stacks" / stack / "cdk.tf.json"
    emitted = json.loads(file.read_text())
    change(emitted)
    file.write_text(json.dumps(emitted))


def planned(folder: Path, stack: str) -> dict[str, list[str]]:
    """Addresses by what happens to them."""
    [file] = (folder / ".tanada" / "reports").glob(f"**/{stack}.json")
    happens: dict[str, list[str]] = {}
    for change in json.loads(file.read_text())["summary"]["changes"]:
        happens.setdefault(change["action"], []).append(change["address"])
    return happens


def test_what_the_last_release_applied_stays(tanada: Callable[..., str], tmp_path: Path) -> None:
    # Two services are enough: each resource more is planned and applied twice.
    (tmp_path / "environments" / "test.yaml").write_text(SMALLER)
    tanada("synth")
    edit(tmp_path, "common-main", common_before)
    edit(tmp_path, "environment-test", environment_before)
    for stack, images in (("common-main", []), ("environment-test", ["--image", "web=a", "--image", "backend=a"])):
        tanada("plan", stack, *images, "--offline", "--no-synth")
        tanada("apply", stack, "--offline", "--no-synth", "--yes")

    said = tanada("plan", "common-main", "environment-test", "--offline")
    common, environment = planned(tmp_path, "common-main"), planned(tmp_path, "environment-test")
    assert set(common) == {"create", "forget"}
    assert sorted(common["forget"]) == OLD
    assert all(address.split(".")[1].startswith("ci_") for address in common["create"])
    assert set(environment) == {"update"}
    assert {address.split(".")[0] for address in environment["update"]} == {"aws_iam_role"}
    assert len(environment["update"]) == 4

    assert said.count("This changes what CI may do") == 1
    assert "Warning: This changes what CI may do (common-main)" in said
    assert "tanada plan common-main, then tanada apply common-main." in said
    assert "aws_iam_role.ci_apply_role, aws_iam_role.ci_plan_role: no longer Terraform's, and still there" in said
    tanada("apply", "common-main", "--offline", "--no-synth", "--yes")
    assert "what CI may do" not in tanada("plan", "common-main", "--offline", "--no-synth")
