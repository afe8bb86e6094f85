"""What a killed synth staged is removed by the next one; what a living one stages is not."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tanada.cache import output
from tests.cache.stand_in import Synth

ROOT = Path(__file__).parents[2]
STAGES = """
import sys
from pathlib import Path
from tanada.cache import output
with output.staging(Path(sys.argv[1])) as new:
    (new / "half").write_text("a stack")
    print(new.name, flush=True)
    sys.stdin.read()
"""


@contextmanager
def staging(target: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process that stages until its stdin is closed, and what it stages."""
    command, environ = [sys.executable, "-c", STAGES, str(target)], {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, target.parent / process.stdout.readline().strip()


def killed(target: Path) -> Path:
    with staging(target) as (process, staged):
        process.send_signal(signal.SIGKILL)
    assert (staged / "half").read_text() == "a stack"
    return staged


@pytest.mark.parametrize("known", [False, True])
def test_the_next_synth_removes_it_though_it_has_nothing_to_do(known: bool, synth: Synth) -> None:
    if known:
        synth()
    staged = killed(synth.root / "cdktf.out")
    synth()
    assert not staged.exists()


def test_what_a_living_process_stages_stays(tmp_path: Path) -> None:
    target = tmp_path / "cdktf.out"
    with staging(target) as (process, staged):
        left = killed(target)
        output.remove_left(target)
        assert (staged / "half").exists()
        assert not left.exists()
        process.communicate("")
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [".cdktf.out-notes", ".other-0123456789ab", "cdktf.out", ".cdktf.out-0123456789abc"])
def test_what_is_called_otherwise_is_not_its_own(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    output.remove_left(tmp_path / "cdktf.out")
    assert (tmp_path / name).is_dir()


def test_a_link_and_a_file_of_that_name_stay_and_nothing_behind_them_goes(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "file").write_text("theirs")
    (tmp_path / ".cdktf.out-0123456789ab").symlink_to(tmp_path / "theirs")
    (tmp_path / ".cdktf.out-0123456789ac").write_text("a file")
    output.remove_left(tmp_path / "cdktf.out")
    assert (tmp_path / ".cdktf.out-0123456789ab" / "file").read_text() == "theirs"
    assert (tmp_path / ".cdktf.out-0123456789ac").exists()


def test_a_folder_that_another_process_takes_for_left_is_made_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    mkdir = Path.mkdir

    def watched(self: Path, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        mkdir(self, mode, parents, exist_ok)
        if self.name.startswith(".cdktf.out-"):
            made.append(self)
            if len(made) == 1:
                shutil.rmtree(self)

    monkeypatch.setattr(Path, "mkdir", watched)
    with output.staging(tmp_path / "cdktf.out") as new:
        assert new == made[1]
        assert new.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_in_a_folder_that_is_not_there_nothing_is_left(tmp_path: Path) -> None:
    output.remove_left(tmp_path / "none" / "cdktf.out")
    assert list(tmp_path.iterdir()) == []
