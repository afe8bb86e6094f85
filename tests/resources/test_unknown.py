"""A type without an entry is said aloud by everything that asks for one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tanada.cli.tables import outcome_data, show_outcomes
from tanada.comment.document import comment
from tanada.comment.page import RunInfo
from tanada.declarations.inventory import Stack
from tanada.errors import TerraformError
from tanada.plan import Report, ResourceChange, Summary, summary, why
from tanada.plan.cost import cost
from tanada.resources import NotRead, entries, entry, replacements_known
from tanada.templates import comment_template
from tanada.terraform import guards
from tanada.terraform.layout import Layout, Target
from tanada.terraform.outcome import Outcome

UNKNOWN = "aws_amplify_app"
NOT_READ = "aws_ebs_volume"
COMMON = Stack(
    "common-main", "common", None, "main", "111111111111", "ap-northeast-1", None, False, "states", "k.tfstate"
)


def updated(*types: str) -> Summary:
    changes = tuple(ResourceChange(f"{type_}.main", type_, "update") for type_ in types)
    return Summary("1.11.4", changes, unchanged=0)


def planned(type_: str, actions: list[str], **sides: Any) -> dict[str, Any]:
    change = {"actions": actions, "before": None, "after": None, "after_unknown": {}, **sides}
    return {"address": f"{type_}.main", "mode": "managed", "type": type_, "name": "main", "change": change}


def destroyed(type_: str) -> Summary:
    values = {"id": "x-1"}
    gone, staying = (
        planned(type_, ["delete"], before=values),
        planned("aws_vpc", ["no-op"], before=values, after=values),
    )
    return summary({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [gone, staying]})


def body(found: Summary, **more: Any) -> str:
    report = Report("common-main", "common-main", "common", "main", False, "changes", summary=found, **more)
    return comment([report], RunInfo("kakei"), comment_template(Path("/nowhere")), 65_536).body


def test_the_types_of_these_tests_are_what_they_stand_for() -> None:
    assert entry(UNKNOWN) is None
    assert isinstance(entries()[NOT_READ].replaces, NotRead)
    assert not replacements_known(UNKNOWN)
    assert not replacements_known(NOT_READ)
    assert replacements_known("aws_vpc")
    assert replacements_known("datadog_monitor")  # its own provider answers, offline too


def test_a_summary_names_types_whose_replacements_nobody_has_read() -> None:
    assert updated("aws_vpc", NOT_READ, UNKNOWN, UNKNOWN).unread_types == (UNKNOWN, NOT_READ)
    created = ResourceChange(f"{UNKNOWN}.main", UNKNOWN, "create")
    assert Summary("1.11.4", (created,), unchanged=0).unread_types == ()


def test_why_says_that_an_update_may_be_a_replacement() -> None:
    assert why(updated(UNKNOWN).changes[0]) == "what replaces aws_amplify_app is not known here"
    assert why(updated("aws_vpc").changes[0]) == ""


@pytest.mark.parametrize("offline", [True, False])
def test_the_table_of_an_offline_plan_says_what_it_does_not_know(
    offline: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    outcome = Outcome(Target(COMMON), "changes", summary=updated("aws_vpc", UNKNOWN))
    show_outcomes([outcome], Layout(tmp_path), "local binary", offline=offline)
    said = "changes; what replaces aws_amplify_app is not known here" in capsys.readouterr().out
    assert said is offline


@pytest.mark.parametrize("offline", [True, False])
def test_the_json_of_an_offline_plan_says_what_it_does_not_know(offline: bool) -> None:
    outcome = Outcome(Target(COMMON), "changes", summary=updated("aws_vpc", UNKNOWN))
    data = outcome_data([outcome], "local binary", offline=offline)
    assert data["stacks"]["common-main"]["unread_types"] == ([UNKNOWN] if offline else [])


@pytest.mark.parametrize("offline", [True, False])
def test_the_comment_on_an_offline_plan_says_what_it_does_not_know(offline: bool) -> None:
    said = "What replaces `aws_amplify_app`, `aws_ebs_volume` is not known here"
    assert (said in body(updated("aws_vpc", NOT_READ, UNKNOWN), offline=offline)) is offline
    assert "is not known here" not in body(updated("aws_vpc"), offline=True)


def test_the_guard_keeps_it() -> None:
    with pytest.raises(TerraformError, match=r"--destroy 'aws_amplify_app\.main'"):
        guards.check_kept(destroyed(UNKNOWN), [])
    guards.check_kept(destroyed(UNKNOWN), ["aws_amplify_app.main"])


def test_the_comment_names_it_with_its_destroy() -> None:
    found = destroyed(UNKNOWN)
    assert found.dangerous
    written = body(found)
    assert "resource of type aws_amplify_app (unknown to Tanada) is destroyed**: `aws_amplify_app.main`" in written


def test_its_cost_is_unknown() -> None:
    found = cost({"resource_changes": [planned(UNKNOWN, ["create"], after={})]}, "ap-northeast-1")
    assert found is not None
    assert (found.unknown, found.by_use) == (((UNKNOWN, 1),), ())
