"""A state's lock, as Terraform writes it beside the state: the JSON of its `statemgr.LockInfo`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Lock:
    """Who holds a state; empty where that isn't written."""

    id: str = ""
    who: str = ""
    created: str = ""
    operation: str = ""

    def __str__(self) -> str:
        if not (self.who and self.created):
            return "somebody unknown"
        return f"{self.who} since {self.created} ({self.operation or 'for what is not said'})"

    def made_after(self, moment: datetime) -> bool:
        """Whether it surely was; Terraform writes when it began to wait for it."""
        made = self._made()
        return made is not None and made > moment

    def made_between(self, first: datetime, last: datetime) -> bool:
        """Whether it surely was, both moments among them."""
        made = self._made()
        return made is not None and first <= made <= last

    def _made(self) -> datetime | None:
        # Python reads six digits of a second at most, Go writes nine.
        text = re.sub(r"(\.\d{6})\d+", r"\1", self.created)
        try:
            made = datetime.fromisoformat(text)
        except ValueError:
            return None
        return made if made.tzinfo else made.replace(tzinfo=UTC)


def parse(text: str | bytes) -> Lock:
    """A lock; one of nobody known where the text says nothing that can be read."""
    try:
        said = json.loads(text)
    except ValueError:
        return Lock()
    if not isinstance(said, dict):
        return Lock()
    return Lock(*(str(said.get(name) or "") for name in ("ID", "Who", "Created", "Operation")))
