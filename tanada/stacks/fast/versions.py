"""Which packages the fast path was made for: it relies on how they work inside, not on promises of theirs."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

PACKAGES: Mapping[str, str] = {
    "jsii": "1.142.0",
    "constructs": "10.8.1",
    "cdktf": "0.21.0",
    "cdktf_cdktf_provider_aws": "21.22.1",
}
"""By import name, which is also the name of the distribution."""


PROVIDER_PACKAGE = "@cdktf/provider-aws"
"""The provider for Node."""


def find(package: str) -> Path | None:
    """The folder of an installed package; without importing it or `importlib.metadata`, which takes as long."""
    for entry in sys.path:
        folder = Path(entry or ".") / package
        if (folder / "__init__.py").is_file():
            return folder
    return None


def misfit() -> str | None:
    """Why the fast path does not fit what is installed or set here, or None."""
    for package, version in PACKAGES.items():
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
