"""Credentials: what Terraform is given, and the sentence where there are none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tanada.aws.credentials import resolve, session
from tanada.errors import AwsError
from tests.aws.aws import REGION, Aws


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
        assert resolve(for_long=for_long)["AWS_ACCESS_KEY_ID"] == "testing"
