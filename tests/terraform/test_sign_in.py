"""The note that Cognito has an identity provider: what of a plan asks for one, in which steps, and what is said."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tanada.contract.sign_in import Provider, due
from tanada.errors import TerraformError
from tanada.plan import ResourceChange, Step, Summary, render
from tanada.terraform import sign_in, steps
from tests.terraform.test_decisions import stack as declared

Json = dict[str, Any]
NOTE, POOL = "terraform_data.sign_in_provider", "aws_cognito_user_pool.sign_in_pool"
EMITTED: Json = {
    "resource": {
        "aws_cognito_user_pool": {"sign_in_pool": {"lambda_config": "${aws_lambda_function.sign_in_function.arn}"}},
        "aws_lambda_function": {"sign_in_function": {"function_name": "x"}},
        "aws_s3_bucket": {"logs": {}},
        "terraform_data": {
            "sign_in_provider": {"input": {"provider": "Google", "pool": "${aws_cognito_user_pool.sign_in_pool.id}"}}
        },
    }
}
KNOWN: Json = {"client_id": "1-a", "issuer": "", "pool": "p", "provider": "Google", "kept_at": "sign-in/google"}


def change(address: str, actions: str, before: Json | None, after: Json | None) -> Json:
    sides = {"actions": actions.split("+"), "before": before, "after": after}
    return {"address": address, "type": address.partition(".")[0], "mode": "managed", "change": sides}


def note(actions: str, before: Json | None = KNOWN, **after: Any) -> Json:
    said = {name: value for name, value in {**KNOWN, **after}.items() if value is not None}
    return change(NOTE, actions, before and {"input": before}, {"input": said})


def in_steps(*changes: Json) -> Summary:
    found = tuple(ResourceChange(each["address"], each["type"], "create") for each in changes)
    plan = {"resource_changes": list(changes)}
    return steps.in_steps(Summary("1.11.4", found, unchanged=0), plan, declared("common"), (), None, EMITTED)


def test_it_is_due_where_its_note_is_made_or_changed() -> None:
    [found] = due({"resource_changes": [note("create", None)]})
    assert found.how == Provider("Google", "p", "1-a", "", "sign-in/google")
    assert found.how.google
    [moved] = due({"resource_changes": [note("update", client_id="1-b")]})
    assert moved.note == NOTE
    [unknown] = due({"resource_changes": [note("create", None, pool=None)]})
    assert unknown.how is None
    for other in (note("no-op"), change(NOTE, "delete", {"input": KNOWN}, None), change(NOTE, "create", None, {})):
        assert list(due({"resource_changes": [other]})) == []


def test_it_is_put_after_its_pool_and_before_the_note_that_environments_read() -> None:
    pool = change(POOL, "create", None, {})
    summary = in_steps(pool, note("create", None, pool=None), change("aws_s3_bucket.logs", "create", None, {}))
    assert summary.steps == (Step(only=(POOL,)), Step(provider="Google"), Step())
    assert render(summary).splitlines()[1:4] == [
        "  step 1 of 3: what Cognito needs for the identity provider Google",
        "  step 2 of 3: gives Cognito the identity provider Google, with the secret that is kept for it",
        "  step 3 of 3: the rest",
    ]
    assert in_steps(note("update", client_id="1-b")).steps == (Step(provider="Google"), Step())
    assert in_steps(note("no-op")).steps == ()


def put(monkeypatch: pytest.MonkeyPatch, *changes: Json, offline: bool = False) -> list[str]:
    """What is said while it is put; nothing of AWS is called."""
    from tanada.aws import sign_in as in_aws

    lines: list[str] = []

    def put_there(stack: Any, system: str, provider: Provider, secret: Any, _environ: Any) -> None:
        lines.append(f"{stack.name} {system} {provider.name} {provider.pool} {secret}")

    monkeypatch.setattr(in_aws, "put", put_there)
    voice = SimpleNamespace(note=lines.append, say=lines.append)
    run = SimpleNamespace(voice=voice, system=SimpleNamespace(name="kakei"))
    target = SimpleNamespace(stack=declared("common"), label="common-main")
    session = SimpleNamespace(target=target, context=SimpleNamespace(offline=offline))
    sign_in.put(cast(Any, run), cast(Any, session), Step(provider="Google"), {"resource_changes": list(changes)})
    return lines


def test_a_step_puts_it_where_the_plan_still_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert put(monkeypatch, note("create", None)) == [
        "common-main kakei Google p sign-in/google (Secrets Manager)",
        "common-main: Cognito has Google with its secret. There this address has to be allowed: "
        "https://kakei-12e39954.auth.ap-northeast-1.amazoncognito.com/oauth2/idpresponse",
    ]
    assert put(monkeypatch, note("no-op")) == []
    assert put(monkeypatch, note("create", None), offline=True) == [
        "common-main: there is no AWS offline: Google is put nowhere, and its secret is not read."
    ]
    with pytest.raises(TerraformError, match="the user pool of Google isn't known yet"):
        put(monkeypatch, note("create", None, pool=None))
