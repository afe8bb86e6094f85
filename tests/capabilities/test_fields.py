"""Every field has its effect: taken out of its capability's system, it changes what is emitted."""

from __future__ import annotations

import copy
import importlib
import inspect
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tanada.declarations.inputs import inputs
from tanada.declarations.loader import load
from tanada.declared.model import Model
from tanada.declared.system import System
from tanada.errors import DeclarationError
from tanada.stacks import fast
from tests.capabilities.test_capabilities import CAPABILITIES, HERE

Path_ = tuple[str | int, ...]
WITHOUT_BYTES = {
    ("cache", "auth"): "true is refused yet: tests/capabilities/cache/broken",
    ("alarms", "mail"): "one of the two is needed: emitted/common-main.alarms.json",
    ("alarms", "topic"): "one of the two is needed: emitted/environment-production.stores.json",
    ("ci", "branch"): "the trust policy of another branch; the default is written out in tests/modules/test_ci.py",
    ("ci", "server"): "tests/modules/test_ci.py",
    ("ci", "github"): "tests/modules/test_ci.py; without it or gitlab there is no repository",
    ("ci", "gitlab"): "tests/modules/test_ci.py",
    ("ci", "existing_provider"): "tests/modules/test_ci.py",
    ("ci", "old_values_to_forks"): "for comments alone: tests/security/test_take_strangers.py",
    ("aurora", "restored"): "of an environment alone: emitted/environment-production.stores.json",
    ("database", "restored"): "the same",
    ("existing", "name"): "an item of `reach` without it names nothing, and is refused",
    ("jobs", "schedule"): "either is needed: tests/capabilities/jobs/emitted, where each starts another",
    ("jobs", "started_by"): "the same",
    ("table", "existing"): "without it there is no key: emitted/environment-test.services.json",
    ("registry", "folder"): "for first plans alone: tests/terraform/test_first_tags.py",
    ("ci", "tests"): "for workflows alone: tests/templates/test_workflows.py",
}
"""Fields whose effect another test shows."""


PARTS = {
    "aurora": ("engines",),
    "database": ("engines",),
    "existing": ("ways",),
    "jobs": ("schedule",),
    "service": ("container",),
}
"""Files of models that are parts of a capability's."""


def fields(capability: str) -> set[str]:
    """The fields of the models in the capability's files."""
    return {model.model_fields[name].alias or name for name, model in _models(capability)}


def paths(value: Any, at: Path_ = ()) -> Iterator[Path_]:
    """Every key that is written."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield (*at, key)
            yield from paths(each, (*at, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from paths(each, (*at, index))


def without(document: Any, path: Path_) -> Any:
    changed = copy.deepcopy(document)
    parent = changed
    for step in path[:-1]:
        parent = parent[step]
    del parent[path[-1]]
    return changed


def variants(capability: str, tmp_path: Path) -> Iterator[tuple[str, System]]:
    """The system with one written field of the capability taken out, wherever it is well without it."""
    document = YAML(typ="safe").load(HERE / capability / "system.yaml")
    wanted = fields(capability)
    for number, path in enumerate(path for path in paths(document) if path[-1] in wanted and path[0] != "system"):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name in ("environments", "workspaces", "files"):
            if (HERE / capability / name).is_dir():
                shutil.copytree(HERE / capability / name, folder / name)
        with (folder / "system.yaml").open("w") as file:
            YAML(typ="safe").dump(without(document, path), file)
        try:
            yield str(path[-1]), load(folder)
        except DeclarationError:
            continue  # it is needed, or something else needs it


def resources(systems: list[System], folder: Path) -> list[dict[str, Any]]:
    """What each system emits, all of them by one app; what a stack of the same input emits is known from the first."""
    declared = [inputs(system) for system in systems]
    first = declared[0]

    def make() -> None:
        from cdktf import App

        from tanada.stacks.stack import stack_of

        app = App(stack_traces=False, outdir=str(folder))
        for number, stacks in enumerate(declared):
            for name, each in stacks.items():
                if number and each == first.get(name):
                    continue
                stack_of(app, each.model_copy(update={"stack": replace(each.stack, name=f"{number}-{name}")}))
        app.synth()

    fast.run(make)
    emitted: list[dict[str, Any]] = [{} for _ in systems]
    for file in sorted(folder.glob("stacks/*/cdk.tf.json")):
        number, _, name = file.parent.name.partition("-")
        stack = json.loads(file.read_text())
        emitted[int(number)][name] = _plain({key: stack.get(key) for key in ("resource", "data", "moved")})
    for stacks, made in zip(declared[1:], emitted[1:], strict=True):
        made |= {name: emitted[0][name] for name, each in stacks.items() if each == first.get(name)}
    return emitted


def _plain(value: Any) -> Any:
    """Without CDKTF's notes, in which the stack's name stands."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if key not in ("//", "postcondition", "precondition")}
    return [_plain(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_every_field_stands_in_the_system_and_changes_what_is_emitted(capability: str, tmp_path: Path) -> None:
    every = [(model.model_fields[name].alias or name, model.model_fields[name]) for name, model in _models(capability)]
    needed = {name for name, field in every if field.is_required()}
    changed = list(variants(capability, tmp_path))
    whole, *others = resources([load(HERE / capability), *(system for _, system in changed)], tmp_path / "out")
    effective = {field for (field, _), emitted in zip(changed, others, strict=True) if emitted != whole}
    elsewhere = {field for each, field in WITHOUT_BYTES if each == capability}
    assert sorted(fields(capability) - effective - needed - elsewhere) == [], (
        f"write it in tests/capabilities/{capability}/system.yaml; if it stands there, its construct ignores it"
    )


def _models(capability: str) -> Iterator[tuple[str, type[Model]]]:
    for file in (capability, *PARTS.get(capability, ())):
        module = importlib.import_module(f"tanada.declared.{file}")
        for _, each in inspect.getmembers(module, inspect.isclass):
            if each.__module__ == module.__name__ and issubclass(each, Model):
                yield from ((name, each) for name in each.model_fields)
