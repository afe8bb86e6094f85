"""All that a service or a job can have, applied offline with what AWS refuses: planned again, and destroyed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tanada import offline
from tests.offline.terraform_runs import Stack

pytestmark = [pytest.mark.terraform, pytest.mark.slow]


def test_every_field_of_a_service_is_applied_a_second_plan_is_empty_and_all_goes(
    emitted: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    _played(emitted["service"], tmp_path)


def test_every_field_of_a_job_is_applied_a_second_plan_is_empty_and_all_goes(
    emitted: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    _played(emitted["jobs"], tmp_path)


def _played(stacks: dict[str, Any], tmp_path: Path) -> None:
    with offline.start(tmp_path / "ids", container=False) as provider:
        environment = {**provider.environment, "TF_VAR_image_tags": '{"web": "a", "backend": "a", "tools": "a"}'}
        common = Stack(tmp_path, environment, "common-main").write(stacks["common-main"])
        common.apply()
        test = Stack(tmp_path, environment, "environment-test")
        test.write(stacks[test.name], common_main=common.folder).apply()
        assert test.plan() == {}
        test.must("destroy", "-auto-approve")
        assert test.state()["resources"] == []
