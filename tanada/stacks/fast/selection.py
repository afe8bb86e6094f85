"""What one set of submodules needs at run time, made once and kept: Node's packages and program, Python's code."""

from __future__ import annotations

import hashlib
import marshal
import shutil
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tanada.stacks.fast import native
from tanada.stacks.fast.derived import Cache
from tanada.stacks.fast.imports import compiled
from tanada.stacks.fast.packages import PROVIDER, PROVIDER_IN_NODE, VERSIONS

_FORMAT = 5
"""Counted up when what is kept changes."""
_BOOT = "boot.js"
_PROGRAM = {"program.js": "lib__program.js", "runtime-index-worker.js": "lib__runtime-index-worker.js"}
"""jsii's kernel, and what it starts to index a package; it looks for that beside itself, under this name."""


class Selection:
    """Node's packages, Python's code and the attributes of classes, for a set of submodules."""

    def __init__(self, cache: Cache, packages: dict[str, Path], names: Iterable[str]) -> None:
        """`packages` are the folders of the installed packages."""
        self._cache = cache
        self._packages = packages
        self.names = frozenset(names)
        self._content = self._read()

    @property
    def attributes(self) -> dict[str, dict[str, str]]:
        attributes: dict[str, dict[str, str]] = self._content["attributes"]
        return attributes

    @property
    def program(self) -> Program:
        """What Node is to run."""
        folder = str(self._content["program"])
        return Program(self._cache, self._cache.folder / folder, "|".join((folder, *map(str, self.loads))))

    @property
    def loads(self) -> list[tuple[str, str, str]]:
        """Name, version and file of each package that Node loads, in order."""
        bundled = self._cache.folder / self._content["bundle"]
        own = self._cache.folder / self._content["native"]
        return [
            ("constructs", VERSIONS["constructs"], str(self._tarball("constructs"))),
            ("cdktf", VERSIONS["cdktf"], str(self._tarball("cdktf"))),
            (native.NAME, native.VERSION, str(own)),
            (PROVIDER_IN_NODE, VERSIONS[PROVIDER], str(bundled)),
        ]

    def code(self, module: str) -> bytes | None:
        """The marshalled code of a generated module, once, or None when it is not of the set."""
        code: bytes | None = self._content["code"].pop(module, None)
        return code

    def _tarball(self, package: str) -> Path:
        name = PROVIDER_IN_NODE.rpartition("/")[2] if package == PROVIDER else package
        return self._packages[package] / "_jsii" / f"{name}@{VERSIONS[package]}.jsii.tgz"

    def _read(self) -> dict[str, Any]:
        status = self._tarball(PROVIDER).stat()
        provider = f"{VERSIONS[PROVIDER]}|{status.st_size}|{status.st_mtime_ns}"
        places = "|".join(map(str, self._packages.values()))
        key = f"{_FORMAT}|{sys.version}|{provider}|{places}|{sorted(self.names)}|{_own_version()}"
        name = f"set-{hashlib.sha256(key.encode()).hexdigest()}"
        split = f"pieces-{hashlib.sha256(f'{_FORMAT}|{provider}'.encode()).hexdigest()}"
        content: dict[str, Any] = marshal.loads(self._cache.ensure(name, lambda: self._make(split)))  # noqa: S302
        if not self._whole(content):
            new = self._make(split)
            self._cache.write(name, new)
            content = marshal.loads(new)  # noqa: S302
        return content

    def _whole(self, content: dict[str, Any]) -> bool:
        """Whether the files that Node reads are there, as they were made."""
        files = (self._cache.folder / content["bundle"], self._cache.folder / content["native"])
        return self._cache.holds_program(content["program"], (*_PROGRAM, _BOOT)) and all(map(self._cache.holds, files))

    def _make(self, name: str) -> bytes:
        from tanada.stacks.fast import pieces

        split = self._cache.ensure(name, lambda: pieces.split(self._tarball(PROVIDER)))
        bundle, attributes = pieces.assemble(split, self.names)
        embedded = self._packages["jsii"] / "_embedded" / "jsii"
        programs = {name: (embedded / source).read_bytes() for name, source in _PROGRAM.items()}
        programs[_BOOT] = Path(native.__file__).with_name(_BOOT).read_bytes()
        program = self._cache.program(programs)
        modules = {package: self._packages[package] / "__init__.py" for package in ("constructs", "cdktf")}
        # The rest of cdktf, which its __init__ imports.
        for path in self._packages["cdktf"].glob("[a-z]*/__init__.py"):
            modules[f"cdktf.{path.parent.name}"] = path
        for each in sorted(self.names):
            modules[f"{PROVIDER}.{each}"] = self._packages[PROVIDER] / each / "__init__.py"
        content = {
            "program": program.name,
            "bundle": self._cache.file(bundle, ".tgz").name,
            "native": self._cache.file(native.package(), ".tgz").name,
            "attributes": attributes,
            "code": {module: bytes(compiled(self._cache, path)) for module, path in modules.items() if path.is_file()},
        }
        return marshal.dumps(content)


class Program:
    """The files that Node is started with, and those that it makes for the next time."""

    def __init__(self, cache: Cache, folder: Path, key: str) -> None:
        """`folder` holds boot.js beside jsii's program; `key` names all that Node loads."""
        self._cache = cache
        self._folder = folder
        node = Path(shutil.which("node") or "node")
        with suppress(OSError):
            node = node.resolve()
            # V8 reads only the code that the same V8 made.
            status = node.stat()
            key = f"{key}|{node}|{status.st_size}|{status.st_mtime_ns}"
        self._source = f"source-{hashlib.sha256(key.encode()).hexdigest()}"
        known = cache.read(self._source) is not None
        # V8 looks at no more than the length of the source: the code's name holds its hash.
        self._code = f"v8-{hashlib.sha256(key.encode() + cache.digest(self._source)).hexdigest()}" if known else None
        self.whole = self._code is not None and cache.read(self._code) is not None

    @property
    def arguments(self) -> list[str]:
        """What follows `node`."""
        source = str(self._cache.folder / self._source) if self._code else ""
        code = str(self._cache.folder / self._code) if self._code and self.whole else ""
        return [str(self._folder / "boot.js"), source, code]

    def remember(self, ask: Callable[[str], object]) -> None:
        """Let Node write what it can of itself, after the first and the second run."""
        import tempfile  # three runs need it

        with tempfile.NamedTemporaryFile(dir=self._cache.folder, prefix=".new-") as file:
            ask(file.name)
            self._cache.write(self._code or self._source, Path(file.name).read_bytes())


def _own_version() -> str:
    """Of the files here that decide on what is made: by time and size, as Python does with its own."""
    folder = Path(__file__).parent
    scripts = (f"native/{name}" for name in ("__init__.py", _BOOT, *native.SCRIPTS))
    files = [folder / name for name in ("pieces.py", "imports.py", *scripts)]
    return "|".join(f"{status.st_size}:{status.st_mtime_ns}" for status in (file.stat() for file in files))
