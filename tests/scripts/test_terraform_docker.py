"""The calls that `scripts/terraform-docker.sh` makes of an engine, seen by a fake one: the pinned image can't be pulled
everywhere. The real thing stands in test_terraform_docker_real.py."""

from __future__ import annotations

import os
import pty
import re
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
log() { for word in "$@"; do printf '%s\\n' "$word"; done; }
case "$1" in
  version|info)
    [ -z "$FAKE_HELD" ] || { touch "$FAKE_HELD"; while [ -e "$FAKE_HELD" ]; do sleep 0.02; done; }
    [ -z "$FAKE_DOWN" ] || { echo "Cannot connect to the daemon" >&2; exit 1; }
    echo "a warning" >&2; echo "linux/amd64$FAKE_COMPONENTS" ;;
  image)
    [ -z "$FAKE_ABSENT" ] || [ -e "$FAKE_LOG.pull" ] || exit 1
    echo "${FAKE_PLATFORM:-linux/amd64} [\\"${FAKE_ENTRY:-/bin/terraform}\\"]" ;;
  pull) log "$@" > "$FAKE_LOG.pull"; [ -z "$FAKE_PULL" ] || { rm "$FAKE_LOG.pull"; echo "$FAKE_PULL" >&2; exit 1; } ;;
  network) [ "$3" != moon ] ;;
  run) log "$@" > "$FAKE_LOG"; env > "$FAKE_LOG.env"; exit "${FAKE_CODE:-0}" ;;
esac
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A fake engine first on PATH, and a home."""
    tools = tmp_path / "bin"
    home = tmp_path / "home"
    for folder in (tools, home):
        folder.mkdir()
    for name in ("docker", "podman"):
        (tools / name).write_text(FAKE)
        (tools / name).chmod(0o755)
    return {"PATH": f"{tools}:/usr/bin:/bin", "HOME": str(home), "FAKE_LOG": str(tmp_path / "call")}


@pytest.fixture
def run(repository: Path, environment: dict[str, str]) -> Run:
    """Call the script; named words are variables."""

    def call(*arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(repository / "scripts" / "terraform-docker.sh"), *arguments],
            cwd=cwd or repository,
            env={**environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
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


def test_a_terminal_is_handed_on_where_there_is_one(
    repository: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    controller, terminal = pty.openpty()
    script = str(repository / "scripts" / "terraform-docker.sh")
    subprocess.run([script, "plan"], cwd=repository, env=environment, stdin=terminal, stdout=terminal, check=True)
    assert "--tty" in called(tmp_path)
    with (tmp_path / "printed").open("w") as file:
        subprocess.run([script, "plan"], cwd=repository, env=environment, stdin=terminal, stdout=file, check=True)
    assert "--tty" not in called(tmp_path), "colours and prompts would end up in the file"
    os.close(terminal)
    os.close(controller)


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
    token = tmp_path / "token"
    token.write_text("t0k3n")
    run(
        "plan",
        AWS_CA_BUNDLE=str(bundle),
        SSL_CERT_FILE=str(bundle),
        AWS_WEB_IDENTITY_TOKEN_FILE=str(token),
        TF_CLI_CONFIG_FILE=str(tmp_path / "absent"),
    )
    words = called(tmp_path)
    assert mounts(words).count(f"type=bind,source={bundle},target={bundle},readonly") == 1, "once, though named twice"
    assert f"type=bind,source={token},target={token},readonly" in mounts(words)
    assert {"AWS_CA_BUNDLE", "SSL_CERT_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE"} <= set(handed_over(words))
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


@pytest.mark.parametrize("code", [0, 1, 2, 125])
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
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
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
    (tmp_path / "bin" / "docker").unlink()
    (tmp_path / "bin" / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "bin" / "id").chmod(0o755)
    assert run("version", TANADA_CONTAINER_ENGINE="podman").returncode == 0
    words = called(tmp_path)
    assert "--userns=keep-id" in words, "else another user owns the files"
    digest = PINNED.partition("@")[2]
    assert f"docker.io/hashicorp/terraform@{digest}" in words, "it has no registry of its own"


def test_in_rootless_docker_the_caller_is_the_container_s_root(run: Run, tmp_path: Path) -> None:
    assert run("version", FAKE_COMPONENTS=" Engine containerd runc rootlesskit slirp4netns").returncode == 0
    assert "--user" not in called(tmp_path)
    assert run("version", FAKE_COMPONENTS=" Engine containerd runc docker-init").returncode == 0
    assert "--user" in called(tmp_path)


def test_an_image_that_is_not_there_is_pulled_and_said(run: Run, tmp_path: Path) -> None:
    result = run("version", FAKE_ABSENT="1")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == f"terraform-docker: pulling {PINNED}\n"
    assert (tmp_path / "call.pull").read_text().splitlines() == ["pull", "--quiet", PINNED]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_before_terraform_runs_ends_the_script(
    number: signal.Signals, code: int, repository: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    held = tmp_path / "held"
    process = subprocess.Popen(
        [repository / "scripts" / "terraform-docker.sh", "apply"],
        cwd=repository,
        env={**environment, "FAKE_HELD": str(held)},
    )
    while not held.exists():
        assert process.poll() is None, "it ended before it asked the engine"
        time.sleep(0.02)
    process.send_signal(number)
    held.unlink()
    assert process.wait(timeout=20) == code
    assert not (tmp_path / "call").exists()


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"TANADA_CONTAINER_ENGINE": "nerdctl"}, "nerdctl is not installed: install Docker"),
        ({"FAKE_DOWN": "1"}, "docker answers no call: start the engine"),
        ({"FAKE_PLATFORM": "linux/arm64"}, "is for linux/arm64, the engine runs linux/amd64"),
        ({"FAKE_DOWN": "1"}, "(Cannot connect to the daemon)."),
        ({"FAKE_ABSENT": "1", "FAKE_PULL": "no such host"}, "can't be pulled: see the network, or name a mirror"),
        ({"FAKE_ABSENT": "1", "FAKE_PULL": "no such host"}, "(no such host)."),
        (
            {"FAKE_ABSENT": "1", "FAKE_PULL": "no matching manifest for linux/amd64 in the manifest list entries"},
            "for linux/amd64, which the engine runs: name one with TANADA_TERRAFORM_IMAGE",
        ),
        ({"FAKE_ENTRY": "/bin/sh"}, """doesn't start terraform, but ["/bin/sh"]: name another"""),
        ({"TANADA_TERRAFORM_NETWORK": "moon"}, "docker knows no such network; expected none, host or one it has"),
        ({"TANADA_TERRAFORM_IMAGE": "hashicorp/terraform:latest"}, "moves: name a version"),
        ({"TANADA_TERRAFORM_IMAGE": "mirror:5000/hashicorp/terraform"}, "names no version"),
        ({"AWS_CONFIG_FILE": "system.yaml"}, "expected an absolute path"),
        ({"TANADA_TERRAFORM_MOUNTS": "cdktf.out"}, "'cdktf.out' can't be mounted: expected an absolute path"),
        ({"TANADA_TERRAFORM_MOUNTS": "/not/there"}, "'/not/there' can't be mounted: it is not there"),
        ({"HOME": "/dev/null"}, "set XDG_CACHE_HOME to a folder that can"),
    ],
)
def test_what_stands_in_the_way_is_one_sentence(
    variables: dict[str, str], sentence: str, run: Run, repository: Path
) -> None:
    (repository / "system.yaml").write_text("")
    result = run("plan", **variables)
    assert result.returncode == 2
    assert result.stdout == ""
    said = [
        line for line in result.stderr.splitlines() if not re.match(r"terraform-docker: (image \S+ \(|pulling)", line)
    ]
    assert len(said) == 1
    assert sentence in said[0]


def test_outside_of_the_repository_is_refused(run: Run, tmp_path: Path) -> None:
    result = run("plan", cwd=tmp_path)
    assert result.returncode == 2
    assert "only the repository is mounted" in result.stderr


def test_an_image_without_digest_is_refused(run: Run, repository: Path) -> None:
    (repository / ".terraform-image").write_text("hashicorp/terraform:1.11.4\n")
    result = run("plan")
    assert result.returncode == 2
    assert "expected NAME:VERSION@sha256:DIGEST" in result.stderr
