"""Processes: both streams, exit codes, and signals that are passed on once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

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


@pytest.mark.parametrize("stream", ["on_output", "on_errors"])
def test_who_can_t_hear_any_more_is_told_when_the_process_has_ended(stream: str, tmp_path: Path) -> None:
    """One that nobody reads waits for ever, holding its lock."""

    def full(_line: str) -> None:
        raise OSError(28, "No space left on device")

    program = f"import sys; print('x' * 99 + chr(10), file=sys.std{'out' if stream == 'on_output' else 'err'}) "
    program += "; ".join(["", *["sys.stdout.write(('y' * 999 + chr(10)) * 300)"], "open('ended', 'w')"])
    handlers: dict[str, Any] = {stream: full}
    with pytest.raises(OSError, match="No space left"):
        Processes().run([sys.executable, "-c", program], cwd=tmp_path, environment=os.environ, **handlers)
    assert (tmp_path / "ended").exists()


def test_a_process_gets_no_input(tmp_path: Path) -> None:
    assert run(Processes(), "import sys; print(repr(sys.stdin.read()))", tmp_path)[1] == "''\n"


def test_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    assert run(Processes(), "import os; os.write(1, b'\\xff\\n')", tmp_path)[1] == "\ufffd\n"


def test_a_missing_program_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TerraformError, match="/nowhere/terraform was not found"):
        Processes().run(["/nowhere/terraform"], cwd=tmp_path, environment={})


COUNT = """
import signal, sys
ask, answer, times = sys.argv[1:]
count = 0
def handle(*_):
    global count
    count += 1
    print("told", flush=True)
signal.signal(signal.SIGINT, handle)
print("ready", flush=True)
for _ in range(int(times)):
    open(ask).read()
    with open(answer, "w") as file:
        file.write(str(count))
sys.exit(10 + count)
"""


class Counting:
    """A process that counts how often it is told to stop, and says so when it is asked: no one waits for a clock."""

    def __init__(self, folder: Path, times: int) -> None:
        self.ask, self.answer = folder / "ask", folder / "answer"
        os.mkfifo(self.ask)
        os.mkfifo(self.answer)
        self.command = [sys.executable, "-c", COUNT, str(self.ask), str(self.answer), str(times)]

    def told(self) -> int:
        """How often, of the signals sent so far; waits until it is ready."""
        self.ask.write_text("?")
        return int(self.answer.read_text())


def test_a_process_is_told_once_however_often_one_asks(tmp_path: Path) -> None:
    processes, counting = Processes(), Counting(tmp_path, 1)
    first: list[bool] = []
    told: list[int] = []

    def hear(line: str) -> None:
        if line == "ready\n":
            first.extend((processes.stop(), processes.stop()))
            told.append(counting.told())

    done = processes.run(counting.command, cwd=tmp_path, environment=os.environ, on_output=hear)
    assert (first, told) == ([True, False], [1])
    assert done.code == 11
    assert done.output == "ready\ntold\n"


def test_once_stopped_nothing_is_started(tmp_path: Path) -> None:
    processes = Processes()
    processes.stop()
    with pytest.raises(StoppedError):
        run(processes, "print('no')", tmp_path)


def test_signals_go_to_the_process_and_the_old_handlers_come_back(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    processes, counting = Processes(), Counting(tmp_path, 1)
    heard: list[tuple[bool, int]] = []
    with processes.stopping_on_signals(lambda first: heard.append((first, counting.told()))):
        done = processes.run(
            counting.command,
            cwd=tmp_path,
            environment=os.environ,
            on_output=lambda line: os.kill(os.getpid(), signal.SIGTERM) if line == "ready\n" else None,
        )
    assert done.code == 11
    assert heard == [(True, 1)]
    assert processes.stopped
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_while_asking_a_signal_ends_the_question() -> None:
    processes = Processes()

    def ask() -> None:
        with processes.stopping_on_signals(lambda _first: None), processes.asking():
            os.kill(os.getpid(), signal.SIGINT)
            pytest.fail("the question went on")

    with pytest.raises(StoppedError, match="nothing was changed"):
        ask()


def test_what_shares_our_terminal_hears_its_ctrl_c_there_and_other_signals_from_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "isatty", lambda _number: True)
    processes, counting = Processes(), Counting(tmp_path, 3)
    codes: list[int] = []

    def attached() -> None:
        codes.append(processes.run_attached(counting.command, cwd=tmp_path, environment=os.environ))

    thread = threading.Thread(target=attached)
    thread.start()
    assert counting.told() == 0
    processes.stop(from_terminal=True)
    assert counting.told() == 0, "the terminal tells it, not we"
    processes.stop()
    assert counting.told() == 1
    thread.join()
    assert codes == [11]
