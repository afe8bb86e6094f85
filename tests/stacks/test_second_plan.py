"""Every stack of the default system, applied: a second plan is empty, though AWS fills in what entries say it does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tanada import offline
from tests.offline.terraform_runs import Stack

pytestmark = [pytest.mark.terraform, pytest.mark.slow]
ACCOUNTS = {
    "main": ("environment-test", "environment-test2", "review"),
    "production": ("environment-production",),
}
TAGS = {"TF_VAR_image_tags": '{"web": "a", "backend": "a"}'}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[offline.Running]:
    with offline.start(tmp_path_factory.mktemp("ids"), container=False) as running:
        yield running


@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_second_plan_of_every_stack_is_empty(
    account: str, stacks: dict[str, dict[str, Any]], provider: offline.Running, tmp_path: Path
) -> None:
    names = (f"common-{account}", *ACCOUNTS[account])
    common = Stack(tmp_path, TAGS, names[0], provider)
    for name in names:
        stack = Stack(tmp_path, TAGS, name, provider)
        stack.write(stacks[name], **({} if stack == common else {names[0].replace("-", "_"): common.folder}))
        if name == "review":
            stack.must("workspace", "new", "kokuyou")
        stack.apply()
        assert stack.plan() == {}, name


def test_no_stack_is_forgotten(stacks: dict[str, dict[str, Any]]) -> None:
    assert set(stacks) == {
        *(f"common-{account}" for account in ACCOUNTS),
        *(s for each in ACCOUNTS.values() for s in each),
    }
