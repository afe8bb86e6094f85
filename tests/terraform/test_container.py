"""The runner with the container, as it is by default."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terraform.team import Team, eventually, says

pytestmark = pytest.mark.docker
ROOT = Path(__file__).parents[2]


@pytest.fixture
def contained(team: Team, container_image: str) -> Team:
    shutil.copytree(ROOT / "scripts", team.root / "scripts")
    shutil.copy(ROOT / ".terraform-image", team.root)
    del team.environ["TANADA_TERRAFORM"]
    team.environ |= {"TANADA_TERRAFORM_IMAGE": container_image, "TANADA_TERRAFORM_NETWORK": "none"}
    return team


def test_plan_and_apply_run_in_the_container_and_say_so(contained: Team) -> None:
    says = f"container {contained.environ['TANADA_TERRAFORM_IMAGE']}"
    assert f"Terraform: {says}" in contained.good("plan", "common-main").output
    assert f"({says})" in contained.good("apply", "common-main", "--yes").output
    state = contained.root / "states" / "common-main.tfstate"
    assert state.stat().st_uid == os.getuid()
    record = contained.root / ".tanada" / "plans" / "environment-test" / "record.json"
    contained.good("plan", "environment-test", "--image", "web=one")
    assert json.loads(record.read_text())["origin"]["terraform"] == says


def test_terraforms_error_in_the_container_is_as_plain_as_on_the_host(contained: Team) -> None:
    contained.stacks["common-main"]["resource"]["terraform_data"]["network"] = {"inptu": 1}
    contained.write()
    ran = contained.run("plan", "common-main")
    assert ran.code == 1
    assert "common-main: failed\nError: Extraneous JSON object property" in ran.output


def test_an_image_of_another_version_is_refused(contained: Team) -> None:
    (contained.root / ".terraform-version").write_text("1.11.3\n")
    ran = contained.run("plan", "common-main")
    assert ran.code == 2
    assert "holds terraform 1.11.4, but .terraform-version pins 1.11.3" in ran.errors


def test_ctrl_c_during_an_apply_in_the_container_leaves_no_lock_and_no_container(
    contained: Team, started: Callable[..., subprocess.Popen[str]]
) -> None:
    # The image holds nothing but terraform: what takes long is another terraform that waits for a lock.
    waiting = contained.root / "waiting"
    waiting.mkdir()
    (waiting / "main.tf.json").write_text("{}")
    (waiting / "terraform.tfstate").write_text(json.dumps({"version": 4, "serial": 1, "lineage": "a"}))
    (waiting / ".terraform.tfstate.lock.info").write_text('{"ID": "1", "Operation": "OperationTypeApply"}')
    slow = {
        "interpreter": ["/bin/terraform", f"-chdir={waiting}", "apply", "-input=false", "-auto-approve"],
        "command": "-lock-timeout=60s",
        # Its own, or it would find the backend of the one that starts it, and not wait but fail.
        "environment": {"TF_DATA_DIR": str(waiting / "data")},
    }
    contained.stacks["common-main"]["resource"]["terraform_data"]["network"]["provisioner"] = [{"local-exec": slow}]
    contained.write()
    contained.good("plan", "common-main")
    with (waiting / "terraform.tfstate").open("r+") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)
        process = started("apply", "common-main", "--yes")
        log = contained.root / ".tanada" / "logs" / "common-main.log"
        eventually(lambda: says(log, "Executing:"), process)
        assert (contained.root / "states" / ".common-main.tfstate.lock.info").exists()
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=300)
    assert process.returncode == 130, output
    assert "Ended clean" in output
    assert not (contained.root / "states" / ".common-main.tfstate.lock.info").exists()

    def gone() -> bool:
        listed = subprocess.run(["docker", "ps", "--all", "--no-trunc"], capture_output=True, text=True, check=True)
        return str(contained.root) not in listed.stdout

    while not gone():  # the engine takes a moment to clear away what has ended
        time.sleep(0.1)
