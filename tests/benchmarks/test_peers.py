"""The peers' programs make the resources that Tanada makes, one by one."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.peers import awscdk, cdktf
from benchmarks.peers.source import SAMPLE, javascript, python
from benchmarks.tools import resources


def classes(program: str) -> Counter[str]:
    """The constructs that a Python program puts into one stack."""
    calls = [node for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Call) and node.args]
    return Counter(
        ast.unparse(call.func) for call in calls if isinstance(call.args[0], ast.Name) and call.args[0].id == "stack"
    )


def classes_in_javascript(program: str) -> Counter[str]:
    return Counter(re.findall(r"new ([\w.]+)\(stack, ", program))


def wanted(emitted: dict[str, Any]) -> Counter[str]:
    """What CDKTF must be given for an emitted stack."""
    return Counter(
        {
            **{kind: len(named) for kind, named in emitted["resource"].items()},
            "output": len(emitted["output"]),
            "local": len(emitted["locals"]),
            "variable": len(emitted["variable"]),
            "data": 1,
            "provider": 1,
            "backend": 1,
        }
    )


def test_plain_dictionaries_make_the_same_stack_for_each_environment(emitted: dict[str, Any], tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(cdktf.dictionary_program(emitted))
    subprocess.run([sys.executable, program, "3", tmp_path / "out"], check=True)
    one, _, three = (json.loads(file.read_text()) for file in sorted((tmp_path / "out").glob("stacks/*/cdk.tf.json")))
    assert cdktf.comparable(one) == cdktf.comparable(emitted)
    assert three == json.loads(json.dumps(one).replace(SAMPLE, "e0003"))
    assert resources(tmp_path / "out") == 3 * sum(map(len, emitted["resource"].values()))


@pytest.mark.parametrize("naive", [False, True])
def test_cdktf_in_javascript_makes_each_element_once(emitted: dict[str, Any], naive: bool) -> None:
    made = classes_in_javascript(cdktf.javascript_program(emitted, naive=naive))
    assert sorted(made.values()) == sorted(wanted(emitted).values())
    assert made["ecsTaskDefinition.EcsTaskDefinition"] == len(emitted["resource"]["aws_ecs_task_definition"])


def test_cdktn_makes_each_element_once(emitted: dict[str, Any]) -> None:
    made = classes(cdktf.cdktn_program(emitted))
    assert sorted(made.values()) == sorted(wanted(emitted).values())
    assert made["EcsTaskDefinition"] == len(emitted["resource"]["aws_ecs_task_definition"])


def test_aws_cdk_makes_an_equivalent_of_each_resource(emitted: dict[str, Any]) -> None:
    in_python = classes(awscdk.python_program(emitted))
    in_javascript = classes_in_javascript(awscdk.javascript_program(emitted))
    assert in_python == in_javascript
    beside = {"core.CfnParameter", "core.CfnOutput"}
    made = [count for name, count in in_python.items() if name not in beside]
    assert sorted(made) == sorted(map(len, emitted["resource"].values()))


def test_what_depends_on_others_comes_after_them(emitted: dict[str, Any]) -> None:
    order = [each.id for each in cdktf.elements(emitted)]
    service = emitted["resource"]["aws_ecs_service"]["web_service"]
    assert all(order.index(name.partition(".")[2]) < order.index("web_service") for name in service["depends_on"])


TEXTS = st.lists(st.sampled_from([SAMPLE, "${aws_x.y.arn}", "{", "}", "`", "'", '"', "\\", "\n", "$", "é"])).map(
    "".join
)


@given(TEXTS)
def test_python_says_each_text_with_the_environments_name(text: str) -> None:
    assert eval(python(text), {"n": "e0042"}) == text.replace(SAMPLE, "e0042")


def test_javascript_says_each_text_with_the_environments_name() -> None:
    texts = [SAMPLE, f'a "{SAMPLE}" \\ `b` ${{aws_x.y["{SAMPLE}"]}} $', "no `name` ${here}", f"two\nlines of {SAMPLE}"]
    program = f'const n = "e0042"; console.log(JSON.stringify({javascript([*texts, {SAMPLE: True}])}));'
    said = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == [*(text.replace(SAMPLE, "e0042") for text in texts), {"e0042": True}]


def test_programs_are_well_formed_javascript(emitted: dict[str, Any], tmp_path: Path) -> None:
    programs = (cdktf.javascript_program(emitted, naive=False), awscdk.javascript_program(emitted))
    for number, text in enumerate(programs):
        (tmp_path / f"{number}.js").write_text(text)
        subprocess.run(["node", "--check", tmp_path / f"{number}.js"], check=True)
