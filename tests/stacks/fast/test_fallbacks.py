"""Where fast loading can't work as it would, it steps aside, says so once, and the result is the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tanada.stacks.fast import derived
from tests.stacks.fast.conftest import Crowd
from tests.stacks.fast.programs import environment, files, run

pytestmark = pytest.mark.slow

SMALL = "small.py"
NO_CACHE = "tanada: nothing is kept from one synth to the next: "

WRONG_VERSION = """
import sys
sys.path.insert(0, "tests/stacks/fast/apps")
from tanada.stacks import fast
from tanada.stacks.fast import packages
packages.VERSIONS = {**packages.VERSIONS, "cdktf": "0.22.0"}
print(fast.activate(), fast.activate())
import constructs
print(type(sys.modules["constructs"].__loader__).__module__)
"""

MISSING = """
import sys, importlib
from pathlib import Path
from tanada.stacks import fast
fast.activate()
fast.activate([Path(sys.argv[3])])
count = 0
def work():
    global count
    count += 1
    from cdktf import App, TerraformStack
    Path(sys.argv[1]).mkdir(exist_ok=True)
    stack = TerraformStack(App(outdir=sys.argv[1], stack_traces=False, skip_validation=True), "s")
    # Named by no text that could be scanned.
    registry = importlib.import_module("cdktf_cdktf_provider_aws." + "-".join(["glue", "registry"]).replace("-", "_"))
    registry.GlueRegistry(stack, "registry", registry_name="r")
    stack.node.root.synth()
if sys.argv[2] == "before":
    importlib.import_module("cdktf_cdktf_provider_aws." + "-".join(["glue", "registry"]).replace("-", "_"))
fast.run(work)
print(count, "glue_schema" in fast._runtime._selection.names)
"""

DUPLICATE = """
import sys
from tanada.stacks import fast
def work():
    from cdktf import App, TerraformStack, TerraformVariable
    stack = TerraformStack(App(outdir=sys.argv[1]), "s")
    TerraformVariable(stack, "a")
    TerraformVariable(stack, "a")  # the line
    if len(sys.argv) > 2:
        from cdktf_cdktf_provider_aws.vpc import Vpc
        arns = [Vpc(stack, f"b{number}").arn for number in range(300)]
    stack.node.root.synth()
try:
    fast.run(work)
except RuntimeError as error:
    import traceback
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if (frame.filename, frame.name) == ("<string>", "work")]
    print(lines, type(error).__name__, str(error), type(error.__cause__).__name__)
"""

SWALLOWED = """
import sys
from tanada.stacks import fast
def work():
    from cdktf import App, TerraformStack
    from cdktf_cdktf_provider_aws.vpc import Vpc
    stack = TerraformStack(App(outdir=sys.argv[1]), "s")
    Vpc(stack, "a")
    try:
        Vpc(stack, "a")
    except RuntimeError:
        return "caught where it was raised"
    return "not caught"
print(fast.run(work))
"""


def test_another_version_than_it_was_made_for_is_left_to_stock(env: dict[str, str]) -> None:
    done = run(WRONG_VERSION, env=env)
    assert done.returncode == 0
    assert done.stdout == "False False\n_frozen_importlib_external\n"
    assert re.fullmatch(
        r"tanada: fast loading is off, synth takes longer: it was made for cdktf 0\.22\.0, which is not .*\n",
        done.stderr,
    )


def test_what_was_imported_before_stays_stock(env: dict[str, str]) -> None:
    done = run("import jsii; from tanada.stacks import fast; fast.activate(); fast.activate()", env=env)
    assert done.stderr == "tanada: fast loading is off, synth takes longer: CDKTF was imported before it\n"


def test_the_switch_turns_it_off_without_a_word(env: dict[str, str]) -> None:
    done = run("from tanada.stacks import fast; print(fast.activate())", env={**env, "TANADA_FAST_LOAD": "0"})
    assert (done.stdout, done.stderr) == ("False\n", "")


@pytest.mark.parametrize("harm", ["flipped", "removed"])
def test_a_damaged_cache_is_made_anew(bare: Path, cache: Path, tmp_path: Path, harm: str) -> None:
    env = environment(tmp_path / "tmp", bare, XDG_CACHE_HOME=str(cache))
    assert run(SMALL, tmp_path / "before", env=env).stderr == ""
    for path in (path for path in cache.rglob("*") if path.is_file() and path.stat().st_size):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        if harm == "removed":
            path.unlink()
    done = run(SMALL, tmp_path / "after", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert files(tmp_path / "after") == files(tmp_path / "before")
    # And it is whole again.
    assert run(SMALL, tmp_path / "again", env=env).stderr == ""


def test_a_cache_that_others_may_write_is_not_used_and_it_works_slower(
    bare: Path, cache: Path, crowd: Crowd, tmp_path: Path
) -> None:
    (cache / "tanada" / "fast").chmod(0o777)
    before = {path: path.stat().st_mtime_ns for path in cache.rglob("*")}
    temporary = tmp_path / "tmp"
    done = run(SMALL, tmp_path / "out", env=environment(temporary, bare, XDG_CACHE_HOME=str(cache)))
    folder = cache / "tanada" / "fast"
    assert done.returncode == 0
    assert done.stderr == f"{NO_CACHE}others may write {folder}: empty it, then chmod go-w {folder}\n"
    assert {path: path.stat().st_mtime_ns for path in cache.rglob("*")} == before
    assert list(temporary.iterdir()) == []
    assert files(tmp_path / "out") == files(crowd.outputs[0])


def test_without_a_home_the_cache_is_a_temporary_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", "/proc/nowhere")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    cache, temporary = derived.open_cache()
    assert cache.folder == temporary
    where = "/proc/nowhere/.cache/tanada/fast can't be written: set XDG_CACHE_HOME to a folder that can"
    assert capsys.readouterr().err == f"{NO_CACHE}{where}\n"
    derived.remove(temporary)
    assert not cache.folder.exists()


@pytest.mark.parametrize(("when", "times"), [("before", 1), ("within", 2)])
def test_a_submodule_that_nobody_foresaw_leads_to_a_new_set(
    env: dict[str, str], tmp_path: Path, when: str, times: int
) -> None:
    """It brings along what a second look at code foresaw: each new set takes seconds."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "later.py").write_text("from cdktf_cdktf_provider_aws.glue_schema import GlueSchema\n")
    done = run(MISSING, tmp_path / "out", when, tmp_path / "code", env=env)
    assert done.stderr == ""
    assert done.stdout == f"{times} True\n"
    assert b"aws_glue_registry" in files(tmp_path / "out")["stacks/s/cdk.tf.json"]
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_submodule_that_does_not_exist_is_pythons_own_error(env: dict[str, str]) -> None:
    program = "from tanada.stacks import fast; fast.activate(); import cdktf_cdktf_provider_aws.no_such_thing"
    assert (
        "ModuleNotFoundError: No module named 'cdktf_cdktf_provider_aws.no_such_thing'" in run(program, env=env).stderr
    )


def test_an_error_ahead_of_its_answer_keeps_its_line(env: dict[str, str], tmp_path: Path) -> None:
    line = DUPLICATE.splitlines().index('    TerraformVariable(stack, "a")  # the line') + 1
    expected = (
        f"[{line}] RuntimeError There is already a Construct with name 'a' in TerraformStack [s] JavaScriptError\n"
    )
    assert run(DUPLICATE, tmp_path, "and much behind it", env=env).stdout == expected
    assert run(DUPLICATE, tmp_path, env={**env, "TANADA_FAST_LOAD": "0"}).stdout == expected


def test_an_error_that_the_program_catches_is_caught_where_stock_raises_it(env: dict[str, str], tmp_path: Path) -> None:
    assert run(SWALLOWED, tmp_path, env=env).stdout == "caught where it was raised\n"
