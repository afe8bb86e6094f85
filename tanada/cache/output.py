"""`cdktf.out`: staged beside its place, moved when all of it is there, by one process at a time."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import signal
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import FrameType

from tanada.errors import OutputError
from tanada.files import Stamp, stamp
from tanada.machine import said

MANIFEST = "manifest.json"


def file(stack: str) -> str:
    """A stack's file, as a path in `cdktf.out`."""
    return f"stacks/{stack}/cdk.tf.json"


def staged(new: Path, stacks: Iterable[str]) -> dict[str, Path]:
    """All that CDKTF has written for these stacks into a folder."""
    return {name: new / name for name in (*map(file, stacks), MANIFEST)}


class Look:
    """What lies in the output, hashed once: a second look asks only whether a file is the one that was seen."""

    def __init__(self, target: Path) -> None:
        self._target = str(target)  # of a thousand files a third of the time would go into Path objects
        self._seen: dict[str, tuple[Stamp, str]] = {}

    def wrong(self, digests: Mapping[str, str]) -> dict[str, str]:
        """The files that have not the SHA-256 that they should have."""
        return {file: digest for file, digest in digests.items() if self._digest(file) != digest}

    def _digest(self, file: str) -> str | None:
        path = f"{self._target}/{file}"
        try:
            if (seen := self._seen.get(file)) is not None and seen[0] == stamp(os.stat(path)):  # noqa: PTH116
                return seen[1]
            with open(path, "rb", buffering=0) as stream:  # noqa: PTH123
                written = stamp(os.fstat(stream.fileno()))
                digest = hashlib.sha256(stream.read()).hexdigest()
        except OSError:
            return None
        self._seen[file] = written, digest
        return digest


def strangers(target: Path, stacks: Collection[str]) -> list[Path]:
    """Folders of stacks that have left the inventory."""
    known = frozenset(stacks)
    try:
        with os.scandir(target / "stacks") as entries:
            return [Path(entry.path) for entry in entries if entry.name not in known and entry.is_dir()]
    except FileNotFoundError:
        return []


@contextlib.contextmanager
def staging(target: Path) -> Iterator[Path]:
    """A folder on the target's file system that is gone in the end: a mistake leaves the earlier files as they were."""
    # Its name is known before it is there: whatever comes between, it is removed.
    new, hold = _beside(target), None
    try:
        while hold is None:
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                new.mkdir(mode=0o700)
            except OSError as error:
                raise _refused(error, target.parent) from None
            if (hold := _hold(new)) is None:
                new = _beside(target)
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)
        if hold is not None:
            os.close(hold)


def _refused(error: OSError, place: Path | str) -> OutputError:
    """What the machine says of a place of ours."""
    return OutputError(said(OSError(error.errno or 0, error.strerror or str(error), str(place)), os.environ))


def _beside(target: Path) -> Path:
    return target.parent / f".{target.name}-{os.urandom(6).hex()}"


def _hold(new: Path) -> int | None:
    """Our lock on a folder that was just made, which ends with this process however that ends; None where `remove_left`
    of another process came between.
    """
    try:
        hold = os.open(new, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return None
    with contextlib.suppress(OSError):  # a file system without locks
        fcntl.flock(hold, fcntl.LOCK_EX)
    if new.exists():
        return hold
    os.close(hold)
    return None


def remove_left(target: Path) -> None:
    """Remove what processes that were killed (SIGKILL, no memory) staged beside the target: all that nobody holds."""
    name = re.compile(rf"\.{re.escape(target.name)}-[0-9a-f]{{12}}")
    try:
        found = [entry.path for entry in os.scandir(target.parent) if name.fullmatch(entry.name)]
    except OSError:
        return
    for path in found:
        with contextlib.suppress(OSError):  # held, gone meanwhile, a link, or a file system without locks
            hold = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(hold)


@contextlib.contextmanager
def alone(target: Path) -> Iterator[None]:
    """The output to ourselves: what is looked at in here is still so when it is moved."""
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(error, target) from None
    folder = os.open(target, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def move(staged: Mapping[str, Path], target: Path, stacks: Collection[str]) -> None:
    """Put staged files where they belong, and remove the stacks that left the inventory; to be called `alone`.

    `staged` says where each lies, by its path in `cdktf.out`. What terraform keeps beside a stack's file stays.
    """
    try:
        with _undisturbed():
            for name, place in staged.items():
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                place.replace(target / name)
            for old in strangers(target, stacks):
                shutil.rmtree(old)
    except OSError as error:
        raise _refused(error, error.filename or target) from None


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C and the like come when all is moved.

    Not by a signal mask: it holds for one thread, and Python hears what any of them got.
    """
    came: list[int] = []

    def later(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    before = {}
    with contextlib.suppress(ValueError):  # not the main thread, so no handler runs here
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) != signal.SIG_IGN:
                before[number] = signal.signal(number, later)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])
