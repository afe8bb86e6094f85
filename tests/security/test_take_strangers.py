"""A stranger's comment says what changes, and nothing of what is there."""

from __future__ import annotations

from tanada.plan import Deploy, Difference, Drift, OutputChange, ResourceChange, Summary
from tanada.terraform.strangers import without_old_values

OLD = "what is there"


def test_no_old_value_is_left_anywhere() -> None:
    difference = Difference("policy", OLD, "new", lines=(f"-{OLD}", f" {OLD}", "+new"), forces_replacement=True)
    summary = Summary(
        "1.11.4",
        (ResourceChange("aws_a.a", "aws_a", "update", differences=(difference,)),),
        unchanged=3,
        outputs=(OutputChange("url", "update", difference), OutputChange("gone", "destroy")),
        drift=(Drift("aws_b.b", gone=False, differences=(Difference("name", OLD, OLD, lines=(f"+{OLD}",)),)),),
        deploys=(Deploy("aws_ecs_task_definition.web", (("web", OLD, "two"),)),),
        fingerprint="0" * 64,
    )
    left = without_old_values(summary)
    assert OLD not in repr(left)
    [change] = left.changes
    assert change.differences == (Difference("policy", "(hidden)", "new", lines=("+new",), forces_replacement=True),)
    assert left.deploys[0].images == (("web", "(hidden)", "two"),)
    assert (left.unchanged, left.fingerprint) == (3, summary.fingerprint)
    assert without_old_values(left) == left


def test_what_is_new_alone_is_shown() -> None:
    made = ResourceChange("aws_a.a", "aws_a", "update", differences=(Difference("cpu", None, "256"),))
    summary = Summary("1.11.4", (made,), unchanged=0)
    assert without_old_values(summary) == summary
