"""Who may assume the roles of CI, and what they may do: read as the policies' JSON says, by AWS's own rules."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformStack

from modules.ci import (
    CiAccess,
    apply_policy,
    apply_subjects,
    plan_policy,
    plan_subjects,
    trust,
)
from tanada.declared.ci import Ci, RepositoryIds, issuer

GITHUB = Ci(github="example/kakei")
GITLAB = Ci(gitlab="example/web/kakei")
ARN = "arn:aws"
STATE = "arn:aws:s3:::terraform-state-1-tokyo/kakei/environment-test.tfstate"
PLAN = plan_policy(ARN, "kakei", ["terraform-state-1-tokyo"])
OWN = ["arn:aws:iam::1:role/kakei_ci_plan", "arn:aws:iam::1:role/kakei_ci_apply", "arn:aws:iam::1:oidc-provider/host"]
APPLY = apply_policy("arn:aws:iam::1:role/kakei/*", OWN)
READ_ONLY = {"Effect": "Allow", "Action": ["*:Get*", "*:List*", "*:Describe*", "dynamodb:Query"], "Resource": "*"}
"""Stands for AWS's ReadOnlyAccess, where that gives too much."""
POWER_USER = {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"}
"""AWS's PowerUserAccess but for a few reads and service-linked roles."""


def texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def applies(statement: dict[str, Any], action: str, resource: str) -> bool:
    """IAM, "Policy evaluation logic": `*` matches any characters, slashes too; an action's case does not count."""

    def one_of(key: str, value: str) -> bool:
        return any(fnmatchcase(value, pattern) for pattern in texts(statement[key]))

    action_meant = one_of("Action", action) if "Action" in statement else not one_of("NotAction", action)
    return action_meant and (
        one_of("Resource", resource) if "Resource" in statement else not one_of("NotResource", resource)
    )


def allowed(document: dict[str, Any], managed: dict[str, Any], action: str, resource: str = "*") -> bool:
    hits = [each for each in (*document["Statement"], managed) if applies(each, action, resource)]
    return bool(hits) and all(each["Effect"] == "Allow" for each in hits)


def taken(subjects: tuple[list[str], bool], ci: Ci, token: str, audience: str = "sts.amazonaws.com") -> bool:
    """Whether a token of that subject may assume the role."""
    [statement] = trust("provider", ci, subjects)["Statement"]
    claims = {f"{issuer(ci)}:sub": token, f"{issuer(ci)}:aud": audience}
    return all(
        any(
            value == claims[key] if test == "StringEquals" else fnmatchcase(claims[key], value) for value in texts(each)
        )
        for test, keys in statement["Condition"].items()
        for key, each in keys.items()
    )


@pytest.mark.parametrize(
    ("token", "plan", "apply", "protected"),
    [
        ("repo:example/kakei:pull_request", True, False, False),
        ("repo:example/kakei:ref:refs/heads/main", True, True, False),
        ("repo:example/kakei:environment:production", False, False, True),
        ("repo:example/kakei:environment:test", False, False, False),
        ("repo:example/kakei:ref:refs/heads/feature", False, False, False),
        ("repo:example/kakei:ref:refs/tags/main", False, False, False),
        ("repo:example/kakei2:pull_request", False, False, False),
        ("repo:somebody/kakei:pull_request", False, False, False),
        ("repo:example@1/kakei@2:ref:refs/heads/main", False, False, False),
    ],
)
def test_github_tokens_get_what_their_subject_says(token: str, plan: bool, apply: bool, protected: bool) -> None:
    assert taken(plan_subjects(GITHUB), GITHUB, token) is plan
    assert taken(apply_subjects(GITHUB, ()), GITHUB, token) is apply
    assert taken(apply_subjects(GITHUB, ["production"]), GITHUB, token) is protected


def test_a_token_for_another_audience_gets_nothing() -> None:
    token = "repo:example/kakei:ref:refs/heads/main"
    assert not taken(apply_subjects(GITHUB, ()), GITHUB, token, audience="https://github.com/example")


def test_numbers_shut_out_a_repository_that_took_over_the_name() -> None:
    ci = Ci(github="example/kakei", ids=RepositoryIds(owner="1", repository="2"))
    assert taken(apply_subjects(ci, ["production"]), ci, "repo:example@1/kakei@2:environment:production")
    assert not taken(apply_subjects(ci, ["production"]), ci, "repo:example@1/kakei@3:environment:production")
    assert not taken(apply_subjects(ci, ["production"]), ci, "repo:example/kakei:environment:production")


@pytest.mark.parametrize(
    ("token", "plan", "apply"),
    [
        ("project_path:example/web/kakei:ref_type:branch:ref:main", True, True),
        ("project_path:example/web/kakei:ref_type:branch:ref:feature", True, False),
        ("project_path:example/web/kakei:ref_type:tag:ref:main", False, False),
        ("project_path:somebody/kakei:ref_type:branch:ref:main", False, False),
    ],
)
def test_gitlab_tokens_get_what_their_branch_says(token: str, plan: bool, apply: bool) -> None:
    assert taken(plan_subjects(GITLAB), GITLAB, token) is plan
    assert taken(apply_subjects(GITLAB, ["production"]), GITLAB, token) is apply


@pytest.mark.parametrize("subjects", [plan_subjects(GITHUB), apply_subjects(GITHUB, ()), apply_subjects(GITHUB, ["a"])])
def test_github_subjects_hold_no_wildcard(subjects: tuple[list[str], bool]) -> None:
    assert "*" not in "".join(subjects[0])
    assert "StringLike" not in json.dumps(trust("provider", GITHUB, subjects))


@pytest.mark.parametrize(
    ("action", "resource", "may"),
    [
        ("ec2:DescribeVpcs", "*", True),
        ("iam:GetRole", "arn:aws:iam::1:role/kakei/web", True),
        ("s3:GetObject", STATE, True),
        ("s3:PutObject", f"{STATE}.tflock", True),
        ("s3:DeleteObject", f"{STATE}.tflock", True),
        ("ssm:GetParameter", "arn:aws:ssm:ap-northeast-1::parameter/aws/service/ecs/optimized-ami", True),
        ("s3:PutObject", STATE, False),
        ("s3:DeleteObject", STATE, False),
        ("s3:GetObject", "arn:aws:s3:::terraform-state-1-tokyo/other/common-main.tfstate", False),
        ("s3:GetObject", "arn:aws:s3:::customers/list.csv", False),
        ("dynamodb:GetItem", "arn:aws:dynamodb:ap-northeast-1:1:table/sessions", False),
        ("dynamodb:Query", "arn:aws:dynamodb:ap-northeast-1:1:table/sessions", False),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:ap-northeast-1:1:secret:key", False),
        ("ssm:GetParameter", "arn:aws:ssm:ap-northeast-1:1:parameter/kakei/key", False),
        ("logs:GetLogEvents", "arn:aws:logs:ap-northeast-1:1:log-group:/kakei/test/web", False),
        ("ecs:UpdateService", "*", False),
    ],
)
def test_the_plan_role_reads_what_things_are_and_no_data(action: str, resource: str, may: bool) -> None:
    assert allowed(PLAN, READ_ONLY, action, resource) is may


@pytest.mark.parametrize(
    ("action", "resource", "may"),
    [
        ("ecs:CreateService", "*", True),
        ("s3:PutObject", STATE, True),
        ("iam:GetOpenIDConnectProvider", OWN[2], True),
        ("iam:CreateRole", "arn:aws:iam::1:role/kakei/test-web-task", True),
        ("iam:PutRolePolicy", "arn:aws:iam::1:role/kakei/test-web-task", True),
        ("iam:PassRole", "arn:aws:iam::1:role/kakei/test-web-task", True),
        ("iam:PassRole", "arn:aws:iam::1:role/terraform", False),
        ("iam:CreateRole", "arn:aws:iam::1:role/admin", False),
        ("iam:AttachRolePolicy", "arn:aws:iam::1:role/kakei/test-web-task", False),
        ("iam:CreateUser", "arn:aws:iam::1:user/somebody", False),
        ("iam:CreateAccessKey", "arn:aws:iam::1:user/somebody", False),
        ("iam:UpdateAssumeRolePolicy", OWN[1], False),
        ("iam:PutRolePolicy", OWN[0], False),
        ("iam:DeleteRole", OWN[1], False),
        ("iam:UpdateOpenIDConnectProviderThumbprint", OWN[2], False),
        ("iam:AddClientIDToOpenIDConnectProvider", OWN[2], False),
        ("sts:AssumeRole", "arn:aws:iam::1:role/admin", False),
        ("organizations:LeaveOrganization", "*", False),
    ],
)
def test_the_apply_role_makes_systems_and_not_itself_mightier(action: str, resource: str, may: bool) -> None:
    assert allowed(APPLY, POWER_USER, action, resource) is may


def test_roles_are_handed_to_tasks_alone() -> None:
    [passing] = [each for each in APPLY["Statement"] if each["Action"] == "iam:PassRole"]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


def resources(tmp_path: Path, ci: Ci) -> dict[str, Any]:
    app = App(outdir=str(tmp_path), stack_traces=False)
    stack = TerraformStack(app, "common")
    CiAccess(
        stack,
        "ci",
        ci,
        system="kakei",
        account_id="111111111111",
        region="ap-northeast-1",
        buckets=["terraform-state-111111111111-ap-northeast-1"],
        environments=(),
    )
    return dict(stack.to_terraform()["resource"])


def test_a_provider_that_is_there_is_trusted_and_not_made_again(tmp_path: Path) -> None:
    made = resources(tmp_path, Ci(gitlab="example/kakei", server="git.example.jp", existing_provider=True))
    assert "aws_iam_openid_connect_provider" not in made
    for role in made["aws_iam_role"].values():
        [statement] = json.loads(role["assume_role_policy"])["Statement"]
        assert statement["Principal"] == {"Federated": "arn:aws:iam::111111111111:oidc-provider/git.example.jp"}


@pytest.mark.parametrize(
    ("ci", "url"),
    [
        (GITHUB, "https://token.actions.githubusercontent.com"),
        (Ci(github="example/kakei", server="git.example.jp"), "https://git.example.jp/_services/token"),
        (GITLAB, "https://gitlab.com"),
        (Ci(gitlab="example/kakei", server="git.example.jp"), "https://git.example.jp"),
    ],
)
def test_the_provider_is_the_forges_token_server(ci: Ci, url: str, tmp_path: Path) -> None:
    [provider] = resources(tmp_path, ci)["aws_iam_openid_connect_provider"].values()
    assert (provider["url"], provider["client_id_list"]) == (url, ["sts.amazonaws.com"])
