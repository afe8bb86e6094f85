"""What is damaged is not read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tanada.stacks.fast.derived import Cache

HARMS: dict[str, Callable[[bytes], bytes]] = {
    "flipped": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    "cut": lambda content: content[:-9],
    "emptied": lambda _content: b"",
    "longer": lambda content: content + b"1",
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_content_is_made_anew(tmp_path: Path, harm: str) -> None:
    cache = Cache(tmp_path)
    cache.write("pieces-1", b"what was derived")
    assert bytes(cache.ensure("pieces-1", bytes)) == b"what was derived"
    file = tmp_path / "pieces-1"
    file.write_bytes(HARMS[harm](file.read_bytes()))
    assert cache.read("pieces-1") is None
    assert cache.ensure("pieces-1", lambda: b"made anew") == b"made anew"
    assert bytes(cache.read("pieces-1") or b"") == b"made anew"
