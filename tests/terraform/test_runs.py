"""Folders of runs: what was killed leaves plans in the clear there, and whoever comes next removes them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tanada.errors import TerraformError
from tanada.terraform import runs
from tanada.terraform.layout import Layout
from tanada.terraform.process import Processes


def entries(layout: Layout) -> list[str]:
    return sorted(path.name for path in layout.runs.iterdir())


def test_what_nobody_holds_is_swept_and_a_state_in_it_kept(tmp_path: Path) -> None:
    layout, said = Layout(tmp_path), list[str]()
    for content in ('{"serial": 1}', '{"serial": 2}'):
        left = layout.runs / "review-kokuyou-ab12_c3d"
        (left / ".terraform").mkdir(parents=True)
        (left / "plan.tfplan").write_text("every secret")
        (left / "errored.tfstate").write_text(content)
        (left / "errored.tfstate").chmod(0o644)
        runs.end(*runs.begin(layout, "common-main", {}, said.append))
    assert entries(layout) == []
    kept = layout.own / "left" / "review-kokuyou"
    assert {path.name: path.read_text() for path in kept.iterdir()} == {
        "errored.tfstate": '{"serial": 1}',
        "errored-2.tfstate": '{"serial": 2}',
    }
    assert {path.stat().st_mode & 0o777 for path in kept.iterdir()} == {0o600}
    assert said == [
        f"A run that was killed left errored.tfstate, which is in {kept / name} now.\n"
        for name in ("errored.tfstate", "errored-2.tfstate")
    ]


def test_a_state_that_can_not_be_moved_stays_and_nothing_begins(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    file = layout.runs / "common-main-ab12_c3d" / "errored.tfstate"
    file.parent.mkdir(parents=True)
    file.write_text('{"serial": 1}')
    (layout.own / "left").write_text("in its way")
    with pytest.raises(TerraformError, match=r"could not save its state, which lies in .* and it can't be moved to"):
        runs.begin(layout, "common-main", {})
    assert file.read_text() == '{"serial": 1}'
    (layout.own / "left").unlink()
    runs.end(*runs.begin(layout, "common-main", {}))
    assert (layout.own / "left" / "common-main" / "errored.tfstate").read_text() == '{"serial": 1}'


def test_no_link_is_followed(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.runs.mkdir(parents=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "kept").touch()
    (layout.runs / "common-main-abcdefgh").symlink_to(tmp_path / "mine")
    runs.end(*runs.begin(layout, "common-main", {}))
    assert (tmp_path / "mine" / "kept").exists()


def test_of_two_runs_neither_sweeps_the_other(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    one, two = runs.begin(layout, "common-main", {}), runs.begin(layout, "common-main", {})
    assert entries(layout) == sorted((one[0].name, two[0].name))
    runs.end(*one)
    assert entries(layout) == [two[0].name]
    runs.end(*two)


KILLED = """
import sys
import time
from pathlib import Path
from tanada.terraform import runs
from tanada.terraform.layout import Layout
from tanada.terraform.process import Processes
root = Path(sys.argv[1])
run, held = runs.begin(Layout(root), "common-main", {})
(run / "plan.tfplan").write_text("every secret")
Processes().run(
    ["sh", "-c", "echo $$; exec sleep 60"], cwd=root, environment={"PATH": "/usr/bin:/bin"}, inherits=(held,),
    on_output=lambda line: print(line, flush=True),
)
"""


def test_what_a_terraform_holds_whose_tanada_died_stays_until_it_ends(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    tanada = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert tanada.stdout is not None
    terraform = int(tanada.stdout.readline())
    try:
        tanada.kill()
        tanada.wait()
        runs.end(*runs.begin(layout, "common-main", {}))
        [left] = entries(layout)
        assert (layout.runs / left / "plan.tfplan").exists()
    finally:
        os.kill(terraform, signal.SIGKILL)
    # It is nobody's child any more, so nobody hears of its end.
    until = time.monotonic() + 60
    while entries(layout):
        assert time.monotonic() < until
        runs.end(*runs.begin(layout, "common-main", {}))


@pytest.mark.parametrize("inherits", [True, False])
def test_a_process_has_the_folder_open_where_it_is_told_to(tmp_path: Path, *, inherits: bool) -> None:
    run, held = runs.begin(Layout(tmp_path), "common-main", {})
    looks = ["sh", "-c", f"test -e /dev/fd/{held}"]
    given = (held,) if inherits else ()
    finished = Processes().run(looks, cwd=tmp_path, environment={"PATH": "/usr/bin:/bin"}, inherits=given)
    runs.end(run, held)
    assert (finished.code == 0) is inherits


def test_what_a_terraform_went_on_to_do_is_told_and_nothing_of_what_it_quotes(tmp_path: Path) -> None:
    layout, said = Layout(tmp_path), list[str]()
    left = layout.runs / "common-main-ab12_c3d" / runs.SAID
    left.mkdir(parents=True)
    done = {"@message": "aws_vpc.a: Creation complete after 1s [id=vpc-1]", "type": "apply_complete", "hook": {}}
    failed = {"@message": "Error: no", "diagnostic": {"severity": "error", "summary": "no", "detail": "hunter2"}}
    (left / "output").write_text(f"{json.dumps(done)}\n{json.dumps(failed)}\nhalf of a li")
    runs.end(*runs.begin(layout, "common-main", {}, said.append))
    assert said == [
        "common-main-ab12_c3d, which was killed: aws_vpc.a: Creation complete after 1s [id=vpc-1]\n",
        "common-main-ab12_c3d, which was killed: Error: no\n",
    ]
