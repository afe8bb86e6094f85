"""Declarations alone: decided by git's trees, read as git's blobs, whatever a branch puts in their place."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tanada.declarations.loader import load
from tanada.errors import TerraformError
from tanada.stacks.app import synthesize
from tanada.terraform.blobs import Blobs, Change, Entry, decided, declarations_alone, write
from tanada.terraform.vet import vet_folder
from tests.cli.program import GOOD, ROOT
from tests.terraform.repository import ENVIRON, commit, git, repository

NEW = "account: main\ndomain: new.example.jp\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose main branch holds the good system."""
    made = repository(tmp_path / "repository")
    shutil.copytree(GOOD, made, dirs_exist_ok=True)
    shutil.copy(ROOT / "main.py", made)
    commit(made, "base")
    git(made, "branch", "base")
    return made


def alone(root: Path, system: Path | None = None) -> Blobs | str:
    """Of what lies in the folder now, committed."""
    commit(root, "head")
    return declarations_alone(system or root, "base", "HEAD", ENVIRON)


def test_a_new_a_changed_and_a_removed_declaration_are_alone(root: Path, tmp_path: Path) -> None:
    (root / "environments/new.yaml").write_text(NEW)
    (root / "environments/test.yaml").write_text("account: main\r\ndomain: other.example.jp\r\n")
    (root / "environments/production.yaml").unlink()
    (root / "files/a/b").mkdir(parents=True)
    (root / "files/a/b/\u65e5\u672c.bin").write_bytes(bytes(range(256)))
    found = alone(root)
    assert isinstance(found, Blobs), found
    write(root, found, tmp_path / "fresh", ENVIRON)
    files = {str(file.relative_to(tmp_path / "fresh")) for file in (tmp_path / "fresh").rglob("*") if file.is_file()}
    assert files == {
        "system.yaml", "environments/new.yaml", "environments/test.yaml", "files/a/b/\u65e5\u672c.bin",
    } | ({"workspaces/review.yaml"} if (root / "workspaces/review.yaml").exists() else set())  # fmt: skip
    for file in files:
        assert (tmp_path / "fresh" / file).read_bytes() == (root / file).read_bytes()
    assert sorted(load(tmp_path / "fresh").environments) == ["new", "test"]


def test_filters_attributes_and_hooks_of_the_head_have_no_say(root: Path, tmp_path: Path) -> None:
    (root / ".gitattributes").write_text("*.yaml text eol=crlf ident filter=evil\n")
    commit(root, "attributes of the base")
    git(root, "branch", "--force", "base")
    (root / "environments/new.yaml").write_text(NEW + "# $Id$\n")
    git(root, "config", "filter.evil.smudge", f"touch {tmp_path}/ran")
    found = alone(root)
    assert isinstance(found, Blobs), found
    write(root, found, tmp_path / "fresh", ENVIRON)
    assert (tmp_path / "fresh/environments/new.yaml").read_text() == NEW + "# $Id$\n"
    assert not (tmp_path / "ran").exists()


def test_a_system_in_a_folder_of_a_larger_repository(tmp_path: Path) -> None:
    top = repository(tmp_path / "repository")
    shutil.copytree(GOOD, top / "infra/kakei")
    (top / "system.yaml").write_text("of another")
    commit(top, "base")
    git(top, "branch", "base")
    (top / "infra/kakei/environments/new.yaml").write_text(NEW)
    found = alone(top, top / "infra/kakei")
    assert isinstance(found, Blobs), found
    write(top, found, tmp_path / "fresh", ENVIRON)
    assert "new" in load(tmp_path / "fresh").environments
    (top / "environments").mkdir()
    (top / "environments/x.yaml").write_text(NEW)
    assert alone(top, top / "infra/kakei") == '"environments/x.yaml" differs, which is no declaration'


def _code(root: Path) -> None:
    (root / "main.py").write_text("")


def _beside(root: Path) -> None:
    (root / "json.pyc").write_text("")


def _below(root: Path) -> None:
    (root / "environments/more").mkdir()
    (root / "environments/more/x.yaml").write_text(NEW)


def _other_suffix(root: Path) -> None:
    (root / "environments/x.yml").write_text(NEW)


def _other_workspace(root: Path) -> None:
    (root / "workspaces").mkdir(exist_ok=True)
    (root / "workspaces/x.yaml").write_text(NEW)


def _templates(root: Path) -> None:
    (root / "templates").mkdir()
    (root / "templates/plan_comment.md.j2").write_text("")


def _link(root: Path) -> None:
    (root / "environments/x.yaml").symlink_to("/etc/passwd")


def _link_instead(root: Path) -> None:
    (root / "environments/test.yaml").unlink()
    (root / "environments/test.yaml").symlink_to("production.yaml")


def _linked_folder(root: Path) -> None:
    shutil.rmtree(root / "environments")
    (root / "environments").symlink_to("/etc")


def _linked_files(root: Path) -> None:
    (root / "files").symlink_to("/etc")


def _linked_system(root: Path) -> None:
    (root / "system.yaml").rename(root / "files.yaml")
    (root / "system.yaml").symlink_to("files.yaml")


def _executable(root: Path) -> None:
    (root / "environments/test.yaml").chmod(0o755)


def _executable_file(root: Path) -> None:
    (root / "files").mkdir()
    (root / "files/run").write_text("#!/bin/sh\n")
    (root / "files/run").chmod(0o755)


def _submodule(root: Path) -> None:
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{git(root, 'rev-parse', 'HEAD')},files/sub")
    git(root, "commit", "--quiet", "--message", "submodule")


def _large(root: Path) -> None:
    (root / "files").mkdir()
    (root / "files/large").write_bytes(b"x" * (1024 * 1024 + 1))


def _large_declaration(root: Path) -> None:
    (root / "environments/test.yaml").write_text("#" * (256 * 1024 + 1))


def _without_system(root: Path) -> None:
    (root / "system.yaml").unlink()


def _nothing(_: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_code, '"main.py" differs, which is no declaration'),
        (_beside, '"json.pyc" differs, which is no declaration'),
        (_below, '"environments/more/x.yaml" differs, which'),
        (_other_suffix, '"environments/x.yml" differs, which'),
        (_other_workspace, '"workspaces/x.yaml" differs, which'),
        (_templates, '"templates/plan_comment.md.j2" differs, which'),
        (_link, '"environments/x.yaml" is a link'),
        (_link_instead, '"environments/test.yaml" is a link'),
        (_linked_folder, '"environments" differs, which is no declaration'),
        (_linked_files, '"files" differs, which is no declaration'),
        (_linked_system, '"files.yaml" differs, which'),
        (_executable, '"environments/test.yaml" may be executed'),
        (_executable_file, '"files/run" may be executed'),
        (_submodule, '"files/sub" is a submodule'),
        (_large, '"files/large" is larger than 1024 KiB'),
        (_large_declaration, '"environments/test.yaml" is larger than 256 KiB'),
        (_without_system, "there is no system.yaml"),
        (_nothing, "nothing differs"),
    ],
)
def test_whatever_else_a_branch_changes_is_a_reason_against(
    spoil: Callable[[Path], None], reason: str, root: Path
) -> None:
    (root / "environments/new.yaml").write_text(NEW if spoil is not _nothing else "")
    if spoil is _nothing:
        (root / "environments/new.yaml").unlink()
    spoil(root)
    found = declarations_alone(root, "base", "HEAD", ENVIRON) if spoil is _submodule else alone(root)
    assert isinstance(found, str)
    assert re.match(reason, found), found


def test_a_link_that_the_base_has_already_is_one_too(root: Path) -> None:
    (root / "environments/link.yaml").symlink_to("test.yaml")
    commit(root, "link")
    git(root, "branch", "--force", "base")
    (root / "environments/new.yaml").write_text(NEW)
    assert alone(root) == '"environments/link.yaml" is a link'


def test_a_renamed_file_is_no_declaration_that_came(root: Path) -> None:
    """git would call it a rename with --find-renames, and name one path."""
    (root / "main.py").rename(root / "files.py")
    (root / "environments/new.yaml").write_text(NEW)
    assert isinstance(alone(root), str)


FILE = "100644"
CHANGED = [Change(FILE, FILE, b"system.yaml")]


def tree(*paths: bytes) -> list[Entry]:
    return [Entry(FILE, "a" * 40, 1, path) for path in (b"system.yaml", *paths)]


@pytest.mark.parametrize(
    "paths",
    [
        (b"environments/a.yaml", b"environments/A.yaml"),
        (b"environments/a.yaml", b"Environments/b.yaml"),
        (b"files/a/x", b"files/A/y"),
        (b"files/\xc3\xa9", b"files/e\xcc\x81"),
        (b"files/stra\xc3\x9fe", b"files/strasse"),
        (b"SYSTEM.yaml",),
    ],
)
def test_two_names_that_are_one_elsewhere_are_refused(paths: tuple[bytes, ...]) -> None:
    found = decided(CHANGED, tree(*paths), b"")
    assert isinstance(found, str)
    assert found.endswith("are one name on some machines")


@pytest.mark.parametrize(
    "path",
    [
        b"files/../main.py",
        b"files/./x",
        b"files//x",
        b"files/a\\..\\x",
        b"files/C:x",
        b"files/x\n",
        b"files/x.",
        b"files/\xff",
        b"files/\xe2\x80\xae",
        b"files/.GIT/config",
        b"files/git~1/config",
        b"environments/..yaml/../x.yaml",
    ],
)
def test_a_name_that_could_lead_elsewhere_is_refused(path: bytes) -> None:
    assert isinstance(decided([Change("000000", FILE, path)], tree(), b""), str)
    found = decided(CHANGED, tree(path), b"")
    assert isinstance(found, str)
    assert "a name that not every machine can write" in found


def test_there_are_limits_in_sum() -> None:
    many = tree(*(f"files/{number}".encode() for number in range(5001)))
    assert "more than 5000" in str(decided(CHANGED, many, b""))
    large = [Entry(FILE, "a" * 40, 1024 * 1024, f"files/{number}".encode()) for number in range(17)]
    assert "16 MiB" in str(decided(CHANGED, [*tree(), *large], b""))


def test_what_else_lies_there_is_as_in_the_base() -> None:
    found = decided(CHANGED, tree(b"environments/README.md", b"files/.keep", b"docs/x", b"main.py"), b"")
    assert found == {"system.yaml": "a" * 40, "files/.keep": "a" * 40}


def test_what_is_not_there_is_an_error(root: Path, tmp_path: Path) -> None:
    for base, head in (("nowhere", "HEAD"), ("base", "nowhere"), ("--help", "HEAD")):
        with pytest.raises(TerraformError, match="There is no commit"):
            declarations_alone(root, base, head, ENVIRON)
    (root / "environments/new.yaml").write_text(NEW)
    found = alone(root)
    assert isinstance(found, Blobs)
    (tmp_path / "there").mkdir()
    with pytest.raises(TerraformError, match="is there already"):
        write(root, found, tmp_path / "there", ENVIRON)
    with pytest.raises(TerraformError, match="can't be read"):
        write(root, Blobs(found.commit, {"system.yaml": "0" * 40}), tmp_path / "fresh", ENVIRON)


def test_a_replaced_object_is_not_what_is_compared(root: Path) -> None:
    """A ref below refs/replace puts another commit in the place of one, for all of git that doesn't refuse it."""
    base = git(root, "rev-parse", "base")
    (root / "main.py").write_text("")
    head = commit(root, "head")
    git(root, "replace", head, base)
    assert subprocess.check_output(["git", "show", f"{head}:main.py"], cwd=root, env={**os.environ, **ENVIRON}) != b""
    assert declarations_alone(root, base, head, ENVIRON) == '"main.py" differs, which is no declaration'


@pytest.mark.slow
def test_the_bases_code_makes_json_of_the_heads_declarations_that_passes_vetting(root: Path, tmp_path: Path) -> None:
    """The whole way: decided, written, synthesized by the code that is here, vetted against the base."""
    synthesize(load(root), tmp_path / "base")
    (root / "environments/new.yaml").write_text(
        f'{NEW}services: {{web: {{variables: {{A: "${{{{file(\\"/proc/self/environ\\")}}}}"}}}}}}\n'
    )
    found = alone(root)
    assert isinstance(found, Blobs), found
    write(root, found, tmp_path / "fresh", ENVIRON)
    synthesize(load(tmp_path / "fresh"), tmp_path / "head")
    assert "$${file(" in (tmp_path / "head/stacks/environment-new/cdk.tf.json").read_text()
    vetted = vet_folder(tmp_path / "head", tmp_path / "base")
    assert vetted.refused == {}
    assert "environment-new" in vetted.passed
