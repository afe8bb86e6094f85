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


TRIED = (22, 24)
"""Major versions of Node.js; 20 ended in April 2026 (nodejs.org/en/about/previous-releases)."""
_TRIED = "22 or 24 (https://nodejs.org)"
_CURRENT = 25
"""From it on a version may be newer than this Tanada."""


def node(environ: Mapping[str, str]) -> str | None:
    """The Node.js that runs CDKTF: the one that JSII_NODE names, else the one on PATH; None where there is none."""
    return shutil.which(environ.get("JSII_NODE") or "node", path=environ.get("PATH"))


def missing(environ: Mapping[str, str]) -> str:
    """The sentence where there is none."""
    if named := environ.get("JSII_NODE"):
        return f"JSII_NODE={named} is no program: name Node.js {_TRIED} there, or unset it to take the one on PATH."
    return f"Node.js is missing, which CDKTF needs: install {_TRIED}, so that it is on PATH, or name it by JSII_NODE."


def no_node(program: str) -> str:
    """The sentence where what should be Node.js doesn't say its version."""
    return f"{program} doesn't say which Node.js it is: install {_TRIED}."


def old_or_new(version: str) -> str | None:
    """What to say of a version (`v20.20.2`) that was not tried, in the place of jsii's eleven lines; else nothing."""
    major = int(version.removeprefix("v").partition(".")[0])
    if major in TRIED:
        return None
    why = "was not tried with this Tanada" if major >= _CURRENT else "gets no more security updates"
    return f"Node.js {version.removeprefix('v')} {why}: better use {_TRIED}."
