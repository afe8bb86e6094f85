"""`scripts/terraform-docker.sh` with a real engine and the real terraform."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.docker

ROOT = Path(__file__).parents[2]
SCRIPT = "scripts/terraform-docker.sh"
OTHER = 12345

QUICK = {
    "resource": {"terraform_data": {"one": {"input": "x"}}},
    "output": {"answer": {"value": 42}},
}
# Terraform tries to connect until the time is over: slow without a shell, which the image lacks, and without a network.
SLOW = {
    "resource": {
        "terraform_data": {
            "slow": {
                "connection": {"type": "ssh", "host": "127.0.0.1", "port": 1, "password": "x", "timeout": "120s"},
                "provisioner": [{"remote-exec": {"inline": ["true"]}}],
            }
        }
    }
}


@dataclass(frozen=True)
class Repository:
    """A team's folder, and how its user calls the script there."""

    folder: Path
    environment: dict[str, str]
    prefix: Sequence[str] = ()

    @property
    def stack(self) -> Path:
        return self.folder / "stack"

    @property
    def lock(self) -> Path:
        return self.stack / ".terraform.tfstate.lock.info"

    def configure(self, program: dict[str, Any]) -> None:
        self.stack.mkdir(exist_ok=True)
        (self.stack / "main.tf.json").write_text(json.dumps(program))

    def terraform(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.prefix, str(self.folder / SCRIPT), *arguments],
            cwd=cwd or self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def applying(self, **streams: int) -> subprocess.Popen[bytes]:
        """An apply that holds its lock and doesn't end by itself."""
        self.configure(SLOW)
        assert self.terraform("-chdir=stack", "init").returncode == 0
        process = subprocess.Popen(
            [self.folder / SCRIPT, "-chdir=stack", "apply", "-auto-approve"],
            cwd=self.folder,
            env=self.environment,
            start_new_session=True,
            **streams,  # type: ignore[call-overload]
        )
        assert isinstance(process, subprocess.Popen)
        deadline = time.monotonic() + 60
        while not self.lock.exists():
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline, "terraform never took its lock"
            time.sleep(0.05)
        return process


@pytest.fixture
def real(repository: Path, container_environment: dict[str, str], tmp_path: Path) -> Repository:
    made = Repository(
        repository,
        {**container_environment, "TANADA_TERRAFORM_NETWORK": "none", "XDG_CACHE_HOME": str(tmp_path / "cache")},
    )
    made.configure(QUICK)
    return made


def containers(image: str) -> str:
    engine = os.environ.get("TANADA_CONTAINER_ENGINE") or "docker"
    return subprocess.check_output(
        [engine, "ps", "--all", "--filter", f"ancestor={image}", "--format", "{{.Mounts}}", "--no-trunc"], text=True
    )


def test_the_container_runs_the_pinned_version(real: Repository) -> None:
    version = (ROOT / ".terraform-version").read_text().strip()
    assert json.loads(real.terraform("version", "-json").stdout)["terraform_version"] == version


def test_plan_and_apply_in_a_sub_folder_with_the_detailed_exit_code(real: Repository) -> None:
    assert real.terraform("init", cwd=real.stack).returncode == 0
    assert real.terraform("plan", "-detailed-exitcode", cwd=real.stack).returncode == 2
    assert real.terraform("apply", "-auto-approve", cwd=real.stack).returncode == 0
    assert real.terraform("plan", "-detailed-exitcode", cwd=real.stack).returncode == 0
    assert real.terraform("output", "-raw", "answer", cwd=real.stack).stdout == "42"
    assert real.terraform("plan", "-no-such-option", cwd=real.stack).returncode == 1


@pytest.fixture
def of_another_user(container_environment: dict[str, str], repository: Path) -> Iterator[Repository]:
    """Root's tests take another user, who may talk to the engine and no more; others are one already.

    Not in pytest's own folder: its parents are closed to others.
    """
    with tempfile.TemporaryDirectory(prefix="tanada-") as name:
        folder = Path(name) / "repository"
        shutil.copytree(repository, folder)
        made = Repository(
            folder, {**container_environment, "TANADA_TERRAFORM_NETWORK": "none", "HOME": str(folder / "home")}
        )
        made.configure(QUICK)
        (folder / "home").mkdir()
        if os.geteuid() == 0:
            for each in (Path(name), *Path(name).rglob("*")):
                os.chown(each, OTHER, OTHER)
            socket = Path(made.environment.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://"))
            user = ["setpriv", f"--reuid={OTHER}", f"--regid={OTHER}", f"--groups={socket.stat().st_gid}"]
            made = Repository(folder, made.environment, user)
        yield made


def test_a_plan_as_another_user_belongs_to_that_user(of_another_user: Repository) -> None:
    user = OTHER if os.geteuid() == 0 else os.getuid()
    for arguments in (["init"], ["plan", "-out=saved"], ["apply", "saved"]):
        result = of_another_user.terraform("-chdir=stack", *arguments)
        assert result.returncode == 0, result.stderr + result.stdout
    home = of_another_user.folder / "home" / ".cache" / "tanada" / "home"
    for written in (of_another_user.stack / "saved", of_another_user.stack / "terraform.tfstate", home):
        assert written.stat().st_uid == user
    # Terraform keeps its checkpoint and its credentials at home.
    result = of_another_user.terraform("-chdir=stack", "logout", "example.com")
    assert "No credentials" in result.stdout + result.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_to_the_script_alone_leaves_no_lock(
    number: signal.Signals, real: Repository, container_image: str
) -> None:
    process = real.applying(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    process.send_signal(number)
    printed = process.communicate(timeout=60)[0].decode()
    assert process.returncode == 1, printed
    assert "Gracefully shutting down" in printed
    assert not real.lock.exists()
    assert str(real.folder) not in containers(container_image)


def test_an_interrupt_to_the_whole_group_reaches_terraform_once(real: Repository) -> None:
    """As a terminal sends it where the output goes to a pipe; twice, terraform would leave its lock."""
    process = real.applying(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    os.killpg(process.pid, signal.SIGINT)
    printed = process.communicate(timeout=60)[0].decode()
    assert process.returncode == 1, printed
    assert "Two interrupts received" not in printed
    assert not real.lock.exists()


def test_ctrl_c_at_a_terminal_leaves_no_lock(real: Repository) -> None:
    controller, terminal = pty.openpty()
    process = real.applying(stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    os.write(controller, b"\x03")
    printed = b""
    while b"Gracefully shutting down" not in printed:
        printed += os.read(controller, 4096)
    while _more(controller):
        pass
    assert process.wait(timeout=60) == 1
    assert not real.lock.exists()


def _more(controller: int) -> bool:
    try:
        return bool(os.read(controller, 4096))
    except OSError:  # Linux says so where the other end is closed
        return False
