"""Tanada's wheel in the team's own repository, and its hash among the locked packages: CI installs no other Tanada.
With it comes the lock of the provider that it plans with.

The name `tanada` on an index may belong to anybody. A wheel in the repository is reviewed like all else that runs.
"""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from pathlib import Path

from tanada import provider
from tanada.errors import TemplateError
from tanada.files import replace_files
from tanada.templates.included import LISTED, follow, hashed, lines, of_folder, option
from tanada.templates.requirements import FOLDER, line, pinned, requirements
from tanada.templates.wheel import Wheel, lock
from tanada.text import cut, visible

_OWN = ("tanada", "modules")
"""Beside system.yaml in Tanada's own repository alone."""


def vendor(root: Path, wheel: Wheel) -> list[str]:
    """Put a wheel into `vendor/` and its line into requirements.txt; say in sentences what was done, none for nothing.

    Other wheels of Tanada there go. The packages that it wants take the place of those that the wheel before wanted;
    what the team wrote otherwise stays. A lock file that holds to another hashicorp/aws than this Tanada plans with
    gets that one's checksums; other providers in it stay, and none is written where there is none. Raises TemplateError
    for a link, a folder where a file belongs, a text that can't be read, and in Tanada's own repository.
    """
    target, listed, locks = root / FOLDER / wheel.name, root / LISTED, root / provider.LOCK
    if all((root / folder / "__init__.py").is_file() for folder in _OWN):
        raise TemplateError(
            "This is Tanada's own repository, which runs from its source: run tanada vendor in a team's."
        )
    for path in (root / FOLDER, target, listed, locks):
        if path.is_symlink() or (path.exists() and path.is_dir() != (path == root / FOLDER)):
            what = "a folder" if path == root / FOLDER else "a file"
            raise TemplateError(f"{path.relative_to(root)}: expected {what} of the repository's own, and no link.")
    before = _text(listed)
    old = sorted(file for file in (root / FOLDER).glob("tanada-*.whl") if file != target)
    there = target.read_bytes() if target.exists() else None
    after, kept = renewed(before, _lock_before(before, [*old, target]), lock(wheel.content) or "", wheel)
    said = []
    new: dict[Path, bytes | str] = {}
    if there != wheel.content:
        new[target] = wheel.content
        said.append(f"{FOLDER}/{wheel.name}: {_how(there, before)}, sha256 {wheel.digest}.")
    if after != before:
        new[listed] = after
        others = _differing(before, after)
        said.append(f"{LISTED}: names it by its hash{f'; what it runs with changed: {others}' if others else ''}.")
    if kept:
        said.append(
            f"{LISTED} keeps what the team wrote of {', '.join(kept)}: this Tanada was tested with other "
            f"{'versions' if len(kept) > 1 else 'lines'}, so compare them if pip refuses."
        )
    said += [f"{FOLDER}/{file.name}: deleted." for file in old]
    lock_before = _text(locks)
    if (lock_after := provider.renewed(lock_before, _our_lock())) != lock_before:
        new[locks] = lock_after
        said.append(f"{provider.LOCK}: hashicorp/aws {provider.VERSION} instead of {provider.locked(lock_before)}.")
    replace_files(new, gone=old)
    return said


def unheld(root: Path) -> list[str]:
    """What in requirements.txt, and in the files that it includes, no hash holds: sentences, none where all is held.

    The options, the requirements without a hash, what can't be compared from commit to commit, and the wheels in
    `vendor/` that no line installs.
    """
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root).resolve()
    way = root.resolve().relative_to(top).as_posix()
    prefix = "" if way == "." else f"{way}/"
    led = follow(prefix, of_folder(top))
    said = []
    for path, text in led.texts.items():
        for each in lines(text):
            where = f"{visible(path.removeprefix(prefix))}:{each.number}"
            if each.words and not each.requirement:
                said.append(f"{where}: the option {visible(cut(option(each), 40))}, which CI's pip obeys.")
            elif not hashed(each) and path not in led.constraints:
                what = visible(cut(_without_address(each.requirement), 100))
                said.append(f"{where}: {what} has no hash, so CI's pip refuses it.")
    said += [f"{LISTED}: {clause}: a change of it is named in no comment." for clause in led.unfollowed]
    for file in sorted((root / FOLDER).glob("*.whl")):
        if f"{prefix}{FOLDER}/{file.name}" not in led.places:
            said.append(f"{FOLDER}/{visible(file.name)}: no line of {LISTED} installs it, so nobody needs it there.")
    return said


def _our_lock() -> str:
    """What `tanada init` writes."""
    return (files("tanada.templates") / "repository" / provider.LOCK).read_text(encoding="utf-8")


def _without_address(requirement: str) -> str:
    """An address may hold a password."""
    return re.sub(r"\S*://\S+", "a URL", requirement)


def renewed(before: str, old_lock: str, new_lock: str, wheel: Wheel) -> tuple[str, list[str]]:
    """requirements.txt for a wheel, and the names of packages whose lines the team wrote otherwise.

    Nothing changes where the wheel's line stands already. Else what is as the old lock has it becomes what the new one
    has; what the team wrote itself stays, behind it.
    """
    own = line(wheel.name, wheel.digest)
    theirs, old, new = requirements(before), requirements(old_lock), requirements(new_lock)
    if theirs.get("tanada") == own:
        return before, []
    theirs.pop("tanada", None)
    written = {name: text for name, text in theirs.items() if text not in (old.get(name), new.get(name))}
    packages = "".join(written.get(name, text) for name, text in new.items())
    added = "".join(text for name, text in written.items() if name not in new)
    return packages + added + own, sorted(name for name in written if name in new)


def _differing(before: str, after: str) -> str:
    old, new = requirements(before), requirements(after)
    return ", ".join(sorted(name for name in {*old, *new} - {"tanada"} if old.get(name) != new.get(name)))


def _how(there: bytes | None, requirements_before: str) -> str:
    if there is None:
        return "written"
    pin = pinned(requirements_before)
    listed = pin is not None and hashlib.sha256(there).hexdigest() in pin.hashes
    return "replaced by another of the same version" if listed else "was changed by hand, and is written anew"


def _lock_before(listed: str, wheels: list[Path]) -> str:
    """What the wheel that requirements.txt names by its hash wanted; nothing of one that anybody changed."""
    pin = pinned(listed)
    for file in wheels:
        content = file.read_bytes() if file.is_file() and not file.is_symlink() else b""
        if pin is not None and hashlib.sha256(content).hexdigest() in pin.hashes:
            return lock(content) or ""
    return ""


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8") if file.exists() else ""
    except UnicodeDecodeError:
        raise TemplateError(f"{file.name} can't be read: expected a text file in UTF-8.") from None
