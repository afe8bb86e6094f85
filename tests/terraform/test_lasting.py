"""Credentials that end before what a plan may take does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tanada.aws import credentials
from tanada.errors import TerraformError
from tanada.secrecy import Secrets
from tanada.terraform import lasting


def change(address: str, *actions: str, **timeouts: str) -> dict[str, Any]:
    held = {"timeouts": timeouts or None}
    sides = {"before": None if actions == ("create",) else held, "after": None if actions == ("delete",) else held}
    return {"address": address, "change": {"actions": list(actions), **sides}}


def plan(*changes: dict[str, Any]) -> dict[str, Any]:
    return {"resource_changes": list(changes)}


def test_the_longest_of_what_is_done_counts() -> None:
    web = change("aws_ecs_service.web_service", "update", create="3h", update="1h35m", delete="4h")
    queue = change("aws_sqs_queue.jobs", "create")
    assert lasting.longest(plan(queue, web)) == ("aws_ecs_service.web_service", 95 * 60)
    assert lasting.longest(plan(change("a.b", "delete", delete="90s"))) == ("a.b", 90)
    assert lasting.longest(plan(change("a.b", "no-op", update="9h"), change("a.c", "update", update="soon"))) == ("", 0)
    assert lasting.longest({}) == ("", 0)


@pytest.mark.parametrize("ci", [False, True])
def test_an_apply_that_may_take_longer_than_the_credentials_last_does_not_begin(
    monkeypatch: pytest.MonkeyPatch, ci: bool
) -> None:
    monkeypatch.setattr(credentials, "seconds_left", lambda _variables: 45 * 60.0)
    session: Any = SimpleNamespace(
        context=SimpleNamespace(offline=False, accounts={"main": {}} if ci else {}),
        environment={},
        secrets=Secrets(),
        target=SimpleNamespace(label="environment-test"),
    )
    lasting.check(session, plan(change("aws_ecs_service.web_service", "update", update="44m")))
    with pytest.raises(TerraformError) as raised:
        lasting.check(session, plan(change("aws_ecs_service.web_service", "update", update="1h35m")))
    assert str(raised.value).startswith(
        "environment-test: aws_ecs_service.web_service may take 95 minutes, and these AWS credentials end in 45: they "
        "would end in the middle of it. Nothing was changed; "
    )
    assert ("start the job again" if ci else "aws sso login") in str(raised.value)
    session.context.offline = True
    lasting.check(session, plan(change("aws_ecs_service.web_service", "update", update="1h35m")))
