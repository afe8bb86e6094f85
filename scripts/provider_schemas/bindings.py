"""The TypeScript that the installed AWS bindings were made of, read out of their wheel.

Each `lib/<module>/index.js` in the wheel's jsii tarball ends in an inline source map that holds the original
TypeScript; the 130 MB assembly beside it and Node are not needed.
"""

from __future__ import annotations

import base64
import importlib.metadata
import importlib.util
import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

from tanada.errors import OfflineError

PACKAGE = "cdktf_cdktf_provider_aws"
_SOURCE_MAP = b"sourceMappingURL=data:"
_SCHEMA = "tfResourceType"
_SPLIT = "from './index-structs"
_STRUCTS = re.compile(r"index-structs/structs\d+\.js$")


def version() -> str:
    """The version of the installed bindings."""
    try:
        return importlib.metadata.version("cdktf-cdktf-provider-aws")
    except importlib.metadata.PackageNotFoundError:
        raise OfflineError("The package cdktf-cdktf-provider-aws is not installed: the schemas come from it.") from None


def tarball() -> Path:
    """The jsii tarball inside the installed bindings; the package itself is not imported (12 s)."""
    spec = importlib.util.find_spec(PACKAGE)
    folders = list(spec.submodule_search_locations or []) if spec else []
    tarballs = [file for folder in folders for file in sorted(Path(folder, "_jsii").glob("*.jsii.tgz"))]
    if len(tarballs) != 1:
        raise OfflineError(
            f"Expected one jsii tarball in the installed {PACKAGE}, found {len(tarballs)}: reinstall it."
        )
    return tarballs[0]


def sources(archive: Path) -> Iterator[str]:
    """The TypeScript of each module that holds a resource, a data source or the provider."""
    split: dict[str, list[str]] = {}  # three modules are so large that their structs stand in files of their own
    with tarfile.open(archive) as tar:
        for member in tar:
            _, _, path = member.name.partition("/lib/")
            module, _, inside = path.partition("/")
            file = tar.extractfile(member) if inside == "index.js" or _STRUCTS.match(inside) else None
            if file is None:
                continue
            text = _typescript(file.read())
            if inside != "index.js" or _SPLIT in text:
                split.setdefault(module, []).append(text)
            elif _SCHEMA in text:
                yield text
    for texts in split.values():
        if any(_SCHEMA in text for text in texts):
            yield "\n".join(texts)


def _typescript(javascript: bytes) -> str:
    start = javascript.rfind(_SOURCE_MAP)
    if start < 0:
        return ""
    encoded = javascript[javascript.index(b"base64,", start) + len(b"base64,") :].strip()
    source: str = json.loads(base64.b64decode(encoded))["sourcesContent"][0]
    return source
