"""Manifests: taken apart and put together they are what CDKTF writes."""

from __future__ import annotations

import json

import pytest

from tanada.cache.manifest import joined, split


def text(*names: str) -> str:
    """As CDKTF prints it: sorted, an empty list on two lines."""
    stacks = {name: {"annotations": [{"message": '}\n    }, "x": {'}], "name": name} for name in names}
    return json.dumps({"stacks": stacks, "version": "0.21.0"}, indent=2, sort_keys=True)


@pytest.mark.parametrize(
    "names", [("a",), ("common-main", "environment-a", "environment-a-b", "environment-a2", "review")]
)
def test_a_manifest_is_that_of_its_stacks(names: tuple[str, ...]) -> None:
    parts = split(text(*names))
    assert parts == {name: text(name) for name in names}
    assert joined(reversed(parts.values())) == text(*names)


def test_stacks_of_several_go_together() -> None:
    assert joined([*split(text("b", "d")).values(), *split(text("a", "c")).values()]) == text("a", "b", "c", "d")


@pytest.mark.parametrize(
    "manifest", ["", "{}", '{"stacks": {}}', text("a", "b").replace("  ", " "), text("a") + text("b")]
)
def test_another_form_is_refused(manifest: str) -> None:
    with pytest.raises(ValueError, match="another form"):
        split(manifest)
