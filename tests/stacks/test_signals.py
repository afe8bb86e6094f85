"""Ctrl-C and SIGTERM in the midst of a synth leave nothing behind: real signals to real processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def repository(folder: Path) -> Path:
    folder.mkdir()
    for name in ("environments", "workspaces"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("system.yaml", "main.py", ".terraform-version"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "cdktf.out").mkdir()
    (folder / "cdktf.out" / "manifest.json").write_text("earlier")
    return folder


def nodes(marker: Path) -> list[int]:
    """Processes that were started with a variable naming the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environ = (process / "environ").read_bytes()
        except OSError:
            continue
        if f"TANADA_TEST={marker}".encode() in environ:
            found.append(int(process.name))
    return found


def interrupted(
    folder: Path, number: signal.Signals, moment: str, *arguments: str
) -> tuple[int, str, dict[str, list[str]]]:
    """Exit code, stderr, and what is left, of a process told to end once there is a file of that form."""
    root, temporary = repository(folder / "team"), folder / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=root,
        env={**os.environ, "TMPDIR": str(temporary), "TANADA_TEST": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 120
    while not list(folder.glob(moment)) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    left = {
        "temporary": [str(file) for file in temporary.rglob("*")],
        "output": sorted(file.name for file in root.iterdir() if "cdktf" in file.name),
        "written": [str(file.relative_to(root)) for file in (root / "cdktf.out").rglob("*")],
        "processes": [str(each) for each in nodes(folder)],
    }
    return process.returncode, errors, left


NOTHING = {"temporary": [], "output": ["cdktf.out"], "written": ["cdktf.out/manifest.json"], "processes": []}
STAGED = "team/.cdktf.out-*"
NODE_RUNS = "temporary/tanada-synth-*/jsii-kernel-*"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("moment", [STAGED, NODE_RUNS])
def test_told_to_end_main_leaves_nothing_and_says_so(tmp_path: Path, number: signal.Signals, moment: str) -> None:
    code, errors, left = interrupted(tmp_path, number, moment, "main.py")
    assert code == 128 + number
    assert errors == "Interrupted; cdktf.out is as it was.\n"
    assert left == NOTHING


@pytest.mark.parametrize(("account", "code"), [("mian", 2), ("main", 0)])
def test_ended_by_itself_main_leaves_nothing_temporary_either(tmp_path: Path, account: str, code: int) -> None:
    root = repository(tmp_path / "team")
    (root / "environments" / "test.yaml").write_text(f"account: {account}\ndomain: test.example.jp\n")
    (tmp_path / "temporary").mkdir()
    environ = {**os.environ, "TMPDIR": str(tmp_path / "temporary"), "TANADA_TEST": str(tmp_path)}
    ran = subprocess.run([sys.executable, "main.py"], cwd=root, env=environ, stderr=subprocess.PIPE, text=True)
    assert ran.returncode == code, ran.stderr
    assert list((tmp_path / "temporary").iterdir()) == []
    assert nodes(tmp_path) == []


def test_told_to_end_the_command_line_passes_it_on_and_leaves_nothing(tmp_path: Path) -> None:
    code, errors, left = interrupted(tmp_path, signal.SIGINT, NODE_RUNS, "-m", "tanada", "synth")
    assert code == 130
    assert errors == "Synthesizing.\nInterrupted while synthesizing.\n"
    assert left == NOTHING


def test_an_interrupt_while_files_are_moved_comes_when_all_are(tmp_path: Path) -> None:
    program = """
import os, signal, sys
from pathlib import Path
from tanada import cache
from tanada.stacks import signals
replace = Path.replace
def interrupted(self, target):
    os.kill(os.getpid(), signal.SIGINT)
    return replace(self, target)
Path.replace = interrupted
def make(inputs, new):
    for stack in inputs:
        (new / "stacks" / stack).mkdir(parents=True)
        (new / "stacks" / stack / "cdk.tf.json").write_text(stack)
    (new / "manifest.json").write_text("new")
declared = cache.Declared({"a": "", "b": ""})
work = cache.Work(lambda data: None, lambda remembered: declared, make)
with signals.leaving_nothing():
    cache.through(Path.cwd(), {"TANADA_CACHE": "0"}, work)
    sys.exit("not interrupted")
"""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert ran.returncode == 130
    assert sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()) == [
        "cdktf.out/manifest.json",
        "cdktf.out/stacks/a/cdk.tf.json",
        "cdktf.out/stacks/b/cdk.tf.json",
    ]


def test_an_error_of_what_was_ended_does_not_take_the_signals_place(tmp_path: Path) -> None:
    program = """
import os, signal
from tanada import cache
from tanada.stacks import app
def through(root, environ, work):
    try:
        os.kill(os.getpid(), signal.SIGTERM)
    finally:
        raise BrokenPipeError("Node is gone")
cache.through = through
app.main()
"""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (128 + signal.SIGTERM, "Interrupted; cdktf.out is as it was.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_shall_not_hear_of_a_closed_terminal_does_not(tmp_path: Path) -> None:
    program = """
import os, signal
signal.signal(signal.SIGHUP, signal.SIG_IGN)
from tanada.stacks import signals
with signals.leaving_nothing():
    os.kill(os.getpid(), signal.SIGHUP)
    print("went on")
"""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "went on\n", "")
    assert list(tmp_path.iterdir()) == []
