"""What AWS gives back of what was left out shows as a difference, which is there at every plan."""

from __future__ import annotations

from typing import Any

import pytest

from tests.offline.terraform_runs import Stack, configuration


def _bucket(**rule: Any) -> dict[str, Any]:
    encryption = {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}, **rule}
    return configuration(
        {
            "aws_s3_bucket": {"logs": {"bucket": "logs"}},
            "aws_s3_bucket_server_side_encryption_configuration": {
                "logs": {"bucket": "${aws_s3_bucket.logs.id}", "rule": [encryption]}
            },
        }
    )


@pytest.mark.terraform
def test_what_aws_fills_in_differs_for_ever_until_it_is_written_out(stack: Stack) -> None:
    address = "aws_s3_bucket_server_side_encryption_configuration.logs"
    stack.write(_bucket()).apply()
    assert stack.plan() == {address: ["update"]}
    stack.apply()
    assert stack.plan() == {address: ["update"]}, "at every plan"
    stack.write(_bucket(blocked_encryption_types=["SSE-C"], bucket_key_enabled=False))
    assert stack.plan() == {}
