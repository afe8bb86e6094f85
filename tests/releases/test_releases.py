"""What a release applied is never destroyed, nor made anew, by the code that stands here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.releases.releases import WORKSPACE, Release, releases

LOST: dict[str, str] = {}
"""Address → why it may go, though a release made it: never what keeps data or serves."""


@pytest.mark.terraform
@pytest.mark.slow
@pytest.mark.parametrize("release", releases(), ids=lambda release: release.name)
def test_the_next_plan_of_what_a_release_applied_loses_nothing(release: Release, tmp_path: Path) -> None:
    system = release.here(tmp_path)
    planned = system.plan() | system.plan("review", "--workspace", WORKSPACE)
    states = {path.removesuffix("/terraform.tfstate").split("/", 1)[0] for path in release.states}
    assert {label.removesuffix(f"-{WORKSPACE}") for label in planned} == states
    for label, stack in planned.items():
        assert stack["status"] in ("changes", "no changes"), stack
        lost = [
            (change["address"], change["action"])
            for change in stack["summary"]["changes"]
            if (change["destroys"] or change["action"] == "forget") and change["address"] not in LOST
        ]
        assert lost == [], label
        assert stack["unread_types"] == []


def test_there_is_a_release() -> None:
    found = releases()
    assert found
    assert all("environment-test/terraform.tfstate" in release.states for release in found)
