"""Does a pull request change declarations alone? Then the base's code makes the JSON from them.

They are compared and read as git's objects, never through a checkout: no link is followed, no filter runs, and no name
means another file on another machine.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tanada.declarations.folder import REVIEW_FILE
from tanada.declarations.root import SYSTEM_FILE
from tanada.declarations.yaml import MAX_BYTES
from tanada.errors import TerraformError
from tanada.templates.included import Read
from tanada.terraform.git import OF_A_HOOK, UNDISTURBED
from tanada.text import quoted

_FILE = "100644"
_NONE = "000000"
_KINDS = {"100755": "may be executed", "120000": "is a link", "160000": "is a submodule", "040000": "is a folder"}
_FOLDERS = ("environments", "workspaces", "files")
_NAME = re.compile(rf"{re.escape(SYSTEM_FILE)}|environments/[^/]+\.yaml|{re.escape(REVIEW_FILE)}|files/.+")
_LARGEST = 1024 * 1024
_LARGEST_SUM = 16 * 1024 * 1024
"""Of all files below `files/` together."""
_MOST = 5000
_PLAIN = (_FILE, "100755")
_LARGEST_PLAIN = 100 * 1024 * 1024
"""GitHub takes no larger file."""
_NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "tanada"), ("EMAIL", "tanada@localhost"), ("DATE", "2026-01-01T00:00:00Z"))
}
"""Of commits that nobody ever sees."""
_SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


@dataclass(frozen=True)
class Change:
    """An entry that differs between two trees."""

    old_mode: str
    new_mode: str
    path: bytes


@dataclass(frozen=True)
class Entry:
    """An entry of a tree."""

    mode: str
    id: str
    size: int
    path: bytes


@dataclass(frozen=True)
class Blobs:
    """The declarations of a commit that changes nothing else: file → id of its blob."""

    commit: str
    files: Mapping[str, str]


def declarations_alone(root: Path, base: str, head: str, environ: Mapping[str, str]) -> Blobs | str:
    """What `head` (the merge commit) declares where it differs from `base` in declarations alone; else the reason, a
    sentence without its full stop.

    `root` is the system's folder in a repository that holds both commits; raises TerraformError where it doesn't.
    """
    git = _Git(root, environ)
    one, other = git.commit(base), git.commit(head)
    prefix = git.say("rev-parse", "--show-prefix").removesuffix(b"\n")
    tree = git.say("ls-tree", "-r", "-z", "-l", "--full-tree", other)
    found = decided(_differing(git, one, other), list(_entries(tree)), prefix)
    return found if isinstance(found, str) else Blobs(other, found)


def merged(root: Path, base: str, head: str, environ: Mapping[str, str]) -> str:
    """The commit that merging `head` into `base` makes, as an object of git's alone: no file is written.

    Raises TerraformError where they conflict.
    """
    git = _Git(root, environ)
    one, other = git.commit(base), git.commit(head)
    done = git.run("merge-tree", "--write-tree", "--no-messages", "--name-only", "-z", one, other)
    if done.returncode == 1:
        _, first, *_ = [*done.stdout.split(b"\0"), b""]
        raise TerraformError(f"{other[:12]} conflicts with {one[:12]} in {_shown(first)}: merge or rebase it first.")
    tree = _said(done, "merge-tree").split(b"\0")[0].decode().strip()
    return git.say("commit-tree", tree, "-p", one, "-p", other, "-m", "merged to be planned").decode().strip()


def declarations(root: Path, commit: str, environ: Mapping[str, str]) -> Blobs | str:
    """What a commit declares, whatever else lies in it; or why that can't be read as data."""
    git = _Git(root, environ)
    prefix = git.say("rev-parse", "--show-prefix").removesuffix(b"\n")
    found = _files(_entries(git.say("ls-tree", "-r", "-z", "-l", "--full-tree", git.commit(commit))), prefix)
    return found if isinstance(found, str) else Blobs(commit, found)


def changed(
    root: Path, base: str, head: str, environ: Mapping[str, str]
) -> tuple[str, tuple[str, ...], frozenset[str]]:
    """The way from the repository's top to `root`; the files that differ between two commits; and those of them that
    are no plain files, which may be importable whatever they are called."""
    git = _Git(root, environ)
    prefix = git.say("rev-parse", "--show-prefix").removesuffix(b"\n")
    found = _differing(git, base, head)
    names = {change: change.path.decode("utf-8", "backslashreplace") for change in found}
    plain = (_FILE, _NONE, "100755")
    odd = frozenset(name for change, name in names.items() if change.new_mode not in plain)
    return prefix.decode("utf-8", "backslashreplace"), tuple(names.values()), odd


def decided(changes: Sequence[Change], tree: Iterable[Entry], prefix: bytes) -> dict[str, str] | str:
    """The blobs of all declarations in the head's `tree` by file, or why `changes` are not of declarations alone.

    `prefix` is the way from the repository's top to the system's folder, with a slash at its end.
    """
    if not changes:
        return "nothing differs"
    for change in changes:
        name = _name(change.path, prefix)
        if name is None or not _NAME.fullmatch(name):
            return f"{_shown(change.path)} differs, which is no declaration"
        for mode in (change.old_mode, change.new_mode):
            if mode not in (_FILE, _NONE):
                return f"{_shown(change.path)} {_KINDS.get(mode, 'is no plain file')}"
    return _files(tree, prefix)


def _files(tree: Iterable[Entry], prefix: bytes) -> dict[str, str] | str:
    files: dict[str, str] = {}
    places: dict[str, str] = {}
    total = 0
    for entry in tree:
        name = _name(entry.path, prefix)
        first = entry.path.removeprefix(prefix).split(b"/")[0] if entry.path.startswith(prefix) else b""
        if not _is_ours(first):
            continue
        if name is None:
            return f"{_shown(entry.path)} is a name that not every machine can write"
        if entry.mode != _FILE:
            return f"{_shown(entry.path)} {_KINDS.get(entry.mode, 'is no plain file')}"
        for place in _ways(name):
            if places.setdefault(_folded(place), place) != place:
                return f"{_shown(entry.path)} and {quoted(places[_folded(place)])} are one name on some machines"
        if not _NAME.fullmatch(name):
            continue  # as in the base, whose own code says what it thinks of it
        limit = _LARGEST if name.startswith("files/") else MAX_BYTES
        if entry.size > limit:
            return f"{_shown(entry.path)} is larger than {limit // 1024} KiB"
        total += entry.size
        files[name] = entry.id
        if total > _LARGEST_SUM or len(files) > _MOST:
            return f"there are more than {_MOST} declarations and files, or {_LARGEST_SUM // 1024**2} MiB of them"
    return files if SYSTEM_FILE in files else f"there is no {SYSTEM_FILE}"


def write(root: Path, blobs: Blobs, folder: Path, environ: Mapping[str, str]) -> None:
    """Write the declarations into a folder that isn't there yet, for the base's code to read.

    Raises TerraformError where a blob can't be read, and where the folder is there.
    """
    git = _Git(root, environ)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        raise TerraformError(f"{folder} is there already: name a new folder.") from None
    said = git.say("cat-file", "--batch", input="".join(f"{id}\n" for id in blobs.files.values()).encode())
    for (name, id), data in zip(blobs.files.items(), _contents(said, len(blobs.files)), strict=True):
        if data is None:
            raise TerraformError(f"{quoted(name)} can't be read: {id} is no file in this clone; fetch it whole.")
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        # No file is there yet, nor is a link followed: else two names are one here.
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as stream:
            stream.write(data)


_hashes: dict[str, str] = {}
"""By blob, the SHA-256 of what it holds: most are those of both commits that are compared, and wheels are large."""


def hashes(root: Path, commit: str, folder: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The SHA-256 of the files of a commit in a folder below `root`, by name: neither links nor submodules, and nothing
    of what is larger than any of them should be. The folder ends with a slash."""
    git = _Git(root, environ)
    prefix = git.say("rev-parse", "--show-prefix").removesuffix(b"\n").decode()
    tree = git.say("ls-tree", "-r", "-z", "-l", "--full-tree", git.commit(commit), "--", f"{prefix}{folder}")
    plain = [entry for entry in _entries(tree) if entry.mode in _PLAIN and entry.size <= _LARGEST_PLAIN]
    new = [entry.id for entry in plain if entry.id not in _hashes]
    said = git.say("cat-file", "--batch", input="".join(f"{id}\n" for id in new).encode()) if new else b""
    for id, data in zip(new, _contents(said, len(new)), strict=True):
        _hashes[id] = hashlib.sha256(data or b"").hexdigest()
    names = (entry.path.decode("utf-8", "backslashreplace").removeprefix(prefix) for entry in plain)
    return {name: _hashes[entry.id] for name, entry in zip(names, plain, strict=True)}


def reader(root: Path, commit: str, environ: Mapping[str, str]) -> tuple[str, Read]:
    """The way from the repository's top to `root`, and what reads a commit's files by their path from there: their
    bytes, None where there is none, or what is there instead of a file."""
    git = _Git(root, environ)
    prefix = git.say("rev-parse", "--show-prefix").removesuffix(b"\n").decode()
    whole = git.say("ls-tree", "-r", "-z", "-l", "--full-tree", git.commit(commit))
    entries = {entry.path.decode("utf-8", "backslashreplace"): entry for entry in _entries(whole)}
    folders = {folder for path in entries for folder in _ways(posixpath.dirname(path))}

    def read(path: str, *, look: bool = False) -> bytes | str | None:
        for way in _ways(path):
            if (entry := entries.get(way)) is not None and (entry.mode not in _PLAIN or way != path):
                return _KINDS.get(entry.mode, "is no plain file")
        if (entry := entries.get(path)) is None:
            return "is no file" if path in folders else None
        if entry.size > _LARGEST_PLAIN:
            return "is too large"
        return b"" if look else git.say("cat-file", "blob", entry.id)

    return prefix, read


def _contents(said: bytes, number: int) -> Iterator[bytes | None]:
    """git-cat-file, "Batch output": `id type size`, the bytes, and the end of a line; `id missing` where it isn't."""
    at = 0
    for _ in range(number):
        end = said.index(b"\n", at)
        about = said[at:end].split()
        at = end + 1
        if about[1:2] == [b"missing"]:
            yield None
            continue
        size = int(about[2])
        yield said[at : at + size] if about[1] == b"blob" else None
        at += size + 1


def _is_ours(first: bytes) -> bool:
    """Whether the first part of a way stands for a declaration, on some machine."""
    try:
        return _folded(first.decode()) in (SYSTEM_FILE, *_FOLDERS)
    except UnicodeDecodeError:
        return False


def _name(path: bytes, prefix: bytes) -> str | None:
    """The way from the system's folder; None for what lies elsewhere, or could lead elsewhere."""
    if not path.startswith(prefix):
        return None
    try:
        name = path.removeprefix(prefix).decode()
    except UnicodeDecodeError:
        return None
    parts = name.split("/")
    plain = name.isprintable() and not any(sign in name for sign in '\\:*?"<>|')
    # `.` and `..` end in a dot too, which Windows takes away, as it does a blank.
    known = all(part and not part.endswith((".", " ")) and _folded(part) not in (".git", "git~1") for part in parts)
    return name if plain and known else None


def _ways(name: str) -> Iterator[str]:
    """A file's way, and those of the folders that it lies in."""
    parts = name.split("/")
    return ("/".join(parts[: index + 1]) for index in range(len(parts)))


def _folded(text: str) -> str:
    """The same text for names that are one file where case or Unicode's form doesn't count."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _shown(path: bytes) -> str:
    return quoted(path.decode("utf-8", "backslashreplace"))


def _differing(git: _Git, base: str, head: str) -> list[Change]:
    words = ("-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-ext-diff")
    return list(_changes(git.say("diff-tree", *words, base, head)))


def _changes(raw: bytes) -> Iterator[Change]:
    """git-diff-tree, "Raw output format": `:mode mode id id status`, then with -z the path, each ended by a zero."""
    parts = raw.split(b"\0")
    for about, path in zip(parts[0:-1:2], parts[1::2], strict=True):
        old, new, *_ = about.decode("ascii").removeprefix(":").split(" ")
        yield Change(old, new, path)


def _entries(raw: bytes) -> Iterator[Entry]:
    """git-ls-tree, "Output format" with -l: `mode type id size`, a tab, the path; `-` is the size of what has none."""
    for line in raw.split(b"\0")[:-1]:
        about, _, path = line.partition(b"\t")
        mode, _, id, size = about.decode("ascii").split()
        yield Entry(mode, id, int(size) if size.isdecimal() else 0, path)


@dataclass(frozen=True)
class _Git:
    root: Path
    environ: Mapping[str, str]

    def run(self, *arguments: str, input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        environment = {name: value for name, value in self.environ.items() if name not in OF_A_HOOK}
        return subprocess.run(  # noqa: S603 - a list, no shell
            ["git", "-c", "core.fsmonitor=false", *arguments],  # noqa: S607 - whichever git is on PATH
            cwd=self.root,
            # No replaced object: a ref that was fetched could put another in the place of what is compared.
            env={**UNDISTURBED, **environment, **_NOBODY, "LC_ALL": "C", "GIT_NO_REPLACE_OBJECTS": "1"},
            input=input,
            capture_output=True,
            check=False,
        )

    def say(self, *arguments: str, input: bytes = b"") -> bytes:
        """What git prints, byte by byte: names and files are no text."""
        return _said(self.run(*arguments, input=input), arguments[0])

    def commit(self, ref: str) -> str:
        try:
            found = (
                self.say("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").decode().strip()
            )
        except TerraformError:
            found = ""
        if not _SHA.fullmatch(found):
            raise TerraformError(f"There is no commit {quoted(ref)} here, so nothing can be compared: fetch it.")
        return found


def _said(done: subprocess.CompletedProcess[bytes], verb: str) -> bytes:
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").splitlines() or [f"exit code {done.returncode}"]
        raise TerraformError(f"git {verb} failed: {lines[0]}")
    return done.stdout
