"""The wheel, as a team gets it: installed far from this repository, and every command that README and guides show."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.docs.commands import PATH
from tests.templates.ci.world import with_less

ROOT = Path(__file__).parents[2]


def call(*command: str | Path, cwd: Path, **variables: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    result = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**environment, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout + result.stderr


@pytest.mark.slow
def test_the_wheel_holds_all_that_it_needs_and_nothing_of_this_machine(tmp_path: Path) -> None:
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ".", cwd=ROOT)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert sum("/fast/shipped/v8-" in name for name in contents) == 1
    assert "tanada/guide/capabilities/table.md" in contents
    assert {"tanada/graph/elkjs/elk.bundled.js", "tanada/graph/elkjs/LICENSE.md"} <= contents.keys()
    for place in (ROOT, Path(sys.prefix), Path.home()):
        assert [name for name, content in contents.items() if os.fsencode(f"{place}/") in content] == []
    call(sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", tmp_path, ".", cwd=ROOT)
    [source] = tmp_path.glob("*.tar.gz")
    with tarfile.open(source) as unpacked:
        names = {name.partition("/")[2] for name in unpacked.getnames()}
    own = {name for name in contents if "/shipped/" not in name and ".dist-info/" not in name}
    there = {name.replace("tanada/guide/", "docs/").replace("tanada/functions/", "functions/") for name in own}
    assert there <= names
    # What a wheel is made of.
    assert {"system.yaml", "workspaces/review.yaml", "environments/test.yaml", "schemas/system.json"} <= names


class Newcomer:
    """Somebody who follows the pages word by word, on a machine on which nothing was done yet."""

    def __init__(self, folder: Path) -> None:
        self.checkout, self.team, self.home = (folder / name for name in ("tanada", "my-system", "home"))
        for made in (self.checkout, self.home):
            made.mkdir()
        (self.checkout / ".venv").symlink_to(sys.prefix, target_is_directory=True)
        own = ("TANADA_", "AWS_", "TF_", "XDG_", "PYTHON", "VIRTUAL_ENV")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        self.variables = {
            **kept,
            "HOME": str(self.home),
            "PATH": os.pathsep.join((str(self.team / ".venv" / "bin"), kept["PATH"])),
            "PIP_CACHE_DIR": kept.get("PIP_CACHE_DIR", str(Path.home() / ".cache" / "pip")),
            "PIP_NO_COMPILE": "0",  # leaves out a minute; pip's own sign for it (user guide, "Environment variables")
            "TANADA_TERRAFORM": "local",
            "CHECKPOINT_DISABLE": "1",
            **{f"GIT_{who}_{what}": "n@example.jp" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        }

    def types(self, command: str) -> str:
        """What a command says, typed into a shell in the folder where its page has one."""
        folder = self.team if self.team.is_dir() else self.checkout
        result = subprocess.run(
            ["bash", "-euc", command],
            cwd=folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
        return result.stdout + result.stderr

    def wheel(self) -> Path:
        [vendored] = (self.team / "vendor").iterdir()
        return vendored

    def prepares(self) -> None:
        """What the README's words ask for between its commands: the name of the team's own repository."""
        system = self.team / "system.yaml"
        named = re.sub(
            r"^  # ci: \{github: owner/repository\}", "  ci: {github: example/kakei}", system.read_text(), flags=re.M
        )
        assert named != system.read_text()
        system.write_text(named)
        with_less(system)  # the page's words are the same


@pytest.mark.slow
@pytest.mark.terraform
def test_a_newcomer_gets_from_the_readme_to_a_review_environment_word_by_word(tmp_path: Path) -> None:
    newcomer = Newcomer(tmp_path)
    for step in PATH:
        if step.command == "tanada synth":
            newcomer.prepares()
        command = step.command.replace("FILE", f"vendor/{newcomer.wheel().name}" if "FILE" in step.command else "")
        said = newcomer.types(f"{command} {step.offline}")
        assert re.search(step.says, said), f"{step.command}: {said}"
        assert "Traceback" not in said

    # What it installed is what it brings along.
    digest = hashlib.sha256(newcomer.wheel().read_bytes()).hexdigest()
    listed = f"./vendor/{newcomer.wheel().name} --hash=sha256:{digest}\n"
    assert listed in (newcomer.team / "requirements.txt").read_text()
    # A synth with an empty cache derives nothing: all of that came with the wheel.
    (tmp_path / "cache").mkdir()
    newcomer.types(f"TANADA_CACHE=0 XDG_CACHE_HOME={tmp_path}/cache .venv/bin/python main.py")
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []
    written = sorted(file.parent.name for file in newcomer.team.glob("cdktf.out/stacks/*/cdk.tf.json"))
    assert "environment-test" in written
    output = newcomer.types("tanada validate --offline --no-synth")
    assert [stack for stack in written if f"{stack}: valid" not in output] == []
