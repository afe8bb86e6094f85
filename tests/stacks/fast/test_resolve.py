"""Values come out as cdktf resolves and writes them, tokens and mistakes included."""

from __future__ import annotations

import json

import pytest

from tests.stacks.fast.programs import run

PROGRAM = """
import json, sys, tempfile
from pathlib import Path
from tanada.stacks import fast
fast.activate()

def work(name):
    from cdktf import App, Fn, TerraformOutput, TerraformStack, TerraformVariable, Token
    folder = tempfile.mkdtemp()
    app = App(stack_traces=False, outdir=folder)
    stack = TerraformStack(app, "s")
    text, count = (TerraformVariable(stack, each) for each in ("text", "count"))
    other = TerraformVariable(TerraformStack(app, "other"), "text")
    known = TerraformVariable(stack, "e-1e5").string_value
    def deep(levels):
        value = "end"
        for number in range(levels):
            value = [value] if number % 2 else {"deeper": value}
        return value
    values = {
        "plain": {"a": 1, "b": [True, None, "", {}, [], 0, 0.5], "c": {"d": None}, "e": {}, "dotted.key": "ü"},
        "numbers": [-5, -1.5e300, 1e21, -123456780],
        "texts": ["kakei-e0001", "1e5", "-e1", "-1.5e+289", "|e|", "2.5e+3 and 1e-7", "a" * 300 + "1e1"],
        "expressions": ["${terraform.workspace}", '${lookup(var.a, "b", "")}', "}", "$${x}", "%{if true}"],
        "a token": text.string_value,
        "a token in a text": f"<{text.string_value}> 1e5 {text.string_value}",
        "a token beside others": [text.string_value, "x", {"y": text.string_value}],
        "a token in an expression": "${upper(" + text.string_value + ")} " + text.string_value,
        "a token between signs": "}$" + text.string_value + "} {$" + text.string_value + "{" + known,
        "a token among some that are none": "${TfToken[TOKEN.99999]}" + text.string_value,
        "a list among texts": f"{text.string_value} {text.list_value[0]}",
        "a token of another stack": other.string_value,
        "a token of another stack in a text": f"<{other.string_value}> {text.string_value}",
        "a list of another stack": other.list_value,
        "a function of a token": Fn.upper(text.string_value) + text.string_value,
        "a token as a key": {text.string_value: 1, f"a {text.string_value}": [2], "b": 3},
        "a list": text.list_value,
        "a list in a list": [text.list_value, "x"],
        "a number": count.number_value,
        "a number in a text": f"<{count.number_value}>",
        "a number beside others": [count.number_value, -1],
        "an object": text,
        "a map": Token.as_string_map(text.string_value),
        "a list in a text": f"<{text.list_value[0]}>",
        "a list beside others": [text.list_value[0], "x"],
        "no map": "String Map Token Value",
        "no map as a key": {"Any Map Token Value": 1},
        "no map as a number": [-123456789],
        "no such token": "${TfToken[TOKEN.99999]}",
        "what JSON writes in its own way": {
            chr(0x2028): "'" + chr(34) + chr(92) + "/" + chr(7) + chr(0x7F) + chr(0x2028) + chr(0x1F600),
            "10": "", "9": {}, "B": [[], [{}], {"b": [1, 0.5], "a": []}], "a": {"deeper": {}},
        },
        "deep": {"deep": deep(130)},
        "too deep": {"deep": deep(210)},
    }
    if name is None:
        return list(values)
    TerraformOutput(stack, "value", value=values[name])
    stack.add_override("locals.value", values[name])
    app.synth()
    return (Path(folder) / "stacks" / "s" / "cdk.tf.json").read_text()

found = {}
for name in fast.run(lambda: work(None)):
    try:
        found[name] = fast.run(lambda: work(name))
    except Exception as error:
        found[name] = [type(error).__name__, str(error)]
print(json.dumps(found))
"""


@pytest.mark.slow
def test_values_are_those_of_cdktf(env: dict[str, str]) -> None:
    fast, stock = (run(PROGRAM, env={**env, "TANADA_FAST_LOAD": switch}) for switch in ("1", "0"))
    assert (fast.returncode, fast.stderr) == (0, "")
    got, expected = json.loads(fast.stdout), json.loads(stock.stdout)
    assert got == expected
    assert sum(isinstance(each, list) for each in expected.values()) >= 6, "mistakes are among them"
    assert isinstance(got["deep"], str)
