"""What holds of each of them: it is short, it survives a zone as its README says, and it is played from end to end."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tanada import offline
from tanada.declarations.inventory import inventory
from tanada.declarations.loader import load
from tanada.stacks.app import synthesize
from tanada.templates import write_repository
from tanada.terraform.pictures import drawn, graph_of
from tanada.terraform.process import Processes
from tests.cli.program import tanada
from tests.docs.commands import commands
from tests.golden import held
from tests.offline.terraform_runs import Stack
from tests.systems.emitted import SYSTEMS, Json, System
from tests.systems.zones import single
from tests.templates.wheels import small

LONGEST, WIDEST = 60, 100
EXAMPLES = sorted({*SYSTEMS} - {"web-product"})
"""What the default system's pages say is typed by a newcomer (tests/templates/test_wheel.py)."""
COMMONS = [
    ("corporate-site", "common-production"),
    ("corporate-site", "common-staging"),
    ("web-product", "common-main"),
    ("web-product", "common-production"),
    ("wordpress", "common-main"),
]
"""Each account is played by itself."""


@pytest.mark.parametrize("name", SYSTEMS)
def test_its_declaration_is_read_aloud_in_one_breath(name: str) -> None:
    lines = (SYSTEMS[name] / "system.yaml").read_text(encoding="utf-8").splitlines()
    blueprint = lines[lines.index("blueprint:") :]
    assert len(blueprint) <= LONGEST
    assert max(map(len, lines)) <= WIDEST + 20 * (name == "web-product")


@pytest.mark.parametrize("name", SYSTEMS)
def test_without_any_zone_what_is_not_single_goes_on_and_what_is_stands_in_the_readme(
    name: str, systems: Mapping[str, System]
) -> None:
    system = systems[name]
    page = SYSTEMS[name] / ("README.md" if name != "web-product" else "docs/systems.md")
    said = dict(re.findall(r"^\| ([a-z0-9-]+) \| ([^|]*) \|$", page.read_text(encoding="utf-8"), re.MULTILINE))
    for environment in system.environments():
        found = sorted(single(system, environment))
        assert said[environment.removeprefix("environment-")] == (", ".join(found) or "nothing"), page.name


PICTURES = {"corporate-site": None, "wordpress": "environment-prod"}
"""What each README shows; tests/capabilities/test_graph.py has the default system's."""


@pytest.mark.parametrize("name", PICTURES)
def test_its_picture_is_what_it_emits(name: str, systems: Mapping[str, System]) -> None:
    declared = load(SYSTEMS[name])
    stacks = inventory(declared)
    chosen = next((each for each in stacks if each.name == PICTURES[name]), None)
    picture = graph_of(declared.name, stacks, chosen, systems[name].stacks)
    held(SYSTEMS[name] / "graph.svg", drawn(picture, "svg", os.environ, Processes()))


def test_a_picture_says_who_else_writes_a_sites_files(systems: Mapping[str, System]) -> None:
    declared = load(SYSTEMS["corporate-site"])
    picture = graph_of(declared.name, inventory(declared), None, systems["corporate-site"].stacks)
    [files] = [each for each in picture.nodes if each.name == "www files"]
    assert files.badges == ("2 operators", "1 publisher")


@pytest.mark.terraform
@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_each_command_of_its_readme_says_no_mistake(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANADA_TERRAFORM", "local")
    folder = tmp_path / name
    shutil.copytree(SYSTEMS[name], folder, ignore=shutil.ignore_patterns("cdktf.out", ".tanada"))
    typed = [*commands(SYSTEMS[name] / "README.md")]
    assert len(typed) >= 3
    for command in typed:
        program, *arguments = shlex.split(command)
        assert program == "tanada"
        ran = tanada(*arguments, folder=folder)
        assert ran.returncode == 0, f"{command}\n{ran.stdout}{ran.stderr}"


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_repository_begins_as_it_under_another_name(name: str, tmp_path: Path) -> None:
    written = write_repository(tmp_path / "kitchen", small, name)
    assert {"system.yaml", "main.py", "SYSTEM.md", "README.md"} <= {*written}
    system = load(tmp_path / "kitchen")
    assert (system.name, {*system.environments}) == ("kitchen", {*load(SYSTEMS[name]).environments})
    assert all(account.common.ci is None for account in system.accounts.values())
    assert "../../" not in (tmp_path / "kitchen" / "SYSTEM.md").read_text(encoding="utf-8")
    readme = (tmp_path / "kitchen" / "README.md").read_text(encoding="utf-8")
    for image in re.findall(r"--image ([a-z]+)=", readme):
        assert any(image in account.common.images for account in system.accounts.values())


def test_each_account_is_played(systems: Mapping[str, System]) -> None:
    found = [(name, each) for name in SYSTEMS for each in systems[name].stacks if each.startswith("common-")]
    assert found == COMMONS


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.parametrize(("name", "below"), COMMONS)
def test_each_stack_is_validated_applied_planned_anew_without_a_change_and_destroyed(
    name: str, below: str, tmp_path: Path, container_image: str
) -> None:
    """In the container, with the fewest commands, as each is one of its own: `apply` plans, and saves its state.

    The second plan is empty, though AWS fills in what entries say it does.
    """
    (tmp_path / "declared").mkdir()
    system = System(SYSTEMS[name], _let_go(SYSTEMS[name], tmp_path / "declared"))
    with offline.start(tmp_path / "ids", container=True) as provider:

        def stack(each: str, variables: Mapping[str, str]) -> Stack:
            return Stack(tmp_path, variables, each, provider, container_image)

        common = stack(below, {}).write(system.stacks[below])
        _lives(common)
        for each in system.on(below):
            tags = {local: "a" for local in system.stacks[each]["locals"] if local.endswith("_tag")}
            images = {"TF_VAR_image_tags": json.dumps({local.removesuffix("_tag"): tag for local, tag in tags.items()})}
            environment = stack(each, images)
            environment.write(system.stacks[each], **{below.replace("-", "_"): common.folder})
            if each == "review":
                environment.must("workspace", "new", "kokuyou")
            _lives(environment)
            _goes(environment)
        _goes(common)


def _lives(stack: Stack) -> None:
    assert "The configuration is valid" in stack.must("validate")
    applied = stack.apply()
    count = len(_resources(stack))
    assert f"Plan: {count} to add, 0 to change, 0 to destroy." in applied
    assert count > 5
    again = stack.run("plan", "-detailed-exitcode", "-no-color")
    assert (again.code, "No changes." in again.output) == (0, True), again.output


def _goes(stack: Stack) -> None:
    stack.must("destroy", "-auto-approve")
    assert _resources(stack) == []


def _resources(stack: Stack) -> list[Json]:
    """Each instance in the state, as the container wrote it."""
    [file] = stack.folder.glob("**/terraform.tfstate")
    state = json.loads(file.read_text(encoding="utf-8"))
    managed = (each["instances"] for each in state["resources"] if each["mode"] == "managed")
    return [instance for instances in managed for instance in instances]


def _let_go(folder: Path, new: Path) -> Mapping[str, Json]:
    """What it emits under `removal: delete`."""
    for each in ("environments", "files"):
        if (folder / each).is_dir():
            shutil.copytree(folder / each, new / each)
    declared = (folder / "system.yaml").read_text(encoding="utf-8")
    (new / "system.yaml").write_text(declared.replace("\ncommon:\n", "\ncommon:\n  removal: delete\n"))
    for file in (new / "environments").iterdir():
        file.write_text(f"{file.read_text(encoding='utf-8')}removal: delete\n")
    synthesize(load(new), new / "cdktf.out")
    return {
        file.parent.name: json.loads(file.read_text()) for file in sorted(new.glob("cdktf.out/stacks/*/cdk.tf.json"))
    }
