"""What all entries together ask for stands in a file."""

from __future__ import annotations

from pathlib import Path

import tanada.resources
from tanada.resources import asked
from tests.golden import held

HEAD = '''"""What all entries ask for together, by itself, as each synth reads it: `make update` writes it."""

from __future__ import annotations

from collections.abc import Mapping

ASKED: Mapping[str, tuple[str, ...]] = {
'''


def test_the_file_holds_what_the_entries_ask_for() -> None:
    said = "".join(
        f'    "{name}": (\n' + "".join(f'        "{each}",\n' for each in values) + "    ),\n"
        for name, values in asked().items()
    )
    held(Path(str(tanada.resources.__file__)).with_name("asked.py"), f"{HEAD}{said}}}\n")
