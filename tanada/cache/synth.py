"""One synth: what is known of its stacks, and the making of those that are new."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from tanada.cache import manifest, output
from tanada.cache.meanings import Meanings
from tanada.cache.sources import Sources, hashed
from tanada.cache.store import Store
from tanada.cache.work import Meaning, Work

_Values = dict[str, dict[str, bytes]]


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
        wrong = _wrong(target, digests)
        contents = self.contents(wrong)
        if len(contents) < len(wrong):
            return None
        if wrong or output.strangers(target, stacks):
            with output.staging(target) as new:
                output.move(_write(new, contents), target, stacks)
        return stacks

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

    def make(self, target: Path, work: Work, sources_hold: Callable[[], bool]) -> tuple[str, ...]:
        """Make the stacks whose input is new, and keep them unless the sources have changed meanwhile."""
        declared = work.declare(self._meanings.remembered())
        inputs = declared.inputs
        keys = {name: hashed(self._sources.makers, name, text) for name, text in inputs.items()}
        known = self._store.get("stack", keys.values())
        stacks = {name: json.loads(known[key]) for name, key in keys.items() if key in known}
        wrong = _wrong(target, {output.file(name): each["digest"] for name, each in stacks.items()})
        contents = self.contents(wrong)
        lost = wrong.keys() - contents.keys()
        lacking = [name for name in inputs if name not in stacks or output.file(name) in lost]
        with output.staging(target) as new:
            values: _Values = {"file": {}, "stack": {}}
            if lacking:
                work.make({name: inputs[name] for name in lacking}, new)
                manifests = manifest.split((new / output.MANIFEST).read_text(encoding="utf-8"))
                for name in lacking:
                    digest = _keep(values, (new / output.file(name)).read_bytes())
                    stacks[name] = {"digest": digest, "manifest": manifests[name]}
                    values["stack"][keys[name]] = json.dumps(stacks[name]).encode()
            whole = manifest.joined(stacks[name]["manifest"] for name in inputs).encode()
            staged = {**output.staged(new, lacking), **_write(new, {**contents, output.MANIFEST: whole})}
            if sources_hold():
                digests = {output.file(name): stacks[name]["digest"] for name in inputs}
                digests[output.MANIFEST] = _keep(values, whole)
                entry = json.dumps({"stacks": list(inputs), "files": digests}).encode()
                meant = self._meanings.key(declared.meanings)
                values["synth"] = {key: entry for key in (self._sources.key, meant) if key is not None}
                self._store.put({**values, **self._meanings.learned(declared.meanings, declared.remembered)})
            output.move(staged, target, inputs)
        return tuple(inputs)

    def contents(self, digests: Mapping[str, str]) -> dict[str, bytes]:
        """Those of the files that the store still has."""
        kept = self._store.get("file", digests.values())
        return {file: zlib.decompress(kept[digest]) for file, digest in digests.items() if digest in kept}


def _wrong(target: Path, digests: Mapping[str, str]) -> dict[str, str]:
    """The files that are not as they should be."""
    return {file: digest for file, digest in digests.items() if output.digest(target / file) != digest}


def _write(folder: Path, contents: Mapping[str, bytes]) -> dict[str, Path]:
    """Stage contents; where each lies. Without folders below it, which to make and to remove takes longer."""
    places = {file: folder / f"kept-{number}" for number, file in enumerate(contents)}
    for file, place in places.items():
        place.write_bytes(contents[file])
    return places


def _keep(values: _Values, content: bytes) -> str:
    """Keep a file under its hash."""
    digest = hashlib.sha256(content).hexdigest()
    # Level 1: stacks shrink to a fifteenth in a third of the time of the default level.
    values["file"][digest] = zlib.compress(content, 1)
    return digest
