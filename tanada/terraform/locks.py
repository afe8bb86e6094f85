"""Locks of states: who holds one, said while Terraform waits for it; what is left of one; how one is lifted.

Terraform prints who holds a lock when it has given up, ten minutes later, so that is read where the lock lies.
"""

from __future__ import annotations

import contextlib
import fcntl
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanada.contract import lock as text
from tanada.contract.lock import Lock
from tanada.errors import TanadaError, TerraformError
from tanada.terraform.layout import Target

if TYPE_CHECKING:
    from tanada.terraform.run import Run
    from tanada.terraform.session import Session

FIRST, THEN = 3.0, 60.0
"""Seconds of waiting until it is said who holds the lock, and until it is said again."""
_WAITING = "Acquiring state lock"
"""What Terraform prints after 0.4 seconds of it, with -json too."""


def holder(session: Session) -> Lock | None:
    """Who holds the lock of a session's state; None where nobody does. Raises AwsError where that can't be read."""
    backend: Mapping[str, Any] = session.emitted().get("terraform", {}).get("backend", {})
    if "s3" in backend:
        from tanada.aws.states import lock  # loads boto3

        return lock(session.target.stack, session.target.workspace)
    state = _file(session.folder, backend.get("local", {}), session.target.workspace)
    info = state.with_name(f".{state.name}.lock.info")
    # What a terraform that was killed has left of it locks nothing: the kernel let go of the file.
    return text.parse(info.read_bytes()) if _is_locked(state) and info.is_file() else None


def _file(folder: Path, local: Mapping[str, Any], workspace: str | None) -> Path:
    """Where the local backend keeps a state."""
    if workspace is None:
        return Path(folder, local.get("path", "terraform.tfstate"))
    return Path(folder, local.get("workspace_dir", "terraform.tfstate.d"), workspace, "terraform.tfstate")


def _is_locked(state: Path) -> bool:
    with contextlib.suppress(FileNotFoundError), state.open("rb") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


class Waiting:
    """Says who holds a lock as long as one terraform waits for it, which `hear` learns from its lines."""

    def __init__(self, look: Callable[[], Lock | None], say: Callable[[Lock], None]) -> None:
        self._look, self._say = look, say
        self._began = datetime.now(UTC)
        self._over = threading.Event()
        self._over.set()

    def hear(self, line: str) -> None:
        """A line that Terraform prints: whatever comes after that it waits, it waits no more."""
        self.end()
        if _WAITING in line:
            self._over = threading.Event()
            threading.Thread(target=self._watch, args=(self._over,), daemon=True).start()

    def end(self) -> None:
        """It waits no more."""
        if not self._over.is_set():
            self._over.set()

    def _watch(self, over: threading.Event) -> None:
        seconds = FIRST
        while not over.wait(seconds):
            seconds = THEN
            with contextlib.suppress(TanadaError, OSError, ValueError):  # what can't be seen is not said
                lock = self._look()
                # A lock that is younger than this terraform may be its own.
                if lock is not None and not lock.made_after(self._began) and not over.is_set():
                    self._say(lock)


def left(session: Session) -> list[str]:
    """What is to be said of a lock that lies there when a run has been interrupted; nothing where none does."""
    label = session.target.label
    # Where Terraform has noted no backend yet it asked for no lock.
    if not session.context.offline and not (session.data / "terraform.tfstate").is_file():
        return []
    try:
        lock = holder(session)
    except (TanadaError, OSError, ValueError) as error:
        return [f"Whether {label} is locked can't be seen: {error}"]
    if lock is None:
        return []
    return [f"{label} is locked by {lock}. {lift_by(session.named, lock.id)}"]


def lift_by(named: str, lock_id: str) -> str:
    """How to lift a lock of a stack as `tanada terraform` takes it."""
    return f"When nothing of that runs any more (it was killed): tanada terraform {named} -- force-unlock {lock_id}"


def lift(run: Run, session: Session, arguments: Sequence[str]) -> int:
    """Lift the lock of a workspace that has no state yet, which Terraform can't: it would have to lock it first. Takes
    what follows `force-unlock`; raises TerraformError where no such lock is there."""
    from tanada.aws import states  # loads boto3
    from tanada.terraform.run import check_can_ask, confirm

    target: Target = session.target
    words = [each for each in arguments if not each.startswith("-")]
    if len(words) != 1:
        raise TerraformError("force-unlock takes one word, the lock's ID, which the run that waits for it names.")
    lock = holder(session)
    if lock is None:
        raise TerraformError(f"Nothing is locked: there is no review environment {target.workspace}, nor a lock of it.")
    if lock.id != words[0]:
        raise TerraformError(f"The lock of {target.label} has the ID {lock.id}: {lock} holds it, not {words[0]}.")
    sure = "-force" in arguments
    check_can_ask(run, yes=sure)
    confirm(run, f"{target.label} has no state yet, and is locked by {lock}. Lift that lock?", yes=sure)
    states.lift(target.stack, target.workspace, lock.id)
    run.voice.say(f"The lock of {target.label} is lifted.")
    return 0
