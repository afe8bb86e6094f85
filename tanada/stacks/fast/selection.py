"""What Node needs at run time for one set of submodules, made once and kept: its packages, its program, V8's code."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tanada import synth_process
from tanada.stacks.fast import native
from tanada.stacks.fast.derived import Cache, Content
from tanada.stacks.fast.packages import PROVIDER, PROVIDER_IN_NODE, VERSIONS

_BOOT = "boot.js"
_MAIN = "program.js"
_PROGRAM = {_MAIN: "lib__program.js", "runtime-index-worker.js": "lib__runtime-index-worker.js"}
"""jsii's kernel, and what it starts to index a package; it looks for that beside itself, under this name."""


class Selection:
    """Node's packages and program, and the attributes of their classes, for a set of submodules."""

    def __init__(self, cache: Cache, packages: dict[str, Path], names: Iterable[str]) -> None:
        """`packages` are the folders of the installed packages."""
        self._cache = cache
        self._packages = packages
        self.names = frozenset(names)
        content = self._read()
        program, bundle, own = self._found(content)
        if program is None or bundle is None or own is None:
            raise OSError(f"{cache.folder} does not keep what is written there")
        self.attributes: dict[str, dict[str, str]] = content["attributes"]
        self.loads = [
            ("constructs", VERSIONS["constructs"], str(self._tarball("constructs"))),
            ("cdktf", VERSIONS["cdktf"], str(self._tarball("cdktf"))),
            (native.NAME, native.VERSION, str(own)),
            (PROVIDER_IN_NODE, VERSIONS[PROVIDER], str(bundle)),
        ]
        """Name, version and file of each package that Node loads, in order."""
        # Nothing of this machine: places are not in it, what lies there is.
        loaded = "|".join((*VERSIONS.values(), *(content[name] for name in ("program", "bundle", "native"))))
        self.program = Program(cache, program, loaded)
        """What Node is to run."""

    def _tarball(self, package: str) -> Path:
        name = PROVIDER_IN_NODE.rpartition("/")[2] if package == PROVIDER else package
        return self._packages[package] / "_jsii" / f"{name}@{VERSIONS[package]}.jsii.tgz"

    def _read(self) -> dict[str, Any]:
        size = self._tarball(PROVIDER).stat().st_size
        key = f"{sorted(VERSIONS.items())}|{size}|{sorted(self.names)}|{_own_digest()}"
        name = f"set-{hashlib.sha256(key.encode()).hexdigest()}"
        known = self._cache.ensure({name: self._make}, lambda content: None not in self._found(_read(content)))
        return _read(known[name])

    def _found(self, content: dict[str, Any]) -> list[Path | None]:
        """Where the files that Node reads lie, as they were made: program, bundle, native."""
        program = self._cache.program(content["program"], (*_PROGRAM, _BOOT))
        return [program, self._cache.file(content["bundle"]), self._cache.file(content["native"])]

    def _make(self) -> bytes:
        from tanada.stacks.fast.bundle import bundle

        bundled, attributes = bundle(self._tarball(PROVIDER), self.names)
        embedded = self._packages["jsii"] / "_embedded" / "jsii"
        programs = {name: (embedded / source).read_bytes() for name, source in _PROGRAM.items()}
        programs[_MAIN] = leaner(programs[_MAIN])
        programs[_BOOT] = Path(native.__file__).with_name(_BOOT).read_bytes()
        content = {
            "program": self._cache.keep_program(programs),
            "bundle": self._cache.keep_file(bundled, ".tgz"),
            "native": self._cache.keep_file(native.package(), ".tgz"),
            "attributes": attributes,
        }
        return json.dumps(content).encode()


_EAGER = re.compile(rb"`(Kernel error: expected type information), got \$\{\(0,\w+\.inspect\)\(\w+\)\}`")
CHANGES: tuple[tuple[bytes, bytes], ...] = (
    # What properties a struct has, and which of them it needs, is put together anew for each value.
    (
        b"function propertiesOf(e,p,m=new Set){var f;",
        b"const TANADA=new WeakMap;function propertiesOf(e,p,m=new Set){var f;if(TANADA.has(e))return TANADA.get(e);",
    ),
    (b"y[p.name]=p;return y}function isAssignable", b"y[p.name]=p;TANADA.set(e,y);return y}function isAssignable"),
    (
        b"const y=Object.keys(m).filter(e=>!m[e].optional).filter(p=>!(p in e));",
        b"let y=TANADA.get(m);y||TANADA.set(m,y=Object.keys(m).filter(e=>!m[e].optional));y=y.filter(p=>!(p in e));",
    ),
    # Its types are read one by one when each is first met: boot.js reads them while it waits.
    (
        b'ie=function _Kernel_addAssembly(e){ze(this,g,"f").set(e.metadata.name,e),',
        b'ie=function _Kernel_addAssembly(e){globalThis[Symbol.for("tanada.types")].push(e.types),'
        b'ze(this,g,"f").set(e.metadata.name,e),',
    ),
)


def leaner(program: bytes) -> bytes:
    """jsii's program without what it does again and again, and without the text of an error that it puts together for
    each type that it meets before it knows whether it errs: a sixth of Node's time."""
    for said, instead in CHANGES:
        program = program.replace(said, instead)
    return _EAGER.sub(rb'"\1"', program)


class Program:
    """The files that Node is started with, and those that it makes for the next time."""

    def __init__(self, cache: Cache, folder: Path, loaded: str) -> None:
        """`folder` holds boot.js beside jsii's program; `loaded` names all that Node loads."""
        self._cache = cache
        self._folder = folder
        self._source = f"source-{hashlib.sha256(loaded.encode()).hexdigest()}"
        source = cache.find(self._source)
        code = None
        if source is not None:
            # V8 looks at no more than the length of the source: the code's name holds its hash.
            text = source[2]
            # Several versions of Node don't overwrite each other's; the shipped one is for whom it is.
            self._code = f"v8-{text}-{_node()}"
            code = cache.find(self._code) or cache.find(f"v8-{text}")
        self._known = source is not None
        self.whole = code is not None
        """Whether Node had nothing to make for the next time, unless it refuses the code."""
        self.arguments = [str(folder / _BOOT), *(str(found[0]) if found else "" for found in (source, code))]
        """What follows `node`."""

    def remember(self, ask: Callable[[str], object]) -> None:
        """Let Node write what it can of itself, after the first and the second run."""
        import tempfile  # three runs need it

        with tempfile.NamedTemporaryFile(prefix="tanada-") as file:
            ask(file.name)
            self._cache.write(self._code if self._known else self._source, Path(file.name).read_bytes())


def _node() -> str:
    """Which Node it is: V8 reads only the code that the same V8 made. Asking it would cost a start."""
    node = Path(synth_process.node(os.environ) or "node")
    with suppress(OSError):
        node = node.resolve()
        status = node.stat()
        return hashlib.sha256(f"{node}|{status.st_size}|{status.st_mtime_ns}".encode()).hexdigest()[:16]
    return "unknown"


def _read(content: Content) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(bytes(content))
    return known


def _own_digest() -> str:
    """Of the files here that decide on what is made."""
    folder = Path(__file__).parent
    scripts = (f"native/{name}" for name in ("__init__.py", _BOOT, *native.SCRIPTS))
    digest = hashlib.sha256()
    for name in ("bundle.py", "selection.py", *scripts):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()
