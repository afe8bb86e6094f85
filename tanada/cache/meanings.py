"""What the files of a declaration say, comments left out, and what is remembered of each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from tanada.cache.sources import SYSTEM_FILE, Sources
from tanada.cache.store import Store
from tanada.cache.work import Meaning
from tanada.files import hashed

_FEW = 8
"""So many are read at once in any case, more only where most are known: else all is new anyway, and read later."""


class Meanings:
    """Those of one synth's sources."""

    def __init__(self, store: Store, sources: Sources, meaning: Meaning) -> None:
        self._store, self._sources, self._meaning = store, sources, meaning

    @cached_property
    def _known(self) -> dict[str, str]:
        """By file: those that the store knows, and those of a few that it doesn't."""
        files = self._sources.declarations
        keys = {file: self._text_key(file) for file in files}
        stored = self._store.get("meaning", keys.values())
        known = {file: stored[key].decode() for file, key in keys.items() if key in stored}
        self._stored = frozenset(known)
        new = files.keys() - known.keys()
        if len(new) <= max(_FEW, len(known)):
            known |= {file: meaning for file in new if (meaning := self._meaning(files[file])) is not None}
        return known

    def key(self, more: Mapping[str, str] | None = None) -> str | None:
        """One hash of what everything says; None where that is not known of a file. `more` are meanings by file."""
        known, files = {**self._known, **(more or {})}, self._sources.declarations
        if any(file not in known for file in files):
            return None
        return hashed("meaning", *self._beside, *(part for file in files for part in (file, known[file])))

    def remembered(self) -> dict[str, str]:
        """By file."""
        keys = self._keys(self._known)
        stored = self._store.get("remembered", keys.values())
        return {file: stored[key].decode() for file, key in keys.items() if key in stored}

    def learned(
        self, more: Mapping[str, str] | None = None, remembered: Mapping[str, str] | None = None
    ) -> dict[str, dict[str, bytes]]:
        """What the store is to keep, by kind and key: new meanings, those of `more` too, and what is `remembered`."""
        known = {**self._known, **(more or {})}
        new = {file: meaning for file, meaning in known.items() if file not in self._stored}
        keys = self._keys({file: known[file] for file in (SYSTEM_FILE, *(remembered or {})) if file in known})
        return {
            "meaning": {self._text_key(file): meaning.encode() for file, meaning in new.items()},
            "remembered": {keys[file]: text.encode() for file, text in (remembered or {}).items() if file in keys},
        }

    def _text_key(self, file: str) -> str:
        return hashed(self._sources.makers, self._sources.declarations[file])

    def _keys(self, known: Mapping[str, str]) -> dict[str, str]:
        """By file: a hash of what it and system.yaml say, with the texts that they may take in."""
        system = known.get(SYSTEM_FILE)
        if system is None:
            return {}
        return {file: hashed(*self._beside, system, file, meaning) for file, meaning in known.items()}

    @property
    def _beside(self) -> tuple[str, ...]:
        """What decides beside the files themselves."""
        return self._sources.makers, *self._sources.beside
