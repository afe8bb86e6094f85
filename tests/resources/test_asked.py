"""What all entries together ask for stands in a file."""

from __future__ import annotations

import json

from tanada.resources import ASKED, asked
from tests.golden import held


def test_the_file_holds_what_the_entries_ask_for() -> None:
    held(ASKED, json.dumps(asked(), indent=1) + "\n")
