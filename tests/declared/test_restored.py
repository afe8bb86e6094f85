"""What servers a database has that was restored, which serves, and from whose backups each was made."""

from __future__ import annotations

import pytest

from tanada.declared.restored import Restored, faults, in_utc, servers

FIRST, SECOND = "2026-11-20T03:00:00Z", "2026-11-21T03:00:00Z"
ONE, TWO = "20261120-030000", "20261121-030000"


def said(*entries: tuple[str, str]) -> list[tuple[str | None, str | None, bool, bool]]:
    """Stamp, source, whether it serves, whether it is kept, of each server."""
    found = servers([Restored.model_validate({"at": at, "old": old}) for at, old in entries])
    return [(each.stamp, each.source, each.serves, each.keep) for each in found]


def test_the_last_one_serves_and_the_one_before_stays_as_long_as_it_is_said_to() -> None:
    assert said() == [(None, None, True, True)]
    assert said((FIRST, "keep")) == [(None, None, False, True), (ONE, None, True, True)]
    assert said((FIRST, "delete")) == [(None, None, False, False), (ONE, None, True, True)]
    assert said((FIRST, "gone")) == [(ONE, None, True, True)]


def test_one_that_goes_further_back_is_made_from_what_served_then() -> None:
    assert said((FIRST, "gone"), (SECOND, "keep")) == [(ONE, None, False, True), (TWO, ONE, True, True)]
    assert said((SECOND, "keep"), (FIRST, "keep"))[-1] == (ONE, None, True, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T12:00+09:00", FIRST),
        ("2026-11-20T03:00:00Z", FIRST),
        ("2026-11-20T03:00", None),
        ("2026-11-20 03:00Z", None),
        ("2026-11-31T03:00Z", None),
        ("yesterday", None),
    ],
)
def test_a_time_has_its_zone(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(ValueError, match=r"^(2026|yesterday)|range"):
            in_utc(text)
    else:
        assert in_utc(text) == expected


def test_a_new_major_version_waits_until_nothing_old_has_the_parameters_of_the_one_before() -> None:
    kept, gone = [Restored(at=FIRST)], [Restored(at=FIRST, old="gone")]
    assert [loc for loc, _ in faults(kept, "16")] == [("upgrade_from",)]
    assert list(faults(gone, "16")) == []
    assert [loc for loc, _ in faults([*gone, *gone], None)] == [("restored", 1)]
