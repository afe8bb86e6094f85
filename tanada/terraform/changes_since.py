"""What changed since another commit: both synthesized, the stacks whose emitted JSON differs, and why."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tanada.errors import SynthError, TerraformError
from tanada.terraform import git, synth
from tanada.terraform.json_diff import emitted_changes
from tanada.terraform.layout import Layout
from tanada.terraform.process import Processes
from tanada.terraform.voice import Voice

if TYPE_CHECKING:
    from tanada.declarations.changes import Change
    from tanada.declarations.loader import Declarations

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


def what_changed(
    root: Path,
    environ: Mapping[str, str],
    processes: Processes,
    ref: str,
    on_progress: Callable[[str], None] | None = None,
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
        other_tanada = maker_change(_read(before), _read(root))
        if other_tanada is None and synth.same(root, before, environ):
            return Changed(base)
        synth.synthesize(root, environ, processes, on_progress)
        reason = other_tanada or _unlike(base, before, environ, processes, on_progress)
        compared = _compared(base, before, root, reason)
    if compared.stacks and set(compared.stacks) == set(compared.configuration) and _is_tanadas_own(root):
        changed = git.files_differ(root, base, _OWN_CODE, environ, processes)
        if changed:
            where = " and ".join(f"{folder}/" for folder in changed)
            return replace(compared, reason=f"Tanada itself changed ({where}), and with it every stack.")
    return compared


def compare(root: Path, environ: Mapping[str, str], processes: Processes, ref: str, voice: Voice) -> Changed:
    """What changed since a ref; says what was compared, and what is gone."""
    changed = what_changed(root, environ, processes, ref, voice.synthesizing())
    voice.note(f"Compared with {changed.base[:12]}, where HEAD and {ref} parted.")
    if changed.reason:
        voice.note(changed.reason)
    if changed.gone:
        voice.note(f"Declared no more: {', '.join(changed.gone)}.")
    if not changed.stacks:
        voice.note("No declared stack differs.")
    return changed


def _is_tanadas_own(root: Path) -> bool:
    return all((root / folder / "__init__.py").is_file() for folder in _OWN_CODE)


def _unlike(
    base: str,
    before: Path,
    environ: Mapping[str, str],
    processes: Processes,
    on_progress: Callable[[str], None] | None,
) -> str | None:
    """Why the base can't be compared with, once it was tried to synthesize it."""
    for file in ("system.yaml", "main.py"):
        if not (before / file).is_file():
            return f"{base[:12]} has no {file}, so every stack counts as changed."
    try:
        synth.synthesize(before, environ, processes, on_progress)
    except SynthError as error:
        lines = str(error).strip().splitlines()
        # A mistake says first what matters, a traceback last; the file of a bug goes with the checkout.
        why = lines[0] if error.exit_code == SynthError.exit_code else lines[-1].partition("; the traceback")[0]
        return f"{base[:12]} doesn't synthesize, so every stack counts as changed: {why}"
    return None


def _compared(base: str, before: Path, root: Path, reason: str | None) -> Changed:
    from tanada.declarations.changes import changes
    from tanada.declarations.inventory import inventory
    from tanada.declarations.loader import compose
    from tanada.errors import DeclarationError

    after = compose(root)
    known: Declarations | None
    try:
        known = compose(before)
    except DeclarationError:
        known = None  # written for an older Tanada, or wrong
    stacks = tuple(stack.name for stack in inventory(after.system))
    declaration = changes(known, after) if known else {}
    if reason is not None:
        had = [stack.name for stack in inventory(known.system)] if known else []
        return Changed(base, stacks, reason, _without(had, stacks), declaration=declaration)
    # Its inventory may be another Tanada's; a fresh checkout holds what was just written, and no more.
    folder = Layout(before).synthesized
    had = sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []
    configuration = {name: lines for name in stacks if (lines := _differences(before, root, name))}
    return Changed(base, tuple(configuration), None, _without(had, stacks), configuration, declaration)


def _without(names: list[str], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in others)


def _differences(before: Path, root: Path, stack: str) -> tuple[str, ...]:
    old, new = (Layout(each).configuration(stack) for each in (before, root))
    if not new.is_file():
        raise TerraformError(f"main.py wrote no {new.relative_to(root)}, though {stack} is declared.")
    data, its = old.read_bytes() if old.is_file() else b"{}", new.read_bytes()
    return () if data == its else emitted_changes(json.loads(data), json.loads(its))


def _read(root: Path) -> tuple[str, str]:
    """requirements.txt and system.yaml, as they are."""

    def text(file: str) -> str:
        try:
            return (root / file).read_text(encoding="utf-8", errors="replace")
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
    if declared := re.search(r"""^tanada\s*:\s*["']?([^\s"'#]+)""", system, re.MULTILINE):
        versions["tanada."] = declared[1]
    return versions
