"""Plays faults: decides whether one happens to a call, says what AWS would say, and ends who is to end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tanada.contract.state import FILE as STATE
from tanada.errors import OfflineError
from tanada.offline import whereabouts
from tanada.offline.aftermath import Aftermath
from tanada.offline.faults import ATTEMPTS, Call, Fault
from tanada.resources import entry

_PAUSE = 0.002
"""Seconds in which a state is written on."""
DIED = 70
"""The exit code of a provider that a fault ends (EX_SOFTWARE of sysexits.h)."""
_DOES: Mapping[Call, str] = {
    "plan": "planning",
    "read": "reading",
    "open": "opening",
    "create": "creating",
    "update": "updating",
    "delete": "deleting",
}
_FAILURE = "api error InternalFailure: The request processing has failed because of an unknown error."
"""AWS's common errors: "InternalFailure: The request processing has failed because of an unknown error, exception or
failure" (each service's API reference)."""
_LOST = "request send failed, the connection was closed before an answer came."
"""Ours: AWS has done it, and nobody heard."""
_WAITED = "waiting for it to become ready: timeout while waiting for state to become 'ACTIVE'"
"""The plugin SDK's sentence (helper/retry/error.go, TimeoutError); the states are ours."""
_THROTTLED = (
    f"exceeded maximum number of attempts, {ATTEMPTS}, https response error StatusCode: 400, "
    "api error ThrottlingException: Rate exceeded"
)
"""The SDK's sentence (aws-sdk-go-v2, aws/retry/middleware.go, MaxAttemptsError)."""
_IN_USE = "api error DependencyViolation: it has a dependent object and cannot be deleted."


@dataclass
class Player:
    """Of one stack's calls; without a stack's copy an address is known by its type alone."""

    faults: tuple[Fault, ...]
    aftermath: Aftermath
    copy: Path | None = None
    _made: set[str] = field(default_factory=set)
    _known: dict[tuple[str, str], str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def strikes(self, call: Call, type_: str, there: Any, config: Any, block: str = "resource") -> Fault | None:
        """The fault that happens to a call, which counts for each that is about it up to that one.

        `there` is what the state holds, None at a creation.
        """
        if not self.faults:
            return None
        with self._lock:
            address, stack = self._address(call, type_, there, config, block), self.copy.name if self.copy else ""
            for fault in self.faults:
                if fault.concerns(stack, address, call):
                    happens, times = fault.strikes(self.aftermath.times(fault.line))
                    self.aftermath.count(fault.line, times)
                    if happens:
                        return fault
        return None

    def _address(self, call: Call, type_: str, there: Any, config: Any, block: str) -> str:
        found = None
        if self.copy is not None and isinstance(there, dict):
            self._known.update(whereabouts.of_ids(self.copy))
            found = self._known.get((type_, str(there.get("id"))))
        if found is None and self.copy is not None and isinstance(config, dict):
            found = whereabouts.of_configuration(self.copy, block, type_, config, self._made)
            if found is not None and call == "create":
                self._made.add(found)
        return found or whereabouts.named(block, f"{type_}.")


def sentence(fault: Fault, call: Call, type_: str, name: str) -> str:
    """What the provider says of it, as the real one would."""
    said = {
        "fails-after": _LOST,
        "fails-waiting": _WAITED,
        "rolled-back": _WAITED,
        "throttled": _THROTTLED,
        "in-use": _in_use(type_),
    }
    return f"{_DOES[call]} {type_} ({name}): {said.get(fault.happens, _FAILURE)}"


def _in_use(type_: str) -> str:
    """As the type's entry has it, else as EC2 says it."""
    known = entry(type_)
    refusal = next((each for each in known.refusals if each.references), None) if known else None
    return f"api error {refusal.code}: It is in use." if refusal else _IN_USE


def _stop_between_writes(terraform: int) -> None:
    """Terraform writes a state on disk in place, after whatever else was done meanwhile: killed just then it leaves
    half of it, which is another fault than the one that is asked for. Where nobody can tell it is stopped as it is."""
    while True:
        os.kill(terraform, signal.SIGSTOP)
        if all(map(_is_whole, _states(terraform))):
            return
        os.kill(terraform, signal.SIGCONT)
        time.sleep(_PAUSE)


def _states(terraform: int) -> Iterator[Path]:
    """The states on disk that it has open."""
    with contextlib.suppress(OSError):
        for link in Path(f"/proc/{terraform}/fd").iterdir():
            if link.readlink().name == STATE:
                yield link.readlink()


def _is_whole(state: Path) -> bool:
    """What was never written is empty until then."""
    try:
        text = state.read_bytes()
        if not text:
            return not state.with_name(f"{STATE}.backup").is_file()
        json.loads(text)
    except ValueError:
        return False
    except OSError:
        return True
    return True


def end(fault: Fault, terraform: int | None) -> None:
    """End who is to end: this process, or the terraform that is served, as a machine without memory ends it."""
    if fault.happens.startswith("killed"):
        if terraform is None:
            raise OfflineError(f"{fault.line}: which process terraform is can't be told here.")
        _stop_between_writes(terraform)
        os.kill(terraform, signal.SIGKILL)
    elif fault.happens.startswith("dies"):
        sys.stderr.flush()
        os._exit(DIED)
