"""`tanada graph`: what can't be drawn is refused in one sentence; the rest is in tests/capabilities/test_graph.py."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from tanada.errors import TerraformError
from tanada.graph.model import Graph, Node
from tanada.terraform import pictures
from tanada.terraform.pictures import drawn, read
from tanada.terraform.process import Processes

from .program import GOOD, ROOT, tanada

ONE = Graph("kakei", (), (Node("a", "a", "service", "ECS service", None),), ())


def test_a_stack_that_is_none_is_refused_before_anything_is_made() -> None:
    ended = tanada("graph", "tst", folder=ROOT)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith('There is no stack "tst"; expected one of common-main, ')
    assert ended.stderr.endswith('; did you mean "test"?\n')


def test_other_formats_are_refused() -> None:
    ended = tanada("graph", "--format", "dot", folder=GOOD)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert '"dot" is none; expected one of svg, mermaid' in ended.stderr


def test_without_node_there_is_mermaid_and_a_sentence() -> None:
    without = {"PATH": "/nowhere"}
    assert 'n1["a<br>ECS service"]' in drawn(ONE, "mermaid", without, Processes())
    with pytest.raises(TerraformError, match=r"^Node.js is missing, which CDKTF needs: install 22 or 24 "):
        drawn(ONE, "svg", without, Processes())


def test_without_elkjs_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "tanada"
    monkeypatch.setattr("tanada.__file__", str(package / "__init__.py"))
    with pytest.raises(TerraformError, match=r"^This Tanada has no elkjs, .* or draw with --format mermaid"):
        drawn(ONE, "svg", os.environ, Processes())
    # A wheel brings it along.
    brought = package / "graph" / "elkjs" / "elk.bundled.js"
    brought.parent.mkdir(parents=True)
    brought.write_text("")
    assert pictures.bundle() == brought


def test_what_elk_refuses_is_said_in_one_sentence(tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho 'RangeError: too deep' >&2\nexit 1\n")
    node.chmod(node.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(TerraformError, match=r"^ELK could not lay the picture out: RangeError: too deep$"):
        drawn(ONE, "svg", {**os.environ, "JSII_NODE": str(node)}, Processes())


def test_the_emitted_json_is_read_as_it_lies_there(tmp_path: Path) -> None:
    file = tmp_path / "cdktf.out" / "stacks" / "review" / "cdk.tf.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"resource": {}}))
    assert read(tmp_path, ["review"]) == {"review": {"resource": {}}}
