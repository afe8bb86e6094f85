"""The peers' frozen programs make the same resources, one by one; what Tanada makes by now breaks none of them."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks import stacks, systems
from benchmarks.tools import PROGRAMS


def classes(program: str) -> Counter[str]:
    """The constructs that a Python program puts into one stack."""
    calls = [node for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Call) and node.args]
    return Counter(
        ast.unparse(call.func) for call in calls if isinstance(call.args[0], ast.Name) and call.args[0].id == "stack"
    )


def classes_in_javascript(program: str) -> Counter[str]:
    return Counter(re.findall(r"new ([\w.]+)\(stack, ", program))


def wanted(stack: dict[str, Any]) -> list[int]:
    """How often CDKTF must be called for each kind of element of a stack."""
    others = [len(stack[kind]) for kind in ("output", "locals", "variable")]
    return sorted([*map(len, stack["resource"].values()), *others, len(["data"]), len(["provider"]), len(["backend"])])


def test_plain_dictionaries_make_the_same_stack_for_each_environment(written: Path, frozen: dict[str, Any]) -> None:
    _, _, three = (json.loads(file.read_text()) for file in sorted(written.glob("stacks/*/cdk.tf.json")))
    assert three == json.loads(json.dumps(frozen).replace(systems.name(1), systems.name(3)))
    assert stacks.resources(written) == 3 * stacks.count(frozen) == 3 * 28


def test_cdktf_in_javascript_makes_each_element_once(frozen: dict[str, Any]) -> None:
    made = classes_in_javascript((PROGRAMS / "cdktf.js").read_text())
    assert sorted(made.values()) == wanted(frozen)
    assert made["ecsTaskDefinition.EcsTaskDefinition"] == len(frozen["resource"]["aws_ecs_task_definition"])


def test_cdktn_makes_each_element_once(frozen: dict[str, Any]) -> None:
    made = classes((PROGRAMS / "with_cdktn.py").read_text())
    assert sorted(made.values()) == wanted(frozen)
    assert made["EcsTaskDefinition"] == len(frozen["resource"]["aws_ecs_task_definition"])


def test_aws_cdk_makes_an_equivalent_of_each_resource(frozen: dict[str, Any]) -> None:
    in_python = classes((PROGRAMS / "with_awscdk.py").read_text())
    assert in_python == classes_in_javascript((PROGRAMS / "awscdk.js").read_text())
    beside = {"core.CfnParameter", "core.CfnOutput"}
    made = [count for name, count in in_python.items() if name not in beside]
    assert sorted(made) == sorted(map(len, frozen["resource"].values()))


@pytest.mark.parametrize("program", ["cdktf.js", "awscdk.js"])
def test_programs_are_well_formed_javascript(program: str) -> None:
    subprocess.run(["node", "--check", PROGRAMS / program], check=True)


def test_a_type_that_tanada_emits_since_breaks_nothing_and_is_said(frozen: dict[str, Any]) -> None:
    assert stacks.difference(frozen, frozen) is None
    more = {**frozen, "resource": {**frozen["resource"], "aws_made_up": {"one": {"name": "one"}}}}
    expected = "Tanada makes 29 resources an environment, its peers 28: aws_made_up 1 instead of 0."
    assert stacks.difference(more, frozen) == expected
    role = frozen["resource"]["aws_iam_role"]
    changed = {name: {**body, "max_session_duration": 7200} for name, body in role.items()}
    assert stacks.difference({**frozen, "resource": {**frozen["resource"], "aws_iam_role": changed}}, frozen) == (
        "Tanada makes 28 resources an environment, its peers 28: the same types with other settings."
    )
