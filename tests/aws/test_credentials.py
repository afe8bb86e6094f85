"""Credentials: what Terraform is given, and the sentence where there are none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from tanada.aws.credentials import check, resolve, seconds_left, session
from tanada.declarations.inventory import Stack
from tanada.errors import AwsError
from tests.aws.aws import ACCOUNT, REGION, Aws
from tests.resources.test_unknown import COMMON


def test_variables_are_handed_over(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    assert resolve() == {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "token",
    }


def test_a_profile_becomes_variables(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "credentials"
    file.write_text("[team]\naws_access_key_id = AKIA1\naws_secret_access_key = secret\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_PROFILE", "team")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert resolve() == {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "secret"}


def test_a_profile_that_does_not_exist_is_one_sentence(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "none")
    with pytest.raises(AwsError, match="none"):
        resolve()


def test_without_any_the_sentence_says_what_to_do(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(AwsError, match=r"No AWS credentials were found: .* --offline"):
        resolve()


def test_a_role_that_cannot_be_assumed_is_named(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(AwsError, match=r"The role arn:aws:iam::222222222222:role/terraform can't be assumed"):
        session(REGION, "arn:aws:iam::222222222222:role/terraform")


@pytest.mark.parametrize(
    ("minutes", "for_long", "refused"), [(14, True, True), (14, False, False), (16, True, False), (-1, False, True)]
)
def test_what_ends_soon_begins_nothing_long(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, minutes: int, for_long: bool, refused: bool
) -> None:
    ends = datetime.now(UTC) + timedelta(minutes=minutes)
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", ends.isoformat())
    if refused:
        with pytest.raises(AwsError, match=r"end in less than 15 minutes.*sign in again|can't be resolved: .*expired"):
            resolve(for_long=for_long)
    else:
        found = resolve(for_long=for_long)
        assert found["AWS_ACCESS_KEY_ID"] == "testing"
        left = seconds_left(found)
        assert left is not None
        assert (minutes - 1) * 60 < left <= minutes * 60
        assert seconds_left({"AWS_ACCESS_KEY_ID": "another"}) is None, "nobody knows"


def stack(account_id: str, role: str | None = None) -> Stack:
    return replace(COMMON, account_id=account_id, role=role, region=REGION)


def test_credentials_of_another_account_are_refused_before_anything_is_made(aws: Aws) -> None:
    found = resolve()
    check(found, [stack(ACCOUNT), stack("222222222222")])
    check(found, [stack("222222222222", role="arn:aws:iam::222222222222:role/terraform")])
    with pytest.raises(AwsError, match=rf"are of the account {ACCOUNT}, and \S+ is in 222222222222 .*sign in"):
        check(found, [stack("222222222222")])


def test_credentials_that_aws_takes_no_more_are_refused_and_silence_is_no_answer(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise ClientError({"Error": {"Code": "ExpiredToken", "Message": "The token is expired"}}, "GetCallerIdentity")

    with monkeypatch.context() as patched:
        patched.setattr(BaseClient, "_make_api_call", refused)
        with pytest.raises(AwsError, match=r"doesn't take the credentials testing: .*ExpiredToken.*Sign in again"):
            check(resolve(), [stack(ACCOUNT)])
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    check(resolve(), [stack("222222222222")])
