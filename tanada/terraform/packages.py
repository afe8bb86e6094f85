"""Whether another Tanada, or other packages beside it, would be installed: what the first line of a comment says.

It is pip that decides, by requirements.txt (`--require-hashes`); the wheel in `vendor/` is what it would take.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tanada.templates.included import Included, Read, follow, of_folder
from tanada.templates.requirements import FOLDER, Pin, pin_of, requirements

_SHOWN = 3
"""Packages that the line names."""
_DIGITS = 12
"""Of a hash in the line; all of them stand below it."""


@dataclass(frozen=True)
class Installed:
    """What one commit would install."""

    packages: Mapping[str, str]
    """Lines of requirements.txt and of what it includes, by the name they are of."""
    pin: Pin | None
    wheels: Mapping[str, str]
    """SHA-256 of wheels in `vendor/` by their file's name."""
    places: frozenset[str] = frozenset()
    """Other files and folders that requirements.txt leads to, from the repository's top."""
    unfollowed: tuple[str, ...] = ()
    """What it leads to and nobody can compare."""


@dataclass(frozen=True)
class PackageChange:
    """What is installed otherwise."""

    words: str
    """For a headline: `Tanada itself changes: 0.1.0 → 0.2.0, sha256 1f0c2b…`."""
    sentence: str | None
    """The same hash in full."""


def installed(root: Path, top: Path | None = None) -> Installed:
    """What the system in a folder would install; nothing of what a link leads to, or of what lies outside `top`, the
    repository's (the folder itself where none is given)."""
    folder = root / FOLDER
    if folder.is_symlink() or not folder.is_dir():
        wheels = {}
    else:
        wheels = {f"{FOLDER}/{file.name}": file for file in sorted(folder.glob("*.whl"))}
    files = {
        name: "no file" if file.is_symlink() or not file.is_file() else hashlib.sha256(file.read_bytes()).hexdigest()
        for name, file in wheels.items()
    }
    whole = (top or root).resolve()
    way = root.resolve().relative_to(whole).as_posix()
    return _installed(files, "" if way == "." else f"{way}/", of_folder(whole))


def installed_at(root: Path, commit: str, environ: Mapping[str, str]) -> Installed:
    """The same of a commit that is not checked out, and must not be: read from git's objects.

    `root` is the system's folder in a repository that holds it. Raises TerraformError where it doesn't.
    """
    from tanada.terraform import blobs  # which knows how declarations are read: `--help` doesn't

    prefix, read = blobs.reader(root, commit, environ)
    return _installed(blobs.hashes(root, commit, f"{FOLDER}/", environ), prefix, read)


def _installed(files: Mapping[str, str], prefix: str, read: Read) -> Installed:
    """Of files of `vendor/` the SHA-256, by name."""
    led = follow(prefix, read)
    packages = _packages(led)
    # What lies in `vendor/` decides anyway, and its wheels are known by their bytes.
    places = frozenset(place for place in led.places if not place.startswith(f"{prefix}{FOLDER}/"))
    wheels = {
        name.removeprefix(f"{FOLDER}/"): digest
        for name, digest in files.items()
        if re.fullmatch(rf"{FOLDER}/[^/]+\.whl", name)
    }
    return Installed(packages, pin_of(packages.get("tanada", "")), wheels, places, led.unfollowed)


def _packages(led: Included) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in led.texts.values():
        for name, entry in requirements(text).items():
            found[name] = found.get(name, "") + entry
    return found


def led_to(*sides: Installed) -> frozenset[str]:
    """The files and folders that the requirements of any side lead to."""
    return frozenset().union(*(side.places for side in sides))


def unfollowed(*sides: Installed) -> tuple[str, ...]:
    """What the requirements of any side lead to and nobody can compare."""
    return tuple(dict.fromkeys(clause for side in sides for clause in side.unfollowed))


def package_change(before: Installed, after: Installed, *, changed: Sequence[str] = ()) -> PackageChange | None:
    """How what is installed differs; None where it doesn't. Names are of whoever wrote the files: escape the words.

    `changed` are the changed files that requirements lead to.
    """
    packages, wheels = _differing(before.packages, after.packages), _differing(before.wheels, after.wheels)
    if "tanada" in packages or any(name.startswith("tanada-") for name in wheels):
        return _tanada(before.pin, after.pin, after.wheels)
    # A file that is included is named by the packages in it, where they can be told.
    names = [*packages, *wheels] or list(changed)
    if not names:
        return None
    # An option or a comment is no name; whoever looks sees it in the difference.
    shown = [name if re.fullmatch(r"[\w.+/-]{1,60}", name) and name[0] != "-" else "an option" for name in names]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return PackageChange(f"what Tanada runs with changes: {', '.join(shown[:_SHOWN])}{more}", None)


def _tanada(before: Pin | None, after: Pin | None, wheels: Mapping[str, str]) -> PackageChange:
    if after is None:
        return PackageChange("Tanada itself changes: requirements.txt installs it no more", None)
    version = after.version[:40]
    old = before.version[:40] if before else "none"
    change = f"{old} → {version}" if old != version else f"another {version}"
    if not after.vendored:
        return PackageChange(f"Tanada itself changes: {change}, not from {FOLDER}/", None)
    digest = next((each for name, each in wheels.items() if name.startswith(f"tanada-{after.version}-")), None)
    if digest is None or digest not in after.hashes:
        # pip refuses that; of two files with one version it takes the named one.
        return PackageChange(f"Tanada itself changes: {change}, a wheel that requirements.txt does not name", None)
    several = f" or {len(after.hashes) - 1} more" if len(after.hashes) > 1 else ""
    words = f"Tanada itself changes: {change}, sha256 {digest[:_DIGITS]}…{several}"
    return PackageChange(words, f"Tanada's wheel has sha256 {digest}.")


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
