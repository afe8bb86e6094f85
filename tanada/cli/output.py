"""How a command speaks: notes on stderr, results on stdout, live progress, and a question at the terminal."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import select
import shutil
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tanada.errors import TanadaError
from tanada.terraform.voice import WAITS
from tanada.text import cut

if TYPE_CHECKING:
    from tanada.terraform.layout import Layout
    from tanada.terraform.outcome import Outcome
    from tanada.terraform.run import Run
    from tanada.terraform.voice import Listener, OnStep


def note(text: str) -> None:
    """What happens now; on stderr, so that stdout holds results alone. May quote git or synth."""
    _on_stderr(folded(without_credentials(text)))


def _on_stderr(text: str, *, end: str = "\n") -> None:
    """Where nobody hears, or the disk that it goes to is full, work goes on."""
    with contextlib.suppress(OSError):
        typer.echo(f"{text}{end}", err=True, nl=False)


def say(text: str) -> None:
    """A result, as it is: programs read it."""
    typer.echo(without_credentials(text))


def tell(text: str) -> None:
    """A result that people read, in lines as wide as the terminal."""
    typer.echo(folded(without_credentials(text)))


def without_credentials(text: str) -> str:
    """What a command prints, as anybody may read it: CI's log holds it. Known secrets were taken out before."""
    from tanada.secrecy import Secrets  # here: `--help` prints nothing of others'

    return Secrets().remove(text)


def progress_line() -> Callable[[str], None] | None:
    """On a terminal: shows a text in the place of the one before; "" removes it."""
    if not sys.stderr.isatty():
        return None
    return lambda text: _on_stderr(f"\r{text}\x1b[K", end="")


@contextlib.contextmanager
def synthesizing() -> Iterator[Listener]:
    """At a terminal a live line from the first moment on: what a synth does, and for how many seconds. Elsewhere a
    plain one where it begins. What main.py says beside its result is a note, each line once."""
    from tanada.terraform.voice import Listener

    show = progress_line()
    heard: dict[str, None] = {}
    if show is None:
        try:
            yield Listener(functools.cache(lambda: note("Synthesizing.")), said=heard.setdefault)
        finally:
            for line in heard:
                note(line)
        return
    state, begun, ended = "", time.monotonic(), threading.Event()

    def hear(text: str) -> None:
        nonlocal state
        state = text

    def tick() -> None:
        before = ""
        while True:
            now = f"{state or 'Synthesizing'}, {int(time.monotonic() - begun)} s"
            if now != before:
                show(cut(without_credentials(now), _width()))
            before = now
            if ended.wait(_TICK):
                return

    clock = threading.Thread(target=tick, daemon=True)
    clock.start()
    try:
        yield Listener(progress=hear, said=heard.setdefault)
    finally:
        ended.set()
        clock.join()
        show("")
        for line in heard:
            note(line)


_TICK = 0.2
"""Seconds between two states of the line."""


@contextlib.contextmanager
def progress(labels: Sequence[str]) -> Iterator[Callable[[str], OnStep]]:
    """What hears the steps of each target: a live line each on a terminal, else a plain line a step."""
    if not sys.stderr.isatty():
        yield lambda label: _plain_reporter(label)
        return
    from rich.markup import escape
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.table import Column

    from tanada.cli.tables import console

    widest = max(map(len, labels), default=0)
    bars = Progress(
        SpinnerColumn(finished_text="·"),
        TextColumn("{task.fields[label]}", table_column=Column(no_wrap=True, min_width=widest)),
        TextColumn("[dim]{task.description}", table_column=Column(no_wrap=True)),
        TimeElapsedColumn(),
        console=console(stderr=True),
        transient=True,
    )
    with bars:
        tasks = {label: bars.add_task("waiting", label=label, total=None) for label in labels}
        yield lambda label: lambda step: bars.update(tasks[label], description=escape(step.split(" [id=")[0]))


def _plain_reporter(label: str) -> OnStep:
    """A step a line; Terraform's own lines stay in the log."""

    def report(step: str) -> None:
        if ":" not in step or step.startswith(WAITS):
            note(f"{label}: {step}")

    return report


_QUIET = ("Refresh", "Reading...", "Read complete", "Plan to ", "Drift detected")
_DONE = ("Creation complete", "Modifications complete", "Destruction complete")
_MINUTES = re.compile(r"\[(?:\d+h)?\d+m0?0s elapsed\]")
"""What Terraform says of a resource that takes long, at each whole minute."""


def steps(label: str, *, verbose: bool = False) -> OnStep:
    """For a verb on one target: its steps, and how far Terraform is; `verbose` says everything that it does.

    At a terminal how far it is stands in one line; elsewhere only what takes minutes is said. All of it is in the log.
    """
    show = progress_line()
    done = 0

    def report(step: str) -> None:
        nonlocal done
        if any(word in step for word in _QUIET):
            return
        done += any(word in step for word in _DONE)
        if verbose or ":" not in step or step.startswith(WAITS):
            if show:
                show("")
            note(f"{label}: {step}")
        elif show:
            show(cut(without_credentials(f"{label}: {done} done; {step.split(' [id=')[0]}"), _width()))
        elif _MINUTES.search(step):
            note(f"{label}: {step}")

    return report


def columns() -> int:
    """Of the terminal; 80 where none says how many it has. Nothing is made to fit fewer than 40."""
    return max(shutil.get_terminal_size().columns, 40)


def _width() -> int:
    """Characters that fit into the line."""
    return shutil.get_terminal_size().columns - 1


def folded(text: str) -> str:
    """Lines that are too long go on in the next one, further in; what is one word stays whole, and so does a command,
    which would do something else up to the end of its line."""
    width = columns()
    return "\n".join(_folded(line, width) if len(line) > width else line for line in text.split("\n"))


_COMMAND = re.compile(
    r'python -c "[^"]*"|'
    r"(?<![\w/.-])(?:tanada|aws|git|terraform|pip|npm) (?:[^\s,;]*[^\s,;.:](?=[\s,;.:]|$) ?)+"
)
"""From its program on to the end of a clause; a program of Python's to the end of its text."""
_WHOLE = "\x00"
"""Stands for a blank at which no line ends."""


def _folded(line: str, width: int) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    held = _COMMAND.sub(lambda command: command[0].rstrip().replace(" ", _WHOLE) + " " * command[0].endswith(" "), line)
    lines = textwrap.wrap(
        held.lstrip(),
        width,
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace(_WHOLE, " ")


@contextlib.contextmanager
def _whoever_reads(lost: Callable[[], None]) -> Iterator[None]:
    """Where nobody reads results any more (`tanada apply … | head`), or they don't fit, what changes something goes on
    all the same: its exit code says how it ended. `lost` hears of it."""
    try:
        yield
    except OSError as error:
        lost()
        # What is still buffered would be tried again with each word.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        note(f"What is said here goes nowhere from now on ({error.strerror}).")


class Terminal:
    """The voice of commands that run Terraform (tanada/terraform/voice.py)."""

    def __init__(self, *, verbose: bool = False) -> None:
        self._verbose = verbose
        self._unread = False

    def _lose(self) -> None:
        self._unread = True

    synthesizing = staticmethod(synthesizing)
    progress = staticmethod(progress)

    def note(self, text: str) -> None:
        """On stderr."""
        self._clear()
        note(text)

    def say(self, text: str) -> None:
        """On stdout."""
        self._clear()
        with _whoever_reads(self._lose):
            tell(text)

    def steps(self, label: str) -> OnStep:
        """One line, or everything."""
        return steps(label, verbose=self._verbose)

    def _clear(self) -> None:
        if show := progress_line():
            show("")

    def can_ask(self) -> bool:
        """Whether a terminal reads."""
        return sys.stdin.isatty()

    def ask(self, question: str) -> str:
        """The line that is typed."""
        if self._unread:
            raise TanadaError("Nobody reads what this would do, so nobody can say yes to it; nothing was changed.")
        # Where results go into a file or a pipe, who types is asked beside it.
        typer.echo(question, nl=False, err=not sys.stdout.isatty())
        # Not input(): a signal between its prompt and its read is noticed only after the next line.
        while not select.select([sys.stdin], [], [], 0.2)[0]:
            pass
        return sys.stdin.readline().strip()

    def applied(self, outcomes: Sequence[Outcome], layout: Layout, terraform: str) -> None:
        """As a table."""
        from tanada.cli.tables import show_applied

        self._clear()
        with _whoever_reads(self._lose):
            show_applied(outcomes, layout, terraform)


def running(*, verbose: bool = False) -> contextlib.AbstractContextManager[Run]:
    """A run on the system that we stand in, which speaks here."""
    from tanada.terraform import run

    return run.running(Path.cwd(), os.environ, Terminal(verbose=verbose))
