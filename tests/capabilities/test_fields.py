"""Every field has its effect: taken out of its capability's system, it changes what is emitted."""

from __future__ import annotations

import copy
import functools
import importlib
import inspect
import itertools
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tanada.declarations.inputs import Input, inputs
from tanada.declarations.loader import load
from tanada.declared.model import Model
from tanada.declared.system import System
from tanada.errors import DeclarationError
from tanada.stacks import fast
from tests.capabilities.test_capabilities import CAPABILITIES, HERE

Path_ = tuple[str | int, ...]
WITHOUT_BYTES = {
    ("cache", "auth"): "without it its words are others: emitted/environment-test.stores.json",
    ("file_system", "existing"): "without it there is no group to name: emitted/environment-test.stores.json",
    ("file_system", "security_group"): "needed beside existing: emitted/environment-test.reach.json",
    ("alarms", "mail"): "one of the two is needed: emitted/common-main.alarms.json",
    ("alarms", "topic"): "one of the two is needed: emitted/environment-production.stores.json",
    ("alarms", "us_east_1"): "needed where Route 53 asks: tests/capabilities/test_mail.py",
    ("sign_in", "google"): "one of the two is needed: emitted/common-main.sign_in.json",
    ("sign_in", "oidc"): "one of the two is needed: emitted/common-partners.sign_in.json",
    ("ci", "branch"): "the trust policy of another branch; the default is written out in tests/modules/test_ci.py",
    ("ci", "server"): "tests/modules/test_ci.py",
    ("ci", "github"): "tests/modules/test_ci.py; without it or gitlab there is no repository",
    ("ci", "gitlab"): "tests/modules/test_ci.py",
    ("ci", "existing_provider"): "tests/modules/test_ci.py",
    ("ci", "old_values_to_forks"): "for comments alone: tests/security/test_take_strangers.py",
    ("sites", "from"): "needed by a role: tests/capabilities/test_operators.py",
    ("sites", "rotate"): "needed by a key: tests/aws/test_people.py",
    ("aurora", "restored"): "of an environment alone: emitted/environment-production.stores.json",
    ("database", "restored"): "the same",
    ("existing", "from"): "of mail alone: tests/capabilities/mail/emitted, where each sends from others",
    ("existing", "name"): "an item of `reach` without it names nothing, and is refused",
    ("service", "strategy"): "the others of `rollout` need it: tests/modules/test_deployments.py",
    ("jobs", "schedule"): "either is needed: tests/capabilities/jobs/emitted, where each starts another",
    ("jobs", "started_by"): "the same",
    ("load_balancer", "issuer"): "needed by jwt: tests/capabilities/load_balancer/emitted",
    ("load_balancer", "audience"): "the same",
    ("load_balancer", "origins"): "needed by cors: the same",
    ("network", "existing"): "without it its subnets are of nothing: tests/stacks/test_common.py",
    ("table", "restored"): "of an environment alone: emitted/environment-test.stores.json",
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
    "load_balancer": ("api_gateway",),
    "sites": ("operators", "publishers"),
    "service": ("container", "rollout", "route53_health_check", "scale", "service_connect"),
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


def variant(capability: str, path: Path_, folder: Path) -> System | None:
    """The system with one written field of the capability taken out; None where it isn't well without it."""
    folder.mkdir()
    for name in ("environments", "workspaces", "files"):
        if (HERE / capability / name).is_dir():
            shutil.copytree(HERE / capability / name, folder / name)
    (folder / "system.yaml").write_text(json.dumps(without(document(capability), path)))
    try:
        return load(folder)
    except DeclarationError:
        return None  # it is needed, or something else needs it


@functools.cache
def document(capability: str) -> Any:
    return YAML(typ="safe").load(HERE / capability / "system.yaml")


def differing(
    capability: str, written: list[Path_], whole: Mapping[str, Input], folder: Path
) -> Iterator[tuple[str, Input | None]]:
    """The stacks whose input differs when the field is taken out, place by place; None for one that is gone then."""
    folder.mkdir()
    for number, path in enumerate(written):
        if (system := variant(capability, path, folder / str(number))) is not None:
            declared = inputs(system)
            yield from ((name, each) for name, each in declared.items() if each != whole.get(name))
            yield from ((name, None) for name in whole if name not in declared)


def effective(capability: str, asked: set[str], folder: Path) -> set[str]:
    """Those fields that change what is emitted. Of each, one stack is made at a time, until one of them differs."""
    whole = inputs(load(HERE / capability))
    written: dict[str, list[Path_]] = {field: [] for field in sorted(asked)}
    for path in paths(document(capability)):
        if path[-1] in asked and path[0] != "system":
            written[str(path[-1])].append(path)
    left = {field: differing(capability, each, whole, folder / field) for field, each in written.items()}
    known: dict[str, Any] = {}
    found: set[str] = set()
    for turn in itertools.count():
        tried = {field: each for field, stacks in left.items() if field not in found and (each := next(stacks, None))}
        if not tried:
            return found
        new = {name for name, _ in tried.values()} & whole.keys() - known.keys()
        given = [*((name, whole[name]) for name in new), *((name, each) for name, each in tried.values() if each)]
        made = iter(resources(given, folder / f"out-{turn}"))
        known |= {name: next(made) for name in new}
        found |= {field for field, (name, each) in tried.items() if (next(made) if each else None) != known.get(name)}
    raise AssertionError


def resources(stacks: list[tuple[str, Input]], folder: Path) -> list[dict[str, Any]]:
    """What each stack emits, all of them by one app."""

    def make() -> None:
        from cdktf import App

        from tanada.stacks.stack import stack_of

        app = App(stack_traces=False, outdir=str(folder))
        for number, (name, each) in enumerate(stacks):
            stack_of(app, each.model_copy(update={"stack": replace(each.stack, name=f"{number}-{name}")}))
        app.synth()

    fast.run(make)
    files = (folder / "stacks" / f"{number}-{name}" / "cdk.tf.json" for number, (name, _) in enumerate(stacks))
    emitted = [json.loads(file.read_text()) for file in files]
    return [_plain({key: stack.get(key) for key in ("resource", "data", "moved")}) for stack in emitted]


def _plain(value: Any) -> Any:
    """Without CDKTF's notes, in which the stack's name stands."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if key not in ("//", "postcondition", "precondition")}
    return [_plain(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_every_field_stands_in_the_system_and_changes_what_is_emitted(capability: str, tmp_path: Path) -> None:
    every = [(model.model_fields[name].alias or name, model.model_fields[name]) for name, model in _models(capability)]
    needed = {name for name, field in every if field.is_required()}
    elsewhere = {field for each, field in WITHOUT_BYTES if each == capability}
    asked = fields(capability) - needed - elsewhere
    assert sorted(asked - effective(capability, asked, tmp_path)) == [], (
        f"write it in tests/capabilities/{capability}/system.yaml; if it stands there, its construct ignores it"
    )


def _models(capability: str) -> Iterator[tuple[str, type[Model]]]:
    for file in (capability, *PARTS.get(capability, ())):
        module = importlib.import_module(f"tanada.declared.{file}")
        for _, each in inspect.getmembers(module, inspect.isclass):
            if each.__module__ == module.__name__ and issubclass(each, Model):
                yield from ((name, each) for name in each.model_fields)
