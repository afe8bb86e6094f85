"""Nothing to do costs nothing: what was synthesized from the same inputs is checked or put back, not made again.

Known to `tanada.stacks`, which makes, and to `tanada.terraform`, which asks before it starts a process. Loads nothing
but the standard library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tanada.cache import entries, inputs, output
from tanada.cache.folder import folder as cache_folder
from tanada.errors import OutputError

__all__ = ["OutputError", "outdir", "same", "through", "unchanged"]

_FOLDER = "synth"


def outdir(root: Path, environ: Mapping[str, str]) -> Path:
    """Where the stacks are written: as CDKTF says, `cdktf.out`."""
    return root / environ.get("CDKTF_OUTDIR", "cdktf.out")


def unchanged(root: Path, environ: Mapping[str, str]) -> tuple[str, ...] | None:
    """The names of all stacks, once they lie in `cdktf.out` as the inputs want them; None where they must be made."""
    key = inputs.key(root, environ)
    return None if key is None else _take(key, outdir(root, environ), environ)


def same(root: Path, other: Path, environ: Mapping[str, str]) -> bool:
    """Whether two systems have the same inputs; False where that can't be told."""
    key = inputs.key(root, environ)
    return key is not None and key == inputs.key(other, environ)


def through(root: Path, environ: Mapping[str, str], make: Callable[[Path], Sequence[str]]) -> tuple[str, ...]:
    """The stacks' names; `make` writes them into the folder that it gets, where they are not known already."""
    target = outdir(root, environ)
    key = inputs.key(root, environ)
    if key is not None and (kept := _take(key, target, environ)) is not None:
        return kept
    with output.staging(target) as new:
        stacks = tuple(make(new))
        # Read again: what was edited while the stacks were made may or may not be in them.
        if key is not None and key == inputs.key(root, environ) and not inputs.loaded_from_elsewhere(root):
            entries.keep(cache_folder(environ, _FOLDER), key, stacks, new)
        output.move(new, target, stacks, output.files(stacks))
    return stacks


def _take(key: str, target: Path, environ: Mapping[str, str]) -> tuple[str, ...] | None:
    entry = entries.find(cache_folder(environ, _FOLDER), key)
    if entry is None:
        return None
    wrong = [file for file, digest in entry.digests.items() if output.digest(target / file) != digest]
    if wrong or output.strangers(target, entry.stacks):
        contents = entry.contents() if wrong else {}
        if contents is None:
            return None
        with output.staging(target) as new:
            for file in wrong:
                (new / file).parent.mkdir(parents=True, exist_ok=True)
                (new / file).write_bytes(contents[file])
            output.move(new, target, entry.stacks, wrong)
    entry.touch()
    return entry.stacks
