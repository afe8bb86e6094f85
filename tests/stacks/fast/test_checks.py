"""jsii's checks of argument types: for all in tests; of Tanada's own code mypy checks the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stacks.fast.programs import run

PROGRAM = """
import sys
from tanada.stacks import fast
fast.activate()
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.vpc import Vpc
try:
    Vpc(TerraformStack(App(outdir=sys.argv[1]), "s"), "vpc", cidr_block=["10.0.0.0/16"])
except TypeError as error:
    print(error)
except RuntimeError as error:
    print("Node said it")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("switch", "expected"),
    [
        ({}, "Node said it\n"),
        ({"TANADA_TYPE_CHECKS": "0"}, "Node said it\n"),
        ({"TANADA_TYPE_CHECKS": "1"}, "type of argument cidr_block must be one of (str, NoneType); got list instead\n"),
    ],
)
def test_python_checks_types_where_it_is_asked_to(
    env: dict[str, str], tmp_path: Path, switch: dict[str, str], expected: str
) -> None:
    done = run(PROGRAM, tmp_path / "out", env={**env, **switch})
    assert done.stdout == expected, done.stderr
