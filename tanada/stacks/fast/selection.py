"""What one set of submodules needs at run time, made once and kept in the cache."""

from __future__ import annotations

import hashlib
import marshal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tanada.stacks.fast import native
from tanada.stacks.fast.cache import Cache
from tanada.stacks.fast.program import Program
from tanada.stacks.fast.scanning import PROVIDER
from tanada.stacks.fast.versions import PACKAGES, PROVIDER_PACKAGE

_FORMAT = 4
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
        found: dict[str, dict[str, str]] = self._content["attributes"]
        return found

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
            ("constructs", PACKAGES["constructs"], str(self._tarball("constructs"))),
            ("cdktf", PACKAGES["cdktf"], str(self._tarball("cdktf"))),
            (native.NAME, native.VERSION, str(own)),
            (PROVIDER_PACKAGE, PACKAGES[PROVIDER], str(bundled)),
        ]

    def code(self, module: str) -> bytes | None:
        """The marshalled code of a generated module, once, or None when it is not of the set."""
        found: bytes | None = self._content["code"].pop(module, None)
        return found

    def _tarball(self, package: str) -> Path:
        name = PROVIDER_PACKAGE.rpartition("/")[2] if package == PROVIDER else package
        return self._packages[package] / "_jsii" / f"{name}@{PACKAGES[package]}.jsii.tgz"

    def _read(self) -> dict[str, Any]:
        status = self._tarball(PROVIDER).stat()
        provider = f"{PACKAGES[PROVIDER]}|{status.st_size}|{status.st_mtime_ns}"
        places = "|".join(map(str, self._packages.values()))
        key = f"{_FORMAT}|{sys.version}|{provider}|{places}|{sorted(self.names)}|{_own_version()}"
        name = f"set-{hashlib.sha256(key.encode()).hexdigest()}"
        made = f"pieces-{hashlib.sha256(f'{_FORMAT}|{provider}'.encode()).hexdigest()}"
        content: dict[str, Any] = marshal.loads(self._cache.made(name, lambda: self._make(made)))  # noqa: S302
        if not self._whole(content):
            content = marshal.loads(self._remake(name, made))  # noqa: S302
        return content

    def _remake(self, name: str, made: str) -> bytes:
        content = self._make(made)
        self._cache.write(name, content)
        return content

    def _whole(self, content: dict[str, Any]) -> bool:
        """Whether the files that Node reads are there, as they were made."""
        files = (self._cache.folder / content["bundle"], self._cache.folder / content["native"])
        return self._cache.holds_program(content["program"], (*_PROGRAM, _BOOT)) and all(map(self._cache.holds, files))

    def _make(self, name: str) -> bytes:
        # Here, as most runs find it made.
        from tanada.stacks.fast import pieces
        from tanada.stacks.fast.sources import compiled

        split = self._cache.made(name, lambda: pieces.split(self._tarball(PROVIDER)))
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


def _own_version() -> str:
    """Of the files here that decide on what is made: by time and size, as Python does with its own."""
    folder = Path(__file__).parent
    scripts = (f"native/{name}" for name in ("__init__.py", _BOOT, *native.SCRIPTS))
    files = [folder / name for name in ("pieces.py", "sources.py", *scripts)]
    return "|".join(f"{status.st_size}:{status.st_mtime_ns}" for status in (file.stat() for file in files))
