"""The systems to measure are ones that a team could have."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks import systems
from tanada.declarations.inventory import inventory
from tanada.declarations.loader import load

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("count", [1, 100, 101, 1000])
def test_so_many_environments_of_the_frozen_blueprint_have_no_mistake(tmp_path: Path, count: int) -> None:
    system = load(systems.environments(tmp_path / "system", count))
    assert set(system.blueprint.services) == {"web", "backend"}
    assert set(system.blueprint.stores) == {"sessions"}
    kinds = [stack.kind for stack in inventory(system)]
    assert kinds.count("environment") == count
    assert kinds.count("common") == 1
    assert len(kinds) == count + 1


def test_each_load_balancer_has_as_many_as_it_can_take(tmp_path: Path) -> None:
    system = load(systems.environments(tmp_path / "system", 101))
    used = [http.load_balancer for each in system.environments.values() if (http := each.services["web"].http)]
    assert [used.count((name,)) for name in ("public", "more-2")] == [100, 1]


def test_the_default_system_is_the_repositorys(tmp_path: Path) -> None:
    folder = systems.default(tmp_path / "system")
    assert load(folder) == load(ROOT)
    assert (folder / "main.py").read_bytes() == (ROOT / "main.py").read_bytes()


@pytest.mark.parametrize(
    ("edit", "touched"),
    [
        (systems.with_another_comment, 0),
        (systems.with_another_number, 1),
        (systems.with_another_blueprint, 3),
    ],
)
def test_each_edit_is_one_that_was_not_made_before(tmp_path: Path, edit: Callable[[Path], None], touched: int) -> None:
    folder = systems.environments(tmp_path / "three", 3)
    versions = [load(folder)]
    texts = {(folder / "environments" / "e0001.yaml").read_text() + (folder / "system.yaml").read_text()}
    for _ in range(3):
        edit(folder)
        texts.add((folder / "environments" / "e0001.yaml").read_text() + (folder / "system.yaml").read_text())
        versions.append(load(folder))
    assert len(texts) == 4
    for before, after in pairwise(versions):
        changed = [name for name, each in after.environments.items() if each != before.environments[name]]
        assert len(changed) == touched
