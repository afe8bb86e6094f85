"""What a plan does, read from plans that the real terraform made (make_plans.py) and from edge cases by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tanada.errors import PlanError
from tanada.plan import Counts, ResourceChange, Summary, render, why
from tanada.plan import summary as read

PLANS = Path(__file__).parent / "plans"


def plan(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((PLANS / f"{name}.json").read_text(encoding="utf-8"))
    return data


def summary_of(*changes: dict[str, Any], **top: Any) -> Summary:
    return read({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes, **top})


def change(actions: list[str], **more: Any) -> dict[str, Any]:
    inner = {key: more.pop(key) for key in ("importing", "replace_paths", "before", "after") if key in more}
    return {
        "address": "aws_ecs_service.web",
        "mode": "managed",
        "type": "aws_ecs_service",
        "change": {"actions": actions, **inner},
        **more,
    }


def find(summary: Summary, address: str) -> ResourceChange:
    (change,) = [item for item in summary.changes if item.address == address]
    return change


def test_every_kind_of_change_is_counted_once() -> None:
    assert read(plan("everything")).counts == Counts(
        create=1, update=2, replace=3, destroy=3, imported=1, moved=2, forget=1, read=0, unchanged=3
    )


def test_create_before_destroy_is_a_replace_that_destroys() -> None:
    replaced = find(read(plan("everything")), "terraform_data.replaced_first")
    assert (replaced.action, replaced.destroys, replaced.replace_paths) == ("replace", True, ("triggers_replace",))


def test_a_tainted_resource_is_replaced_without_paths() -> None:
    tainted = find(read(plan("everything")), "terraform_data.tainted")
    assert (tainted.action, tainted.replace_paths, tainted.reason) == ("replace", (), "replace_because_tainted")


def test_whatever_goes_for_ever_is_listed() -> None:
    assert [item.address for item in read(plan("everything")).destroyed] == [
        'terraform_data.cells["b"]',
        "terraform_data.gone",
        "terraform_data.numbered[1]",
        "terraform_data.replaced",
        "terraform_data.replaced_first",
        "terraform_data.tainted",
    ]


def test_a_plan_without_changes_is_empty() -> None:
    summary = read(plan("nothing"))
    assert summary.empty
    assert render(summary) == "nothing to do"


def test_a_change_of_outputs_alone_is_a_change() -> None:
    summary = read(plan("outputs_only"))
    assert not summary.empty
    assert render(summary) == "1 output to change\n  output address: update\n      address: old → new"


def test_an_import_alone_is_a_change() -> None:
    summary = summary_of(change(["no-op"], importing={"id": "x"}))
    assert not summary.empty
    assert (summary.changes[0].action, summary.counts.imported, summary.unchanged) == ("import", 1, 0)


def test_an_import_says_what_aws_calls_it_and_is_no_change_by_what_terraform_alone_notes() -> None:
    def imported(before: dict[str, Any], after: dict[str, Any]) -> ResourceChange:
        [only] = summary_of(change(["update"], importing={"id": "vpc-1"}, before=before, after=after)).changes
        return only

    noted = imported({"name": "x", "force_delete": None}, {"name": "x", "force_delete": False})
    assert (noted.action, noted.imported_id, noted.differences) == ("import", "vpc-1", ())
    for before, after in (
        ({"force_delete": None}, {"force_delete": True}),
        ({"force_delete": True}, {"force_delete": False}),
        ({"force_delete": None, "name": "x"}, {"force_delete": False, "name": "y"}),
        ({"name": None}, {"name": False}),
    ):
        assert imported(before, after).action == "update", (before, after)
    unknown = summary_of(change(["no-op"], importing={"unknown": True})).changes[0]
    assert (unknown.imported, unknown.imported_id) == (True, "")


def test_a_move_alone_is_a_change() -> None:
    summary = summary_of(change(["no-op"], previous_address="aws_ecs_service.old"))
    assert not summary.empty
    assert (summary.changes[0].action, summary.counts.moved, summary.unchanged) == ("move", 1, 0)


def test_an_update_that_also_moves_counts_as_both() -> None:
    counts = summary_of(change(["update"], previous_address="aws_ecs_service.old")).counts
    assert (counts.update, counts.moved) == (1, 1)


def test_an_errored_plan_says_so() -> None:
    assert read(plan("errored")).errored


def test_a_requested_replacement_says_so() -> None:
    assert "terraform_data.same (its replacement was asked for)" in render(read(plan("requested")))


def test_destroying_a_stack_destroys_all_of_it() -> None:
    counts = read(plan("destroy")).counts
    assert (counts.destroy, counts.create, counts.unchanged) == (13, 0, 0)


def test_a_replace_that_forgets_the_old_object_destroys_nothing() -> None:
    summary = summary_of(change(["create", "forget"]))
    assert summary.counts.replace == 1
    assert summary.destroyed == ()


def test_a_deposed_object_is_a_destroy_with_its_reason() -> None:
    summary = summary_of(change(["delete"], deposed="a1b2c3d4"))
    assert summary.counts.destroy == 1
    assert "object a1b2c3d4 is left over" in why(summary.changes[0])


def test_reading_data_alone_changes_nothing() -> None:
    summary = summary_of(change(["read"], mode="data"))
    assert summary.empty
    assert summary.counts.read == 1


def test_a_data_source_that_leaves_is_no_destroy() -> None:
    assert summary_of(change(["delete"], mode="data")).destroyed == ()


def test_paths_that_force_a_replace_read_as_in_terraform() -> None:
    summary = summary_of(change(["delete", "create"], replace_paths=[["ingress", 0, "cidr_blocks"], ["name"]]))
    assert summary.changes[0].replace_paths == ("ingress[0].cidr_blocks", "name")


def test_a_reason_that_is_not_known_is_shown_as_terraform_writes_it() -> None:
    summary = summary_of(change(["delete"], action_reason="delete_because_of_the_moon"))
    assert why(summary.changes[0]) == "delete_because_of_the_moon"


def test_deferred_changes_are_no_empty_plan() -> None:
    deferred = {"reason": "provider_config_unknown", "resource_change": change(["create"])}
    summary = summary_of(deferred_changes=[deferred])
    assert not summary.empty
    assert summary.deferred == ("aws_ecs_service.web",)


def test_drift_is_shown_and_moves_are_not_drift() -> None:
    drifted = {**change(["update"], before={"domain": "vpc"}, after={"domain": "x"}), "address": "aws_eip.nat"}
    gone = {**change(["delete"]), "address": "aws_ecs_service.gone"}
    summary = summary_of(resource_drift=[drifted, gone, change(["no-op"], previous_address="x.y")])
    assert [(item.address, item.gone) for item in summary.drift] == [
        ("aws_ecs_service.gone", True),
        ("aws_eip.nat", False),
    ]
    assert "changed outside Terraform: aws_ecs_service.gone (gone)" in render(summary)


def test_what_others_deploy_or_scale_is_no_drift_where_the_plan_leaves_it() -> None:
    was, runs = {"task_definition": "web:1", "desired_count": 2}, {"task_definition": "web:57", "desired_count": 5}
    drifted = change(["update"], before=was, after=runs)
    assert summary_of(change(["no-op"], before=runs, after=runs), resource_drift=[drifted]).drift == ()
    back = change(["update"], before=runs, after={**runs, "task_definition": "web:1"})
    [shown] = summary_of(back, resource_drift=[drifted]).drift
    assert [each.path for each in shown.differences] == ["task_definition"]


def test_the_target_group_that_ecs_moves_requests_to_is_no_drift() -> None:
    address = {"address": "aws_lb_listener_rule.web", "type": "aws_lb_listener_rule"}
    was, now = {"action": [{"type": "forward", "order": 1}]}, {"action": [{"type": "forward", "order": 2}]}
    drifted = {**change(["update"], before=was, after=now), **address}
    stays, back = change(["no-op"], before=now, after=now), change(["update"], before=now, after=was)
    assert summary_of({**stays, **address}, resource_drift=[drifted]).drift == ()
    assert summary_of({**back, **address}, resource_drift=[drifted]).drift


def test_an_action_that_is_not_known_is_refused_rather_than_guessed() -> None:
    with pytest.raises(PlanError, match=r"aws_ecs_service\.web: the plan says create\+delete\+forget"):
        summary_of(change(["create", "delete", "forget"]))


@pytest.mark.parametrize("version", ["2.0", "", "0.2"])
def test_another_format_is_refused(version: str) -> None:
    with pytest.raises(PlanError, match=r"reads format 1\.x"):
        read({"format_version": version})
