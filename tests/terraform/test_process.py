"""Processes: both streams, exit codes, and signals that are passed on once."""

from __future__ import annotations

import os
import signal
import subprocess
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


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("stream", ["on_output", "on_errors"])
def test_a_process_is_read_to_its_end_though_who_hears_it_can_not_any_more(
    stream: str, kept: bool, tmp_path: Path
) -> None:
    """One that nobody reads waits for ever, holding its lock; a full disk is no failure of its own."""

    def full(_line: str) -> None:
        raise OSError(28, "No space left on device")

    def broken(_line: str) -> None:
        raise KeyError("a fault of ours")

    file = f"sys.std{'out' if stream == 'on_output' else 'err'}"
    program = f"import sys; print('x', file={file}); {file}.write(('y' * 999 + chr(10)) * 300); open('ended', 'w')"
    more: dict[str, Any] = {"cwd": tmp_path, "environment": os.environ, "said": tmp_path / "said" if kept else None}
    done = Processes().run([sys.executable, "-c", program], **{**more, stream: full})
    assert (done.code, len(done.output + done.errors)) == (0, 300_002)
    assert (tmp_path / "ended").exists()
    (tmp_path / "ended").unlink()
    with pytest.raises(KeyError, match="a fault of ours"):
        Processes().run([sys.executable, "-c", program], **{**more, stream: broken})
    assert (tmp_path / "ended").exists()


OUTLIVES = """
import sys
from pathlib import Path
from tanada.terraform.process import Processes
folder = Path(sys.argv[1])
program = "import sys; print('begins', flush=True); open('ask').read(); print('goes on', flush=True); open('told', 'w')"
Processes().run([sys.executable, "-c", program], cwd=folder, environment={}, said=folder / "said",
    on_output=lambda line: print(line, end="", flush=True))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_what_changes_something_outlives_us(number: signal.Signals, tmp_path: Path) -> None:
    for name in ("ask", "told"):
        os.mkfifo(tmp_path / name)
    command = [sys.executable, "-c", OUTLIVES, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as ours:
        assert ours.stdout is not None
        assert ours.stdout.readline() == "begins\n"
        os.killpg(ours.pid, number)  # the terminal's end reaches the whole session
        assert ours.wait() == -number
    (tmp_path / "ask").write_text("?")
    (tmp_path / "told").read_text()  # waits until it has come so far
    files = {file.read_text(): file.stat().st_mode & 0o777 for file in (tmp_path / "said").iterdir()}
    assert files == {"begins\ngoes on\n": 0o600, "": 0o600}


def test_what_is_said_lies_nowhere_afterwards(tmp_path: Path) -> None:
    program = "import sys; sys.stdout.buffer.write('a\\r\\nä'.encode()); print('b', file=sys.stderr)"
    command = [sys.executable, "-c", program]
    done = Processes().run(command, cwd=tmp_path, environment=os.environ, said=tmp_path / "said")
    assert (done.output, done.errors) == ("a\nä", "b\n")
    assert list((tmp_path / "said").iterdir()) == []


def test_whoever_reads_no_more_ends_no_attached_process(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    program = "import sys; print('x' * 99_999); open('ended', 'w')"
    with os.fdopen(writing, "w") as gone, Path(os.devnull).open("w") as nobody:
        code = Processes().run_attached(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            environment=os.environ,
            said=tmp_path / "said",
            streams=(gone, nobody),
        )
    assert code == 0
    assert (tmp_path / "ended").exists()


def test_at_a_terminal_its_end_is_not_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "isatty", lambda _number: True)
    program = "import signal, sys; sys.exit(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)"
    before = signal.getsignal(signal.SIGHUP)
    code = Processes().run_attached(
        [sys.executable, "-c", program], cwd=tmp_path, environment=os.environ, said=tmp_path / "said"
    )
    assert code == 1
    assert signal.getsignal(signal.SIGHUP) == before


@pytest.mark.parametrize("attached", [False, True])
def test_a_process_leads_a_session_of_its_own(attached: bool, tmp_path: Path) -> None:
    """A group alone is the terminal's still: its end reaches that, and a job of a shell that is stopped."""
    command = [sys.executable, "-c", "import os, sys; sys.exit(os.getsid(0) == os.getpid())"]
    given: dict[str, Any] = {"cwd": tmp_path, "environment": os.environ, "said": tmp_path / "said"}
    code = Processes().run_attached(command, **given) if attached else Processes().run(command, **given).code
    assert code == 1


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_go_to_the_process_and_the_old_handlers_come_back(number: signal.Signals, tmp_path: Path) -> None:
    before = signal.getsignal(number)
    processes, counting = Processes(), Counting(tmp_path, 1)
    heard: list[tuple[bool, int]] = []
    with processes.stopping_on_signals(lambda first: heard.append((first, counting.told()))):
        done = processes.run(
            counting.command,
            cwd=tmp_path,
            environment=os.environ,
            on_output=lambda line: os.kill(os.getpid(), number) if line == "ready\n" else None,
        )
    assert done.code == 11
    assert heard == [(True, 1)]
    assert processes.stopped
    assert signal.getsignal(number) == before


def test_under_nohup_the_end_of_a_terminal_is_nothing() -> None:
    processes = Processes()
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with processes.stopping_on_signals(lambda _first: None):
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert not processes.stopped


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
    told: list[int] = []

    def interrupt() -> None:
        told.append(counting.told())
        processes.stop(from_terminal=True)
        told.append(counting.told())  # the terminal tells it, not we
        processes.stop()
        told.append(counting.told())

    thread = threading.Thread(target=interrupt)
    thread.start()
    more: dict[str, Any] = {"cwd": tmp_path, "environment": os.environ, "said": tmp_path / "said"}
    assert processes.run_attached(counting.command, **more) == 11
    thread.join()
    assert told == [0, 0, 1]
