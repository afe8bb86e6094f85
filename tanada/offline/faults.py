"""What shall go wrong offline, as tests say it: one fault a line, `ADDRESS CALL FAULT [NUMBER]`. Pure.

docs/faults.md says what each does. Nothing but TANADA_OFFLINE_FAULTS declares one, and nothing but the offline
provider's process reads that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from tanada.errors import OfflineError
from tanada.offline.address import FAULTS

Call = Literal["plan", "read", "open", "create", "update", "delete", "run"]
_OF_PROVIDER: tuple[Call, ...] = ("plan", "read", "open", "create", "update", "delete")
CALLS: tuple[Call, ...] = (*_OF_PROVIDER, "run")
_CHANGES: tuple[Call, ...] = ("create", "update", "delete")
_ANY = "any"
ATTEMPTS = 25
"""How often the provider tries a call that AWS throttles: `max_retries` of its documentation, and what stacks say."""


@dataclass(frozen=True)
class _Kind:
    calls: tuple[Call, ...]
    """Those that it can happen to."""
    needs_number: bool = False


KINDS: Mapping[str, _Kind] = {
    "fails": _Kind(CALLS),
    "fails-after": _Kind(_CHANGES),
    "fails-waiting": _Kind(("create", "update")),
    "rolled-back": _Kind(("update",)),
    "throttled": _Kind(_OF_PROVIDER, needs_number=True),
    "unseen": _Kind(("create",), needs_number=True),
    "in-use": _Kind(("delete",), needs_number=True),
    "dies": _Kind(_OF_PROVIDER),
    "dies-after": _Kind(_CHANGES),
    "killed": _Kind(_OF_PROVIDER),
    "killed-after": _Kind(_CHANGES),
}
ENDS = ("dies", "dies-after", "killed", "killed-after")


@dataclass(frozen=True)
class Fault:
    """One line of the language."""

    line: str
    """As it was said: what happened of it so far is kept under it."""
    address: str
    """A pattern: `*` stands for anything; `STACK/ADDRESS` means one stack's alone."""
    calls: frozenset[Call]
    happens: str
    number: int | None

    def concerns(self, stack: str, address: str, call: Call) -> bool:
        """Whether it is about a call; an address without its index means all instances."""
        whole = "".join(".*" if part == "*" else re.escape(part) for part in re.split(r"(\*)", self.address))
        names = (address, address.partition("[")[0])
        return call in self.calls and any(
            re.fullmatch(whole, each) for name in names for each in (name, f"{stack}/{name}")
        )

    @property
    def after(self) -> bool:
        """Whether the call has had its effect by then."""
        return self.happens in (
            *("fails-after", "fails-waiting", "rolled-back"),
            *("dies-after", "killed-after", "unseen"),
        )

    def strikes(self, times: int) -> tuple[bool, int]:
        """Whether it happens to one more call, after so many that it has counted; the new count."""
        number = self.number
        if self.happens == "throttled":
            assert number is not None
            left = number - times
            return (True, times + ATTEMPTS) if left >= ATTEMPTS else (False, number)
        if self.happens in ENDS:
            return times + 1 == (number or 1), times + 1
        if self.happens == "unseen":
            return True, times + 1
        return number is None or times < number, times + 1


def parse(text: str) -> tuple[Fault, ...]:
    """The faults that a text declares, a line each; blank ones and `# …` are none.

    Raises OfflineError with a sentence for each line that says something else.
    """
    lines = [(number, " ".join(line.split())) for number, line in enumerate(text.splitlines(), 1)]
    read = [_read(number, line) for number, line in lines if line and not line.startswith("#")]
    if wrong := [each for each in read if isinstance(each, str)]:
        raise OfflineError("\n".join(wrong))
    return tuple(_counted_apart(each for each in read if isinstance(each, Fault)))


def _read(number: int, line: str) -> Fault | str:
    words = line.split()
    said = f"{FAULTS}, line {number}: {line!r}"
    if not 3 <= len(words) <= 4:
        return f"{said} has {len(words)} words, expected ADDRESS CALL FAULT [NUMBER]."
    address, calls, happens, *times = words
    kind = KINDS.get(happens)
    if kind is None:
        return f"{said}: there is no fault {happens!r}, expected one of {', '.join(KINDS)}."
    named = kind.calls if calls == _ANY else tuple(call for call in CALLS if call in calls.split(","))
    if calls != _ANY and len(named) != len(calls.split(",")):
        return f"{said}: {calls!r} is no call, expected {_ANY} or some of {', '.join(CALLS)}, parted by commas."
    if impossible := [call for call in named if call not in kind.calls]:
        return f"{said}: {happens} can't happen to {impossible[0]}, only to {', '.join(kind.calls)}."
    if kind.needs_number and not times:
        return f"{said}: {happens} needs a number, how often."
    if times and not (re.fullmatch(r"[1-9][0-9]{0,5}", times[0])):
        return f"{said}: {times[0]!r} is no number from 1 to 999999."
    return Fault(line, address, frozenset(named), happens, int(times[0]) if times else None)


def _counted_apart(faults: Iterator[Fault]) -> Iterator[Fault]:
    """Of equal lines each has its own count."""
    seen: dict[str, int] = {}
    for fault in faults:
        seen[fault.line] = seen.get(fault.line, 0) + 1
        yield fault if seen[fault.line] == 1 else replace(fault, line=f"{fault.line} ({seen[fault.line]})")
