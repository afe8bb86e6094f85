"""What a pull request asks for, taken into a checkout of its base as data: none of its code runs here.

Its declarations are read from git's objects and put in the place of the base's. Where they are all that it changes, the
base's own code makes the JSON of them. Else the JSON that a job without credentials emitted is taken, stack by stack,
where it passes the vetting: its bytes are read once, and exactly those are planned.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tanada.declarations.folder import REVIEW_FILE
from tanada.declarations.root import SYSTEM_FILE
from tanada.errors import DeclarationError, TerraformError
from tanada.files import CONFIGURATION, private_folder, write_private
from tanada.terraform import blobs, emitted, git, synth, taken, what_runs
from tanada.terraform.expression_forms import forms
from tanada.terraform.layout import Layout
from tanada.terraform.packages import installed_at, led_to, package_change, unfollowed
from tanada.terraform.process import Processes
from tanada.terraform.taken import Taken
from tanada.terraform.vet import vet_stack
from tanada.terraform.vet_offline import objections
from tanada.terraform.voice import NOBODY, Listener
from tanada.text import visible

if TYPE_CHECKING:
    from tanada.declared.system import System

_LARGEST_SUM = 256 * 1024 * 1024
"""Of all that a pull request's own code emitted: a thousand stacks as large as the largest of ours are a quarter."""
_UNKNOWN = ("it changes more than declarations, and nothing was handed over that its own code emitted",)
_SILENT = ("its own code emitted nothing for it",)


def take(
    root: Path,
    commit: str,
    folder: Path | None,
    environ: Mapping[str, str],
    processes: Processes,
    *,
    allowed: str | None = None,
    listener: Listener = NOBODY,
) -> Taken:
    """Put what a commit declares, merged into the one that is checked out, in the place of the declarations in `root`.

    `folder` holds what the commit's own code emitted, like `cdktf.out`; None where nobody ran it. Raises TerraformError
    where the checkout isn't as it was committed, where both conflict, or where the base itself doesn't synthesize.
    """
    from tanada.declarations.loader import load

    layout = Layout(root)
    here = git.commit(root, environ, processes)
    if here.id is None or here.dirty or taken.read(layout):
        raise TerraformError(
            "tanada take needs a checkout as it was committed, for it replaces the declarations in it."
        )
    merged = blobs.merged(root, here.id, commit, environ)
    prefix, changed, odd = blobs.changed(root, here.id, merged, environ)
    found = blobs.declarations_alone(root, here.id, merged, environ)
    alone = not changed or not isinstance(found, str)
    if isinstance(found, str):
        found = blobs.declarations(root, merged, environ)
    known = {} if alone or folder is None else _base(root, environ, processes, listener)
    before = load(root)
    sides = installed_at(root, here.id, environ), installed_at(root, merged, environ)
    included = led_to(*sides)
    deciding = tuple(sorted({*what_runs.deciding(changed, prefix, root, included=included), *odd}))
    packages = package_change(*sides, changed=what_runs.below(changed, included, prefix))
    with _all_or_nothing(layout.taken), contextlib.ExitStack() as laid:
        unread = found if isinstance(found, str) else None
        if isinstance(found, str):
            redirects: tuple[str, ...] = (f"its declarations can't be read as data: {unread}",)
        else:
            laid.enter_context(_laid(root, found, layout.taken / "declarations", environ))
            redirects = _redirects(before, root)
        refused, offline = ({}, {}) if alone else _vetted(layout, folder, known)
        found_out = Taken(
            commit=commit,
            alone=alone,
            redirects=redirects,
            refused=refused,
            offline=offline,
            deciding=deciding,
            unfollowed=unfollowed(*sides),
            packages=packages,
            unread=unread,
            allowed=allowed,
        )
        taken.write(layout, found_out)
    return found_out


@contextlib.contextmanager
def _all_or_nothing(folder: Path) -> Iterator[None]:
    """A private folder that goes again where what fills it fails."""
    private_folder(folder)
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _base(root: Path, environ: Mapping[str, str], processes: Processes, listener: Listener) -> dict[str, emitted.Json]:
    """What the checkout itself emits, by stack."""
    synth.synthesize(root, environ, processes, listener)
    out = Layout(root).synthesized.parent
    read = {name: emitted.read(out / "stacks" / name) for name in emitted.stacks(out)}
    return {name: stack for name, stack in read.items() if not isinstance(stack, str)}


@contextlib.contextmanager
def _laid(root: Path, found: blobs.Blobs, fresh: Path, environ: Mapping[str, str]) -> Iterator[None]:
    """The commit's declarations in the place of those in the checkout, which come back where laying them, or what is
    done with them, fails; nothing else in it is touched."""
    blobs.write(root, found, fresh, environ)
    places = (root / SYSTEM_FILE, root / REVIEW_FILE, *(root / "environments").glob("*.yaml"), root / "files")
    with TemporaryDirectory(dir=fresh.parent) as before:
        kept: dict[Path, Path] = {}
        laid: list[Path] = []
        try:
            for number, place in enumerate(place for place in places if os.path.lexists(place)):
                kept[place] = place.rename(Path(before) / str(number))
            laid = [root / file.relative_to(fresh) for file in fresh.rglob("*") if file.is_file()]
            shutil.copytree(fresh, root, dirs_exist_ok=True)
            yield
        except BaseException:  # all of them or none
            for file in laid:
                file.unlink(missing_ok=True)
            if laid:
                shutil.rmtree(root / "files", ignore_errors=True)
            for place, old in kept.items():
                old.rename(place)
            raise


def _redirects(before: System, root: Path) -> tuple[str, ...]:
    from tanada.declarations.loader import load
    from tanada.declarations.redirects import redirects

    try:
        return redirects(before, load(root))
    except DeclarationError:
        return ()  # every command says so, and does nothing


Sentences = dict[str, tuple[str, ...]]


def _vetted(layout: Layout, folder: Path | None, known: Mapping[str, emitted.Json]) -> tuple[Sentences, Sentences]:
    """Keep the bytes of what passes, and of what is planned offline; why each other stack doesn't, and why not even
    that."""
    from tanada.declarations.inventory import inventory
    from tanada.declarations.loader import load

    try:
        names = [stack.name for stack in inventory(load(layout.root))]
    except DeclarationError:
        return {}, {}
    if folder is not None and (folder.is_symlink() or (folder / "stacks").is_symlink()):
        folder = None
    total, expected = 0, forms(known.values())
    refused: Sentences = {}
    offline: Sentences = {}
    for name in names:
        data = emitted.data(folder / "stacks" / name, alone=True) if folder is not None else None
        total += len(data or b"")
        if total > _LARGEST_SUM:
            data = f"comes after {_LARGEST_SUM // 1024**2} MiB of others, and no more is looked at"
        if not isinstance(data, bytes):
            refused[name] = _UNKNOWN if data is None else _SILENT if "is no folder" in data else (data,)
            continue
        stack = emitted.parsed(data)
        if sentences := [stack] if isinstance(stack, str) else vet_stack(name, stack, known, expected):
            refused[name] = tuple(map(visible, sentences))
            if not isinstance(stack, str):
                offline[name] = tuple(map(visible, objections(stack, known, expected)))
                if not offline[name]:
                    write_private(layout.taken / taken.OFFLINE / name / CONFIGURATION, data)
        else:
            write_private(layout.taken / "stacks" / name / CONFIGURATION, data)
    return refused, offline
