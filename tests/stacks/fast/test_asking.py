"""What waits for Node waits for all that was sent before: our own constructs ask it nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stacks.fast.programs import run

pytestmark = pytest.mark.slow

ASKED = """
import sys
from pathlib import Path
from tanada.stacks import app, fast
fast.activate()
from tanada.declarations.loader import load
from tanada.stacks.fast.kernel import Kernel
call, asked = Kernel._call, []
def noted(kernel, message):
    asked.append(message.get("method") or message.get("property"))
    return call(kernel, message)
Kernel._call = noted
app.synthesize(load(Path.cwd()), Path(sys.argv[1]))
print(*asked[:asked.index("synth")])
"""


def test_the_default_system_is_made_without_a_question(env: dict[str, str], tmp_path: Path) -> None:
    """Each path or type that a construct was asked for took the time that Node was behind, a quarter of a synth."""
    done = run(ASKED, tmp_path / "out", env=env)
    assert (done.returncode, done.stdout) == (0, "\n"), done.stderr
