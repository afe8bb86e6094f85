"""A stack is a function of its input: nothing else reaches its bytes, and what is kept fits what is made."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tanada import cache
from tanada.cache.output import MANIFEST, file
from tanada.cache.sources import read
from tanada.cache.store import Store
from tanada.declarations.inputs import deserialized, inputs, serialized
from tanada.declarations.inventory import inventory
from tanada.declarations.loader import load
from tanada.declarations.meaning import meaning
from tanada.declarations.synth import declare
from tanada.errors import DeclarationError
from tanada.files import hashed
from tanada.stacks.app import make

ROOT = Path(__file__).parents[2]
SYSTEMS = {"default": ROOT} | {
    each.parent.name: each.parent for each in sorted(ROOT.glob("tests/capabilities/*/system.yaml"))
}
ALONE = """
import json, sys
from pathlib import Path
from tanada.stacks.app import make
for place, (name, text) in json.load(sys.stdin).items():
    Path(place).parent.mkdir(exist_ok=True)
    make({name: text}, Path(place))
"""


def files(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in sorted(folder.rglob("*.json"))}


def texts(root: Path) -> dict[str, str]:
    return {name: serialized(each) for name, each in inputs(load(root)).items()}


def made(texts: Mapping[str, str], folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    make(texts, folder)
    return files(folder)


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_input_is_the_same_after_it_was_text(system: str) -> None:
    declared = load(SYSTEMS[system])
    assert list(inputs(declared)) == [stack.name for stack in inventory(declared)]
    for each in inputs(declared).values():
        assert deserialized(serialized(each)) == each
        assert serialized(deserialized(serialized(each))) == serialized(each)


@pytest.mark.slow
def test_a_stack_is_the_same_with_all_else_of_its_system_taken_away(tmp_path: Path) -> None:
    """Made of its input alone, in a process that knows no declaration, no repository and no cache."""
    declared = {
        f"{system}/{name}": (name, text) for system, root in SYSTEMS.items() for name, text in texts(root).items()
    }
    alone = tmp_path / "alone"
    alone.mkdir()
    subprocess.run(
        [sys.executable, "-c", ALONE],
        cwd=alone,
        env={**os.environ, "TANADA_CACHE": "0"},
        input=json.dumps(declared),
        text=True,
        check=True,
        timeout=300,
    )
    differs = []
    for system, root in SYSTEMS.items():
        whole = made(texts(root), tmp_path / system)
        for name in texts(root):
            if (alone / system / name / file(name)).read_bytes() != whole[file(name)]:
                differs.append(f"{system}/{name}")
    assert differs == []


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    monkeypatch.setattr("tanada.cache.loaded_from_elsewhere", lambda _root: [])
    return Team(tmp_path, ROOT)


class Team:
    """A copy of a system, a cache of its own, and the stacks that had to be made, synth by synth."""

    def __init__(self, folder: Path, system: Path) -> None:
        self.root, self.made = folder / "team", list[list[str]]()
        self.root.mkdir(parents=True)
        shutil.copy(ROOT / "main.py", self.root)
        shutil.copy(system / "system.yaml", self.root)
        for name in ("environments", "workspaces"):
            if (system / name).is_dir():
                shutil.copytree(system / name, self.root / name)
        kept = {name: value for name, value in os.environ.items() if name != "TANADA_CACHE"}
        self.environ = {**kept, "XDG_CACHE_HOME": str(folder / "cache")}

    def synth(self, **environ: str) -> dict[str, bytes]:
        self.made.append([])
        work = cache.Work(meaning, lambda remembered: declare(self.root, remembered), self._make)
        cache.through(self.root, {**self.environ, **environ}, work)
        return files(self.root / "cdktf.out")

    def _make(self, texts: Mapping[str, str], new: Path) -> None:
        self.made[-1] += texts
        make(texts, new)

    def forget(self, stacks: Iterable[str]) -> None:
        """Let the cache know nothing of some stacks."""
        sources = read(self.root, self.environ)
        assert sources is not None
        keys = [hashed(sources.makers, name, text) for name, text in texts(self.root).items() if name in stacks]
        with Store(self.environ) as store:
            assert store._database is not None
            store._database.execute("DELETE FROM entries WHERE kind IN ('synth')")
            store._database.executemany("DELETE FROM entries WHERE key = ?", [(key,) for key in keys])


@pytest.mark.slow
def test_a_mix_of_new_stacks_and_kept_ones_gives_the_same_bytes(team: Team) -> None:
    """None, each, each pair and all: one stack may make another's bytes differ, three tell no more than two."""
    whole = team.synth()
    [names] = team.made
    assert len(names) == 6
    for size in (0, 1, 2, 6):
        for new in itertools.combinations(names, size):
            team.forget(new)
            if size % 2:  # else what lies there is kept
                shutil.rmtree(team.root / "cdktf.out")
            assert team.synth() == whole, new
            assert team.made[-1] == list(new)


Edit = Callable[[dict[str, Any]], object]


def in_system(edit: Edit) -> Callable[[Path], None]:
    return lambda root: edited(root / "system.yaml", edit)


def in_environment(name: str, edit: Edit) -> Callable[[Path], None]:
    return lambda root: edited(root / "environments" / f"{name}.yaml", edit)


def edited(path: Path, edit: Edit) -> None:
    if path.exists():
        document = YAML(typ="safe").load(path)
        edit(document)
        with path.open("w") as stream:
            YAML(typ="safe").dump(document, stream)


def commented(root: Path) -> None:
    for path in root.glob("**/*.yaml"):
        path.write_text(f"# read on {path.stat().st_size}\n{path.read_text()}")


def written(name: str, text: str) -> Callable[[Path], None]:
    def write(root: Path) -> None:
        (root / name).write_text(text)

    return write


EDITS: dict[str, Callable[[Path], object]] = {
    "comments": commented,
    "a port that all inherit": in_system(lambda text: text["blueprint"]["services"]["web"].update(port=3001)),
    "another port": in_system(lambda text: text["blueprint"]["services"]["web"].update(port=3002)),
    "a network": in_system(lambda text: text["common"].update(network={"cidr": "10.0.0.0/16", "nat": "none"})),
    "an image more": in_system(lambda text: text["common"]["images"].append("worker")),
    "another region": in_system(lambda text: text["accounts"]["main"].update(region="ap-northeast-3")),
    "what is protected": in_system(lambda text: text["accounts"]["main"].update(protected=True)),
    "a count in one": in_environment("test", lambda text: text.update(services={"web": {"count": 3}})),
    "another count": in_environment("test", lambda text: text.update(services={"web": {"count": 4}})),
    "what may go": in_environment("test2", lambda text: text.update(removal="delete")),
    "a domain": in_environment("test2", lambda text: text.update(domain="two.example.jp")),
    "a domain with a certificate": in_environment("test2", lambda text: text.update(domain="a.b.example.jp")),
    "a domain twice": in_environment("test2", lambda text: text.update(domain="test.example.jp")),
    "another account": in_environment("test2", lambda text: text.update(account="production", domain="x.example.com")),
    "an environment more": written("environments/new.yaml", "account: main\ndomain: new.example.jp\n"),
    "one that is wrong": written("environments/new.yaml", "account: mian\ndomain: new.example.jp\n"),
    "an environment less": lambda root: (root / "environments" / "new.yaml").unlink(missing_ok=True),
    "review's limit": written("workspaces/review.yaml", "account: main\ndomain: review.example.jp\nlimit: 3\n"),
    "too many reviews": written("workspaces/review.yaml", "account: main\ndomain: review.example.jp\nlimit: 100\n"),
    "review's domain": written("workspaces/review.yaml", "account: main\ndomain: r.example.jp\n"),
    "no review": lambda root: (root / "workspaces" / "review.yaml").unlink(missing_ok=True),
    "a lost file": lambda root: (root / "cdktf.out" / MANIFEST).unlink(missing_ok=True),
    "a spoilt file": lambda root: (root / "cdktf.out" / file("common-main")).write_text("{}"),
    "back to the start": lambda root: (
        [shutil.copytree(ROOT / name, root / name, dirs_exist_ok=True) for name in ("environments", "workspaces")]
        + [shutil.copy(ROOT / "system.yaml", root)]
    ),
}


@pytest.mark.slow
@settings(
    max_examples=4,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=3), min_size=2, max_size=5))
def test_after_any_edits_the_bytes_and_mistakes_are_those_of_a_synth_without_cache(
    steps: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tanada.cache.loaded_from_elsewhere", lambda _root: [])
    with tempfile.TemporaryDirectory() as folder:
        team = Team(Path(folder), ROOT)
        team.synth()
        for edits in steps:
            for edit in edits:
                EDITS[edit](team.root)
            assert outcome(team) == outcome(team, TANADA_CACHE="0", CDKTF_OUTDIR="fresh/cdktf.out"), steps


def outcome(team: Team, **environ: str) -> dict[str, bytes] | str:
    """What lies in the output, or what is wrong."""
    try:
        team.synth(**environ)
    except DeclarationError as error:
        return str(error)
    return files(team.root / environ.get("CDKTF_OUTDIR", "cdktf.out"))
