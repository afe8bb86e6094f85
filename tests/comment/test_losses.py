"""What nobody may overlook."""

from __future__ import annotations

from dataclasses import replace

from tanada.plan import Difference, ResourceChange
from tanada.plan.danger import danger
from tests.comment.reports import SCENARIOS, body, losing, planned


def test_what_a_not_approved_plan_would_lose_is_shown_to_who_approves_it() -> None:
    text = body(*SCENARIOS["not_approved"])
    assert "[!CAUTION]" in text
    fingerprint = planned("environment-database-replaced").fingerprint
    assert f"`--approve {fingerprint}`" in text


def test_the_values_of_a_replacement_stand_before_and_after() -> None:
    forced = Difference("engine", "mysql", "postgres", forces_replacement=True)
    (changed,) = losing(1)
    assert changed.summary is not None
    summary = replace(changed.summary, changes=(replace(changed.summary.changes[0], differences=(forced,)),))
    assert "`engine` `mysql` → `postgres` can't change in place" in body([replace(changed, summary=summary)])


def test_of_a_stack_that_goes_as_a_whole_all_that_is_kept_or_unknown_is_named_by_itself() -> None:
    (gone,) = [report for report in SCENARIOS["environment_destroyed"][0] if report.label == "environment-test2"]
    assert gone.summary is not None
    types = ("aws_mq_broker", "aws_kms_key", "aws_cloudwatch_log_group")
    more = (ResourceChange(f"{type_}.x", type_, "destroy", destroys=True, danger=danger(type_)) for type_ in types)
    text = body([replace(gone, summary=replace(gone.summary, changes=(*gone.summary.changes, *more)))])
    caution = text.partition("[!CAUTION]")[2].partition("| stack")[0]
    assert "unknown to Tanada" in caution
    named = [type_ for type_ in types if f"`{type_}.x`" in caution]
    assert named == ["aws_mq_broker", "aws_kms_key"]
    assert "1 log group" in caution
