"""What a plan says that changes CI's own roles and policies, and what CI refuses before AWS does."""

from __future__ import annotations

import pytest

from tanada.declarations.inventory import Stack
from tanada.errors import TerraformError
from tanada.plan import Action, ResourceChange, Summary
from tanada.terraform.ci_changes import advice, check_not_by_ci


def stack(kind: str = "common", *, protected: bool = False) -> Stack:
    return Stack(
        name="common-main" if kind == "common" else "environment-test",
        kind="common" if kind == "common" else "environment",
        environment=None if kind == "common" else "test",
        account="main",
        account_id="111111111111",
        region="ap-northeast-1",
        role=None,
        protected=protected,
        bucket="states",
        state_key="kakei/common-main.tfstate",
    )


def plan(address: str, action: Action) -> Summary:
    return Summary("1.11.4", (ResourceChange(address, address.split(".")[0], action),), 0)


@pytest.mark.parametrize(
    ("address", "action"),
    [
        ("aws_iam_role.ci_role_apply_role", "update"),
        ("aws_iam_policy.ci_boundary", "create"),
        ("aws_iam_policy.ci_changes", "update"),
        ("aws_iam_role_policy.ci_role_apply_policy", "replace"),
        ("aws_iam_openid_connect_provider.ci_provider", "destroy"),
    ],
)
def test_a_plan_that_changes_what_ci_may_do_says_who_applies_it(address: str, action: Action) -> None:
    [said] = advice(stack(), plan(address, action))
    assert (said.severity, said.summary) == ("warning", "This changes what CI may do")
    assert "tanada plan common-main, then tanada apply common-main." in said.detail
    [said] = advice(stack(protected=True), plan(address, action))
    assert "tanada apply common-main --protected main." in said.detail
    with pytest.raises(TerraformError, match="this changes what CI may do, which CI's own role can't"):
        check_not_by_ci(stack(), plan(address, action), by_ci=True)
    check_not_by_ci(stack(), plan(address, action), by_ci=False)


@pytest.mark.parametrize(
    ("kind", "address", "action"),
    [
        ("common", "aws_vpc.network_vpc", "update"),
        ("common", "aws_iam_role.ci_role_apply_role", "no-op"),
        ("common", "aws_s3_bucket.ci_x", "update"),
        ("environment", "aws_iam_role.ci_execution_role", "create"),  # of a service that is called ci
    ],
)
def test_others_say_nothing(kind: str, address: str, action: Action) -> None:
    assert advice(stack(kind), plan(address, action)) == ()
    check_not_by_ci(stack(kind), plan(address, action), by_ci=True)


def test_roles_that_are_let_go_are_to_be_deleted() -> None:
    [said] = advice(stack(), plan("aws_iam_role.ci_plan_role", "forget"))
    assert "aws_iam_role.ci_plan_role: no longer Terraform's, and still there" in said.detail


def test_a_plan_that_failed_says_nothing() -> None:
    assert advice(stack(), None) == ()
