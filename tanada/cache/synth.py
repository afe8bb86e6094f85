"""One synth: what is known of its stacks, and the making of those that are new."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from tanada.cache import manifest, output
from tanada.cache.meanings import Meanings
from tanada.cache.sources import Sources
from tanada.cache.store import Store
from tanada.cache.work import Meaning, Work
from tanada.errors import OutputError
from tanada.files import hashed

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
        # Nothing to do needs no lock.
        if not _wrong(target, digests) and not output.strangers(target, stacks):
            return stacks
        with output.alone(target), output.staging(target) as new:
            return stacks if self._put(target, new, stacks, digests, {}) else None

    def _put(
        self, target: Path, new: Path, stacks: Collection[str], digests: Mapping[str, str], made: Mapping[str, Path]
    ) -> bool:
        """Make the output what the digests say, of files that were `made` and of the store's; False where it lost one.

        To be called alone with the output.
        """
        wrong = _wrong(target, digests)
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
        keys = {name: hashed(self._sources.makers, name, text) for name, text in inputs.items()}
        known = self._store.get("stack", keys.values())
        stacks = {name: json.loads(known[key]) for name, key in keys.items() if key in known}
        kept = self._store.get("file", (each["digest"] for each in stacks.values()))
        lacking = [name for name in inputs if name not in stacks or stacks[name]["digest"] not in kept]
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
            (new / output.MANIFEST).write_bytes(whole)
            made = output.staged(new, lacking)
            digests = {output.file(name): stacks[name]["digest"] for name in inputs}
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
                if not self._put(target, new, inputs, digests, made):
                    raise OutputError(f"{target} changed while the stacks were made: synthesize again.")
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
    try:
        for file, place in places.items():
            place.write_bytes(contents[file])
    except OSError as error:
        raise OutputError(f"{folder.parent} can't be written: {error.strerror}.") from None
    return places


def _keep(values: _Values, content: bytes) -> str:
    """Keep a file under its hash."""
    digest = hashlib.sha256(content).hexdigest()
    # Level 1: stacks shrink to a fifteenth in a third of the time of the default level.
    values["file"][digest] = zlib.compress(content, 1)
    return digest
