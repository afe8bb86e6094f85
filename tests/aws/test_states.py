"""Which states rest on a common layer, read from its bucket."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tanada.aws.states import beside, delete_beside, holds, occupied, undeclared, write_beside
from tanada.declarations.inventory import Stack
from tanada.errors import AwsError, TanadaError
from tanada.terraform.leftovers import in_buckets
from tests.aws.aws import ACCOUNT, REGION, Aws

COMMON = Stack(
    name="common-main",
    kind="common",
    environment=None,
    account="main",
    account_id=ACCOUNT,
    region=REGION,
    role=None,
    protected=False,
    bucket="states",
    state_key="kakei/common-main.tfstate",
)


def put(aws: Aws, key: str, resources: list[object]) -> None:
    aws.session().client("s3").put_object(Bucket="states", Key=key, Body=json.dumps({"resources": resources}).encode())


@pytest.fixture(autouse=True)
def bucket(aws: Aws) -> None:
    aws.session().client("s3").create_bucket(
        Bucket="states", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"}
    )


def test_states_that_hold_resources_are_found_workspaces_too(aws: Aws) -> None:
    put(aws, "kakei/common-main.tfstate", [{}])
    put(aws, "kakei/environment-test.tfstate", [{}])
    put(aws, "kakei/review/kokuyou/kakei/review.tfstate", [{}])
    assert occupied(COMMON, "kakei") == ["kakei/environment-test.tfstate", "kakei/review/kokuyou/kakei/review.tfstate"]


def test_whether_a_state_holds_something_is_read_where_terraform_keeps_it(aws: Aws) -> None:
    review = replace(COMMON, name="review", kind="review", state_key="kakei/review.tfstate")
    put(aws, "kakei/common-main.tfstate", [{}])
    put(aws, "kakei/review/kokuyou/kakei/review.tfstate", [{}])
    put(aws, "kakei/review/emptied/kakei/review.tfstate", [{"mode": "data"}])
    assert holds(COMMON, None)
    assert [name for name in ("kokuyou", "emptied", "none") if holds(review, name)] == ["kokuyou"]
    with pytest.raises(AwsError, match=r"kakei/review.tfstate in nowhere can't be read"):
        holds(replace(review, bucket="nowhere"), None)


def test_emptied_states_data_sources_locks_and_other_systems_do_not_count(aws: Aws) -> None:
    put(aws, "kakei/environment-test.tfstate", [])
    put(aws, "kakei/environment-read.tfstate", [{"mode": "data"}])
    put(aws, "kakei/environment-test.tfstate.tflock", [{}])
    put(aws, "kakei2/environment-test.tfstate", [{}])
    assert occupied(COMMON, "kakei") == []


def test_states_of_stacks_that_are_declared_no_more_are_found_with_what_they_hold(aws: Aws) -> None:
    put(aws, "kakei/common-main.tfstate", [{}])
    put(aws, "kakei/environment-test.tfstate", [{}])
    put(aws, "kakei/review/kokuyou/kakei/review.tfstate", [{}])
    put(aws, "kakei/environment-old.tfstate", [{"mode": "managed"}, {"mode": "data"}])
    put(aws, "kakei/environment-emptied.tfstate", [{"mode": "data"}])
    put(aws, "kakei2/environment-elsewhere.tfstate", [{}])
    old = ("environment-old", "kakei/environment-old.tfstate", 1, None)
    assert undeclared(COMMON, "kakei", {"common-main", "environment-test", "review"}) == [old]
    assert undeclared(COMMON, "kakei", {"common-main", "environment-test"}) == [
        old,
        ("review", "kakei/review/kokuyou/kakei/review.tfstate", 1, None),
    ]


def test_workspaces_of_a_stack_declared_no_more_count_as_one_and_a_shared_bucket_is_read_once(aws: Aws) -> None:
    put(aws, "kakei/review/kokuyou/kakei/review.tfstate", [{"mode": "managed"}])
    put(aws, "kakei/review/suishou/kakei/review.tfstate", [{"mode": "managed"}, {"mode": "managed"}])
    other = replace(
        COMMON, name="common-other", account="other", state_key="kakei/common-other.tfstate", protected=True
    )
    put(aws, "kakei/common-main.tfstate", [{}])
    (left,) = in_buckets([COMMON, other], "kakei")
    assert (left.stack, left.resources, len(left.places)) == ("review", 3, 2)
    assert left.places[0] == "s3://states/kakei/review/kokuyou/kakei/review.tfstate"


def test_a_bucket_that_cannot_be_listed_is_one_sentence(aws: Aws) -> None:
    aws.session().client("s3").delete_bucket(Bucket="states")
    with pytest.raises(AwsError, match="The states in states can't be listed"):
        occupied(COMMON, "kakei")


@pytest.mark.parametrize("damaged", [False, True])
def test_one_bucket_that_says_nothing_hides_no_leftovers_of_another(aws: Aws, *, damaged: bool) -> None:
    put(aws, "kakei/environment-old.tfstate", [{"mode": "managed"}])
    other = replace(COMMON, name="common-other", account="other", bucket="others")
    if damaged:
        s3: Any = aws.session().client("s3")
        s3.create_bucket(Bucket="others", CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket="others", Key="kakei/environment-older.tfstate", Body=b'{"vers')
    unread: list[TanadaError] = []
    (left,) = in_buckets([other, COMMON], "kakei", unread=unread.append)
    assert left.stack == "environment-old"
    [said] = map(str, unread)
    assert said.startswith(
        "s3://others/kakei/environment-older.tfstate is damaged" if damaged else "The states in others can't be listed"
    )


@pytest.mark.parametrize("workspace", [None, "kokuyou"])
def test_what_the_runner_keeps_beside_a_state_is_no_state(aws: Aws, workspace: str | None) -> None:
    review = replace(COMMON, name="review", kind="review", state_key="kakei/review.tfstate")
    assert beside(review, workspace, "notes.json") == b""
    write_beside(review, workspace, "notes.json", "noted")
    assert beside(review, workspace, "notes.json") == b"noted"
    assert occupied(COMMON, "kakei") == []
    keys = [each["Key"] for each in aws.session().client("s3").list_objects_v2(Bucket="states")["Contents"]]
    assert keys == [f"kakei/review{'/kokuyou/kakei/review' if workspace else ''}.tfstate.notes.json"]
    delete_beside(review, workspace, "notes.json")
    assert beside(review, workspace, "notes.json") == b""
