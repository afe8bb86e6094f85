"""`tanada bootstrap`: what it refuses before it asks AWS."""

from __future__ import annotations

from .program import ROOT, tanada


def test_an_account_that_is_not_declared_is_refused_with_the_nearest() -> None:
    ended = tanada("bootstrap", "prodution", folder=ROOT)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        'There is no account "prodution"; expected one of main, production; did you mean "production"?\n'
    )
