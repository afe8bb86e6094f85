"""`tanada compare`: one table of what differs, whole lines in a pipe, and sentences for what can't be compared."""

from __future__ import annotations

import pytest

from .program import ROOT, tanada

SECRETS = ROOT / "tests" / "capabilities" / "secrets"


def cells(text: str) -> dict[str, list[str]]:
    lines = [line.split() for line in text.splitlines() if line.strip(" ─")]
    return {"": lines[0]} | {line[0]: line[1:] for line in lines[1:]}


def test_all_environments_where_none_is_named() -> None:
    ended = tanada("compare", folder=ROOT)
    assert ended.returncode == 0
    table = cells(ended.stdout)
    assert table[""] == ["production", "test", "test2", "review"]
    assert table["services.web.cpu"] == ["512", "256", "256", "256"]
    assert "services.web.port" not in table
    assert "logs.days of web, backend, mailer, report, migrate" in ended.stdout


def test_those_that_are_named_in_their_order() -> None:
    assert cells(tanada("compare", "test2", "test", folder=ROOT).stdout) == {
        "": ["test2", "test"],
        "domain": ["test2.example.jp", "test.example.jp"],
        "services.web.variables.PARTNER_API": ["true", "–"],
        "services.web.http.sign_in": ["–", "{}"],
    }


def test_common_layers_of_two_accounts() -> None:
    table = cells(tanada("compare", "common-main", "common-production", folder=ROOT).stdout)
    assert table["common.network.nat"] == ["single", "per_zone"]


def test_an_arn_stays_one() -> None:
    """rich would make pictures of what stands between colons."""
    assert ":444444444444:secret:partner/key" in tanada("compare", "test", "beijing", folder=SECRETS).stdout


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        (["test"], 'There is nothing to compare "test" with: name two environments or more.\n'),
        (["test", "environment-test"], 'There is nothing to compare "test" with: name two environments or more.\n'),
        (
            ["test", "common-main"],
            '"common-main" is a common layer and "environment-test" is none: compare like with like.\n',
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(named: list[str], sentence: str) -> None:
    ended = tanada("compare", *named, folder=ROOT)
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", sentence)
