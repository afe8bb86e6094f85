"""What is reached says all that it offers; nothing is reached by forgetting."""

from __future__ import annotations

from typing import Any

import pytest

from modules.reachable import Reachable

ALL: dict[str, Any] = {"words": {}, "doors": (), "places": (), "access": (), "narrowed": {}, "secrets": {}}


@pytest.mark.parametrize("forgotten", sorted(ALL))
def test_each_answer_is_needed(forgotten: str) -> None:
    with pytest.raises(TypeError, match=forgotten):
        Reachable(**{name: value for name, value in ALL.items() if name != forgotten})
