"""Fingerprints with a key and without one are never taken for each other, whichever job holds the key."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tanada.plan import Report, Summary, summary
from tanada.templates.workflows import workflows
from tanada.terraform import approval, fingerprint_key
from tanada.terraform.environ import clean, without_secrets
from tanada.terraform.records import Record, summary_data
from tests.templates.ci.systems import system
from tests.terraform.test_approval import REPORT
from tests.terraform.test_decisions import ORIGIN

KEY, OTHER_KEY = b"k" * 32, b"o" * 32


def planned(secret: str = "hunter2", key: bytes | None = None, cidr: str = "10.1.2.0/24") -> Summary:
    """A plan of a secret, marked, and of an open door whose text another secret of the plan says too."""
    after = {"secret": secret, "other": "10.1.2.0/24", "cidr": cidr}
    change = {
        "actions": ["create"], "before": None, "after": after, "after_sensitive": {"secret": True, "other": True}
    }  # fmt: skip
    entry = {"address": "aws_x.y", "mode": "managed", "type": "aws_x", "change": change}
    return summary({"format_version": "1.2", "resource_changes": [entry]}, key=key)


def objection(shown: Summary, now: Summary, *named: str, protected: bool = False) -> str | None:
    found = approval.of_report(replace(REPORT, summary=shown), offline=False)
    return approval.objection(
        now, found, named, lambda _parts: None, common=None, common_changed=False, protected=protected
    )


@pytest.mark.parametrize("protected", [False, True])
def test_two_jobs_that_both_hold_a_key_or_none_compare(protected: bool) -> None:
    for key in (None, KEY):
        assert objection(planned(key=key), planned(key=key), protected=protected) is None
        assert objection(planned(key=key, cidr="0.0.0.0/0"), planned(key=key), protected=protected)


def test_a_value_that_is_marked_counts_where_both_hold_the_key() -> None:
    assert objection(planned("a secret", KEY), planned("another", KEY))
    assert objection(planned("a secret"), planned("another")) is None


def test_the_report_of_a_pull_request_whose_job_holds_no_key_still_approves_what_is_unprotected() -> None:
    assert objection(planned(), planned(key=KEY)) is None
    assert objection(planned(cidr="0.0.0.0/0"), planned(key=KEY))


def test_in_a_protected_account_the_job_that_showed_the_plan_must_hold_it_too() -> None:
    said = objection(planned(), planned(key=KEY), protected=True)
    assert said
    assert "this job holds TANADA_FINGERPRINT_KEY and the job that showed it didn't" in said


@pytest.mark.parametrize("protected", [False, True])
def test_what_was_shown_with_a_key_is_not_applied_by_a_job_without_it_or_with_another(protected: bool) -> None:
    said = objection(planned(key=KEY), planned(), protected=protected)
    assert said
    assert "the job that showed it held TANADA_FINGERPRINT_KEY and this one doesn't" in said
    assert objection(planned(key=KEY), planned(key=OTHER_KEY), protected=protected)


@pytest.mark.parametrize("forged", ["", "0" * 64, "\x1b[2Jcafecafecafe"])
def test_a_forged_report_gains_nothing_by_a_key(forged: str) -> None:
    wrong = replace(planned(cidr="0.0.0.0/0"), keyed=forged)
    assert objection(wrong, planned(key=KEY))
    assert objection(wrong, planned())
    if forged:
        assert objection(replace(planned(), keyed=forged), planned(key=KEY))


def test_a_person_names_a_plan_by_what_the_job_shows() -> None:
    now = planned(key=KEY)
    said = objection(planned(cidr="0.0.0.0/0"), now)
    assert said
    assert f"--approve {now.keyed}" in said
    assert objection(planned(cidr="0.0.0.0/0"), now, now.keyed) is None
    assert objection(planned(cidr="0.0.0.0/0"), now, now.fingerprint)


def test_a_saved_plan_is_compared_alike() -> None:
    record = Record(ORIGIN, False, {}, {}, "", summary_data(planned(key=KEY)))
    found = approval.of_record(record, offline=False)
    for now, fits in ((planned(key=KEY), True), (planned("another", KEY), False), (planned(), False)):
        said = approval.objection(now, found, (), lambda _parts: None, common=None, common_changed=False)
        assert (said is None) == fits


def test_a_report_of_an_older_tanada_has_none() -> None:
    from tanada.terraform.reports import _adapter

    old = {**planned().__dict__}
    del old["keyed"]
    report: dict[str, Any] = {**REPORT.__dict__, "summary": old}
    read: Report = _adapter().validate_python(report)
    assert read.summary
    assert read.summary.keyed == ""


def test_neither_terraform_nor_the_code_beside_the_declaration_gets_the_key() -> None:
    environ = {fingerprint_key.VARIABLE: "k" * 32, "PATH": "/bin"}
    assert fingerprint_key.VARIABLE not in clean(environ)
    assert fingerprint_key.VARIABLE not in without_secrets(environ)


def test_no_workflow_of_pull_requests_is_given_the_key() -> None:
    files = workflows("github", system("github"))
    plans = [text for text in files.values() if "  pull_request:" in text]
    assert plans
    assert not [text for text in plans if fingerprint_key.VARIABLE in text]
