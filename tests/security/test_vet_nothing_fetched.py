"""Nothing that a declaration names is fetched: neither checking nor synthesizing opens a connection."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import ROOT

REFUSING_PYTHON = """
import sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request"):
        raise SystemExit(f"a connection: {event} {arguments}")

sys.addaudithook(refuse)
"""
REFUSING_NODE = """
const refuse = (...given) => { console.error('a connection', given); process.exit(97); };
require('net').Socket.prototype.connect = refuse;
require('dns').lookup = refuse;
require('dgram').createSocket = refuse;
"""


def run(arguments: list[str], folder: Path, guards: Path) -> subprocess.CompletedProcess[str]:
    (guards / "sitecustomize.py").write_text(REFUSING_PYTHON)
    (guards / "refuse.js").write_text(REFUSING_NODE)
    guarded = {"PYTHONPATH": str(guards), "NODE_OPTIONS": f"--require {guards}/refuse.js", "TANADA_CACHE": "0"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **guarded},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_guards_refuse(tmp_path: Path) -> None:
    said = run(["-c", "import socket; socket.create_connection(('127.0.0.1', 9))"], tmp_path, tmp_path)
    assert "a connection" in said.stderr
    node = "import subprocess; subprocess.run(['node', '-e', \"require('net').connect(9)\"])"
    assert "a connection" in run(["-c", node], tmp_path, tmp_path).stderr


@pytest.mark.slow
@pytest.mark.parametrize("system", ["ci", "hosted_zone", "service", "registry"])
def test_neither_checking_nor_synthesizing_connects(system: str, tmp_path: Path) -> None:
    """Those that name servers: an issuer of tokens, domains, URLs, registries."""
    shutil.copytree(ROOT / "tests/capabilities" / system, tmp_path / "system")
    shutil.copy(ROOT / "main.py", tmp_path / "system")
    guards = tmp_path / "guards"
    guards.mkdir()
    for verb in ("check", "synth"):
        said = run(["-m", "tanada", verb], tmp_path / "system", guards)
        assert (said.returncode, "a connection" in said.stderr + said.stdout) == (0, False), said.stderr
    assert list((tmp_path / "system/cdktf.out/stacks").glob("*/cdk.tf.json"))
