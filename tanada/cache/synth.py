"""One synth: what is known of its stacks, and the making of those that are new."""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import NamedTuple, Self

from tanada.cache import manifest, output
from tanada.cache.meanings import Meanings
from tanada.cache.sources import Sources
from tanada.cache.store import Store
from tanada.cache.work import Meaning, Work
from tanada.errors import OutputError
from tanada.files import hashed
from tanada.machine import said

_Values = dict[str, dict[str, bytes]]


class _Stack(NamedTuple):
    """One that was made before."""

    digest: str
    """SHA-256 of its file."""
    manifest: str
    """CDKTF's manifest of it alone."""

    @classmethod
    def read(cls, text: bytes) -> Self:
        digest, _, manifest = text.decode().partition("\n")
        return cls(digest, manifest)

    def written(self) -> bytes:
        return f"{self.digest}\n{self.manifest}".encode()


class Synth:
    """Of these sources, with what the store knows."""

    def __init__(self, store: Store, sources: Sources, meaning: Meaning) -> None:
        self._store, self._sources = store, sources
        self._meanings = Meanings(store, sources, meaning)

    def take(self, target: Path) -> tuple[str, ...] | None:
        """Put in place what was made of the same; the stacks' names, or None where it is not known."""
        known = self.known()
        if known is None:
            return None
        stacks, digests = known
        # Nothing to do needs no lock.
        look = output.Look(target)
        if not look.wrong(digests) and not output.strangers(target, stacks):
            return stacks
        with output.alone(target), output.staging(target) as new:
            return stacks if self._put(target, new, stacks, look.wrong(digests), {}) else None

    def _put(
        self, target: Path, new: Path, stacks: Collection[str], wrong: Mapping[str, str], made: Mapping[str, Path]
    ) -> bool:
        """Replace wrong files of the output by those that were `made` and by the store's; False where it lost one.

        To be called alone with the output.
        """
        contents = self.contents({file: digest for file, digest in wrong.items() if file not in made})
        if wrong.keys() - made.keys() - contents.keys():
            return False
        staged = {**_write(new, contents), **{file: place for file, place in made.items() if file in wrong}}
        output.move(staged, target, stacks)
        return True

    def known(self) -> tuple[tuple[str, ...], dict[str, str]] | None:
        """The names of the stacks that were made of the same, and the SHA-256 of each file, by its path."""
        found = self._find()
        if found is None:
            return None
        read = json.loads(found)
        return tuple(read["stacks"]), read["files"]

    def _find(self) -> bytes | None:
        key = self._sources.key
        if known := self._store.get("synth", [key]):
            return known[key]
        meant = self._meanings.key()
        if meant is None or not (known := self._store.get("synth", [meant])):
            return None
        self._store.put({"synth": {key: known[meant]}, **self._meanings.learned()})
        return known[meant]

    def make(
        self,
        target: Path,
        work: Work,
        sources_hold: Callable[[], bool],
        code_is_known: Callable[[], bool],
        *,
        anyway: bool,
    ) -> tuple[str, ...] | None:
        """Make the stacks whose input is new, and keep them unless unknown code made them too; None where the sources
        have changed meanwhile: what was read may be of both. `anyway` it is put in place then, but not kept.
        """
        declared = work.declare(self._meanings.remembered())
        inputs = declared.inputs
        keys = {
            name: hashed(self._sources.makers, name, text, *self._sources.extending(name))
            for name, text in inputs.items()
        }
        known = self._store.get("stack", keys.values())
        stacks = {name: _Stack.read(known[key]) for name, key in keys.items() if key in known}
        kept = self._store.has("file", (each.digest for each in stacks.values()))
        lacking = [name for name in inputs if name not in stacks or stacks[name].digest not in kept]
        look = output.Look(target)
        from concurrent.futures import ThreadPoolExecutor  # here: what is known needs none

        with output.staging(target) as new, ThreadPoolExecutor(1) as beside:
            # While Node works, which Python waits for.
            beside.submit(look.wrong, {output.file(name): each.digest for name, each in stacks.items()})
            values: _Values = {"file": {}, "stack": {}}
            if lacking:
                work.make({name: inputs[name] for name in lacking}, new)
                manifests = manifest.split((new / output.MANIFEST).read_text(encoding="utf-8"))
                for name in lacking:
                    digest = _keep(values, (new / output.file(name)).read_bytes())
                    stacks[name] = _Stack(digest, manifests[name])
                    values["stack"][keys[name]] = stacks[name].written()
            whole = manifest.joined(stacks[name].manifest for name in inputs).encode()
            (new / output.MANIFEST).write_bytes(whole)
            made = output.staged(new, lacking)
            digests = {output.file(name): stacks[name].digest for name in inputs}
            digests[output.MANIFEST] = _keep(values, whole)
            held = sources_hold()
            if not held and not anyway:
                return None
            if held and code_is_known():
                entry = json.dumps({"stacks": list(inputs), "files": digests}).encode()
                meant = self._meanings.key(declared.meanings)
                values["synth"] = {key: entry for key in (self._sources.key, meant) if key is not None}
                self._store.put({**values, **self._meanings.learned(declared.meanings, declared.remembered)})
            with output.alone(target):
                if not self._put(target, new, inputs, look.wrong(digests), made):
                    if not anyway:
                        return None  # what was kept of the others is damaged, or another synth has moved its own
                    raise OutputError(f"{target} changed while the stacks were made: synthesize again.")
        return tuple(inputs)

    def contents(self, digests: Mapping[str, str]) -> dict[str, bytes]:
        """Those of the files that the store still has."""
        kept = self._store.get("file", digests.values())
        return {file: zlib.decompress(kept[digest]) for file, digest in digests.items() if digest in kept}


def _write(folder: Path, contents: Mapping[str, bytes]) -> dict[str, Path]:
    """Stage contents; where each lies. Without folders below it, which to make and to remove takes longer."""
    places = {file: folder / f"kept-{number}" for number, file in enumerate(contents)}
    try:
        for file, place in places.items():
            place.write_bytes(contents[file])
    except OSError as error:
        raise OutputError(said(error, os.environ)) from None
    return places


def _keep(values: _Values, content: bytes) -> str:
    """Keep a file under its hash."""
    digest = hashlib.sha256(content).hexdigest()
    # Level 1: stacks shrink to a fifteenth in a third of the time of the default level.
    values["file"][digest] = zlib.compress(content, 1)
    return digest
