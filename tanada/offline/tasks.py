"""How a task ends where there is no AWS: nothing runs, so it ends well, unless a fault says otherwise."""

from __future__ import annotations

from pathlib import Path

from tanada.offline.aftermath import Aftermath
from tanada.offline.faults import parse
from tanada.offline.server import AFTERMATH


def code(faults: str, states: Path, stack: str, task: str) -> int:
    """The exit code of a stack's task; `states` is where offline states lie. Counts what it plays."""
    aftermath = Aftermath(states / AFTERMATH)
    for fault in parse(faults):
        if fault.concerns(stack, f"task.{task}", "run"):
            happens, times = fault.strikes(aftermath.times(fault.line))
            aftermath.count(fault.line, times)
            if happens:
                return 1
    return 0
