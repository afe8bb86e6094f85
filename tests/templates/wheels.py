"""Wheels of Tanada for tests: the real one, and small ones."""

from __future__ import annotations

import functools

from tanada.templates.wheel import LOCK, Wheel, installed, made


@functools.cache
def built() -> Wheel:
    """The one that `tanada vendor` makes here; built once a run (tests/forked.py)."""
    return installed()


def small(version: str = "0.1.0", lock: str = "", code: str = "") -> Wheel:
    """One that holds nothing to run."""
    files = {
        "tanada/__init__.py": code,
        LOCK: lock,
        f"tanada-{version}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: tanada\nVersion: {version}\n",
        f"tanada-{version}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    return made({name: text.encode() for name, text in files.items()})
