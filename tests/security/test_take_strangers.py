"""A stranger's comment says what changes, and nothing of what is there."""

from __future__ import annotations

from tanada.declarations.inventory import inventory
from tanada.plan import Deploy, Difference, Drift, OutputChange, ResourceChange, Summary
from tanada.terraform.layout import Target
from tanada.terraform.outcome import Outcome
from tanada.terraform.plan import _to_strangers
from tanada.terraform.strangers import without_old_values
from tests.templates.ci.systems import system

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


def test_the_base_may_say_that_strangers_see_them() -> None:
    made = ResourceChange("aws_a.a", "aws_a", "update", differences=(Difference("cpu", OLD, "256"),))
    base = system("github")
    stack = next(each for each in inventory(base) if each.name == "environment-test")
    outcome = Outcome(Target(stack), "changes", summary=Summary("1.11.4", (made,), unchanged=0))
    hidden = _to_strangers(outcome, base)
    assert OLD not in repr(hidden.summary)
    account = base.accounts[stack.account]
    assert account.common.ci is not None
    ci = account.common.ci.model_copy(update={"old_values_to_forks": True})
    common = account.common.model_copy(update={"ci": ci})
    open_ = base.model_copy(
        update={"accounts": {**base.accounts, stack.account: account.model_copy(update={"common": common})}}
    )
    assert _to_strangers(outcome, open_) == outcome
    nothing = Outcome(Target(stack), "refused", "no")
    assert _to_strangers(nothing, base) == nothing
