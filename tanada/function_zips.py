"""The functions that run in AWS: each one's zip, the same bytes wherever it is made.

Their code lies in `functions/<name>/main.py`, which needs nothing but the runtime's own libraries and boto3.
"""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = "functions"
"""Where zips lie beside a stack's configuration."""
_PACKAGE = Path(__file__).parent
_MADE = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can say."""


@dataclass(frozen=True)
class Function:
    """One function's zip."""

    file: str
    """Its path beside the configuration; what is in it is in its name, so no other version is taken for it."""
    content: bytes

    @property
    def source_code_hash(self) -> str:
        """As Lambda says it."""
        return digest(self.content)


@cache
def function(name: str) -> Function:
    """The zip of a function."""
    content = zipped({"main.py": (sources() / name / "main.py").read_bytes()})
    return Function(f"{FOLDER}/{name}-{hashlib.sha256(content).hexdigest()[:8]}.zip", content)


def functions() -> dict[str, bytes]:
    """All zips, by their paths beside a configuration."""
    named = sorted(folder.parent.name for folder in sources().glob("*/main.py"))
    return {each.file: each.content for each in map(function, named)}


def sources() -> Path:
    """Where their code lies: in a checkout beside the package, else in it."""
    shipped = _PACKAGE / FOLDER
    return shipped if shipped.is_dir() else _PACKAGE.parent / FOLDER


def digest(content: bytes) -> str:
    """A zip's hash as Lambda says it (Lambda API reference, FunctionConfiguration, "CodeSha256")."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip without times, owners or compression, which differ from one machine to the next."""
    import zipfile  # here: most starts look at their sources alone

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _MADE)
            entry.create_system = 3  # Unix, so that the mode below is read
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data)
    return stream.getvalue()


def script(name: str, *files: str) -> str:
    """The code of a function of CloudFront's: its `files` of `functions/<name>/`, one behind the other."""
    return "\n".join((sources() / name / file).read_text(encoding="utf-8") for file in files)
