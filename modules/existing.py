"""Stores that are there already: nothing is made of them, they are entered."""

from __future__ import annotations

from constructs import Construct

from modules.here import Here
from modules.reachable import Door, Reachable
from tanada.declared import existing as declared


class Existing:
    """What callers need of a store that somebody else keeps: where it is, and the way in."""

    def __init__(self, _scope: Construct, _id: str, settings: declared.Existing, _here: Here) -> None:
        group = settings.security_group
        self.aws_name, self.beside = settings.host, ()
        self.reachable = Reachable(
            words={"host": settings.host, "port": str(settings.port)},
            doors=(Door(group, settings.port, ours=False),) if group is not None else (),
            places=((settings.host, settings.port),) if group is None else (),
            access=(),
            narrowed={},
            secrets={},
        )
