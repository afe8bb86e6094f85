"""One process's fast path: its Node, its set of submodules, its finder and kernel."""

from __future__ import annotations

import atexit
import gc
import json
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tanada.stacks.fast import jsii_alone, native, packages
from tanada.stacks.fast.derived import Content, open_cache, remove
from tanada.stacks.fast.imports import Finder, code_of, compiled
from tanada.stacks.fast.node import Node
from tanada.stacks.fast.packages import GENERATED, PROVIDER
from tanada.stacks.fast.selection import Selection

if TYPE_CHECKING:
    from tanada.stacks.fast.kernel import Kernel

Result = TypeVar("Result")


class Runtime:
    """Everything that is one a process."""

    def __init__(self, folders: Iterable[Path]) -> None:
        """Start Node with the packages that the code in the folders imports, then make ready what Python imports."""
        self._packages = {name: folder for name in packages.VERSIONS if (folder := packages.find(name)) is not None}
        self._missing: list[str] = []
        self._foreseen: set[str] = set()
        self._remembered = False
        self._working = False
        self._cache, self._temporary = open_cache()
        # Registered before Node's end is: removed after it.
        atexit.register(remove, self._temporary)
        self._selection = Selection(self._cache, self._packages, packages.scan(folders))
        self._node = self._start()
        self._attached: Kernel | None = None
        # While Node starts.
        self._known = compiled(self._cache, self._modules())
        generated = {name: self._packages[name] for name in GENERATED}
        sys.meta_path.insert(0, Finder(generated, self._code, self._assembly))

    def foresee(self, folders: Iterable[Path]) -> None:
        """Of code that is known now: the first submodule of it that is lacking brings the others along."""
        self._foreseen |= packages.scan(folders)

    def end(self) -> None:
        """Let Node go: what is to be made is made."""
        self._node.kill()

    def run(self, work: Callable[[], Result]) -> Result:
        """Do the work with calls sent ahead; when one fails, again without."""
        jsii_alone.imported()
        if self._node.killed:
            self._restart()
        from tanada.stacks.fast.kernel import Again

        # Hundreds of thousands of objects are made and none becomes garbage (jsii refers to each): looking for it is a
        # tenth of the time, and again at the end of the process.
        enabled = gc.isenabled()
        gc.disable()
        ahead = self._working = True
        try:
            while True:
                try:
                    result = self._kernel.work(work, ahead=ahead)
                except Again:
                    if self._missing:
                        self._widen(self._missing.pop())
                    else:
                        ahead = False
                else:
                    self._remember()
                    return result
        finally:
            self._working = False
            gc.freeze()
            if enabled:
                gc.enable()

    def _remember(self) -> None:
        program = self._selection.program
        if not (self._remembered or (program.whole and self._node.took_code)):
            with suppress(OSError):  # a full disk makes the next start slower, not this work wrong
                program.remember(self._kernel.remember)
            self._remembered = True

    @property
    def _kernel(self) -> Kernel:
        """Attached to jsii when it is first needed: importing that takes Python as long as Node takes to start."""
        if self._attached is None:
            jsii = jsii_alone.imported()
            from tanada.stacks.fast import kernel

            self._attached = kernel.Kernel(jsii.kernel)
            kernel.install(self._attached, jsii.kernel)
            self._connect()
        return self._attached

    def _start(self) -> Node:
        environment = {name: value for name, value in os.environ.items() if name != "JSII_NOSTACK"}
        environment["JSII_AGENT"] = f"Python/{sys.version.split()[0]}"  # as `platform` says, whose import takes 3 ms
        if self._temporary is not None:
            # jsii's own cache is at home too.
            environment.setdefault("JSII_RUNTIME_PACKAGE_CACHE_ROOT", str(self._temporary / "jsii"))
        self._remembered = False
        node = Node(self._selection.program.arguments, environment)
        for name, version, tarball in self._selection.loads:
            node.write(
                json.dumps({"api": "load", "name": name, "version": version, "tarball": tarball}).encode() + b"\n"
            )
        for method in ("folder", "code"):
            node.write(json.dumps({"api": "sinvoke", "fqn": native.FQN, "method": method, "args": []}).encode() + b"\n")
        node.flush()
        return node

    def _code(self, module: str, file: Path) -> Content:
        package, _, name = module.partition(".")
        if package == PROVIDER and name not in self._selection.names:
            # Named by no file that was scanned: by a string, or by code elsewhere.
            self._lack(name)
        return self._known.get(module) or code_of(self._cache, module, file)

    def _modules(self) -> dict[str, Path]:
        """The generated modules that are foreseen."""
        modules = {package: self._packages[package] / "__init__.py" for package in ("constructs", "cdktf")}
        # The rest of cdktf, which its __init__ imports.
        modules |= {f"cdktf.{file.parent.name}": file for file in self._packages["cdktf"].glob("[a-z]*/__init__.py")}
        for name in sorted(self._selection.names):
            modules[f"{PROVIDER}.{name}"] = self._packages[PROVIDER] / name / "__init__.py"
        return {module: file for module, file in modules.items() if file.is_file()}

    def _lack(self, name: str) -> None:
        """A submodule that is not in the set: a new set, in another Node, for jsii loads a package once."""
        jsii_alone.imported()
        from tanada.stacks.fast.kernel import Again

        if self._attached is None or not self._attached.used:
            self._widen(name)
        elif self._working:
            self._missing.append(name)
            raise Again
        else:
            raise ImportError(
                f"{PROVIDER}.{name} is first imported when constructs are made already: import it at the top of a file"
            )

    def _widen(self, name: str) -> None:
        self._selection = Selection(self._cache, self._packages, {*self._selection.names, name, *self._foreseen})
        self._restart()

    def _restart(self) -> None:
        from jsii import _reference_map

        self._node.stop()
        # The next Node gives its objects the same names.
        _reference_map._refs._refs.clear()
        self._node = self._start()
        self._connect()

    def _connect(self) -> None:
        if self._attached is not None:
            self._attached.connect(self._node, len(self._selection.loads), self._selection.attributes)

    def _assembly(self, package: str) -> Any:
        """What jsii knows of a package that is loaded: its types are found by the name of their submodule."""
        from jsii import JSIIAssembly, _reference_map

        assert self._kernel, "attached from now on"
        name = packages.PROVIDER_IN_NODE if package == PROVIDER else package
        _reference_map._assembly_to_module[name] = package
        return JSIIAssembly(name=name, version=packages.VERSIONS[package], module=package, filename="")
