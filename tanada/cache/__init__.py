"""Nothing to do costs nothing, and an edit what it touches: a stack that was made of the same input is not made again.

Three keys, each asked for only where the one before is new: everything as it is written; what the declaration says,
comments left out; each stack's own input. Known to `tanada.stacks`, which makes, and to `tanada.terraform`, which asks
before it starts a process. Loads nothing but the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from tanada.cache import output
from tanada.cache.sources import hold, loaded_from_elsewhere, read
from tanada.cache.store import Store
from tanada.cache.synth import Synth
from tanada.cache.work import Declared, Meaning, Work
from tanada.errors import OutputError

__all__ = ["Declared", "Meaning", "OutputError", "Work", "outdir", "same", "through", "unchanged", "unlike"]


def outdir(root: Path, environ: Mapping[str, str]) -> Path:
    """Where the stacks are written: as CDKTF says, `cdktf.out`."""
    return root / environ.get("CDKTF_OUTDIR", "cdktf.out")


def unchanged(root: Path, environ: Mapping[str, str], meaning: Meaning) -> tuple[str, ...] | None:
    """The names of all stacks, once they lie in `cdktf.out` as the sources want them; None where they must be made."""
    sources = read(root, environ)
    if sources is None:
        return None
    with Store(environ) as store:
        return Synth(store, sources, meaning).take(outdir(root, environ))


def same(root: Path, other: Path, environ: Mapping[str, str], meaning: Meaning) -> bool:
    """Whether two systems surely synthesize to the same, or have the same mistakes; False where that can't be told."""
    one, two = read(root, environ), read(other, environ)
    if one is None or two is None or one.declarations.keys() != two.declarations.keys():
        return False
    if (one.makers, one.beside) != (two.makers, two.beside):
        return False
    pairs = [(data, two.declarations[file]) for file, data in one.declarations.items()]
    return all(a == b or (meaning(a) or a) == meaning(b) for a, b in pairs)


def unlike(
    root: Path, environ: Mapping[str, str], meaning: Meaning, others: Mapping[str, str]
) -> tuple[tuple[str, ...], dict[str, bytes]] | None:
    """The names of all stacks in `root`, and the files of those that `others` (by name the SHA-256 of a file) has not,
    or has otherwise. Nothing is written; None where not all of it is known.
    """
    sources = read(root, environ)
    if sources is None:
        return None
    with Store(environ) as store:
        synth = Synth(store, sources, meaning)
        if (known := synth.known()) is None:
            return None
        names, digests = known
        wanted = {name: digest for name in names if (digest := digests[output.file(name)]) != others.get(name)}
        contents = synth.contents(wanted)
    return (names, contents) if contents.keys() == wanted.keys() else None


_TRIES = 3
"""How often a synth begins anew because the sources changed while it was made."""


def through(root: Path, environ: Mapping[str, str], work: Work) -> tuple[str, ...]:
    """The names of all stacks, once they lie in `cdktf.out`; makes those alone whose input is new."""
    target = outdir(root, environ)
    output.remove_left(target)
    for number in range(1, _TRIES + 1):
        sources = read(root, environ)
        if sources is None:
            break
        with Store(environ) as store:
            synth = Synth(store, sources, work.meaning)
            if (kept := synth.take(target)) is not None:
                return kept
            work.prepare()
            still, known = partial(hold, root, environ, sources), partial(_is_known, root)
            if (made := synth.make(target, work, still, known, anyway=number == _TRIES)) is not None:
                return made
    work.prepare()
    inputs = work.declare({}).inputs
    with output.staging(target) as new:
        work.make(inputs, new)
        with output.alone(target):
            output.move(output.staged(new, inputs), target, inputs)
    return tuple(inputs)


def _is_known(root: Path) -> bool:
    return not loaded_from_elsewhere(root)
