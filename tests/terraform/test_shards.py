"""Stacks dealt out to CI jobs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tanada.terraform.shards import JOBS_AT_A_TIME, MOST_JOBS, github, gitlab, shards

FLEET = ["common-main", "common-production", *(f"environment-{number:04}" for number in range(1000))]


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 300), st.none() | st.integers(1, MOST_JOBS))
def test_every_stack_is_in_one_shard_and_shards_are_alike(stacks: int, number: int | None) -> None:
    dealt = shards(FLEET[:stacks], number)
    assert sorted(name for shard in dealt for name in shard) == FLEET[:stacks]
    assert len(dealt) <= (number or JOBS_AT_A_TIME)
    assert not dealt or max(map(len, dealt)) - min(map(len, dealt)) <= 1
    assert all(dealt)


def test_common_stacks_are_first_in_theirs() -> None:
    dealt = shards(FLEET, 3)
    assert [shard[0] for shard in dealt[:2]] == ["common-main", "common-production"]


@pytest.mark.parametrize(("stacks", "jobs"), [(0, 0), (1, 1), (20, 1), (21, 2), (400, 20), (1002, 20)])
def test_as_many_jobs_as_are_worth_their_setting_up(stacks: int, jobs: int) -> None:
    assert len(shards(FLEET[:stacks])) == jobs


def test_github_gets_one_line() -> None:
    text = github(shards(FLEET[:3], 2))
    assert text == (
        '{"include":[{"shard":"1","stacks":"common-main environment-0000"},{"shard":"2","stacks":"common-production"}]}'
    )
    assert github([]) == '{"include":[]}'


def test_a_thousand_stacks_fit_a_jobs_output() -> None:
    assert len(github(shards(FLEET, MOST_JOBS))) < 1024 * 1024
    assert len(json.loads(github(shards(FLEET, MOST_JOBS)))["include"]) == MOST_JOBS


@pytest.mark.parametrize("number", [0, 1, 3])
def test_gitlab_gets_a_pipeline_that_its_schema_takes(number: int, tmp_path: Path) -> None:
    file = tmp_path / "child.yml"
    file.write_text(gitlab(shards(FLEET[:number])))
    # CLI alone: the package has no stable functions.
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(file)],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout


def test_gitlabs_jobs_name_their_stacks_and_keep_their_reports() -> None:
    jobs = YAML(typ="safe", pure=True).load(gitlab(shards(FLEET[:3], 2)))
    assert jobs["plan 1"] == {
        "extends": ".tanada-plan",
        "variables": {"STACKS": "common-main environment-0000"},
        "artifacts": {"when": "always", "paths": [".tanada/reports"], "expire_in": "1 week"},
    }
    assert list(jobs) == ["variables", "plan 1", "plan 2"]
    assert jobs["variables"] == {"EXPECTED": "common-main environment-0000 common-production"}


def test_without_stacks_gitlab_has_a_job_that_says_so() -> None:
    (job,) = YAML(typ="safe", pure=True).load(gitlab([])).values()
    assert "echo plan > .tanada/reports/ended" in job["script"]
    assert job["artifacts"]["paths"] == [".tanada/reports"]
