"""What is emitted, attribute by attribute: a golden file for each kind of stack, reviewed like code.

`make update` writes tests/emitted anew; read the difference before you commit it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.golden import held
from tests.stacks.emitted import documents

EMITTED = Path(__file__).parents[1] / "emitted"


@pytest.mark.parametrize("name", ["common-main", "environment-production", "review"])
def test_every_attribute_is_as_reviewed(name: str, stacks: dict[str, Any]) -> None:
    text = json.dumps(documents(stacks[name]), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    held(EMITTED / f"{name}.json", text)


def test_the_log_bucket_lets_load_balancers_write_where_they_do(stacks: dict[str, Any]) -> None:
    resources = stacks["common-main"]["resource"]
    [policy] = resources["aws_s3_bucket_policy"].values()
    [balancer] = resources["aws_lb"].values()
    allowed = [each["Resource"] for each in json.loads(policy["policy"])["Statement"] if each["Sid"] == "LoadBalancers"]
    for logs in (balancer["access_logs"], balancer["connection_logs"]):
        assert allowed == [f"arn:aws:s3:::{logs['bucket']}/{logs['prefix']}/AWSLogs/111111111111/*"]
