"""The files of a declaration: which there are, what can't be one, and what stands in each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tanada.declarations.file_texts import with_files
from tanada.declarations.mistakes import Mistake, Position
from tanada.declarations.names import is_name, refused_environment_name
from tanada.declarations.root import SYSTEM_FILE, misnamed
from tanada.declarations.tree import OVERRIDE, Node
from tanada.declarations.yaml import MAX_BYTES, read

REVIEW_FILE = "workspaces/review.yaml"

_LINK = "is a link; a declaration consists of the files in its own folder, so put what it leads to in its place"


def file_names(root: Path, mistakes: list[Mistake]) -> list[str]:
    """The files that a declaration consists of; system.yaml, which must be there, the first."""
    for name in misnamed(root):
        mistakes.append(Mistake(Position(name), "", f"is not read; {SYSTEM_FILE} is, so put what it says there"))
    review = [REVIEW_FILE] if _review_is_there(root, mistakes) else []
    return [SYSTEM_FILE, *_environment_files(root, mistakes), *review]


def files(root: Path) -> list[str]:
    """The files that a right declaration consists of, system.yaml the first."""
    return file_names(root, [])


def stack_of(file: str) -> str:
    """The stack of an environment's file, or of review's."""
    return "review" if file == REVIEW_FILE else f"environment-{environment_name(file)}"


def environment_file(name: str) -> str:
    """The file that declares an environment."""
    return f"environments/{name}.yaml"


def environment_name(file: str) -> str:
    """The environment that a file declares."""
    return file.removeprefix("environments/").removesuffix(".yaml")


def read_file(root: Path, file: str, mistakes: list[Mistake]) -> tuple[Node, str] | None:
    """A file's tree and its text; None where it can't be read, which is a mistake then."""
    path, source = root / file, "declared" if file == SYSTEM_FILE else OVERRIDE
    try:
        if path.is_symlink():
            mistakes.append(Mistake(Position(file), "", _LINK))
            return None
        if not path.is_file():
            mistakes.append(Mistake(Position(file), "", "is a folder" if path.is_dir() else "there is no such file"))
            return None
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        mistakes.append(Mistake(Position(file), "", f"can't be read: {error.strerror}"))
        return None
    tree, wrong = read(file, data, source)
    mistakes += wrong
    if tree is not None and (b"file" in data or b"\\" in data):  # which an escape may say, too
        tree = with_files(root, tree, mistakes)
    return None if tree is None else (tree, data.decode("utf-8-sig"))


def _environment_files(root: Path, mistakes: list[Mistake]) -> Iterator[str]:
    """The file of every environment; what can't be one is a mistake."""
    for name in _yaml_files(root / "environments", mistakes):
        stem, suffix = os.path.splitext(name)  # noqa: PTH122 - there are thousands
        file = f"environments/{name}"
        if suffix != ".yaml":
            other = f"environments/{stem}.yaml"
            sentence = (
                f"{other} is there too; an environment has one file"
                if (root / other).exists()
                else f"ends in {suffix}; rename it to {stem}.yaml"
            )
            mistakes.append(Mistake(Position(file), "", sentence))
            continue
        refusal = refused_environment_name(stem)
        if refusal:
            mistakes.append(Mistake(Position(file), "", refusal))
        yield file


def _review_is_there(root: Path, mistakes: list[Mistake]) -> bool:
    there = False
    for name in _yaml_files(root / "workspaces", mistakes):
        file = f"workspaces/{name}"
        if file == REVIEW_FILE:
            there = True
        else:
            mistakes.append(Mistake(Position(file), "", f"is not read; {REVIEW_FILE} declares all review environments"))
    return there


_OTHERS = (".json", ".jsonc", ".toml", ".yaml.txt", ".yml.txt")
"""Files that look like declarations and are none."""
_DEEP = 3
"""Folders in folders that are looked into."""


def _yaml_files(folder: Path, mistakes: list[Mistake]) -> list[str]:
    """The YAML files in a folder, links left out: what they lead to is nobody's declaration, yet would be quoted.

    What lies beside them and looks like a declaration is a mistake: nobody wants it to be passed over in silence.
    """
    if folder.is_symlink():
        mistakes.append(Mistake(Position(f"{folder.name}/"), "", _LINK))
        return []
    found: dict[str, bool] = {}
    if folder.is_dir() or not folder.exists():
        what = "put its files into" if folder.exists() else "rename it to"
        for other in _misnamed(folder):
            mistakes.append(Mistake(Position(f"{other}/"), "", f"is not read; {what} {folder.name}/"))
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue  # an editor's or a file manager's own
                if entry.name.lower().endswith((".yaml", ".yml")):
                    found[entry.name] = entry.is_symlink()
                elif sentence := _passed_over(entry, folder.name):
                    mistakes.append(Mistake(Position(f"{folder.name}/{entry.name}"), "", sentence))
    except FileNotFoundError:
        return []
    except NotADirectoryError:
        mistakes.append(Mistake(Position(folder.name), "", "is a file; expected a folder with one file for each"))
        return []
    except OSError as error:
        mistakes.append(Mistake(Position(f"{folder.name}/"), "", f"can't be read: {error.strerror}"))
        return []
    names = sorted(found)
    mistakes += (Mistake(Position(f"{folder.name}/{name}"), "", _LINK) for name in names if found[name])
    return [name for name in names if not found[name]]


def _passed_over(entry: os.DirEntry[str], folder: str) -> str | None:
    """Why something beside the YAML files isn't read, where somebody may think that it is."""
    if entry.is_dir(follow_symlinks=False):
        return f"is a folder, which is not read; put its files into {folder}/ itself" if _declares(entry) else None
    if entry.name.endswith(_OTHERS) or is_name(entry.name):
        return "is not read; declarations end in .yaml"
    return None


def _misnamed(folder: Path) -> Iterator[str]:
    """Folders beside it that are called nearly like it and hold declarations."""
    likely = (folder.name, folder.name.removesuffix("s"))
    try:
        with os.scandir(folder.parent) as entries:
            names = [entry.name for entry in entries if entry.name.lower() in likely and entry.name != folder.name]
    except OSError:
        return
    yield from (name for name in sorted(names) if _declares(folder.with_name(name), deep=1))


def _declares(folder: Path | os.DirEntry[str], deep: int = _DEEP) -> bool:
    """Whether a folder, or one in it, holds YAML files."""
    try:
        with os.scandir(folder) as found:
            entries = list(found)
    except OSError:
        return False
    if any(entry.name.lower().endswith((".yaml", ".yml")) for entry in entries):
        return True
    folders = (entry for entry in entries if deep > 1 and entry.is_dir(follow_symlinks=False))
    return any(_declares(each, deep - 1) for each in folders)
