"""What `tanada plan` adds: the arithmetic, and what a process is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import plan
from benchmarks.measure import Run, measure

RUNS = [
    Run(5.0, 10.0, 300, {"terraform plan": 5.0, "terraform show": 2.0, "tanada": 0.5, "provider": 0.25, "git": 0.01}),
    Run(6.0, 11.0, 300, {"terraform plan": 5.5, "terraform show": 2.2, "tanada": 0.7, "provider": 0.35}),
    Run(5.5, 10.5, 300, {"terraform plan": 5.2, "terraform show": 2.1, "tanada": 0.6, "provider": 0.30}),
]


def test_what_was_not_seen_is_terraform_s() -> None:
    added = plan.summed(RUNS, [plan.ByHand(5.0, 18.0), plan.ByHand(9.0, 30.0), plan.ByHand(4.0, 15.0)])
    assert (added.wall, added.by_hand) == (5.5, plan.ByHand(5.0, 18.0))
    assert (added.tanada, added.provider, added.other) == (0.6, 0.3, 0)
    assert added.terraform == pytest.approx(10.5 - 0.9)
    assert added.ratio == pytest.approx(0.05)
    said = list(plan.rows(added))
    assert said[2].endswith("| ≤ 15% | 5% | reached |")
    assert "| `tanada plan`: terraform (plan 5.20, show 2.10) | 9.60 | 53% |" in said


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["/usr/bin/terraform", "-chdir=cdktf.out", "plan", "-json"], "terraform plan"),
        ([".venv/bin/python", "-m", "tanada.offline.server", "/tmp/x", "ids.json"], "provider"),
        ([".venv/bin/python3.11", ".venv/bin/tanada", "plan"], "tanada"),
        (["git", "status"], "git"),
    ],
)
def test_a_process_is_named_by_its_arguments(arguments: list[str], kind: str) -> None:
    assert plan.kind(arguments) == kind


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_processes_started_by_threads_are_seen_too(tmp_path: Path) -> None:
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    program = f"""
import subprocess, sys, threading
work = lambda: subprocess.run([sys.executable, "-c", {busy!r}, "inner"], check=True)
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""
    log = tmp_path / "log"
    run = measure([sys.executable, "-c", program], tmp_path, {}, log, lambda words: words[-1][:5])
    assert run.parts["inner"] >= 0.2
    assert run.cpu >= run.parts["inner"]
