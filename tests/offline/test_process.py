"""The provider's process: how it starts, serves slow and parallel runs, and leaves."""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest

from tanada import offline
from tanada.offline import process, server
from tests.offline.terraform_runs import Stack, configuration

HOLDER = """
import sys, time
from pathlib import Path
from tanada import offline

if __name__ == "__main__":
    with offline.start(Path(sys.argv[1]), container=False) as provider:
        print(provider.mounts[0], flush=True)
        time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _it_starts_as_users_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere it is forked (tests/forked.py)."""
    monkeypatch.setattr(process, "_launch", inspect.unwrap(process._launch))


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A temporary folder of our own, with a path short enough for a socket."""
    folder = Path("/tmp") / f"t{os.getpid()}"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    yield folder
    shutil.rmtree(folder)


def _reattach(provider: offline.Running) -> dict[str, Any]:
    attached: dict[str, Any] = json.loads(provider.environment["TF_REATTACH_PROVIDERS"])
    assert list(attached) == ["registry.terraform.io/hashicorp/aws"]
    found: dict[str, Any] = attached["registry.terraform.io/hashicorp/aws"]
    return found


def _eventually(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


def _ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"


def test_it_listens_while_the_context_lasts_and_leaves_nothing(tmp_path: Path, temporary: Path) -> None:
    with offline.start(tmp_path / "offline", container=False) as provider:
        (folder,) = provider.mounts
        attached = _reattach(provider)
        assert attached["Addr"] == {"Network": "unix", "String": str(folder / "socket")}
        assert (attached["ProtocolVersion"], attached["Test"]) == (6, True)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(attached["Addr"]["String"])
        assert not _ended(attached["Pid"])
    assert _ended(attached["Pid"])
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nobody_else_can_reach_it(tmp_path: Path) -> None:
    with offline.start(tmp_path, container=False) as provider:
        (folder,) = provider.mounts
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "socket").stat().st_mode) == 0o600
        pid = _reattach(provider)["Pid"]
        held = {str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir()}
        over_tcp = Path(f"/proc/{pid}/net/tcp").read_text() + Path(f"/proc/{pid}/net/tcp6").read_text()
        inodes = {line.split()[9] for line in over_tcp.splitlines() if ":" in line}
        assert not held & {f"socket:[{inode}]" for inode in inodes}


def test_in_a_container_terraform_sees_process_one(tmp_path: Path) -> None:
    with offline.start(tmp_path, container=True) as provider:
        assert _reattach(provider)["Pid"] == 1
        assert provider.mounts[0].is_dir()


def test_docker_on_a_mac_reaches_it_over_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with offline.start(tmp_path, container=True) as provider:
        address = _reattach(provider)["Addr"]
        host, port = address["String"].split(":")
        assert (address["Network"], host, provider.mounts) == ("tcp", "host.docker.internal", ())
        with socket.create_connection(("127.0.0.1", int(port)), timeout=5):
            pass


def test_it_ends_with_an_exception_too(tmp_path: Path, temporary: Path) -> None:
    with pytest.raises(KeyboardInterrupt), offline.start(tmp_path, container=False) as provider:
        raise KeyboardInterrupt
    assert _ended(_reattach(provider)["Pid"])
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_never_outlives_whoever_started_it(tmp_path: Path, temporary: Path, number: signal.Signals) -> None:
    script = tmp_path / "holder.py"
    script.write_text(HOLDER)
    holder = subprocess.Popen(
        [sys.executable, script, tmp_path / "offline"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert holder.stdout is not None
    folder = Path(holder.stdout.readline().strip())
    assert folder.is_dir()
    holder.send_signal(number)
    holder.wait(120)
    holder.stdout.close()
    assert _eventually(lambda: not folder.exists())
    assert _eventually(lambda: list(temporary.iterdir()) == [])


def test_it_ends_at_once_when_terraform_says_so(tmp_path: Path) -> None:
    with offline.start(tmp_path, container=False) as provider:
        attached = _reattach(provider)
        with grpc.insecure_channel(f"unix:{attached['Addr']['String']}") as channel:
            shut_down = channel.unary_unary("/plugin.GRPCController/Shutdown", None, None)
            with contextlib.suppress(grpc.RpcError):  # it may be gone before it could answer
                shut_down(b"", timeout=60, wait_for_ready=True)
        # Before the block ends, which would end it too.
        assert _eventually(lambda: _ended(attached["Pid"]))


def test_it_is_told_to_end_until_it_hears_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal just before the main thread reads is not heard before the next one."""
    told: list[int] = []

    def kill(_pid: int, number: int) -> None:
        told.append(number)
        if len(told) == 3:
            threading.Event().wait()  # the thread that tells ends with its process

    monkeypatch.setattr(os, "kill", kill)
    server._shut_down(b"")
    assert _eventually(lambda: told == [signal.SIGTERM] * 3)


def test_a_temporary_folder_with_a_long_path_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setenv("TMPDIR", str(long))
    monkeypatch.setattr("tempfile.tempdir", None)
    with offline.start(tmp_path / "offline", container=False) as provider:
        assert len(_reattach(provider)["Addr"]["String"].encode()) <= 103
    assert list(long.iterdir()) == []


def test_an_error_at_the_start_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_launch", _says('{"error": "The bindings are gone."}'))
    with pytest.raises(offline.OfflineError, match="The bindings are gone"), offline.start(tmp_path, container=False):
        pass
    monkeypatch.setattr(process, "_launch", _says(""))
    with pytest.raises(offline.OfflineError, match="did not start"), offline.start(tmp_path, container=False):
        pass


def _says(text: str) -> Callable[..., subprocess.Popen[bytes]]:
    return lambda *_folders, **_options: subprocess.Popen(
        ["printf", "%s", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


@pytest.mark.terraform
def test_a_call_of_three_seconds_is_waited_for(tmp_path: Path) -> None:
    """go-plugin asks every second whether the process lives; who names a wrong one is cut off within a call."""
    with offline.start(tmp_path / "ids", container=False) as provider:
        stack = Stack(tmp_path, provider.environment)
        stack.write(configuration({"aws_sns_topic": {"alarms": {"name": "alarms"}}}))
        stack.must("plan", "-out=plan")
        pid = _reattach(provider)["Pid"]
        os.kill(pid, signal.SIGSTOP)
        threading.Timer(3, lambda: os.kill(pid, signal.SIGCONT)).start()
        began = time.monotonic()
        stack.must("apply", "plan")
        assert time.monotonic() - began >= 3
        assert len(stack.values("aws_sns_topic", "alarms")) == 1


@pytest.mark.terraform
def test_stacks_are_served_side_by_side_each_with_its_own_account(tmp_path: Path, provider: offline.Running) -> None:
    def applied(account: str) -> list[str]:
        stack = Stack(tmp_path / account, provider.environment)
        made = configuration({"aws_sns_topic": {"alarms": {"count": 20, "name": "alarms-${count.index}"}}})
        made["provider"]["aws"][0]["allowed_account_ids"] = [account]
        stack.write(made).apply()
        return [topic["arn"] for topic in stack.values("aws_sns_topic", "alarms")]

    accounts = ("111111111111", "222222222222", "333333333333")
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(applied, accounts))
    for account, arns in zip(accounts, found, strict=True):
        assert len(arns) == 20
        assert all(f":{account}:" in arn for arn in arns)


@pytest.mark.terraform
def test_ids_stay_apart_after_a_restart(tmp_path: Path) -> None:
    found = []
    for name in ("common-main", "common-second"):
        with offline.start(tmp_path / "ids", container=False) as provider:
            stack = Stack(tmp_path, provider.environment, name)
            stack.write(configuration({"aws_eip": {"nat": {"domain": "vpc"}}})).apply()
            found += [(address["id"], address["public_ip"]) for address in stack.values("aws_eip", "nat")]
    (first, second) = found
    assert first[0] != second[0]
    assert first[1] != second[1]


@pytest.mark.terraform
def test_the_same_stack_gets_the_same_ids(tmp_path: Path) -> None:
    found = []
    for run in ("one", "two"):
        with offline.start(tmp_path / run / "ids", container=False) as provider:
            stack = Stack(tmp_path / run, provider.environment)
            stack.write(configuration({"aws_eip": {"nat": {"domain": "vpc"}}, "aws_kms_key": {"main": {}}})).apply()
            found.append([stack.values("aws_eip", "nat"), stack.values("aws_kms_key", "main")])
    assert found[0] == found[1]


def test_the_public_face_loads_without_grpc_and_the_bindings() -> None:
    code = "import sys, tanada.offline; print([m for m in ('grpc', 'msgpack', 'google', 'cdktf') if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
