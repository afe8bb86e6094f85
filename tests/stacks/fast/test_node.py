"""Node ends with Python, however Python ends, and leaves nothing behind; many processes share an empty cache."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.stacks.fast.conftest import PROCESSES, Crowd
from tests.stacks.fast.programs import files, run

pytestmark = pytest.mark.slow

ENDLESS = """
import sys
from tanada.stacks import fast
def work():
    from cdktf import App, TerraformStack
    from cdktf_cdktf_provider_aws.vpc import Vpc
    stack = TerraformStack(App(outdir=sys.argv[1]), "s")
    number = 0
    while True:
        number += 1
        stack.node.try_find_child(Vpc(stack, f"v{number}").friendly_unique_id)
        if number == 20:
            print(fast._runtime._node._pid, flush=True)
fast.run(work)
"""


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_node_does_not_outlive_python(env: dict[str, str], tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-c", ENDLESS, str(tmp_path)]
    with subprocess.Popen(
        command,
        env=env,
        cwd=env["PYTHONPATH"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            node = int(process.stdout.readline())
            assert not gone(node)
            assert list((tmp_path / "tmp").iterdir()) != []
            # As a terminal does it: to the whole group.
            os.killpg(process.pid, number)
            process.wait(timeout=60)
        finally:
            process.kill()  # else leaving the block would wait for a process without an end
        # Killed, Python can't wait for it: it sees the end of its input by itself.
        patience = time.monotonic() + (60 if number == signal.SIGKILL else 0)
        while not gone(node) and time.monotonic() < patience:
            time.sleep(0.05)
    assert gone(node)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_nothing_is_left_after_a_synth(env: dict[str, str], tmp_path: Path) -> None:
    assert run("small.py", tmp_path / "out", env=env).stderr == ""
    assert list((tmp_path / "tmp").iterdir()) == []


def test_processes_that_start_together_share_an_empty_cache(crowd: Crowd) -> None:
    assert list(crowd.ends) == [(0, "")] * PROCESSES
    written = [files(folder) for folder in crowd.outputs]
    assert written == [written[0]] * PROCESSES
    assert list((crowd.folder / "tmp").iterdir()) == []
    # One made what the others waited for, and nothing half-made stays.
    assert [name.partition("-")[0] for name in crowd.kept].count("set") == 1
    assert [name for name in crowd.kept if name.startswith(".")] == []


TWICE = """
import sys
from tanada.stacks import fast
def work(folder):
    from cdktf import App, TerraformOutput, TerraformStack
    from cdktf_cdktf_provider_aws.provider import AwsProvider
    from cdktf_cdktf_provider_aws.vpc import Vpc
    app = App(outdir=folder, stack_traces=False)
    stack = TerraformStack(app, "s")
    AwsProvider(stack, "aws")
    TerraformOutput(stack, "o", value=Vpc(stack, "v").node.path)
    if folder == sys.argv[1]:
        Vpc(stack, "more").node.path
        stack.node.try_remove_child("more")
    assert type(app.node.try_find_child("s")) is TerraformStack
    app.synth()
fast.run(lambda: work(sys.argv[1]))
first = fast._runtime._node
from jsii import _reference_map
known = dict(_reference_map._refs._refs)
fast.end()
assert first.killed
fast.run(lambda: work(sys.argv[2]))
assert fast._runtime._node is not first and first._pid == 0
# By those names nothing of the first is found.
now = _reference_map._refs._refs
assert len(now) == len(known) - 1 and all(now[each] is not known[each] for each in now)
"""


def test_what_is_made_after_the_end_is_made_by_another_node(env: dict[str, str], tmp_path: Path) -> None:
    assert run(TWICE, tmp_path / "one", tmp_path / "other", env=env).stderr == ""
    assert files(tmp_path / "one") == files(tmp_path / "other") != {}
    assert list((tmp_path / "tmp").iterdir()) == []
