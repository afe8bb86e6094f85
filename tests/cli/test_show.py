"""`tanada show`: every effective value with its source, aligned, plain in a pipe."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .program import GOOD, ROOT, tanada


def rows(text: str) -> dict[str, list[str]]:
    return {line.split()[0]: line.split(maxsplit=2)[1:] for line in text.splitlines()}


def test_an_environment_shows_defaults_blueprint_and_overrides() -> None:
    ended = tanada("show", "production", folder=ROOT)
    assert ended.returncode == 0
    shown = rows(ended.stdout)
    assert shown["account"] == ["production", "declared environments/production.yaml:2"]
    assert shown["services.web.cpu"] == ["512", "override environments/production.yaml:4"]
    assert shown["services.web.image"] == ["web", "blueprint system.yaml:36"]
    assert shown["services.web.count"] == ["2", "default (protected account)"]
    assert shown["services.web.deregistration_delay"] == ["30s", "default"]


def test_where_a_secret_is_kept_is_shown() -> None:
    shown = rows(tanada("show", "review", folder=ROOT / "tests" / "capabilities" / "secrets").stdout)
    key = "services.web.secrets.RAILS_MASTER_KEY"
    assert shown[key] == ["/kakei/test/rails-master-key", "override workspaces/review.yaml:3"]


def test_the_columns_are_aligned_and_a_pipe_gets_no_escapes() -> None:
    lines = tanada("show", "test", folder=ROOT).stdout.splitlines()
    words = (" default", " blueprint ", " override ", " declared ")
    assert len({max(line.rfind(word) for word in words) for line in lines}) == 1
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("name", ["review", "common-production", "environment-test", "test"])
def test_every_stack_can_be_shown(name: str) -> None:
    assert tanada("show", name, folder=ROOT).returncode == 0


def test_a_common_layer_shows_what_its_account_changes() -> None:
    shown = rows(tanada("show", "common-production", folder=ROOT).stdout)
    assert shown["common.network.nat"] == ["per_zone", "override system.yaml:15"]
    assert shown["common.network.availability_zones"] == ["2", "common system.yaml:22"]
    assert shown["id"] == ["222222222222", "declared system.yaml:10"]


def test_an_unknown_environment_is_refused_with_the_nearest(tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    ended = tanada("show", "tset", folder=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        'There is no stack "tset"; expected one of common-main, common-production, production, test, review; '
        'did you mean "test"?\n'
    )
