"""No emitted file holds the trace of an accident."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ACCIDENTS = {
    "TfToken[": "a token that was never resolved",
    "undefined": "a falsy right side of an operator",
    "$${terraform": "an expression taken as text by a function",
    "$${local": "an expression taken as text",
    "jsii._reference_map": "an object printed instead of its value",
    "e+298": "a number token that lost its place",
    "[object Object]": "a JavaScript object printed instead of its value",
    "#{": "a list token that was taken apart",
}
"""What CDKTF's silent mistakes leave behind, and what it means."""

VARYING = re.compile(
    r"""(?<![\w.])/(home|root|Users|work|tmp/|var/folders)(?![\w-]) | \d{4}-\d\d-\d\dT\d\d:\d\d | \b[0-9a-f]{40}\b""",
    re.X,
)
"""Absolute paths of a machine (a container's own /tmp is none), times, commits."""


def strings(value: Any) -> Iterator[str]:
    """Every string in a configuration but CDKTF's own notes."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key != "//":
                yield key
                yield from strings(each)


def parses(templates: list[str]) -> subprocess.CompletedProcess[str]:
    """terraform's own parser over all templates at once; as in JSON, nothing is an escape but `$${` and `%%{`."""
    text = "locals {\n" + "".join(f"e{i} = <<EOT{i}\n{each}\nEOT{i}\n" for i, each in enumerate(templates)) + "}\n"
    return subprocess.run(["terraform", "fmt", "-"], input=text, capture_output=True, text=True, check=False)


def test_every_stack_of_the_inventory_is_there(stacks: dict[str, Any]) -> None:
    assert list(stacks) == [
        "common-main",
        "common-production",
        "environment-production",
        "environment-test",
        "environment-test2",
        "review",
    ]


def test_no_trace_of_an_accident(synthesized: Path) -> None:
    found = [
        f"{file.parent.name}: {trace} ({ACCIDENTS[trace]})"
        for file in synthesized.glob("stacks/*/cdk.tf.json")
        for trace in ACCIDENTS
        if trace in file.read_text()
    ]
    assert not found


def test_no_reference_lost_its_braces(stacks: dict[str, Any]) -> None:
    """A token inside quotes inside an expression comes out as text (`sha256("aws_vpc.vpc.id")`), without a word."""
    bare = re.compile(r'"[^"$]*(?<!\{)\b(aws_\w+|data|local|var)\.\w+\.?\w*[^"]*"\s*[,)]')
    texts = [text for stack in stacks.values() for text in strings(stack.get("resource", {})) if "${" in text]
    assert bare.search('${sha256("kakei/aws_vpc.network_vpc.id/x")}')
    assert not [text for text in texts if not text.startswith(("{", "[")) and bare.search(text)]


def test_nothing_that_differs_from_machine_to_machine(synthesized: Path) -> None:
    found = [
        f"{file.relative_to(synthesized)}: {match[0]}"
        for file in synthesized.rglob("*.json")
        for match in VARYING.finditer(file.read_text())
    ]
    assert not found


@pytest.mark.terraform
def test_every_expression_parses(stacks: dict[str, Any]) -> None:
    templates = sorted({each for stack in stacks.values() for each in strings(stack) if "${" in each or "%{" in each})
    assert len(templates) > 100
    result = parses(templates)
    assert result.returncode == 0, result.stderr


@pytest.mark.terraform
def test_the_parser_refuses_what_cdktf_gets_wrong() -> None:
    for broken in ('${lookup(var.x, \\"web\\", "")}', "${1 + }", '${"a" == }', "${unclosed"):
        assert parses([broken]).returncode != 0, broken


def test_every_json_document_in_a_string_is_one(stacks: dict[str, Any]) -> None:
    """Policies and container definitions are literal JSON, whatever expressions stand in them."""
    count = 0
    for stack in stacks.values():
        for text in strings(stack.get("resource", {})):
            if text.startswith(("{", "[")):
                json.loads(text)
                count += 1
    assert count > 20


def test_nothing_is_called_latest(stacks: dict[str, Any]) -> None:
    assert not [each for stack in stacks.values() for each in strings(stack) if ":latest" in each]
