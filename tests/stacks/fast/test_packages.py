"""Which submodules a text imports."""

from __future__ import annotations

import pytest

from tanada.stacks.fast.packages import submodules


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
