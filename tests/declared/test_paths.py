"""Path patterns of load balancers."""

from __future__ import annotations

import pytest

from tanada.declared.paths import meet


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("/api/*", "/api/v2/*", True),
        ("/api/*", "/app/*", False),
        ("/api/*", "/api", False),
        ("/*/live", "/races/*", True),
        ("/a?c", "/abc", True),
        ("/a?c", "/abcd", False),
        ("*", "", True),
        (None, "/x", True),
    ],
)
def test_two_patterns_meet_where_some_path_fits_both(one: str | None, other: str | None, both: bool) -> None:
    assert meet(one, other) is both
    assert meet(other, one) is both
