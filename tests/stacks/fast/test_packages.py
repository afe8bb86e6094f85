"""Which submodules a text imports."""

from __future__ import annotations

import pytest

from tanada.stacks.fast.packages import find, submodules
from tanada.stacks.fast.selection import without_eager_text


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


def test_jsiis_program_is_left_as_it_is_but_for_the_text_of_one_error() -> None:
    folder = find("jsii")
    assert folder is not None
    program = (folder / "_embedded" / "jsii" / "lib__program.js").read_bytes()
    without = without_eager_text(program)
    assert 0 < len(program) - len(without) < 40, "jsii says it in another way now: see tanada/stacks/fast/selection.py"
    assert b'null!=e,"Kernel error: expected type information")' in without
