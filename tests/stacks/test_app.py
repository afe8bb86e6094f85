"""The app: the same bytes everywhere, all or nothing, and one sentence for what is wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tanada import synth_process
from tanada.declared.system import System
from tanada.errors import StackError
from tanada.stacks import app

ROOT = Path(__file__).parents[2]
DECLARATIONS = ("system.yaml", "environments", "workspaces", "main.py", "cdktf.json")


def repository(folder: Path) -> Path:
    """A copy of the default system's declarations, as a team's repository has them."""
    folder.mkdir(parents=True)
    for name in DECLARATIONS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / name)
    return folder


def environment(**more: str) -> dict[str, str]:
    bin_folders = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": bin_folders, "CI": "1", "CHECKPOINT_DISABLE": "1", **more}


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*.json"))}


@pytest.mark.slow
def test_every_way_to_synthesize_writes_the_same_bytes(synthesized: Path, tmp_path: Path) -> None:
    """`python main.py`, `cdktf synth` and `tanada synth`: three folders, three hash seeds, all at once."""
    commands = {
        "main": [sys.executable, "main.py"],
        "cdktf": [str(ROOT / "node_modules" / ".bin" / "cdktf"), "synth"],
        "tanada": [str(Path(sys.executable).parent / "tanada"), "synth"],
    }
    folders = {name: repository(tmp_path / name / "of" / "a team") for name in commands}
    shutil.copy(ROOT / ".terraform-version", folders["tanada"])
    running = {
        name: subprocess.Popen(
            command,
            cwd=folders[name],
            env=environment(PYTHONHASHSEED=str(seed)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for seed, (name, command) in enumerate(commands.items(), start=1)
    }
    for name, process in running.items():
        printed, _ = process.communicate(timeout=300)
        assert process.returncode == 0, f"{name}: {printed}"
    expected = files(synthesized)
    assert len(expected) == 7
    for name, folder in folders.items():
        assert files(folder / "cdktf.out") == expected, name


def test_stacks_that_left_the_system_leave_the_output(system: System, synthesized: Path, tmp_path: Path) -> None:
    outdir = tmp_path / "cdktf.out"
    shutil.copytree(synthesized, outdir)
    kept = outdir / "stacks" / "environment-test" / ".terraform.lock.hcl"
    kept.write_text("terraform's own")
    app.synthesize(system.model_copy(update={"environments": {"test": system.environments["test"]}}), outdir)
    assert sorted(each.name for each in (outdir / "stacks").iterdir()) == [
        "common-main",
        "common-production",
        "environment-test",
        "review",
    ]
    assert kept.read_text() == "terraform's own"
    assert "environment-test2" not in (outdir / "manifest.json").read_text()


def test_a_mistake_leaves_what_was_synthesized_before(
    system: System, synthesized: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outdir = tmp_path / "cdktf.out"
    shutil.copytree(synthesized, outdir)
    before = files(outdir)

    def broken(*_: object) -> str:
        return "/x"

    monkeypatch.setattr("tanada.names.Names.path", broken)
    monkeypatch.setattr("tanada.stacks.base.BaseStack.publish", lambda stack, _: stack.mistakes.append("no way"))
    with pytest.raises(StackError, match="no way"):
        app.synthesize(system, outdir)
    assert files(outdir) == before
    assert [each.name for each in tmp_path.iterdir()] == ["cdktf.out"], "no temporary folder is left"


def test_a_package_called_modules_beside_main_is_refused(tmp_path: Path) -> None:
    folder = repository(tmp_path / "team")
    (folder / "modules").mkdir()
    (folder / "modules" / "__init__.py").write_text("")
    result = subprocess.run([sys.executable, "main.py"], cwd=folder, env=environment(), capture_output=True, text=True)
    assert result.returncode == 2
    assert "shadows the package `modules`" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (folder / "cdktf.out").exists()


def test_a_mistake_in_a_declaration_is_one_line_and_starts_no_node(tmp_path: Path) -> None:
    folder = repository(tmp_path / "team")
    (folder / "environments" / "test.yaml").write_text("account: mian\ndomain: test.example.jp\n")
    result = subprocess.run(
        [sys.executable, "main.py"], cwd=folder, env=environment(JSII_NODE="/nowhere"), capture_output=True, text=True
    )
    assert result.returncode == 2
    assert result.stderr.startswith("environments/test.yaml:1:10: ")
    assert "Traceback" not in result.stderr
    assert not (folder / "cdktf.out").exists()


def test_a_machine_without_node_is_told_what_is_missing(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "main.py"],
        cwd=repository(tmp_path / "team"),
        env=environment(JSII_NODE="/nowhere"),
        capture_output=True,
        text=True,
    )
    assert result.returncode == 2
    assert result.stderr == (
        "JSII_NODE=/nowhere is no program: name Node.js 22 or 24 (https://nodejs.org) there, or unset it to take the "
        "one on PATH.\n"
    )


def test_a_node_that_is_none_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSII_NODE", "/bin/true")
    with pytest.raises(StackError, match=r"^/bin/true doesn't say which Node.js it is: install 22 or 24 \(https"):
        app.make({}, tmp_path)


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("v22.11.0", None),
        ("v24.1.0", None),
        ("v20.20.2", "Node.js 20.20.2 gets no more security updates: better use 22 or 24 (https://nodejs.org)."),
        ("v23.0.1", "Node.js 23.0.1 gets no more security updates: better use 22 or 24 (https://nodejs.org)."),
        ("v26.0.0", "Node.js 26.0.0 was not tried with this Tanada: better use 22 or 24 (https://nodejs.org)."),
    ],
)
def test_a_node_that_was_not_tried_is_one_sentence_with_those_that_were(version: str, sentence: str | None) -> None:
    assert synth_process.old_or_new(version) == sentence


def test_a_fault_of_ours_is_one_sentence_and_a_file(tmp_path: Path) -> None:
    folder = repository(tmp_path / "team")
    program = """
from tanada.stacks import app
def broken(*given):
    raise KeyError("vpc")
app.make = broken
app.main()
"""
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment(), capture_output=True, text=True
    )
    assert result.returncode == 1
    assert result.stderr.startswith("This is a bug in Tanada, not in your declaration: KeyError: 'vpc'; ")
    assert "Traceback" not in result.stderr
    assert "in broken" in (folder / ".tanada" / "crash.log").read_text()
    assert not (folder / "cdktf.out").exists()
    assert not list(folder.glob(".cdktf.out-*"))
