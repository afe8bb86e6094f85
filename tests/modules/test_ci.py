"""Who may assume the roles of CI, and what is made for them: read as the policies' JSON says, by AWS's own rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformStack

from modules.ci import CiAccess, subject, trust
from tanada.declarations.ci_roles import CiRoles
from tanada.declared.ci import Ci, RepositoryIds, environment_name, issuer, role_name
from tests.iam import trusted

GITHUB = Ci(github="example/kakei")
SERVER = Ci(github="example/kakei", server="git.example.jp")
GITLAB = Ci(gitlab="example/web/kakei")
FILE = "example/kakei/.github/workflows/tanada-"
ENVIRONMENT = "repo:example/kakei:environment:"


def taken(ci: Ci, step: str, approved: str | None = None, **claims: str) -> bool:
    """Whether a token with these claims may assume the role."""
    given = {"aud": "sts.amazonaws.com", **claims}
    document = trust("provider", ci, step, approved, "aws")
    return trusted(document, {f"{issuer(ci)}:{name}": value for name, value in given.items()})


@pytest.mark.parametrize(
    ("environment", "file", "takes"),
    [
        # As a pull request, or its place in a merge queue, has changed it.
        ("tanada-plan", "plan.yml@refs/pull/12/merge", None),
        ("tanada-plan", "plan.yml@refs/heads/main", "plan"),
        ("tanada-plan", "apply.yml@refs/heads/main", "plan"),
        ("tanada-plan", "plan.yml@refs/heads/gh-readonly-queue/main/pr-12-0a1b", None),
        ("tanada-plan", "plan.yml@refs/heads/feature", None),
        ("tanada-plan", "evil.yml@refs/pull/12/merge", None),
        ("tanada-drift", "drift.yml@refs/heads/main", "drift"),
        ("tanada-drift", "drift.yml@refs/pull/12/merge", None),
        ("tanada-apply", "apply.yml@refs/heads/main", "apply"),
        # Nobody has set up the environment, and a pull request's own workflow names it.
        ("tanada-apply", "apply.yml@refs/pull/12/merge", None),
        ("tanada-apply", "apply.yml@refs/heads/feature", None),
        ("tanada-apply", "plan.yml@refs/heads/main", None),
        ("production", "apply.yml@refs/heads/main", "apply production"),
        ("production", "apply.yml@refs/pull/12/merge", None),
        ("production2", "apply.yml@refs/heads/main", None),
        ("test", "apply.yml@refs/heads/main", None),
    ],
)
def test_a_job_of_github_takes_on_the_role_of_its_environment_alone(
    environment: str, file: str, takes: str | None
) -> None:
    roles: dict[str, tuple[str, str | None]] = {
        "plan": ("plan", None),
        "drift": ("drift", None),
        "apply": ("apply", None),
        "apply production": ("apply", "production"),
    }
    claims = {"sub": f"{ENVIRONMENT}{environment}", "job_workflow_ref": f"{FILE}{file}"}
    assert [name for name, role in roles.items() if taken(GITHUB, *role, **claims)] == ([takes] if takes else [])


@pytest.mark.parametrize("ci", [GITHUB, SERVER])
@pytest.mark.parametrize("step", ["plan", "drift", "apply"])
@pytest.mark.parametrize(
    "token",
    [
        # What jobs of workflow_run, schedule, issue_comment and pull_request_target show as well.
        "repo:example/kakei:ref:refs/heads/main",
        "repo:example/kakei:pull_request",
        "repo:example/kakei:ref:refs/heads/feature",
        "repo:example/kakei2:environment:tanada-apply",
        "repo:somebody/kakei:environment:tanada-apply",
        "repo:example@1/kakei@2:environment:tanada-apply",
    ],
)
def test_no_role_trusts_a_branch_a_pull_request_or_another_repository(ci: Ci, step: str, token: str) -> None:
    assert not taken(ci, step, sub=token, job_workflow_ref=f"{FILE}{step}.yml@refs/heads/main")


def test_a_token_for_another_audience_gets_nothing() -> None:
    claims = {"sub": f"{ENVIRONMENT}tanada-apply", "job_workflow_ref": f"{FILE}apply.yml@refs/heads/main"}
    assert taken(GITHUB, "apply", **claims)
    assert not taken(GITHUB, "apply", **claims, aud="https://github.com/example")


def test_numbers_shut_out_a_repository_that_took_over_the_name() -> None:
    ci = Ci(github="example/kakei", ids=RepositoryIds(owner="1", repository="2"))
    ref = f"{FILE}apply.yml@refs/heads/main"
    subjects = [f"repo:example{owner}/kakei{id}:environment:production" for owner, id in (("@1", "@2"), ("@1", "@3"))]
    assert [taken(ci, "apply", "production", sub=each, job_workflow_ref=ref) for each in subjects] == [True, False]
    assert not taken(ci, "apply", "production", sub=f"{ENVIRONMENT}production", job_workflow_ref=ref)


def test_iam_looks_at_the_workflow_file_in_github_coms_tokens_and_commercial_regions_alone() -> None:
    """In other tokens the key would be missing, and nobody could take the role on."""
    key = "job_workflow_ref"
    assert key in json.dumps(trust("provider", GITHUB, "apply", None, "aws"))
    assert key not in json.dumps(trust("provider", GITHUB, "apply", None, "aws-cn"))
    assert key not in json.dumps(trust("provider", SERVER, "apply", None, "aws"))
    assert taken(SERVER, "apply", "production", sub=f"{ENVIRONMENT}production")


@pytest.mark.parametrize(
    ("token", "steps"),
    [
        ("project_path:example/web/kakei:ref_type:branch:ref:main", ["plan", "drift", "apply"]),
        ("project_path:example/web/kakei:ref_type:branch:ref:feature", ["plan"]),
        ("project_path:example/web/kakei:ref_type:tag:ref:main", []),
        ("project_path:somebody/kakei:ref_type:branch:ref:main", []),
    ],
)
def test_gitlab_tokens_get_what_their_branch_says(token: str, steps: list[str]) -> None:
    assert [step for step in ("plan", "drift", "apply") if taken(GITLAB, step, sub=token)] == steps


def resources(tmp_path: Path, ci: Ci, *environments: str) -> dict[str, Any]:
    app = App(outdir=str(tmp_path), stack_traces=False)
    stack = TerraformStack(app, "common")
    CiAccess(
        stack,
        "ci",
        ci,
        system="kakei",
        account_id="111111111111",
        region="ap-northeast-1",
        reached=CiRoles(buckets=("terraform-state-111111111111-ap-northeast-1",), environments=environments),
    )
    return dict(stack.to_terraform()["resource"])


@pytest.mark.parametrize("environments", [(), ("production",), ("production", "osaka")])
def test_each_role_trusts_exactly_one_environment_and_no_two_the_same(
    environments: tuple[str, ...], tmp_path: Path
) -> None:
    subjects = {}
    for role in resources(tmp_path, GITHUB, *environments)["aws_iam_role"].values():
        [statement] = json.loads(role["assume_role_policy"])["Statement"]
        subjects[role["name"]] = statement["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"]
    applying: tuple[str | None, ...] = environments or (None,)
    assert subjects == {
        role_name("kakei", step, approved): f"{ENVIRONMENT}{environment_name(step, approved)}"
        for step, approved in (("plan", None), ("drift", None), *(("apply", each) for each in applying))
    }
    assert len(set(subjects.values())) == len(subjects)
    assert not any("*" in each for each in subjects.values())


def test_protected_accounts_and_others_share_no_environment() -> None:
    assert subject(GITHUB, "apply")[0] == f"{ENVIRONMENT}tanada-apply"
    assert subject(GITHUB, "apply", "production")[0] == f"{ENVIRONMENT}production"
    assert subject(GITHUB, "plan", "production")[0] == f"{ENVIRONMENT}tanada-plan"


def test_roles_of_before_are_let_go_and_not_destroyed(tmp_path: Path) -> None:
    """Jobs whose files were written by the last release take them on until they are written anew."""
    app = App(outdir=str(tmp_path), stack_traces=False)
    stack = TerraformStack(app, "common")
    reached = CiRoles(buckets=("states",), environments=())
    CiAccess(stack, "ci", GITHUB, system="kakei", account_id="1", region="ap-northeast-1", reached=reached)
    made = stack.to_terraform()
    let_go = {each["from"]: each["lifecycle"] for each in made["removed"]}
    assert set(let_go) == {
        "aws_iam_role.ci_plan_role",
        "aws_iam_role.ci_apply_role",
        "aws_iam_role_policy.ci_plan_policy",
        "aws_iam_role_policy.ci_apply_policy",
        "aws_iam_role_policy_attachment.ci_plan_read",
        "aws_iam_role_policy_attachment.ci_apply_power",
    }
    assert all(each == {"destroy": False} for each in let_go.values())
    there = {f"{kind}.{name}" for kind, named in made["resource"].items() for name in named}
    assert not there & set(let_go)


@pytest.mark.parametrize("environments", [(), ("production", "osaka")])
def test_policies_fit_into_what_iam_takes(environments: tuple[str, ...], tmp_path: Path) -> None:
    """Without white space (IAM quotas): a managed policy, a role's own ones, and whom it trusts."""
    made = resources(tmp_path, GITHUB, *environments)
    limits = {
        6144: [each["policy"] for each in made["aws_iam_policy"].values()],
        10240: [each["policy"] for each in made["aws_iam_role_policy"].values()],
        2048: [each["assume_role_policy"] for each in made["aws_iam_role"].values()],
    }
    for limit, documents in limits.items():
        assert documents
        for document in documents:
            assert len("".join(document.split())) <= limit


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
        (SERVER, "https://git.example.jp/_services/token"),
        (GITLAB, "https://gitlab.com"),
        (Ci(gitlab="example/kakei", server="git.example.jp"), "https://git.example.jp"),
    ],
)
def test_the_provider_is_the_forges_token_server(ci: Ci, url: str, tmp_path: Path) -> None:
    [provider] = resources(tmp_path, ci)["aws_iam_openid_connect_provider"].values()
    assert (provider["url"], provider["client_id_list"]) == (url, ["sts.amazonaws.com"])
