"""The wheel, as a team gets it: installed into an empty environment, far from this repository."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

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
@pytest.mark.terraform
def test_a_team_installs_the_wheel_and_validates_its_first_system(tmp_path: Path) -> None:
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ".", cwd=ROOT)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert sum("/fast/shipped/v8-" in name for name in contents) == 1
    assert "tanada/guide/capabilities/table.md" in contents
    for place in (ROOT, Path(sys.prefix), Path.home()):
        assert [name for name, content in contents.items() if os.fsencode(f"{place}/") in content] == []
    call(sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", tmp_path, ".", cwd=ROOT)
    [source] = tmp_path.glob("*.tar.gz")
    with tarfile.open(source) as unpacked:
        names = {name.partition("/")[2] for name in unpacked.getnames()}
    own = {name for name in contents if "/shipped/" not in name and ".dist-info/" not in name}
    assert {name.replace("tanada/guide/", "docs/") for name in own} <= names
    # What a wheel is made of.
    assert {"system.yaml", "workspaces/review.yaml", "environments/test.yaml", "schemas/system.json"} <= names
    venv.create(tmp_path / "venv", with_pip=True)
    tools = tmp_path / "venv" / "bin"
    call(
        tools / "pip",
        "install",
        "-q",
        "--no-compile",
        "--require-hashes",
        "-r",
        ROOT / "requirements.txt",
        cwd=tmp_path,
    )
    call(tools / "pip", "install", "-q", "--no-deps", "--no-index", wheel, cwd=tmp_path)

    call(tools / "tanada", "init", "kitchen", cwd=tmp_path)
    team = tmp_path / "kitchen"
    # What it installed is what it brings along; another one installs the same.
    [vendored] = (team / "vendor").iterdir()
    digest = hashlib.sha256(vendored.read_bytes()).hexdigest()
    assert f"./vendor/{vendored.name} --hash=sha256:{digest}\n" in (team / "requirements.txt").read_text()
    call(tools / "pip", "uninstall", "-qq", "--yes", "tanada", cwd=team)
    call(
        tools / "pip", "install", "-q", "--only-binary", ":all:", "--require-hashes", "-r", "requirements.txt", cwd=team
    )
    assert call(tools / "tanada", "vendor", cwd=team) == f"vendor/{vendored.name}: unchanged, sha256 {digest}.\n"
    # Its first synth, with an empty cache: what is derived came with the wheel.
    home = tmp_path / "cache"
    call(tools / "python", "main.py", cwd=team, TANADA_CACHE="0", XDG_CACHE_HOME=str(home))
    assert [path for path in home.rglob("*") if path.is_file()] == []
    written = sorted(file.parent.name for file in team.glob("cdktf.out/stacks/*/cdk.tf.json"))
    assert "environment-test" in written
    output = call(
        tools / "tanada",
        "validate",
        "--offline",
        "--no-synth",
        cwd=team,
        TANADA_TERRAFORM="local",
        CHECKPOINT_DISABLE="1",
    )
    assert "offline" in output
    for stack in written:
        assert f"{stack}: valid" in output
