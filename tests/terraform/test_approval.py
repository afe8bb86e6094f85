"""What `apply --all` decides: the order, and whether a plan is the approved one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tanada.errors import TerraformError
from tanada.plan import Report, ResourceChange, Summary
from tanada.terraform import approval
from tanada.terraform.approval import NOTHING, Approval
from tanada.terraform.layout import Target
from tanada.terraform.outcome import Outcome
from tanada.terraform.records import Record
from tests.terraform.test_decisions import ORIGIN, stack

PLANNED = "0123456789abcdef" * 4
OTHER = "f" * 64
SUMMARY = Summary("1.11.4", (ResourceChange("aws_x.y", "aws_x", "create"),), 0, fingerprint=PLANNED)
REPORT = Report(
    "environment-test",
    "environment-test",
    "environment",
    "main",
    False,
    "changes",
    common="common-main",
    summary=SUMMARY,
    images=(("web", "2"),),
)
STACKS = [
    stack("common"),
    stack("common", name="common-production", account="production", protected=True),
    stack(),
    stack(name="environment-www", environment="www", account="production", protected=True),
    stack("review"),
]


def names(protected: str | None) -> list[str]:
    return [each.name for each in approval.chosen(STACKS, protected)]


def test_what_is_not_created_has_no_turn_with_all_others() -> None:
    stacks = [replace(each, created=each.environment != "test") for each in STACKS]
    names = [each.name for each in approval.chosen(stacks, None)]
    assert [each.name for each in approval.chosen(STACKS, None) if each.name not in names] == ["environment-test"]


def test_common_goes_first_and_protected_accounts_and_review_stay_out() -> None:
    assert names(None) == ["common-main", "environment-test"]


def test_a_protected_account_is_applied_when_it_is_named_and_nothing_else_with_it() -> None:
    assert names("production") == ["common-production", "environment-www"]


def test_an_account_that_is_not_there_and_protected_accounts_alone_are_refused() -> None:
    with pytest.raises(TerraformError, match="expected one of main, production; did you mean"):
        names("prodution")
    with pytest.raises(TerraformError, match="name the one that this is meant for, with --protected"):
        approval.chosen([each for each in STACKS if each.protected], None)


@pytest.mark.parametrize("text", ["0123456789ab", "a" * 31, "ABCDEF" * 10, "a" * 65, "environment-test", ""])
def test_what_names_no_plan_is_refused(text: str) -> None:
    with pytest.raises(TerraformError, match="--approve"):
        approval.check_fingerprints(["0" * 32, "0" * 64, text])


def objection(found: Approval, *named: str, fingerprint: str = PLANNED, common_changed: bool = False) -> str | None:
    return approval.objection(
        replace(SUMMARY, fingerprint=fingerprint),
        found,
        named,
        lambda parts: f"{parts[0].address} differs" if parts else None,
        common="common-main",
        common_changed=common_changed,
    )


def test_the_plan_that_was_approved_may_be_applied() -> None:
    found = approval.of_report(REPORT, offline=False)
    assert found.images == {"web": "2"}
    assert objection(found) is None


def test_another_plan_is_not_approved_and_the_sentence_says_how_to_go_on() -> None:
    found = approval.of_report(REPORT, offline=False)
    assert objection(found, fingerprint=OTHER) == (
        "This is not what was approved: the approved plan is 0123456789ab, and this one is ffffffffffff. Look at what "
        f"it does; if that is meant, run the same again with --approve {OTHER}."
    )


def test_a_plan_made_before_common_changed_is_compared_like_all_others_and_says_so() -> None:
    found = approval.of_report(REPORT, offline=False)
    assert objection(found, common_changed=True) is None
    said = objection(found, fingerprint=OTHER, common_changed=True)
    assert said
    assert "made against common-main as it was before its own change" in said


def test_a_person_may_approve_a_plan_by_the_beginning_of_its_fingerprint() -> None:
    assert objection(NOTHING, OTHER, PLANNED[:32]) is None
    assert objection(NOTHING, PLANNED[:31])
    assert objection(NOTHING, PLANNED) is None
    assert objection(NOTHING, OTHER[:12])


def test_a_plan_without_a_fingerprint_is_never_approved() -> None:
    empty = approval.of_report(replace(REPORT, summary=replace(SUMMARY, fingerprint="")), offline=False)
    assert empty.fingerprint is None
    assert objection(empty, fingerprint="")
    assert objection(Approval("", "x"), fingerprint="")


@pytest.mark.parametrize(
    ("report", "why"),
    [
        (None, "no plan of it was approved"),
        (replace(REPORT, step="apply"), "no plan of it was approved"),
        (replace(REPORT, offline=True), "what was approved was planned offline"),
        (replace(REPORT, status="waits for common", summary=None), "it waited for common-main when it was approved"),
        (replace(REPORT, status="no changes"), "nothing was to be done when it was approved"),
        (replace(REPORT, status="failed", summary=None), "its plan was “failed” when it was approved"),
        (replace(REPORT, summary=Summary("1", (), 0, fingerprint="\x1b[2Jcafecafecafe")), "its plan was “changes”"),
        (replace(REPORT, summary=None), "its plan was “changes” when it was approved"),
    ],
)
def test_a_report_that_approves_nothing_says_why(report: Report | None, why: str) -> None:
    found = approval.of_report(report, offline=False)
    assert found.fingerprint is None
    assert (objection(found) or "").startswith(f"This is not what was approved: {why}")


def test_a_plan_saved_here_approves_itself_with_the_tags_it_was_given() -> None:
    record = Record(ORIGIN, False, {"web": "2", "api": "1"}, {"web": "2"}, "", {"fingerprint": PLANNED})
    found = approval.of_record(record, offline=False)
    assert (found.fingerprint, found.images) == (PLANNED, {"web": "2"})
    assert approval.of_record(record, offline=True).fingerprint is None
    assert approval.of_record(None, offline=False).fingerprint is None
    assert approval.of_record(replace(record, summary={}), offline=False).fingerprint is None
    assert approval.of_record(replace(record, waits=True), offline=False) == found, "what was foreseen was seen"
    waited = approval.of_record(replace(record, summary={}, waits=True), offline=False)
    assert (waited.fingerprint, waited.images, waited.planned) == (None, {"web": "2"}, True)
    assert (objection(waited) or "").startswith("This is not what was approved: it waited for its common layer when")


def test_what_comes_after_a_stop_was_not_applied_and_says_why() -> None:
    failed = Outcome(Target(stack("common")), "failed", "No.")
    rest = approval.left_out(Target(stack()), failed)
    assert (rest.status, rest.message) == ("not applied", "common-main comes before it: failed.")
    assert approval.left_out(Target(stack()), None).message == "its turn never came."


def test_only_what_was_applied_or_had_nothing_to_do_lets_the_next_one_go_on() -> None:
    going = {"applied", "no changes"}
    others = {"failed", "refused", "interrupted", "not approved", "waits for common", "not applied"}
    assert {status for status in going | others if approval.goes_on(status)} == going


def test_what_was_planned_has_its_turn_and_what_rests_on_it_and_nothing_else() -> None:
    targets = [Target(each) for each in STACKS if each.kind != "review"]
    nothing = dict.fromkeys((target.label for target in targets), approval.NOTHING)
    assert approval.concerned(targets, nothing) == targets, "nobody planned: what wants to change is to be heard of"
    assert approval.concerned(targets, nothing, nothing_differed=True) == []
    for target in targets:
        planned = {**nothing, target.label: Approval(PLANNED, "x")}
        found = approval.concerned(targets, planned, nothing_differed=True)
        assert found == [each for each in targets if target.label in {each.label, each.stack.common}]
