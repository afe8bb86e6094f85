"""What changed since another commit: both synthesized, the stacks whose emitted JSON differs, and why."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tanada import data_files, function_zips
from tanada.errors import DeclarationError, SynthError, TerraformError
from tanada.secrecy import Secrets
from tanada.templates.requirements import pinned
from tanada.terraform import git, synth, taken, what_runs
from tanada.terraform.json_diff import emitted_changes
from tanada.terraform.layout import Layout
from tanada.terraform.packages import PackageChange, installed, installed_at, led_to, package_change, unfollowed
from tanada.terraform.process import Processes
from tanada.terraform.voice import NOBODY, Listener, Voice
from tanada.text import visible

if TYPE_CHECKING:
    from tanada.declarations.changes import Change

_MAKERS = ("tanada", "cdktf", "cdktf-cdktf-provider-aws", "constructs", "jsii")
"""The packages that make the JSON; of each one version is installed, which makes both sides."""
_OWN_CODE = ("tanada", "modules")
"""Beside main.py in Tanada's own repository alone."""


@dataclass(frozen=True)
class Changed:
    """What differs between the merge base and the working tree, uncommitted files included."""

    base: str
    """The commit that was compared with."""
    stacks: tuple[str, ...] = ()
    """The declared stacks that differ, in the inventory's order."""
    reason: str | None = None
    """A sentence why all stacks are among them, where that is not for the declaration's sake."""
    gone: tuple[str, ...] = ()
    """Stacks of the base that are declared no more."""
    configuration: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """How the emitted JSON of each stack differs: the lines for `Report.configuration`; none where nobody can tell."""
    declaration: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    """The lines of the declaration that changed and reach each stack: for `Report.reasons`."""
    maker: str | None = None
    """Words for a headline where another Tanada is installed, or other packages beside it."""
    secrets: Secrets = field(default_factory=Secrets, repr=False, compare=False)
    """What either declaration names as a secret."""


def what_changed(
    root: Path,
    environ: Mapping[str, str],
    processes: Processes,
    ref: str,
    listener: Listener = NOBODY,
) -> Changed:
    """Compare the working tree of the system in `root` with the merge base of HEAD and `ref`.

    Both are synthesized, the base with the same tools; where their inputs are the same, neither. Raises TerraformError
    where the base can't be found, and as `synth.synthesize` and `compose` do for the working tree. A base that doesn't
    synthesize, or was made by another Tanada, makes all stacks differ.
    """
    # Both lie in `cdktf.out` of their own folder, wherever else a user wants them.
    environ = {name: value for name, value in environ.items() if name != "CDKTF_OUTDIR"}
    base = git.merge_base(root, ref, environ, processes)
    with git.checkout(root, base, environ, processes) as before:
        own = _is_tanadas_own(before) and _is_tanadas_own(root)  # not since this change alone
        held = taken.read(Layout(root))
        running, packages = (
            (held.everything, held.packages) if held else _running_now(root, base, environ, processes, own)
        )
        other_tanada = maker_change(_read(before), _read(root))
        vetted = held is not None and not held.alone
        if other_tanada is None and running is None and not vetted and synth.same(root, before, environ):
            synth.check(root, environ)
            return Changed(base)
        if vetted:
            taken.emit(Layout(root))
        else:
            synth.synthesize(root, environ, processes, listener)
        emitted = _digests(root)
        old = other_tanada or _unlike(base, before, environ, processes, emitted, listener)
        refused = held.refused if held else {}
        compared = (
            _all(base, before, root, old)
            if isinstance(old, str)
            else _some(base, before, root, emitted, *old, refused=refused)
        )
    if compared.stacks and set(compared.stacks) == set(compared.configuration) and _is_tanadas_own(root):
        changed = git.files_differ(root, base, (*_OWN_CODE, function_zips.FOLDER), environ, processes)
        if changed:
            where = " and ".join(f"{folder}/" for folder in changed)
            compared = replace(compared, reason=f"Tanada itself changed ({where}), and with it every stack.")
    return compared if running is None else _running(compared, root, running, packages)


def _running_now(
    root: Path, base: str, environ: Mapping[str, str], processes: Processes, own: bool
) -> tuple[str | None, PackageChange | None]:
    """Why every stack counts as changed, and how what is installed differs from the base; None where neither does."""
    prefix, files = git.changed_files(root, base, environ, processes)
    sides = (
        installed_at(root, base, environ),
        installed(root, git.toplevel(root, environ, processes)),
    )
    included = led_to(*sides)
    running = what_runs.sentence(
        what_runs.deciding(files, prefix, root, own=own, included=included), unfollowed(*sides)
    )
    return running, package_change(*sides, changed=what_runs.below(files, included, prefix))


def _running(compared: Changed, root: Path, why: str, packages: PackageChange | None) -> Changed:
    """Every stack among those that differ, as what runs differs."""
    from tanada.declarations.inventory import inventory
    from tanada.declarations.loader import compose

    stacks = tuple(stack.name for stack in inventory(compose(root).system))
    said = (compared.reason, why, packages.sentence if packages else None)
    return replace(
        compared, stacks=stacks, reason=" ".join(filter(None, said)), maker=packages.words if packages else None
    )


def compare(root: Path, environ: Mapping[str, str], processes: Processes, ref: str, voice: Voice) -> Changed:
    """What changed since a ref; says what was compared, and what is gone."""
    with voice.synthesizing() as listener:
        changed = what_changed(root, environ, processes, ref, listener)
    where = ref if ref.startswith(("HEAD", changed.base)) else f"where HEAD and {ref} parted"
    voice.note(f"Compared with {changed.base[:12]}, {where}.")
    if changed.maker:
        voice.note(f"{visible(changed.maker[:1].upper() + changed.maker[1:])}.")
    if changed.reason:
        voice.note(changed.reason)
    if changed.gone:
        voice.note(f"Declared no more: {', '.join(changed.gone)}.")
    if not changed.stacks:
        voice.note("No declared stack differs.")
    return changed


def _is_tanadas_own(root: Path) -> bool:
    return all((root / folder / "__init__.py").is_file() for folder in _OWN_CODE)


def _digests(root: Path) -> dict[str, str]:
    """SHA-256 of each stack's file, by name."""
    files = sorted(Layout(root).synthesized.glob("*/cdk.tf.json"))
    return {file.parent.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _unlike(
    base: str,
    before: Path,
    environ: Mapping[str, str],
    processes: Processes,
    emitted: Mapping[str, str],
    listener: Listener,
) -> tuple[tuple[str, ...], dict[str, bytes]] | str:
    """The base's stacks, and the files of those that are not as `emitted`; or why it can't be compared with."""
    for file in ("system.yaml", "main.py"):
        if not (before / file).is_file():
            return f"{base[:12]} has no {file}, so every stack counts as changed."
    try:
        # What the base's main.py says was said when it was the working tree.
        return synth.unlike(before, environ, processes, emitted, replace(listener, said=NOBODY.said))
    except SynthError as error:
        lines = str(error).strip().splitlines()
        # A mistake says first what matters, a traceback last; the file of a bug goes with the checkout.
        why = lines[0] if error.exit_code == SynthError.exit_code else lines[-1].partition("; the traceback")[0]
        return f"{base[:12]} doesn't synthesize, so every stack counts as changed: {why}"


def _all(base: str, before: Path, root: Path, reason: str) -> Changed:
    """Every stack counts as changed."""
    from tanada.declarations.changes import changes, secrets_of
    from tanada.declarations.inventory import inventory
    from tanada.declarations.loader import compose

    after = compose(root)
    try:
        known = compose(before)
    except DeclarationError:  # written for an older Tanada, or wrong
        known = None
    stacks = tuple(stack.name for stack in inventory(after.system))
    had = [stack.name for stack in inventory(known.system)] if known else []
    declaration = changes(known, after) if known else {}
    secrets = secrets_of(after) | (secrets_of(known) if known else Secrets())
    return Changed(base, stacks, reason, _without(had, stacks), declaration=declaration, secrets=secrets)


def _some(
    base: str,
    before: Path,
    root: Path,
    emitted: Mapping[str, str],
    had: tuple[str, ...],
    unlike: Mapping[str, bytes],
    refused: Collection[str] = (),
) -> Changed:
    """Those stacks whose emitted JSON differs, or was `refused`: nobody looks closer at that."""
    from tanada.declarations.changes import changes, secrets_of
    from tanada.declarations.folder import stack_of
    from tanada.declarations.inventory import inventory
    from tanada.declarations.loader import compose

    alike = _alike(before, root)
    try:
        after = compose(root, without=alike)
    except DeclarationError:  # a file that changed names something in one that didn't
        alike, after = frozenset(), compose(root)
    stacks = sorted({*(stack.name for stack in inventory(after.system)), *map(stack_of, alike)})
    if missing := next((name for name in stacks if name not in {*emitted, *refused}), None):
        file = Layout(root).configuration(missing).relative_to(root)
        raise TerraformError(f"main.py wrote no {file}, though {missing} is declared.")
    configuration = {
        name: lines
        for name in stacks
        if name in emitted
        and (name in unlike or name not in had)
        and (lines := _differences(root, name, unlike.get(name, b"{}")))
    }
    declaration: Mapping[str, tuple[Change, ...]] = {}
    secrets = secrets_of(after)
    with contextlib.suppress(DeclarationError):  # written for an older Tanada
        known = compose(before, without=alike)
        declaration, secrets = changes(known, after), secrets | secrets_of(known)
    differ = tuple(name for name in stacks if name in configuration or name in refused)
    return Changed(base, differ, None, _without(had, stacks), configuration, declaration, secrets=secrets)


def _alike(before: Path, root: Path) -> frozenset[str]:
    """Files of environments that are the same on both sides, as system.yaml and all below files/ are: no line of them
    changed a stack."""
    from tanada.declarations.folder import files

    def same(file: str) -> bool:
        return (before / file).is_file() and (before / file).read_bytes() == (root / file).read_bytes()

    first, *others = files(root)
    alike = same(first) and [*data_files.said(before)] == [*data_files.said(root)]
    return frozenset(file for file in others if same(file)) if alike else frozenset()


def _without(names: Iterable[str], others: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in others)


def _differences(root: Path, stack: str, before: bytes) -> tuple[str, ...]:
    return emitted_changes(json.loads(before), json.loads(Layout(root).configuration(stack).read_bytes()))


def _read(root: Path) -> tuple[str, str]:
    """requirements.txt and system.yaml, as they are; of a link nothing, for its text would be quoted."""

    def text(file: str) -> str:
        try:
            path = root / file
            return "" if path.is_symlink() else path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    return text("requirements.txt"), text("system.yaml")


def maker_change(before: tuple[str, str], after: tuple[str, str]) -> str | None:
    """The sentence that says which other Tanada (or CDKTF) made the base; None where it is the same.

    Takes requirements.txt and system.yaml of both. What a side doesn't pin is not compared.
    """
    old, new = makers(*before), makers(*after)
    for name in old:
        if name in new and old[name] != new[name]:
            maker = "Tanada" if name.startswith("tanada") else name
            return f"{maker} changes from {old[name]} to {new[name]}: every stack may change."
    return None


def makers(requirements: str, system: str) -> dict[str, str]:
    """The pinned versions of what makes the JSON; `tanada.` is the one that system.yaml names."""
    versions: dict[str, str] = {}
    for line in requirements.splitlines():
        pin = re.match(r"([A-Za-z0-9._-]+)\s*(?:\[[^\]]*\])?\s*(?:===?|@)\s*([^\s;\\]+)", line.strip())
        if pin and (name := re.sub(r"[-_.]+", "-", pin[1]).lower()) in _MAKERS:
            versions[name] = pin[2]
    wheel = pinned(requirements)
    if wheel is not None:
        versions.setdefault("tanada", wheel.version)
    if declared := re.search(r"""^tanada\s*:\s*["']?([^\s"'#]+)""", system, re.MULTILINE):
        versions["tanada."] = declared[1]
    return versions
