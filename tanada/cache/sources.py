"""What a synth is made of: all that its result depends on, read without starting or importing anything."""

from __future__ import annotations

import functools
import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import tanada
from tanada import data_files, function_zips, synth_process
from tanada.files import Stamp, hashed, stamp

_FORMAT = "4"
"""Changes with the meaning of a key or of an entry."""

SYSTEM_FILE = "system.yaml"
EXTENSIONS = "extensions"

_COMPILED = ("__pycache__",)
_DERIVED = (*_COMPILED, "shipped")
"""Folders of what is made from the rest: it changes no byte."""
_LARGEST = 4 * 1024 * 1024
"""No input is larger; what is can't be a declaration or code, and is left to the one who reads it to refuse."""

_VARIABLES = (
    "NODE_OPTIONS",
    "NODE_PATH",
    "PYTHONPATH",
    "SYNTH_HCL_OUTPUT",
    "TANADA_FAST_LOAD",
    "TERRAFORM_BINARY_NAME",
)
_PREFIXES = ("CDKTF_", "JSII_")
_WITHOUT_EFFECT = ("CDKTF_OUTDIR", "JSII_NOSTACK", "JSII_SILENCE_")
"""Where the result goes and what jsii says change no byte; the command line sets them for main.py."""


class _UnknownError(Exception):
    """Something that can't be read."""


def switched_off(environ: Mapping[str, str]) -> bool:
    """Whether `TANADA_CACHE=0` asks for everything to be made anew."""
    return environ.get("TANADA_CACHE") == "0"


@dataclass(frozen=True)
class Sources:
    """All that the result of a synth depends on."""

    makers: str
    """A hash of Python, Node, the installed packages, the variables that matter and all code."""
    declarations: Mapping[str, bytes]
    """The files of the declaration by name."""
    taken_in: str = ""
    """A hash of all below `files/`, whose texts a declaration may take in."""
    extensions: Mapping[str, bytes] = field(default_factory=dict)
    """All below `extensions/`, by name: code of a team's own, which makes stacks too."""
    stamps: Sequence[tuple[str, Stamp]] = field(default=(), compare=False)
    """Of all files that were read, by path."""

    @property
    def key(self) -> str:
        """One hash of everything."""
        declared = (part for name, data in self.declarations.items() for part in (name, data))
        return hashed(self.makers, *self.beside, *declared)

    @property
    def beside(self) -> tuple[str, ...]:
        """Hashes of what decides beside code of Tanada's and the files of the declaration."""
        return self.taken_in, *_hash(self.extensions)

    def extending(self, stack: str) -> tuple[str, ...]:
        """Of one stack what its kind is extended by: any file there may be imported by the one of its kind."""
        return _hash(self.extensions) if f"{EXTENSIONS}/{stack.partition('-')[0]}.py" in self.extensions else ()


def read(root: Path, environ: Mapping[str, str]) -> Sources | None:
    """The sources of the system in `root`; None where they can't be told, or the cache is off."""
    if switched_off(environ):
        return None
    stamps: list[tuple[str, Stamp]] = []

    def content(path: str, flags: int) -> bytes:
        written, data = _read(path, flags)
        stamps.append((path, written))
        return data

    try:
        code = (part for name, path in _code(root) for part in (os.fsencode(name), content(path, 0) if path else b""))
        makers = hashed(_FORMAT, *_tools(environ), *_variables(environ), *code)
        # No link is followed: composing refuses it, and says so.
        declarations = {name: content(path, os.O_NOFOLLOW) for name, path in _declarations(root)}
        taken_in = _taken_in(root)
        extensions = {name: content(path, os.O_NOFOLLOW) for name, path in _extensions(root)}
    except (OSError, _UnknownError):
        return None
    return Sources(makers, declarations, taken_in, extensions, stamps)


def hold(root: Path, environ: Mapping[str, str], sources: Sources) -> bool:
    """Whether they are still what was read: no file is read again that nobody has written since."""
    try:
        paths = [path for _, path in (*_code(root), *_declarations(root), *_extensions(root)) if path]
        if [(path, stamp(os.stat(path))) for path in paths] == sources.stamps:  # noqa: PTH116
            return _taken_in(root) == sources.taken_in
    except (OSError, _UnknownError):
        pass
    return read(root, environ) == sources


def _tools(environ: Mapping[str, str]) -> Iterator[bytes]:
    """Python, Node and the installed packages."""
    yield f"{sys.implementation.name} {sys.version}".encode()
    node = synth_process.node(environ)
    if node is None:
        raise _UnknownError  # main.py says so
    binary = Path(node).resolve()
    status = binary.stat()
    # Starting it to ask for its version would cost more than all the rest.
    yield f"{binary} {status.st_size} {status.st_mtime_ns}".encode()
    # The folders' names hold the versions; importlib.metadata would open each of them.
    for folder in (Path(entry) for entry in sys.path):
        if folder.name in ("site-packages", "dist-packages"):
            yield "\n".join(sorted(name for name in _names(folder) if name.endswith(".dist-info"))).encode()


def _variables(environ: Mapping[str, str]) -> Iterator[bytes]:
    for name in sorted(environ):
        if (name in _VARIABLES or name.startswith(_PREFIXES)) and not name.startswith(_WITHOUT_EFFECT):
            yield f"{name}={environ[name]}".encode(errors="surrogateescape")


def _declarations(root: Path) -> Iterator[tuple[str, str]]:
    """Name and path of each file; strings, as there are thousands."""
    yield SYSTEM_FILE, f"{root}/{SYSTEM_FILE}"
    for folder in ("environments", "workspaces"):
        if (root / folder).is_symlink():
            raise _UnknownError  # composing refuses it
        for name in sorted(_names(root / folder)):
            # The suffixes that composing looks at, with those that it refuses.
            if name.lower().endswith((".yaml", ".yml")) and not name.startswith("."):
                yield f"{folder}/{name}", f"{root}/{folder}/{name}"


def _taken_in(root: Path) -> str:
    return hashed(*(part for name, data in data_files.said(root) for part in (name, data)))


def _extensions(root: Path) -> Iterator[tuple[str, str]]:
    folder = root / EXTENSIONS
    if folder.is_symlink():
        raise _UnknownError  # the synth refuses it
    if folder.is_dir():
        yield from _tree(str(folder), EXTENSIONS, _COMPILED)


def _hash(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """One of all of them; none where there are none."""
    return (hashed(*(part for name, data in files.items() for part in (name, data))),) if files else ()


def _code(root: Path) -> Iterator[tuple[str, str]]:
    """Name and path of each file; without a path a package that may stand in the place of an installed one."""
    own = Path(str(tanada.__file__)).parent
    for package in (own, own.parent / "modules"):
        beside = root / package.name
        if beside.exists() and not beside.samefile(package):
            raise _UnknownError  # main.py would import that one
        yield from _tree(str(package), package.name)
    yield from _tree(str(function_zips.sources()), function_zips.FOLDER)
    for name in sorted(_names(root)):
        if name.startswith("."):
            continue  # an editor's or a file manager's own
        if name.endswith(".py"):
            yield name, f"{root}/{name}"
        elif name.isidentifier() and (root / name).is_dir():
            yield name, ""


def _tree(folder: str, name: str, derived: Sequence[str] = _DERIVED) -> Iterator[tuple[str, str]]:
    """All files below a folder: code, and the data beside it."""
    with os.scandir(folder) as scanned:
        entries = sorted(scanned, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name in derived:
            continue
        if entry.is_dir():
            yield from _tree(entry.path, f"{name}/{entry.name}", derived)
        else:
            yield f"{name}/{entry.name}", entry.path


def _read(path: str, flags: int) -> tuple[Stamp, bytes]:
    # Without waiting: a pipe in the place of a file would never answer.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | flags), "rb", buffering=0) as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            raise _UnknownError
        return stamp(status), stream.read()


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names alone; iterdir makes a Path of each
    except (FileNotFoundError, NotADirectoryError):
        return []


def loaded_from_elsewhere(root: Path) -> list[str]:
    """Files that this process has imported and that the key does not know: what they made is not kept."""
    import sysconfig  # here: only who has made something asks

    own, paths = Path(str(tanada.__file__)).parent, sysconfig.get_paths()
    known = [own, own.parent / "modules", Path(os.__file__).parent]
    # Not all of them: `data` is the whole environment, and that may be the repository.
    known += [Path(paths[name]) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    known += [Path(entry) for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
    known.append(root / EXTENSIONS)
    folders, beside = tuple(f"{folder.resolve()}{os.sep}" for folder in known), os.path.realpath(root)
    # Modules are thousands, their folders hundreds.
    real = functools.cache(os.path.realpath)
    found = set()
    for file in {file for module in list(sys.modules.values()) if (file := _file_of(module)) is not None}:
        folder, name = os.path.split(file)
        path = os.path.realpath(file) if os.path.islink(file) else os.path.join(real(folder), name)  # noqa: PTH114, PTH118
        if not path.startswith(folders) and not (os.path.dirname(path) == beside and path.endswith(".py")):  # noqa: PTH120
            found.add(path)
    return sorted(found)


def _file_of(module: object) -> str | None:
    file = getattr(module, "__file__", None)
    return file if isinstance(file, str) else None
