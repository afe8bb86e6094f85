"""jsii's checks of argument types: for a team's extensions always, for all in tests, for Tanada's own code not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stacks.fast.running import run

WRONG = """
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.vpc import Vpc
def make(folder):
    Vpc(TerraformStack(App(outdir=folder), "s"), "vpc", cidr_block=["10.0.0.0/16"])
"""

PROGRAM = """
import sys
from pathlib import Path
from tanada.stacks import fast
fast.activate()
sys.path.insert(0, str(Path.cwd() / sys.argv[1]))
import wrong
try:
    wrong.make(sys.argv[2])
except TypeError as error:
    print(error)
except RuntimeError as error:
    print("Node said it")
"""

REFUSED = "type of argument cidr_block must be one of (str, NoneType); got list instead\n"


@pytest.mark.parametrize(
    ("folder", "others", "switch", "expected"),
    [
        ("extensions", (), {}, REFUSED),
        ("own", ("extensions",), {}, "Node said it\n"),
        ("own", (), {}, "Node said it\n"),
        ("own", (), {"TANADA_TYPE_CHECKS": "1"}, REFUSED),
    ],
    ids=["in an extension", "beside an extension", "without extensions", "when all is checked"],
)
def test_checks_run_for_the_code_that_they_are_for(
    env: dict[str, str], tmp_path: Path, folder: str, others: tuple[str, ...], switch: dict[str, str], expected: str
) -> None:
    team = tmp_path / "team"
    for name in (folder, *others):
        (team / name).mkdir(parents=True)
    (team / folder / "wrong.py").write_text(WRONG)
    done = run(PROGRAM, folder, tmp_path / "out", env={**env, **switch}, cwd=team)
    assert done.stdout == expected, done.stderr
