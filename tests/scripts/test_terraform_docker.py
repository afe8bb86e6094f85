"""`scripts/terraform-docker.sh` as a drop-in terraform: its argument list, its sentences, and the real thing."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PINNED = (ROOT / ".terraform-image").read_text().strip()
VERSION = (ROOT / ".terraform-version").read_text().strip()

FAKE = """#!/bin/sh
# An engine that writes down how it was called.
case "$1" in
  version|info) [ -z "$FAKE_DOWN" ] && echo linux/amd64 || { echo "Cannot connect to the daemon" >&2; exit 1; } ;;
  image) [ -z "$FAKE_ABSENT" ] && echo "${FAKE_PLATFORM:-linux/amd64}" || exit 1 ;;
  pull) [ -z "$FAKE_OFFLINE" ] || { echo "no such host" >&2; exit 1; } ;;
  run) for word in "$@"; do printf '%s\\n' "$word"; done > "$FAKE_LOG"; env > "$FAKE_LOG.env"; exit "${FAKE_CODE:-0}" ;;
esac
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the script, in a folder with a blank."""
    folder = tmp_path / "a repository"
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "terraform-docker.sh", folder / "scripts")
    shutil.copy(ROOT / ".terraform-image", folder)
    return folder


@pytest.fixture
def run(repository: Path, tmp_path: Path) -> Run:
    """Call the script with a fake engine first on PATH; words after the arguments are variables."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("docker", "podman"):
        (tools / name).write_text(FAKE)
        (tools / name).chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()

    def call(*arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": f"{tools}:/usr/bin:/bin",
            "HOME": str(home),
            "FAKE_LOG": str(tmp_path / "call"),
            **variables,
        }
        return subprocess.run(
            [str(repository / "scripts" / "terraform-docker.sh"), *arguments],
            cwd=cwd or repository,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    return call


def called(tmp_path: Path) -> list[str]:
    return (tmp_path / "call").read_text().splitlines()


def mounts(words: list[str]) -> list[str]:
    return [words[index + 1] for index, word in enumerate(words) if word == "--mount"]


def handed_over(words: list[str]) -> list[str]:
    return [words[index + 1] for index, word in enumerate(words) if word == "--env"]


def test_the_image_is_pinned_by_tag_and_digest_and_agrees_with_the_version() -> None:
    assert re.fullmatch(rf"hashicorp/terraform:{re.escape(VERSION)}@sha256:[0-9a-f]{{64}}", PINNED)


def test_the_pinned_image_gets_the_same_arguments(run: Run, repository: Path, tmp_path: Path) -> None:
    result = run("-chdir=cdktf.out/stacks/common-main", "plan", "-var", "a=b c")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    words = called(tmp_path)
    assert words[words.index(PINNED) :] == [PINNED, "-chdir=cdktf.out/stacks/common-main", "plan", "-var", "a=b c"]
    assert words[:2] == ["run", "--rm"]
    assert f"type=bind,source={repository},target={repository}" in mounts(words)
    assert words[words.index("--workdir") + 1] == str(repository)
    assert words[words.index("--user") + 1] == f"{os.getuid()}:{os.getgid()}"
    assert "--tty" not in words, "there is no terminal"
    assert "--network" not in words


def test_home_is_a_folder_that_the_caller_can_write(run: Run, tmp_path: Path) -> None:
    run("version")
    words = called(tmp_path)
    [home] = [each.removeprefix("HOME=") for each in handed_over(words) if each.startswith("HOME=")]
    assert os.access(home, os.W_OK)
    assert any(Path(home).is_relative_to(each.rpartition("target=")[2]) for each in mounts(words))


def test_variables_go_by_name_and_no_value_is_on_the_process_list(run: Run, tmp_path: Path) -> None:
    run(
        "plan",
        AWS_SECRET_ACCESS_KEY="s3cr3t",
        AWS_ACCESS_KEY_ID="AKIA",
        TF_VAR_token="t0k3n",
        HTTPS_PROXY="http://user:pa55@proxy",
        no_proxy="localhost",
        UNRELATED="private",
    )
    words = called(tmp_path)
    names = handed_over(words)
    assert {"AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "TF_VAR_token", "HTTPS_PROXY", "no_proxy"} <= set(names)
    assert "UNRELATED" not in names
    for secret in ("s3cr3t", "t0k3n", "pa55", "AKIA"):
        assert not any(secret in word for word in words)
        assert secret in (tmp_path / "call.env").read_text(), "the engine's client has it to hand over"


def test_files_that_variables_name_are_mounted_read_only(run: Run, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("x")
    run("plan", AWS_CA_BUNDLE=str(bundle), SSL_CERT_FILE=str(bundle), TF_CLI_CONFIG_FILE=str(tmp_path / "absent"))
    words = called(tmp_path)
    assert mounts(words).count(f"type=bind,source={bundle},target={bundle},readonly") == 1, "once, though named twice"
    assert {"AWS_CA_BUNDLE", "SSL_CERT_FILE"} <= set(handed_over(words))
    assert "TF_CLI_CONFIG_FILE" not in handed_over(words), "a file that is not there would only be warned of"


def test_profiles_in_the_home_folder_go_along_read_only_unless_variables_decide(run: Run, tmp_path: Path) -> None:
    (tmp_path / "home" / ".aws").mkdir()
    run("plan")
    [aws] = [each for each in mounts(called(tmp_path)) if "/.aws" in each]
    assert aws.endswith("/home/.aws,readonly")
    for variables in ({"AWS_ACCESS_KEY_ID": "AKIA"}, {"TANADA_TERRAFORM_NETWORK": "none"}):
        run("plan", **variables)
        assert not [each for each in mounts(called(tmp_path)) if "/.aws" in each]


def test_the_plugin_cache_is_kept(run: Run, tmp_path: Path) -> None:
    run("init")
    words = called(tmp_path)
    assert "TF_PLUGIN_CACHE_DIR" in handed_over(words)
    [line] = [
        each for each in (tmp_path / "call.env").read_text().splitlines() if each.startswith("TF_PLUGIN_CACHE_DIR=")
    ]
    cache = Path(line.partition("=")[2])
    assert cache.is_dir()
    assert any(cache.is_relative_to(each.rpartition("target=")[2]) for each in mounts(words))


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_exit_code_is_terraforms_own(code: int, run: Run) -> None:
    assert run("plan", "-detailed-exitcode", FAKE_CODE=str(code)).returncode == code


def test_a_sub_folder_stays_the_working_folder(run: Run, repository: Path, tmp_path: Path) -> None:
    deep = repository / "cdktf.out" / "stacks"
    deep.mkdir(parents=True)
    run("version", cwd=deep)
    words = called(tmp_path)
    assert words[words.index("--workdir") + 1] == str(deep)
    assert f"type=bind,source={repository},target={repository}" in mounts(words)


def test_more_mounts_and_a_network_by_variables(run: Run, tmp_path: Path) -> None:
    run("plan", TANADA_TERRAFORM_MOUNTS=f"{tmp_path}/one:{tmp_path}/two", TANADA_TERRAFORM_NETWORK="none")
    words = called(tmp_path)
    assert {f"type=bind,source={tmp_path}/{each},target={tmp_path}/{each}" for each in ("one", "two")} <= set(
        mounts(words)
    )
    assert words[words.index("--network") + 1] == "none"


def test_another_image_is_said_on_stderr_alone(run: Run, tmp_path: Path) -> None:
    result = run("version", TANADA_TERRAFORM_IMAGE="mirror/terraform:1.11.4")
    assert result.stdout == ""
    assert "image mirror/terraform:1.11.4 (TANADA_TERRAFORM_IMAGE)" in result.stderr
    assert "mirror/terraform:1.11.4" in called(tmp_path)


def test_podman_by_one_variable(run: Run, tmp_path: Path) -> None:
    assert run("version", TANADA_CONTAINER_ENGINE="podman").returncode == 0
    assert "--userns=keep-id" in called(tmp_path)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"TANADA_CONTAINER_ENGINE": "nerdctl"}, "nerdctl is not installed: install Docker"),
        ({"FAKE_DOWN": "1"}, "docker answers no call: start the engine"),
        ({"FAKE_PLATFORM": "linux/arm64"}, "is for linux/arm64, the engine runs linux/amd64"),
        ({"FAKE_ABSENT": "1", "FAKE_OFFLINE": "1"}, "can't be pulled: see the network, or name a mirror"),
        ({"TANADA_TERRAFORM_IMAGE": "hashicorp/terraform:latest"}, "moves: name a version"),
        ({"AWS_CONFIG_FILE": "system.yaml"}, "expected an absolute path"),
    ],
)
def test_what_stands_in_the_way_is_one_sentence(
    variables: dict[str, str], sentence: str, run: Run, repository: Path
) -> None:
    (repository / "system.yaml").write_text("")
    result = run("plan", **variables)
    assert result.returncode == 2
    [line] = [each for each in result.stderr.splitlines() if "image hashicorp" not in each or sentence in each][-1:]
    assert sentence in line
    assert result.stdout == ""


def test_outside_of_the_repository_is_refused(run: Run, tmp_path: Path) -> None:
    result = run("plan", cwd=tmp_path)
    assert result.returncode == 2
    assert "only the repository is mounted" in result.stderr


def test_an_image_without_digest_is_refused(run: Run, repository: Path) -> None:
    (repository / ".terraform-image").write_text("hashicorp/terraform:1.11.4\n")
    result = run("plan")
    assert result.returncode == 2
    assert "expected NAME:VERSION@sha256:DIGEST" in result.stderr


# --- with the real engine ---------------------------------------------------------------------------------------------

PROGRAM = {
    "resource": {"terraform_data": {"slow": {"input": "${timestamp()}", "triggers_replace": "${timestamp()}"}}},
    "output": {"answer": {"value": 42}},
}


@pytest.fixture
def real(repository: Path, container_image: str, tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A repository with a small configuration, and the environment to call the script in."""
    (repository / "stack").mkdir()
    (repository / "stack" / "main.tf.json").write_text(json.dumps(PROGRAM))
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("TF_", "AWS_"))},
        "TANADA_TERRAFORM_IMAGE": container_image,
        "TANADA_TERRAFORM_NETWORK": "none",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "CHECKPOINT_DISABLE": "1",
    }
    return repository, environment


def terraform(real: tuple[Path, dict[str, str]], *arguments: str) -> subprocess.CompletedProcess[str]:
    folder, environment = real
    return subprocess.run(
        ["scripts/terraform-docker.sh", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@pytest.mark.docker
def test_the_container_runs_the_pinned_version(real: tuple[Path, dict[str, str]]) -> None:
    assert json.loads(terraform(real, "version", "-json").stdout)["terraform_version"] == VERSION


@pytest.mark.docker
def test_plan_apply_and_the_detailed_exit_code(real: tuple[Path, dict[str, str]]) -> None:
    assert terraform(real, "-chdir=stack", "init").returncode == 0
    assert terraform(real, "-chdir=stack", "plan", "-detailed-exitcode").returncode == 2
    assert terraform(real, "-chdir=stack", "apply", "-auto-approve").returncode == 0
    assert terraform(real, "-chdir=stack", "output", "-raw", "answer").stdout == "42"
    assert terraform(real, "-chdir=stack", "plan", "-var").returncode == 1


@pytest.mark.docker
def test_another_user_owns_what_terraform_writes(real: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    folder, environment = real
    other = 12345
    for each in (tmp_path, *tmp_path.rglob("*")):
        os.chown(each, other, other)
    # pytest's folders above are its user's alone.
    for parent in tmp_path.parents:
        if str(parent).startswith("/tmp/"):
            parent.chmod(parent.stat().st_mode | 0o755)
    socket = environment.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
    Path(socket).chmod(0o666)
    script = "scripts/terraform-docker.sh"
    for arguments in (["init"], ["plan", "-out=saved"]):
        result = subprocess.run(
            ["setpriv", f"--reuid={other}", f"--regid={other}", "--clear-groups", script, "-chdir=stack", *arguments],
            cwd=folder,
            env={**environment, "HOME": str(tmp_path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stderr + result.stdout
    assert (folder / "stack" / "saved").stat().st_uid == other
    assert Path(environment["XDG_CACHE_HOME"], "tanada", "home").stat().st_uid == other


@pytest.mark.docker
def test_ctrl_c_during_an_apply_leaves_no_lock(real: tuple[Path, dict[str, str]]) -> None:
    """An apply that waits for its answer holds the lock; one interrupt ends it and the lock."""
    folder, environment = real
    assert terraform(real, "-chdir=stack", "init").returncode == 0
    process = subprocess.Popen(
        ["scripts/terraform-docker.sh", "-chdir=stack", "apply"],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    lock = folder / "stack" / ".terraform.tfstate.lock.info"
    deadline = time.monotonic() + 60
    while not lock.exists():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline, "terraform never took its lock"
        time.sleep(0.05)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 1, printed
    assert not lock.exists(), printed
