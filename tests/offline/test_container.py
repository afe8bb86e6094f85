"""The offline provider serves a terraform that runs in a container without a network."""

from __future__ import annotations

import inspect
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tanada import offline
from tanada.offline import process
from tests.offline.terraform_runs import everything

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of its own, for the script mounts the one that it lies in."""
    root = tmp_path_factory.mktemp("repository")
    (root / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "terraform-docker.sh", root / "scripts")
    shutil.copy(ROOT / ".terraform-image", root)
    source = root / "cdktf.out" / "stacks" / "common-main"
    source.mkdir(parents=True)
    made = everything()
    made["resource"]["aws_ecr_repository"]["web"]["force_delete"] = True  # or AWS keeps it: it holds an image
    (source / "cdk.tf.json").write_text(json.dumps(made))
    offline.prepare(source, root / ".tanada" / "offline" / "common-main", {})
    return root


@pytest.fixture(scope="module")
def provider(repository: Path) -> Iterator[offline.Running]:
    with pytest.MonkeyPatch.context() as started:
        # As users have it: a process that its command line tells apart.
        started.setattr(process, "_launch", inspect.unwrap(process._launch))
        with offline.start(repository / ".tanada" / "offline", container=True) as running:
            yield running


def _terraform(repository: Path, provider: offline.Running, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
    return subprocess.run(
        ["scripts/terraform-docker.sh", "-chdir=.tanada/offline/common-main", *arguments],
        cwd=repository,
        env={
            **kept,
            **provider.environment,
            "TANADA_TERRAFORM_NETWORK": "none",
            "TANADA_TERRAFORM_MOUNTS": ":".join(str(path) for path in provider.mounts),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )


def _process_of(folder: Path) -> int:
    """The provider's own process: inside the container it is told to be number one."""
    lines = {int(file.parent.name): file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline")}
    (found,) = [pid for pid, line in lines.items() if os.fsencode(folder) in line.split(b"\0")]
    return found


def test_every_type_is_applied_planned_again_and_destroyed(repository: Path, provider: offline.Running) -> None:
    for arguments in (
        ("init",),
        ("validate",),
        ("apply", "-auto-approve"),
        ("plan", "-detailed-exitcode"),
        ("destroy", "-auto-approve"),
    ):
        done = _terraform(repository, provider, *arguments, "-no-color")
        assert done.returncode == 0, done.stdout


def test_a_call_of_three_seconds_is_waited_for(repository: Path, provider: offline.Running) -> None:
    assert _terraform(repository, provider, "init", "-no-color").returncode == 0
    pid = _process_of(provider.mounts[0])
    os.kill(pid, signal.SIGSTOP)
    threading.Timer(4, lambda: os.kill(pid, signal.SIGCONT)).start()
    began = time.monotonic()
    done = _terraform(repository, provider, "plan", "-no-color")
    assert done.returncode == 0, done.stdout
    assert time.monotonic() - began > 3.5
