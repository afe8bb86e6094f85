"""What is derived is shipped with the package: an empty cache stays empty; what does not fit is made as without it."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from scripts.build_hook import SHIPPED, copied, ship
from tanada.stacks.progress import PREPARING
from tests.stacks.fast.programs import ROOT, environment, files, kept, run

pytestmark = pytest.mark.slow

ANOTHER_PYTHON = """
import importlib.util, runpy, sys
importlib.util.MAGIC_NUMBER = b"none"
runpy.run_path("main.py", run_name="__main__")
"""
TOOK_CODE = """
import runpy
runpy.run_path("main.py", run_name="__main__")
from tanada.stacks import fast
print(fast._runtime._node.took_code)
"""
MAIN = "import runpy; runpy.run_path('main.py', run_name='__main__')"


class User:
    """Somebody whose caches are empty, with a checkout that ships what is derived."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.home = folder / "xdg"
        self._folder = folder
        self._env = environment(
            folder / "tmp",
            root,
            XDG_CACHE_HOME=str(self.home),
            JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(folder / "jsii"),
            TANADA_CACHE="0",
        )

    def synth(self, program: str = MAIN) -> tuple[str, dict[str, bytes]]:
        """What it printed, and what it wrote."""
        out = self._folder / "cdktf.out"
        shutil.rmtree(out, ignore_errors=True)
        done = run(program, env={**self._env, "CDKTF_OUTDIR": str(out)})
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout, files(out)

    def started(self) -> subprocess.Popen[str]:
        """A synth that says how far it is."""
        return subprocess.Popen(
            [sys.executable, "main.py"],
            cwd=self.root,
            env={**self._env, "CDKTF_OUTDIR": str(self._folder / "stopped.out"), "TANADA_PROGRESS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def derived(self) -> set[str]:
        """The kinds of what lies in the cache."""
        return {path.name.partition("-")[0] for path in kept(self.home)}


@pytest.fixture
def user(shipping: Path, tmp_path: Path) -> User:
    return User(shipping, tmp_path)


@pytest.fixture
def harmed(shipping: Path, tmp_path: Path) -> User:
    """A user whose checkout the test may change."""
    return User(shutil.copytree(shipping, tmp_path / "checkout"), tmp_path)


@pytest.fixture(scope="module")
def expected(shipping: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return User(shipping, tmp_path_factory.mktemp("expected")).synth()[1]


def rewrite(paths: Iterable[Path], at: int) -> None:
    """Change a byte of contents, whose hashes are right again."""
    for path in paths:
        content = bytearray(path.read_bytes()[32:])
        content[at] ^= 1
        path.write_bytes(hashlib.sha256(content).digest() + content)


def test_nothing_is_derived_with_an_empty_cache(user: User) -> None:
    user.synth()
    assert user.derived() == set()


def test_it_is_the_same_wherever_and_whenever_it_is_made_but_for_v8s_code(shipping: Path, tmp_path: Path) -> None:
    again = copied(ROOT, tmp_path / "elsewhere")
    ship(again)
    first, second = (
        {name: each for name, each in files(root / SHIPPED).items() if not name.startswith("v8-")}
        for root in (shipping, again)
    )
    assert first == second
    assert {name.partition("-")[0] for name in first} >= {"code", "program", "set", "source"}
    for name, content in files(again / SHIPPED).items():
        for place in (again, shipping, Path(sys.prefix), Path.home()):
            assert os.fsencode(place) + b"/" not in content, name


def test_nothing_is_written_where_all_is_there(shipping: Path) -> None:
    before = (shipping / SHIPPED).stat()
    ship(shipping)
    assert (shipping / SHIPPED).stat().st_ino == before.st_ino


@pytest.mark.parametrize("harm", ["**/*", "*.tgz"])
def test_what_is_damaged_is_made_anew_in_the_cache(harmed: User, expected: dict[str, bytes], harm: str) -> None:
    for path in filter(Path.is_file, (harmed.root / SHIPPED).glob(harm)):
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)
    assert harmed.synth()[1] == expected
    assert harmed.derived() != set()
    harmed.synth()  # what the first run left to the second
    before = [(path, path.stat().st_mtime_ns) for path in kept(harmed.home)]
    assert harmed.synth()[1] == expected
    assert [(path, path.stat().st_mtime_ns) for path in kept(harmed.home)] == before


def test_another_python_compiles_what_it_imports_and_derives_nothing_else(
    user: User, expected: dict[str, bytes]
) -> None:
    assert user.synth(ANOTHER_PYTHON)[1] == expected
    assert user.derived() == {"code"}


@pytest.mark.parametrize("at", [3, -1000], ids=["another Node made it", "V8 refuses it"])
def test_v8s_code_that_does_not_fit_is_replaced(harmed: User, expected: dict[str, bytes], at: int) -> None:
    codes = list((harmed.root / SHIPPED).glob("v8-*"))
    if at < 0:
        # After the line that says which Node it was: V8 asks for its own version there.
        at = codes[0].read_bytes()[32:].index(b"\n") + 5
    rewrite(codes, at)
    assert harmed.synth(TOOK_CODE) == ("False\n", expected)
    assert harmed.derived() == {"v8"}
    assert harmed.synth(TOOK_CODE) == ("True\n", expected)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_stopped_while_it_derives_leaves_nothing_half_made(
    bare: Path, tmp_path: Path, expected: dict[str, bytes], number: signal.Signals
) -> None:
    user = User(bare, tmp_path)
    with user.started() as process:
        assert process.stdout is not None
        assert any(PREPARING in line for line in process.stdout), "it prepares where nothing is shipped"
        process.send_signal(number)
    assert process.returncode != 0
    assert "set" not in user.derived()
    assert [path for path in kept(user.home) if path.name.startswith(".")] == []
    assert user.synth()[1] == expected
