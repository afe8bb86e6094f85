"""docs/verified.md names every type that is emitted and of which nobody knows what AWS fills in."""

from __future__ import annotations

import re
from pathlib import Path

from tanada.resources import entries

ROOT = Path(__file__).parents[2]


def test_what_nobody_knows_of_aws_answers_is_listed() -> None:
    """Of the types that are emitted: they have their calls in their entries."""
    text = (ROOT / "docs" / "verified.md").read_text(encoding="utf-8")
    [line] = re.findall(r"- \*\*What AWS fills in\*\*.*?(?=\n- \*\*|\Z)", text, re.DOTALL)
    unknown = {entry.type for entry in entries().values() if entry.request is not None and entry.fills is None}
    assert set(re.findall(r"`(aws_\w+)`", line)) == unknown
    assert len(unknown) < 20
