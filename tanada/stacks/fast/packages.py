"""The packages that fast synth was made for, as it relies on how they work inside; and which parts the code imports."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

VERSIONS: Mapping[str, str] = {
    "jsii": "1.142.0",
    "constructs": "10.8.1",
    "cdktf": "0.21.0",
    "cdktf_cdktf_provider_aws": "21.22.1",
}
"""By import name, which is also the name of the distribution."""

PROVIDER = "cdktf_cdktf_provider_aws"
_IN_BYTES = PROVIDER.encode()
PROVIDER_IN_NODE = "@cdktf/provider-aws"
GENERATED = ("constructs", "cdktf", PROVIDER)
"""Those whose Python jsii generated."""

# Each begins with a literal, which is looked for ten times as fast as a pattern.
_DOTTED = re.compile(rf"{PROVIDER}\.([a-z]\w*)")
_FROM_PACKAGE = re.compile(rf"{PROVIDER}\s+import\s+(\([^)]*\)|[^\n#]*)")
_LONGEST = 4096
"""Characters of a list of submodules, surely."""
_NAME = re.compile(r"\b([a-z]\w*)(?:\s+as\s+\w+)?")


def find(package: str) -> Path | None:
    """The folder of an installed package; without importing it or `importlib.metadata`, which takes as long."""
    for entry in sys.path:
        folder = Path(entry or ".") / package
        if (folder / "__init__.py").is_file():
            return folder
    return None


def misfit() -> str | None:
    """Why the fast path does not fit what is installed or set here, or None."""
    for package, version in VERSIONS.items():
        folder = find(package)
        if folder is None:
            return f"{package} {version} is not installed"
        if not (folder.parent / f"{package}-{version}.dist-info").is_dir():
            return f"it was made for {package} {version}, which is not the one in {folder.parent}"
    if not hasattr(os, "posix_spawn"):
        return "this system can't start Node the way it does"
    # Settings of jsii for those who debug it: they are about jsii's own way.
    for name in ("JSII_RUNTIME", "JSII_DEBUG", "JSII_DEBUG_TIMING", "JSII_HOST_STACK_TRACES"):
        if os.environ.get(name):
            return f"{name} is set"
    return None


def submodules(text: str) -> set[str]:
    """The submodules that a Python file names; one too many costs little, one too few a second start of Node."""
    # Imports stand together: the rest of a file is long, and a pattern reads it ten times as slowly as `find`.
    begin, end = text.find(PROVIDER), text.rfind(PROVIDER)
    if begin == -1:
        return set()
    text = text[text.rfind("\n", 0, begin) + 1 : end + _LONGEST]
    names = set(_DOTTED.findall(text))
    for listed in _FROM_PACKAGE.findall(text):
        names.update(_NAME.findall(listed))
    return names


def scan(folders: Iterable[Path]) -> set[str]:
    """The submodules that the Python files in and below the folders name."""
    names: set[str] = set()
    for folder in folders:
        # Not with pathlib, nor as text: most files name none, and those two take twice as long as the files.
        for place, _, files in os.walk(folder):
            for file in files:
                if not file.endswith(".py"):
                    continue
                try:
                    with open(f"{place}/{file}", "rb", buffering=0) as stream:  # noqa: PTH123 - see above
                        content = stream.read()
                    if _IN_BYTES in content:
                        names |= submodules(content.decode())
                except (OSError, UnicodeDecodeError):
                    continue  # the import of it will say so
    return names
