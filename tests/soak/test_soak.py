"""Ten of the disasters of `make soak`, each kind among them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak.bucket import Bucket, served
from tests.soak.play import DISASTERS, FULL, VERBS, can_mount, new

pytestmark = pytest.mark.terraform
SEED = 1


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with served() as made:
        yield made


@pytest.mark.parametrize("part", range(3))
def test_nothing_is_lost_and_the_next_command_tells_the_truth(part: int, bucket: Bucket, tmp_path: Path) -> None:
    mounts = can_mount()
    played = (*DISASTERS, FULL) if mounts else DISASTERS
    ten = [(played[number % len(played)], VERBS[number // 3 % 3]) for number in range(10)]
    with new(tmp_path, bucket, SEED + part, small=mounts) as soak:
        rows = [soak.play(disaster, verb) for disaster, verb in ten[part::3]]
        assert [row for row in rows if row.wrong] == []
        # What it looks for it finds: something that is there, and that no state knows.
        (soak.world / "common-main" / "0").write_text("99")
        assert soak.compare(DISASTERS[0], {}) == "not 1"
        assert soak.wrong[0].startswith("common-main: there is {'r0': 99")
