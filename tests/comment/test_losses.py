"""What nobody may overlook."""

from __future__ import annotations

from dataclasses import replace

from tanada.plan import Difference
from tests.comment.reports import SCENARIOS, body, losing, planned


def test_what_a_not_approved_plan_would_lose_is_shown_to_who_approves_it() -> None:
    text = body(*SCENARIOS["not_approved"])
    assert "[!CAUTION]" in text
    fingerprint = planned("environment-database-replaced").fingerprint
    assert f"`--approve {fingerprint[:12]}`" in text


def test_the_values_of_a_replacement_stand_before_and_after() -> None:
    forced = Difference("engine", "mysql", "postgres", forces_replacement=True)
    (changed,) = losing(1)
    assert changed.summary is not None
    summary = replace(changed.summary, changes=(replace(changed.summary.changes[0], differences=(forced,)),))
    assert "`engine` `mysql` → `postgres` can't change in place" in body([replace(changed, summary=summary)])
