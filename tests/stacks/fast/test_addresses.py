"""Addresses that Node makes by itself are those of Python's method, mistakes included."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.stacks.fast.programs import run

pytestmark = pytest.mark.slow

PROGRAM = """
import json, sys
from pathlib import Path
from tanada.stacks import fast
fast.activate()
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.vpc import Vpc
from constructs import Construct
from tanada.stacks.base import BaseStack
from tanada.stacks.fast import kernel

class Bare(BaseStack):
    def __init__(self, scope, name):
        self._addresses, self.mistakes = {}, []
        TerraformStack.__init__(self, scope, name)

class Other(Vpc):
    pass

asked = []
handle = kernel._handle_callback
kernel._handle_callback = lambda *given: asked.append(1) or handle(*given)

def work(folder):
    Path(folder).mkdir(exist_ok=True)
    app = App(stack_traces=False, outdir=folder, skip_validation=True)
    stack = Bare(app, "s")
    for path in json.loads(sys.argv[1]):
        scope = stack
        *above, last = path.split("/")
        for each in above:
            scope = scope.node.try_find_child(each) or Construct(scope, each)
        kind = {"q": SqsQueue, "o": Other}.get(last.partition(":")[0], Vpc)
        made = kind(scope, last.rpartition(":")[2])
        if last.startswith("r:"):
            made.arn
    app.synth()
    return stack.mistakes

runtime = fast._runtime
ahead = fast.run(lambda: work(sys.argv[2]))
calls = len(asked)
plain = runtime._kernel.work(lambda: work(sys.argv[3]), ahead=False)
print(json.dumps([ahead, plain, calls]))
"""

RIGHT = ["a", "(layer)/b", "group/(layer)/inner/c", "r:d", "(layer)/q:a", "group/e-f_1"]
WRONG = {
    "the same address": ["a_b", "a/b"],
    "the same address, read before": ["r:a_b", "r:a/b"],
    "the same address in another type": ["a_b", "q:a/b"],
    "the same address in a subclass": ["a_b", "o:a/b"],
    "a capital": ["Bad"],
    "a digit first": ["group/1st"],
    "half a layer": ["(half/a"],
    "several": ["X", "a_b", "(l)/a/b", "r:Y", "a/b"],
}


@pytest.mark.parametrize("paths", [RIGHT, *WRONG.values()], ids=["all right", *WRONG])
def test_node_makes_the_addresses_that_python_would(env: dict[str, str], tmp_path: Path, paths: list[str]) -> None:
    done = run(PROGRAM, json.dumps(paths), tmp_path / "ahead", tmp_path / "plain", env=env)
    assert done.returncode == 0, done.stderr
    ahead, plain, calls = json.loads(done.stdout)
    assert ahead == plain
    assert (tmp_path / "ahead/stacks/s/cdk.tf.json").read_bytes() == (
        tmp_path / "plain/stacks/s/cdk.tf.json"
    ).read_bytes()
    if paths is RIGHT:
        assert (ahead, calls) == ([], 0)
