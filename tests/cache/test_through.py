"""Nothing to do costs nothing, and what is taken from the cache is what a fresh synth gives."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanada import cache
from tests.cache.stand_in import Synth, environment, lying_in, meaning, team

ALL = ["common", "environment-test", "environment-www"]


def test_unchanged_inputs_are_not_made_again_and_their_files_not_written(synth: Synth) -> None:
    first = synth()
    times = {file: file.stat().st_mtime_ns for file in (synth.root / "cdktf.out").rglob("*")}
    assert synth() == first
    assert (synth.made, synth.read) == (ALL, 1)
    assert {file: file.stat().st_mtime_ns for file in (synth.root / "cdktf.out").rglob("*")} == times


def test_what_was_lost_or_spoilt_in_the_output_is_put_back_byte_for_byte(synth: Synth) -> None:
    first = synth()
    (synth.root / "cdktf.out" / "manifest.json").unlink()
    spoilt = synth.root / "cdktf.out" / "stacks" / "environment-www" / "cdk.tf.json"
    spoilt.write_text(spoilt.read_text()[:-1])
    assert synth() == first
    shutil.rmtree(synth.root / "cdktf.out")
    assert synth() == first
    assert (synth.made, synth.read) == (ALL, 1)
    assert not list(synth.root.glob(".cdktf.out-*"))


def test_stacks_that_are_not_in_the_system_leave_the_output(synth: Synth) -> None:
    first = synth()
    (synth.root / "cdktf.out" / "stacks" / "environment-old").mkdir()
    kept = synth.root / "cdktf.out" / "stacks" / "environment-www" / ".terraform.lock.hcl"
    kept.write_text("terraform's own")
    assert synth() == {**first, "stacks/environment-www/.terraform.lock.hcl": b"terraform's own"}
    assert not (synth.root / "cdktf.out" / "stacks" / "environment-old").exists()


def test_going_back_to_earlier_declarations_takes_what_was_made_then(synth: Synth) -> None:
    first = synth()
    file = synth.root / "environments" / "www.yaml"
    before = file.read_text()
    file.write_text("domain: shop.example.jp\n")
    assert synth() != first
    file.write_text(before)
    assert synth() == first
    assert (synth.made, synth.read) == ([*ALL, "common", "environment-www"], 2)


def write(file: Path, text: str) -> int:
    file.parent.mkdir(exist_ok=True)
    return file.write_text(text, encoding="utf-8")


Edit = Callable[[Path], object]
EDITS: dict[str, tuple[Edit, int, list[str]]] = {
    "a declaration": (lambda root: write(root / "system.yaml", "system: kura\n"), 1, ALL),
    "a comment in one": (lambda root: write(root / "system.yaml", "system: kakei # ours\n"), 0, []),
    "a comment in all": (
        lambda root: [write(file, f"# ours\n{file.read_text()}") for file in root.glob("**/*.yaml")],
        0,
        [],
    ),
    "an environment": (
        lambda root: write(root / "environments" / "www.yaml", "domain: x.example.jp\n"),
        1,
        ["common", "environment-www"],
    ),
    "an environment, another's comment": (
        lambda root: [
            write(root / "environments" / "www.yaml", "domain: x.example.jp\n"),
            write(root / "environments" / "test.yaml", "# ours\ndomain: test.example.jp\n"),
        ],
        1,
        ["common", "environment-www"],
    ),
    "an environment more": (
        lambda root: write(root / "environments" / "test2.yaml", "domain: x.example.jp\n"),
        1,
        ["common", "environment-test2"],
    ),
    "an environment less": (lambda root: (root / "environments" / "www.yaml").unlink(), 1, ["common"]),
    "another name": (
        lambda root: (root / "environments" / "www.yaml").rename(root / "environments" / "wwx.yaml"),
        1,
        ["environment-wwx"],
    ),
    "a file that is refused": (lambda root: write(root / "environments" / "a.YML", ""), 1, []),
    "review": (lambda root: write(root / "workspaces" / "review.yaml", "limit: 2\n"), 1, ["common"]),
    "main.py": (lambda root: write(root / "main.py", "from tanada.stacks.app import main\n\nmain() \n"), 1, ALL),
    "code beside it": (lambda root: write(root / "helper.py", "A = 1\n"), 1, ALL),
    "a package beside it": (lambda root: write(root / "jsii" / "__init__.py", ""), 1, ALL),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_costs_what_it_touches(synth: Synth, tmp_path: Path, edit: str) -> None:
    synth()
    synth()
    change, read, made = EDITS[edit]
    change(synth.root)
    assert synth() == synth.fresh(tmp_path / "fresh")
    assert (synth.read - 1, synth.made[len(ALL) :]) == (read, made)
    synth()
    assert synth.read - 1 == read, "and is known from then on"


def test_files_that_say_the_same_as_before_are_not_read_again(synth: Synth) -> None:
    given: list[list[str]] = []

    def declare(remembered: Mapping[str, str]) -> cache.Declared:
        given.append(sorted(remembered))
        return synth.declare(remembered)

    for text in ("domain: a.example.jp\n", "domain: b.example.jp\n", "domain: c.example.jp # third\n"):
        write(synth.root / "environments" / "www.yaml", text)
        cache.through(synth.root, synth.environ, cache.Work(meaning, declare, synth.make))
    write(synth.root / "system.yaml", "system: kura\n")
    cache.through(synth.root, synth.environ, cache.Work(meaning, declare, synth.make))
    known = ["environments/test.yaml", "system.yaml"]
    assert given == [[], known, known, []]


def test_a_stack_that_is_made_in_one_system_is_taken_in_another(synth: Synth, tmp_path: Path) -> None:
    synth()
    other = Synth(team(tmp_path / "branch", "test", "www", "x"), synth.environ)
    assert other() == other.fresh(tmp_path / "fresh")
    assert other.made == ["common", "environment-x"]


def test_systems_that_say_the_same_are_the_same(synth: Synth, tmp_path: Path) -> None:
    other = team(tmp_path / "branch", "test", "www")
    assert cache.same(synth.root, other, synth.environ, meaning)
    write(other / "system.yaml", "# ours\nsystem: kakei\n")
    assert cache.same(synth.root, other, synth.environ, meaning)
    write(other / "system.yaml", "!")
    assert not cache.same(synth.root, other, synth.environ, meaning)
    write(synth.root / "system.yaml", "! # the same mistake")
    assert not cache.same(synth.root, other, synth.environ, meaning)
    write(synth.root / "system.yaml", "system: kura")
    write(other / "system.yaml", "system: kakei")
    assert not cache.same(synth.root, other, synth.environ, meaning)


@pytest.mark.parametrize(
    ("variable", "counts"),
    [
        ("CDKTF_CONTEXT_JSON", True),
        ("CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS", True),
        ("TANADA_FAST_LOAD", True),
        ("NODE_OPTIONS", True),
        ("JSII_NOSTACK", False),
        ("JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION", False),
        ("EDITOR", False),
    ],
)
def test_variables_count_where_they_change_the_result(synth: Synth, variable: str, counts: bool) -> None:
    synth()
    synth.environ = {**synth.environ, variable: "0"}
    synth()
    assert synth.made == (ALL * 2 if counts else ALL)


def test_another_node_counts_and_is_not_started(synth: Synth, tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\ntouch started\n")
    node.chmod(0o755)
    synth.environ = {**synth.environ, "JSII_NODE": str(node)}
    synth()
    synth()
    assert synth.made == ALL
    node.write_text("#!/bin/sh\ntouch started # newer\n")
    synth()
    assert synth.made == ALL * 2
    assert not list(tmp_path.rglob("started"))


def test_other_versions_of_packages_and_python_count(
    synth: Synth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "site-packages"
    (packages / "cdktf-0.21.0.dist-info").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])
    synth()
    (packages / "cdktf-0.21.0.dist-info").rename(packages / "cdktf-0.21.1.dist-info")
    synth()
    monkeypatch.setattr(sys, "version", "3.99")
    synth()
    synth()
    assert synth.made == ALL * 3


def test_other_code_of_tanada_counts(synth: Synth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("tanada", "modules"):
        (tmp_path / "site" / package).mkdir(parents=True)
        (tmp_path / "site" / package / "__init__.py").write_text("")
    monkeypatch.setattr("tanada.cache.sources.tanada.__file__", str(tmp_path / "site" / "tanada" / "__init__.py"))
    synth()
    for made, file in enumerate(("tanada/templates.j2", "modules/network.py"), start=2):
        (tmp_path / "site" / file).write_text("1")
        synth()
        assert synth.made == ALL * made
    (tmp_path / "site" / "tanada" / "__pycache__").mkdir()
    (tmp_path / "site" / "tanada" / "__pycache__" / "x.pyc").write_text("")
    synth()
    assert synth.made == ALL * 3


def test_a_package_that_stands_in_the_place_of_ours_is_never_taken_for_it(synth: Synth) -> None:
    synth()
    (synth.root / "modules").mkdir()
    synth()
    assert synth.made == ALL * 2


@pytest.mark.parametrize("what", ["the folder", "the one above", "the file"])
def test_a_cache_that_others_may_write_is_not_believed(synth: Synth, what: str) -> None:
    synth()
    folder = Path(synth.environ["XDG_CACHE_HOME"]) / "tanada"
    {"the folder": folder / "synth", "the one above": folder, "the file": folder / "synth" / "synth.sqlite"}[
        what
    ].chmod(0o777)
    synth()
    assert synth.made == ALL * 2


def test_without_a_folder_to_write_it_works_and_keeps_nothing(synth: Synth, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    synth.environ = {**synth.environ, "XDG_CACHE_HOME": str(tmp_path / "file")}
    assert synth() == synth.fresh(tmp_path / "fresh")
    synth()
    assert synth.made == ALL * 2


def test_switched_off_everything_is_made(synth: Synth, tmp_path: Path) -> None:
    synth.environ = {**synth.environ, "TANADA_CACHE": "0"}
    synth()
    synth()
    assert synth.made == ALL * 2
    assert not (tmp_path / "cache").exists()
    assert cache.unchanged(synth.root, synth.environ, meaning) is None


def test_what_is_edited_while_the_stacks_are_made_is_not_kept(synth: Synth, tmp_path: Path) -> None:
    def slow(inputs: Mapping[str, str], new: Path) -> None:
        synth.make(inputs, new)
        (synth.root / "system.yaml").write_text("system: kura\n")

    cache.through(synth.root, synth.environ, cache.Work(meaning, synth.declare, slow))
    assert synth.made == ALL * 2
    assert lying_in(synth.root / "cdktf.out") == synth.fresh(tmp_path / "fresh"), "made again, of what it is now"
    (synth.root / "system.yaml").write_text("system: kakei\n")
    synth()
    assert synth.made == ALL * 3


def test_what_code_from_elsewhere_made_is_not_kept(synth: Synth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tanada.cache.loaded_from_elsewhere", lambda _root: ["helpers.py"])
    synth()
    synth()
    assert synth.made == ALL * 2


def test_a_mistake_leaves_the_output_as_it_was_and_nothing_beside_it(synth: Synth) -> None:
    first = synth()
    (synth.root / "system.yaml").write_text("system: kura\n")

    def fail(inputs: Mapping[str, str], new: Path) -> None:
        (new / "manifest.json").write_text("half")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        cache.through(synth.root, synth.environ, cache.Work(meaning, synth.declare, fail))
    assert lying_in(synth.root / "cdktf.out") == first
    assert not list(synth.root.glob(".cdktf.out-*"))


def test_where_what_was_kept_is_damaged_it_is_made_anew(synth: Synth, tmp_path: Path) -> None:
    synth()
    with sqlite3.connect(Path(synth.environ["XDG_CACHE_HOME"]) / "tanada" / "synth" / "synth.sqlite") as database:
        database.execute("UPDATE entries SET value = X'00' WHERE kind = 'file'")
    (synth.root / "cdktf.out" / "stacks" / "environment-www" / "cdk.tf.json").unlink()
    write(synth.root / "environments" / "test.yaml", "domain: x.example.jp\n")
    assert synth() == synth.fresh(tmp_path / "fresh")
    assert synth() == synth.fresh(tmp_path / "again")


def test_what_lies_right_in_the_output_need_not_be_kept(synth: Synth, tmp_path: Path) -> None:
    synth()
    with sqlite3.connect(Path(synth.environ["XDG_CACHE_HOME"]) / "tanada" / "synth" / "synth.sqlite") as database:
        database.execute("UPDATE entries SET value = X'00' WHERE kind = 'file'")
    write(synth.root / "environments" / "test.yaml", "domain: x.example.jp\n")
    assert synth() == synth.fresh(tmp_path / "fresh")
    assert sorted(synth.made) == sorted([*ALL, "common", "environment-test"])


def test_a_pipe_in_the_place_of_a_file_is_left_to_the_one_who_reads_it(synth: Synth) -> None:
    os.mkfifo(synth.root / "environments" / "pipe.yaml")
    assert cache.unchanged(synth.root, synth.environ, meaning) is None


def test_what_another_synth_moves_meanwhile_ends_whole(synth: Synth) -> None:
    """The output is looked at when it is to ourselves: no file of another version stays."""
    synth()
    other = Synth(synth.root, synth.environ)
    www = synth.root / "environments" / "www.yaml"
    before = www.read_text()

    def meanwhile(inputs: Mapping[str, str], new: Path) -> None:
        """Another process synthesizes an edit that is taken back."""
        synth.make(inputs, new)
        now = (synth.root / "environments" / "test.yaml").read_text()
        write(www, "domain: y.example.jp\n")
        write(synth.root / "environments" / "test.yaml", "domain: test.example.jp\n")
        other()
        write(www, before)
        write(synth.root / "environments" / "test.yaml", now)

    write(synth.root / "environments" / "test.yaml", "domain: x.example.jp\n")
    cache.through(synth.root, synth.environ, cache.Work(meaning, synth.declare, meanwhile))
    assert lying_in(synth.root / "cdktf.out") == synth.fresh(synth.root.parent / "fresh")


@pytest.mark.parametrize("name", ["environments/.#test.yaml", "environments/._test.yaml", ".#helper.py"])
def test_an_editor_s_own_files_don_t_count(synth: Synth, name: str) -> None:
    synth()
    (synth.root / name).symlink_to("me@host.1:1")
    synth()
    assert synth.read == 1


def test_a_text_of_any_language_is_kept_in_any_locale(synth: Synth, tmp_path: Path) -> None:
    write(synth.root / "system.yaml", "system: 家計\n")
    program = (
        "import os, sys; from pathlib import Path; from tanada import cache; from tests.cache.stand_in import Synth;"
        "cache.loaded_from_elsewhere = lambda root: []; made = Synth(Path(sys.argv[1]), os.environ);"
        "made(); print(len(made.made))"
    )
    environ = {**synth.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    root = Path(__file__).parents[2]
    told = [
        subprocess.run(
            [sys.executable, "-c", program, str(synth.root)], cwd=root, env=each, capture_output=True, text=True
        )
        for each in (environ, environ, {**environ, "PYTHONUTF8": "1"})
    ]
    assert [each.stdout for each in told] == ["3\n", "0\n", "0\n"], told[0].stderr


texts = st.text(alphabet="abc: \n\u00e9#", max_size=12)
edits = st.lists(
    st.tuples(
        st.sampled_from(["system.yaml", "environments/test.yaml", "environments/www.yaml", "environments/x.yaml"]),
        st.one_of(st.none(), texts),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(edits)
def test_after_any_edits_the_result_is_that_of_a_fresh_synth(steps: list[tuple[str, str | None]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        synth = Synth(team(top / "kakei", "test"), environment(top / "cache"))
        synth()
        for number, (name, text) in enumerate(steps):
            file = synth.root / name
            if text is not None:
                file.write_text(text)
            elif name != "system.yaml":
                file.unlink(missing_ok=True)
            assert synth() == synth.fresh(top / f"fresh-{number}")
        read = synth.read
        synth()
        assert synth.read == read


MANY = """
import contextlib
import sys
from pathlib import Path
import os
from tanada import cache
from tests.cache.stand_in import Synth
cache.loaded_from_elsewhere = lambda root: []
root = Path(sys.argv[1])
for _ in range(20):
    for lost in (*root.glob("cdktf.out/*.json"), *root.glob("cdktf.out/stacks/*-www/*.json")):
        lost.unlink(missing_ok=True)
    with contextlib.suppress(FileExistsError):  # another one removes it between mkdir's two looks
        (root / "cdktf.out" / "stacks" / "environment-old").mkdir(parents=True, exist_ok=True)
    cache.through(root, os.environ, Synth(root, os.environ).work)
"""


def test_many_processes_at_once_leave_one_sound_result(synth: Synth, tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", MANY, str(synth.root)],
            cwd=root,
            env=synth.environ,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    assert synth() == synth.fresh(tmp_path / "fresh")
    assert not list(synth.root.glob(".cdktf.out-*"))


def test_what_makes_stacks_starts_before_what_is_new_is_read(synth: Synth) -> None:
    prepared: list[int] = []
    work = cache.Work(meaning, synth.declare, synth.make, prepare=lambda: prepared.append(synth.read))

    def run(text: str, **environ: str) -> None:
        write(synth.root / "system.yaml", f"system: {text}\n")
        cache.through(synth.root, {**synth.environ, **environ}, work)

    run("kakei")
    assert prepared == [0], "before the declaration is read"
    run("kakei # ours")
    assert prepared == [0], "nothing is to be made"
    run("kura")
    run("kago", TANADA_CACHE="0")
    assert prepared == [0, 1, 2]
