"""What main.py, as a process, and whoever starts it agree on: Node.js, jsii's silence, how far it is."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

QUIET = {
    # jsii's banner about Node: which of them it asks depends on today's date, so all are set (read from jsii 1.142).
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "18,20",
    "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
}
PROGRESS = "TANADA_PROGRESS"
"""`1`: whoever started main.py has the terminal, and each state of a long synth is a line on stdout after PREFIX."""
PREFIX = "progress: "


def node(environ: Mapping[str, str]) -> str | None:
    """The Node.js that runs CDKTF: the one that JSII_NODE names, else the one on PATH; None where there is none."""
    return shutil.which(environ.get("JSII_NODE") or "node", path=environ.get("PATH"))
