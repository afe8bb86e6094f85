"""Processes: both streams, exit codes, and signals that are passed on once."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from tanada.errors import StoppedError, TerraformError
from tanada.terraform.process import Processes


def run(processes: Processes, program: str, tmp_path: Path) -> tuple[int, str, str]:
    done = processes.run([sys.executable, "-c", program], cwd=tmp_path, environment=os.environ)
    return done.code, done.output, done.errors


def test_both_streams_and_the_exit_code_come_back(tmp_path: Path) -> None:
    program = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(2)"
    assert run(Processes(), program, tmp_path) == (2, "out\n", "err\n")


def test_lines_are_handed_on_as_they_come(tmp_path: Path) -> None:
    heard: list[tuple[str, str]] = []
    Processes().run(
        [sys.executable, "-c", "import sys; print('a'); print('b'); print('c', file=sys.stderr)"],
        cwd=tmp_path,
        environment=os.environ,
        on_output=lambda line: heard.append(("output", line)),
        on_errors=lambda line: heard.append(("errors", line)),
    )
    assert sorted(heard) == [("errors", "c\n"), ("output", "a\n"), ("output", "b\n")]


def test_a_process_gets_no_input(tmp_path: Path) -> None:
    assert run(Processes(), "import sys; print(repr(sys.stdin.read()))", tmp_path)[1] == "''\n"


def test_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    assert run(Processes(), "import os; os.write(1, b'\\xff\\n')", tmp_path)[1] == "\ufffd\n"


def test_a_missing_program_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match="/nowhere/terraform was not found"):
        Processes().run(["/nowhere/terraform"], cwd=tmp_path, environment={})


COUNT = """
import signal, sys, time
count = 0
def handle(*_):
    global count
    count += 1
    print("told", flush=True)
signal.signal(signal.SIGINT, handle)
print("ready", flush=True)
end = time.monotonic() + 20
while count == 0 and time.monotonic() < end:
    time.sleep(0.01)
time.sleep(0.3)
sys.exit(10 + count)
"""


def test_a_process_is_told_once_however_often_one_asks(tmp_path: Path) -> None:
    processes = Processes()
    ready = threading.Event()

    def stop() -> None:
        assert ready.wait(20)
        assert processes.stop()
        time.sleep(0.05)
        assert not processes.stop()

    thread = threading.Thread(target=stop)
    thread.start()
    done = processes.run(
        [sys.executable, "-c", COUNT], cwd=tmp_path, environment=os.environ, on_output=lambda _line: ready.set()
    )
    thread.join()
    assert done.code == 11
    assert done.output == "ready\ntold\n"


def test_once_stopped_nothing_is_started(tmp_path: Path) -> None:
    processes = Processes()
    processes.stop()
    with pytest.raises(StoppedError):
        run(processes, "print('no')", tmp_path)


def test_signals_go_to_the_process_and_the_old_handlers_come_back(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    processes = Processes()
    heard: list[bool] = []
    with processes.stopping_on_signals(heard.append):
        done = processes.run(
            [sys.executable, "-c", COUNT],
            cwd=tmp_path,
            environment=os.environ,
            on_output=lambda line: os.kill(os.getpid(), signal.SIGTERM) if line == "ready\n" else None,
        )
    assert done.code == 11
    assert heard == [True]
    assert processes.stopped
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_while_asking_a_signal_ends_the_question() -> None:
    processes = Processes()

    def ask() -> None:
        with processes.stopping_on_signals(lambda _first: None), processes.asking():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)

    with pytest.raises(StoppedError, match="nothing was changed"):
        ask()


def test_what_shares_our_terminal_hears_its_ctrl_c_there_and_other_signals_from_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "isatty", lambda _number: True)
    processes = Processes()
    ready = tmp_path / "ready"
    codes: list[int] = []
    program = f"import pathlib; pathlib.Path({str(ready)!r}).touch()\n" + COUNT

    def attached() -> None:
        codes.append(processes.run_attached([sys.executable, "-c", program], cwd=tmp_path, environment=os.environ))

    thread = threading.Thread(target=attached)
    thread.start()
    while not ready.exists():
        time.sleep(0.01)
    time.sleep(0.3)
    processes.stop(from_terminal=True)
    thread.join(0.7)
    assert thread.is_alive(), "the terminal tells it, not we"
    processes.stop()
    thread.join(20)
    assert codes == [11]
