"""The roles of common.ci: assumed with the job's token alone, account by account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tanada.aws import ci_roles
from tanada.aws.credentials import seconds_left
from tanada.declarations.inventory import Stack
from tanada.errors import AwsError
from tests.aws.aws import REGION, Aws

STACK = Stack(
    name="common-production",
    kind="common",
    environment=None,
    account="production",
    account_id="222222222222",
    region=REGION,
    role="arn:aws:iam::222222222222:role/terraform",
    protected=True,
    bucket="states",
    state_key="kakei/common-production.tfstate",
)


@pytest.fixture
def job(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """What a job's environment holds; no other credentials are anywhere."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    (tmp_path / "token").write_text("signed-by-the-forge\n")
    ci_roles._assumed.cache_clear()
    yield {ci_roles.VARIABLE: "plan", ci_roles.TOKEN: str(tmp_path / "token")}
    ci_roles._assumed.cache_clear()


def test_a_job_takes_on_the_role_of_the_stacks_account(job: dict[str, str]) -> None:
    identity = ci_roles.session_of(STACK, "kakei", job).client("sts").get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::222222222222:assumed-role/kakei_plan/tanada-plan"


@pytest.mark.parametrize(
    ("step", "protected", "role"),
    [
        ("plan", True, "kakei_plan"),
        ("drift", True, "kakei_drift"),
        ("drift", False, "kakei_drift"),
        ("apply", True, "kakei_apply_production"),
        ("apply", False, "kakei_apply"),
    ],
)
def test_each_step_has_its_role_and_a_protected_account_one_of_its_own_to_apply(
    job: dict[str, str], step: str, protected: bool, role: str
) -> None:
    job[ci_roles.VARIABLE] = step
    stack = replace(STACK, protected=protected)
    identity = ci_roles.session_of(stack, "kakei", job).client("sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::222222222222:assumed-role/{role}/tanada-{step}"


def test_credentials_are_complete_and_asked_for_once(job: dict[str, str]) -> None:
    first = ci_roles.credentials(STACK, "kakei", "apply", job)
    assert sorted(first) == ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]
    assert all(first.values())
    assert ci_roles.credentials(STACK, "kakei", "apply", job) == first
    left = seconds_left(first)
    assert left is not None
    assert 7200 - 60 < left <= 7200


def test_outside_of_such_a_job_the_declaration_decides(aws: Aws) -> None:
    assert ci_roles.step({}) is None
    identity = ci_roles.session_of(STACK, "kakei", {}).client("sts").get_caller_identity()
    assert ":assumed-role/terraform/" in identity["Arn"]


def test_another_word_than_a_step_is_refused() -> None:
    with pytest.raises(AwsError, match="TANADA_CI_ROLE=admin: expected plan, drift, apply"):
        ci_roles.step({ci_roles.VARIABLE: "admin"})


def test_a_missing_token_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(AwsError, match="AWS_WEB_IDENTITY_TOKEN_FILE is not: it names the file"):
        ci_roles.credentials(STACK, "kakei", "plan", {})
    with pytest.raises(AwsError, match=r"none .* can't be read"):
        ci_roles.credentials(STACK, "kakei", "plan", {ci_roles.TOKEN: str(tmp_path / "none")})


def test_a_refusal_names_the_role_and_never_the_token(job: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(AwsError, match="role/kakei_plan can't be assumed with this job's token") as caught:
        ci_roles.credentials(STACK, "kakei", "plan", job)
    assert "signed-by-the-forge" not in str(caught.value)
