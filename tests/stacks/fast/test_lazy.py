"""Classes of generated modules are made when they are first asked for, and are what jsii's own are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.stacks.fast.programs import run

pytestmark = pytest.mark.slow

UNASKED = """
import sys
from tanada.stacks import fast
fast.activate()
import cdktf
from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws import eip
def made():
    return sorted(name for name in vars(eip._private) if name.startswith("Eip"))
print(made())
print(eip.EipTimeouts is eip._private.EipTimeouts is eip.EipTimeouts, made())
names = {}
exec("from cdktf_cdktf_provider_aws.eip import *", names)
print(sorted(name for name in names if name.startswith("Eip")), names["Eip"] is Eip)
"""

ANSWERED = """
import sys
from tanada.stacks import fast
fast.activate()
from cdktf import App, TerraformStack, Fn
from cdktf_cdktf_provider_aws import eip
stack = TerraformStack(App(outdir=sys.argv[1]), "s")
timeouts = eip.Eip(stack, "e").timeouts
print(type(timeouts).__name__, timeouts.delete_input)
print(type(eip.Eip(stack, "f", timeouts={"read": "1m"}).timeouts_input).__name__)
timeouts.delete = "4m"
print(timeouts.delete_input)
timeouts.reset_delete()
print(timeouts.delete_input)
try:
    timeouts.reset_delete(1)
except TypeError as error:
    print(error)
"""

UNFAMILIAR = """
import importlib, marshal, sys, types
from tanada.stacks import fast
fast.activate()
import cdktf
from tanada.stacks.fast import lazy, lean
def made(text):
    module = sys.modules["made"] = types.ModuleType("made")
    module.__dict__.update(__tanada__=lazy, __tanada_module__=module)
    code = marshal.loads(lean.made("import publication\\n__all__ = ['A', 'B']\\n" + text, "made", checked=False))
    exec(code, module.__dict__)
    before = [name for name in "AB" if name in vars(module)]
    return before, sys.modules["made"].B.x
END = "\\npublication.publish()\\n"
FAMILIAR = "class A:\\n    x = 1\\nclass B(A):\\n    y = 2"
print(made(FAMILIAR + END))
print(made(FAMILIAR + "\\nA.x = 3" + END))
print(made("class A:\\n    x = 1\\nclass A:\\n    x = 4\\nclass B(A):\\n    y = 2" + END))
print(made("class A:\\n    x = 1\\nclass B:\\n    def A(self): pass\\n    x = A.__name__" + END))
"""


def test_classes_are_made_when_they_are_asked_for(env: dict[str, str]) -> None:
    done = run(UNASKED, env=env)
    everything = ["Eip", "EipConfig", "EipTimeouts", "EipTimeoutsOutputReference"]
    assert done.stdout.splitlines() == ["['Eip']", "True ['Eip', 'EipTimeouts']", f"{everything} True"], done.stderr


def test_node_answers_with_what_nobody_asked_for_yet(env: dict[str, str], tmp_path: Path) -> None:
    done = run(ANSWERED, tmp_path / "out", env=env)
    assert done.stdout.splitlines() == [
        "EipTimeoutsOutputReference None",
        "EipTimeouts",
        "4m",
        "None",
        "EipTimeoutsOutputReference.reset_delete() takes 1 positional argument but 2 were given",
    ], done.stderr


def test_a_module_that_is_written_otherwise_is_made_at_once(env: dict[str, str]) -> None:
    done = run(UNFAMILIAR, env=env)
    assert done.stdout.splitlines() == [
        "([], 1)",
        "(['A', 'B'], 3)",
        "(['A', 'B'], 4)",
        "(['A', 'B'], 'A')",
    ], done.stderr


def test_classes_are_what_stock_cdktf_has(env: dict[str, str]) -> None:
    fast, stock = (run("described.py", env={**env, **switch}) for switch in ({}, {"TANADA_FAST_LOAD": "0"}))
    assert fast.returncode == stock.returncode == 0, fast.stderr + stock.stderr
    for ours, theirs in zip(fast.stdout.splitlines(), stock.stdout.splitlines(), strict=True):
        assert json.loads(ours) == json.loads(theirs) if theirs.startswith("[") else ours == theirs
    assert len(stock.stdout.splitlines()) > 150
