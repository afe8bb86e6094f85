"""The function that looks at mail addresses, on events of the form in which Cognito sends them.

The first one is that of a blog's recorded event, with the claim that Tanada maps; the other follows the developer guide
("Pre token generation Lambda trigger").
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from functions.sign_in import main

EVENTS: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("sign_in_events.json").read_text())


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOMAINS", '["example.co.jp"]')
    monkeypatch.setenv("VERIFIED", "true")


def event(name: str = "first", **attributes: str | None) -> dict[str, Any]:
    """The event of somebody else; None is an attribute that isn't there."""
    changed = copy.deepcopy(EVENTS[name])
    its = changed["request"]["userAttributes"] | attributes
    changed["request"]["userAttributes"] = {key: value for key, value in its.items() if value is not None}
    return changed


@pytest.mark.parametrize("name", EVENTS)
def test_who_is_of_a_domain_gets_in_and_the_event_goes_back_as_it_came(name: str) -> None:
    assert main.handler(event(name), None) == EVENTS[name]
    assert main.handler(event(name, email="Taro@EXAMPLE.co.jp"), None)["userName"].startswith("Google_")


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize(
    "attributes",
    [
        {"email": "taro@example.com"},
        {"email": "taro@sub.example.co.jp"},
        {"email": "taro@notexample.co.jp"},
        {"email": "taro@example.co.jp@evil.example"},
        {"email": "taro@example.co.jp."},
        {"email": "taro@example.co.jp "},
        {"email": "@example.co.jp"},
        {"email": "example.co.jp"},
        {"email": ""},
        {"email": None},
        {"email_verified": "false"},
        {"email_verified": None},
    ],
)
def test_who_is_of_no_domain_or_not_verified_is_refused_at_each_sign_in(
    name: str, attributes: dict[str, str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(PermissionError):
        main.handler(event(name, **attributes), None)
    printed = capsys.readouterr().out
    assert json.loads(printed)["refused"] == "Google_103571795941234567890"
    assert "taro" not in printed, "whose address it is stands in no log"


def test_a_provider_that_never_says_verified_may_be_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIED", "false")
    assert main.handler(event(email_verified=None), None)
    with pytest.raises(PermissionError):
        main.handler(event(email="taro@example.com", email_verified=None), None)


@pytest.mark.parametrize("source", ["PreSignUp_SignUp", "PreSignUp_AdminCreateUser", "", "PreAuthentication"])
def test_nobody_comes_by_another_way(source: str) -> None:
    with pytest.raises(PermissionError, match="by the identity provider"):
        main.handler({**event(), "triggerSource": source}, None)
    with pytest.raises(PermissionError):
        main.handler({}, None)
