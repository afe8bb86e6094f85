"""Which tags of images worked, and which failed: what the runner notes beside a state, once an apply has ended.

A state can't tell: Terraform stores an output that it knows at plan even where the apply fails, and it knows one of a
tag that is tried a second time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

MOST = 10
"""Tags of an image that are remembered."""


@dataclass(frozen=True)
class Ran:
    """A tag, and when an apply of it ended."""

    tag: str
    at: str
    """To the second, in UTC; empty where it ran before anybody noted it."""
    undone: bool = False
    """A rollback took it back, so no other one returns to it."""
    open: bool = False
    """Its apply has begun, and nobody has noted its end: it was interrupted, or killed, where it doesn't run still."""


@dataclass(frozen=True)
class History:
    """Of each image of one state."""

    worked: Mapping[str, tuple[Ran, ...]] = field(default_factory=dict)
    """The newest first, which is the one that runs; no two in a row are the same."""
    failed: Mapping[str, Ran] = field(default_factory=dict)
    """What was tried since, and did not get through."""

    def tags(self, of_state: Mapping[str, str]) -> dict[str, str]:
        """The tags that last worked: those that a state names, but for one that is known to have failed."""
        known = {}
        for image, tag in of_state.items():
            bad = self.failed.get(image)
            if bad is None or bad.tag != tag:
                known[image] = tag
            elif worked := self.worked.get(image):
                known[image] = worked[0].tag
        return known

    def since(self, running: Mapping[str, str]) -> History:
        """The same, with what runs as the newest: of states that were applied before anything was noted, or by another
        hand."""
        return replace(
            self, worked={**self.worked, **{name: self._put(name, tag, "") for name, tag in running.items()}}
        )

    def after(self, worked: Mapping[str, str], failed: Mapping[str, str], at: str) -> History:
        """What is to be noted when an apply has ended at some time."""
        still = {name: each for name, each in self.failed.items() if name not in worked}
        return History(
            worked={**self.worked, **{name: self._put(name, tag, at) for name, tag in worked.items()}},
            failed={**still, **{name: Ran(tag, at) for name, tag in failed.items()}},
        )

    def begun(self, tags: Mapping[str, str], at: str) -> History:
        """What is to be noted before an apply of tags that its state names from its first moment on."""
        return replace(self, failed={**self.failed, **{name: Ran(tag, at, open=True) for name, tag in tags.items()}})

    def without(self, tags: Mapping[str, str], at: str) -> History:
        """The same where such an apply came to nothing; what others noted since stays."""
        marks = {name: Ran(tag, at, open=True) for name, tag in tags.items()}
        return replace(self, failed={name: each for name, each in self.failed.items() if each != marks.get(name)})

    def undone(self, tags: Mapping[str, str]) -> History:
        """The same where a rollback has taken these tags back."""
        worked = dict(self.worked)
        for image, tag in tags.items():
            entries = list(worked.get(image, ()))
            number = next((number for number, each in enumerate(entries) if each.tag == tag), None)
            if number is not None:
                entries[number] = replace(entries[number], undone=True)
            worked[image] = tuple(entries)
        return replace(self, worked=worked)

    def before(self, image: str) -> Ran | None:
        """What worked before what runs, or what runs where another one failed since; None where nothing is known."""
        entries = self.worked.get(image, ())
        if image in self.failed and entries:
            return entries[0]
        return next((each for each in entries[1:] if not each.undone and each.tag != entries[0].tag), None)

    def last(self) -> frozenset[str]:
        """The images that the last apply gave other tags, or tried to."""
        noted = {name: each[0].at for name, each in self.worked.items() if each}
        noted |= {name: each.at for name, each in self.failed.items()}
        newest = max(noted.values(), default="")
        return frozenset(name for name, at in noted.items() if at == newest and newest)

    def _put(self, image: str, tag: str, at: str) -> tuple[Ran, ...]:
        entries = tuple(self.worked.get(image, ()))
        if entries and entries[0].tag == tag:
            return entries
        return (Ran(tag, at), *entries)[:MOST]


def parse(text: str | bytes) -> History:
    """What was written beside a state, without what a later Tanada says besides; ValueError where it is something else:
    taken for nothing, it would let a tag that failed be deployed again, and be written over."""
    said = json.loads(text.strip() or "{}")
    try:
        return History(
            worked={name: tuple(map(_ran, entries)) for name, entries in said.get("worked", {}).items()},
            failed={name: _ran(each) for name, each in said.get("failed", {}).items()},
        )
    except (KeyError, TypeError, AttributeError):
        raise ValueError("it holds something else") from None


def _ran(said: Mapping[str, Any]) -> Ran:
    if not isinstance(said["tag"], str) or not isinstance(said["at"], str):
        raise TypeError
    return Ran(said["tag"], said["at"], undone=said.get("undone") is True, open=said.get("open") is True)


def written(history: History) -> str:
    """The text of it."""
    return json.dumps(asdict(history), indent=2, sort_keys=True) + "\n"
