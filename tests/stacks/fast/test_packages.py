"""Which submodules a text imports."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import pytest

from tanada.stacks.fast.packages import find, scan, submodules
from tanada.stacks.fast.selection import CHANGES, leaner


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from cdktf_cdktf_provider_aws.vpc import Vpc", {"vpc"}),
        ("import cdktf_cdktf_provider_aws.vpc as v", {"vpc"}),
        ("    from cdktf_cdktf_provider_aws import vpc, subnet  # both", {"vpc", "subnet"}),
        ("from cdktf_cdktf_provider_aws import (\n    vpc,\n    subnet as s,\n)", {"vpc", "subnet"}),
        ('import_module("cdktf_cdktf_provider_aws.sqs_queue")', {"sqs_queue"}),
        ("from cdktf import App", set()),
    ],
)
def test_every_way_to_import_is_seen(text: str, expected: set[str]) -> None:
    assert submodules(text) == expected


def test_all_python_files_in_and_below_folders_are_read(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "one.py").write_bytes(b"import os\r\nfrom cdktf_cdktf_provider_aws.vpc import Vpc\r\n")
    (below / "two.py").write_text("# \u00fc\nimport cdktf_cdktf_provider_aws.subnet", encoding="utf-8")
    (below / "latin.py").write_bytes(b"import cdktf_cdktf_provider_aws.eip # \xfc")
    (below / "text.md").write_text("import cdktf_cdktf_provider_aws.route")
    (below / "folder.py").mkdir()
    (below / "gone.py").symlink_to("nowhere")
    assert scan([tmp_path, tmp_path / "none"]) == {"vpc", "subnet"}


def test_jsiis_program_is_left_as_it_is_but_for_what_is_known_of_it() -> None:
    folder = find("jsii")
    assert folder is not None
    program = (folder / "_embedded" / "jsii" / "lib__program.js").read_bytes()
    assert all(program.count(said) == 1 for said, _ in CHANGES), "jsii says it in another way now: see selection.py"
    lean = leaner(program)
    assert all(lean.count(instead) == 1 for _, instead in CHANGES)
    added = sum(len(instead) - len(said) for said, instead in CHANGES)
    assert 0 < len(program) + added - len(lean) < 40, "jsii says it in another way now: see selection.py"
    assert b'null!=e,"Kernel error: expected type information")' in lean


def test_this_python_is_said_as_platform_says_it() -> None:
    assert sys.version.split()[0] == platform.python_version()
