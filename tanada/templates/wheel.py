"""Tanada's own wheel, made anew from what is installed: the same bytes on every machine and every Python.

Python's zipfile writes it, uncompressed: what zlib makes of the same bytes differs between its versions (zlib-ng), and
git compresses what it keeps itself. (`wheel` and hatchling compress, take the date from a variable, and are not
installed with Tanada.)
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit
from urllib.request import url2pathname

import tanada
from tanada.errors import TemplateError
from tanada.text import cut_line, visible

LOCK = "tanada/templates/repository/requirements.txt"
"""In the wheel: the locked packages that this Tanada runs with."""
_METADATA = ("METADATA", "WHEEL", "entry_points.txt", "licenses")
"""What a wheel brings into its `.dist-info`; whatever else lies there, who installed it has written."""
_DATE = (1980, 1, 1, 0, 0, 0)
"""A zip file's first."""
_AGAIN = "install Tanada anew from a wheel that you trust, then run this again"


@dataclass(frozen=True)
class Wheel:
    """A wheel's bytes and what follows from them."""

    version: str
    content: bytes

    @property
    def name(self) -> str:
        """Of its file; Tanada is pure Python."""
        return f"tanada-{self.version}-py3-none-any.whl"

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hex."""
        return hashlib.sha256(self.content).hexdigest()


def installed() -> Wheel:
    """The wheel of the Tanada that runs.

    Of an installation for editing it is built as the project says; else it is made of the installed files, each held to
    the hash that was written down when it was installed (RECORD). Raises TemplateError where one differs.
    """
    try:
        distribution = metadata.distribution("tanada")
    except metadata.PackageNotFoundError:
        raise TemplateError(
            f"This Tanada is not installed, so there are no files to make a wheel of: {_AGAIN}."
        ) from None
    source = _edited(distribution)
    return made(dict(_recorded(distribution) if source is None else _built(source)))


def made(members: Mapping[str, bytes]) -> Wheel:
    """A wheel of these files (without RECORD): sorted, of one date and mode, uncompressed."""
    information = next(name for name in members if name.endswith(".dist-info/METADATA")).partition("/")[0]
    # The format recommends .dist-info last, and RECORD at its end.
    names = sorted(members, key=lambda name: (name.startswith(f"{information}/"), name))
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    writer.writerows((name, f"sha256={_hash(members[name])}", len(members[name])) for name in names)
    writer.writerow((f"{information}/RECORD", "", ""))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name in (*names, f"{information}/RECORD"):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system = 3  # else it says on which system it was made
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, members[name] if name in members else rows.getvalue())
    return Wheel(information.removeprefix("tanada-").removesuffix(".dist-info"), content.getvalue())


def lock(content: bytes) -> str | None:
    """The locked packages that a wheel holds; None where it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.read(LOCK).decode()
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError):
        return None


def _edited(distribution: metadata.Distribution) -> Path | None:
    """The folder that an installation for editing leads to (PEP 610)."""
    said = json.loads(distribution.read_text("direct_url.json") or "{}")
    return Path(url2pathname(urlsplit(said["url"]).path)) if said.get("dir_info", {}).get("editable") else None


def _built(source: Path) -> Iterator[tuple[str, bytes]]:
    """What the project's own build puts into its wheel."""
    try:
        from hatchling.builders.wheel import WheelBuilder
    except ImportError:
        raise TemplateError(
            f"Tanada is installed for editing from {source}, and hatchling, which builds its wheel, is not: "
            "run make setup there, or install Tanada from a wheel."
        ) from None
    with tempfile.TemporaryDirectory(prefix="tanada-wheel-") as folder:
        try:
            [file] = WheelBuilder(str(source)).build(directory=folder, versions=["standard"])
        except Exception as error:  # whatever the build of an edited checkout can raise
            raise TemplateError(
                f"Tanada's wheel can't be built from {source}: {visible(cut_line(str(error), 300))}"
            ) from None
        with zipfile.ZipFile(file) as archive:
            yield from (
                (name, archive.read(name)) for name in archive.namelist() if not name.endswith(".dist-info/RECORD")
            )


def _recorded(distribution: metadata.Distribution) -> Iterator[tuple[str, bytes]]:
    """The installed files that came with the wheel, as RECORD has them."""
    record = distribution.read_text("RECORD")
    package = Path(str(distribution.locate_file("tanada"))).resolve()
    if record is None or package != Path(tanada.__file__).parent.resolve():
        raise TemplateError(f"Who installed this Tanada left no list of its files (RECORD): {_AGAIN}.")
    for name, wanted, _ in csv.reader(io.StringIO(record)):
        if not _from_wheel(PurePosixPath(name)):
            continue
        try:
            data = Path(str(distribution.locate_file(name))).read_bytes()
        except OSError:
            raise TemplateError(f"{name} of the installed Tanada is missing: {_AGAIN}.") from None
        if wanted != f"sha256={_hash(data)}":
            raise TemplateError(f"{name} of the installed Tanada is not as it was installed: {_AGAIN}.")
        yield name, data


def _from_wheel(path: PurePosixPath) -> bool:
    """Not the command, which lies elsewhere, compiled files, and what pip or uv notes down."""
    if path.is_absolute() or ".." in path.parts or path.suffix == ".pyc":
        return False
    return not path.parts[0].endswith(".dist-info") or path.parts[1] in _METADATA


def _hash(data: bytes) -> str:
    """As RECORD writes it (packaging.python.org, "Recording installed projects")."""
    return urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
