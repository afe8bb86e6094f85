"""What a task gets that writes to a site: the policies that are emitted, judged as IAM judges them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modules.ci_boundary import boundary
from tanada.declarations.inputs import CommonInput, EnvironmentInput, inputs
from tanada.declarations.loader import load
from tests.iam import allowed

Json = dict[str, Any]
BUCKET = "arn:aws:s3:::${aws_s3_bucket.www_bucket_bucket.bucket}"
DISTRIBUTION = "${aws_cloudfront_distribution.www_distribution.arn}"
ROLE = "arn:aws:iam::111111111111:role/kakei/publishers/test-www+publishers-kakei-11c44299"
TASK = "arn:aws:iam::111111111111:role/kakei/test-web-task-kakei-048b6ad6"
THEIRS = "arn:aws:iam::222222222222:role/kakei/publishers/production-www+publishers-kakei-7b77313d"


@pytest.fixture
def test(emitted: dict[str, dict[str, Json]]) -> Json:
    found: Json = emitted["sites"]["environment-test"]["resource"]
    return found


def plain(text: str) -> str:
    """Names are unknown before they are made, and IAM's patterns are no part of them."""
    return text.replace(BUCKET, "arn:aws:s3:::www").replace(DISTRIBUTION, "distribution")


def known(test: Json, policy: str) -> Json:
    found: Json = json.loads(plain(test["aws_iam_role_policy"][policy]["policy"]))
    return found


def test_it_writes_lists_and_invalidates_and_does_nothing_else(test: Json) -> None:
    """All that its policy allows, statement by statement, on what: no wildcard but that of the bucket's objects."""
    given = {
        (action, resource)
        for statement in known(test, "www_publishers_policy")["Statement"]
        for action in statement["Action"]
        for resource in statement["Resource"]
    }
    assert given == {
        ("s3:ListBucket", "arn:aws:s3:::www"),
        ("s3:AbortMultipartUpload", "arn:aws:s3:::www/*"),
        ("s3:DeleteObject", "arn:aws:s3:::www/*"),
        ("s3:PutObject", "arn:aws:s3:::www/*"),
        ("cloudfront:CreateInvalidation", "distribution"),
        ("cloudfront:GetInvalidation", "distribution"),
        ("iam:ListRoleTags", ROLE),
    }


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", "arn:aws:s3:::www/index.html"),
        ("s3:PutObject", "arn:aws:s3:::kakei-test-uploads/a"),
        ("s3:PutObjectAcl", "arn:aws:s3:::www/a"),
        ("s3:DeleteObjectVersion", "arn:aws:s3:::www/a"),
        ("s3:PutBucketPolicy", "arn:aws:s3:::www"),
        ("cloudfront:UpdateDistribution", "distribution"),
        ("cloudfront:CreateInvalidation", "arn:aws:cloudfront::111111111111:distribution/E1"),
        ("iam:TagRole", ROLE),
        ("iam:ListRoleTags", TASK),
        ("sts:AssumeRole", ROLE),
    ],
)
def test_what_it_may_not(test: Json, action: str, resource: str) -> None:
    assert not allowed([known(test, "www_publishers_policy")], action, resource)


def test_the_role_trusts_that_tasks_own_role_and_nobody_else(test: Json) -> None:
    role, task = test["aws_iam_role"]["www_publishers_role"], test["aws_iam_role"]["web_task_role"]
    (statement,) = json.loads(role["assume_role_policy"])["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Principal"] == {"AWS": "arn:aws:iam::111111111111:root"}
    assert statement["Condition"] == {"ArnLike": {"aws:PrincipalArn": TASK}}
    assert TASK.endswith(f":role{task['path']}{task['name']}")
    assert ROLE.endswith(f":role{role['path']}{role['name']}")
    assert role["tags"]["Distribution"] == "${aws_cloudfront_distribution.www_distribution.id}"


def test_the_task_takes_on_the_roles_of_its_sites_and_no_other(test: Json) -> None:
    own = known(test, "web_task_policy")
    media = test["aws_iam_role"]["media_publishers_role"]
    assert allowed([own], "sts:AssumeRole", ROLE)
    assert allowed([own], "sts:AssumeRole", f"arn:aws:iam::111111111111:role{media['path']}{media['name']}")
    for other in (f"{ROLE}1", TASK, "arn:aws:iam::111111111111:role/admin", THEIRS):
        assert not allowed([own], "sts:AssumeRole", other)


def test_it_is_told_the_role_and_the_bucket_as_they_are_called(test: Json) -> None:
    (container,) = json.loads(test["aws_ecs_task_definition"]["web_task_definition"]["container_definitions"])
    said = {each["name"]: each["value"] for each in container["environment"]}
    assert said["WRITES_AS"] == ROLE
    assert said["WRITES_TO"] == test["aws_s3_bucket"]["www_bucket_bucket"]["bucket"]


def test_in_review_nothing_writes_to_a_site(emitted: dict[str, dict[str, Json]]) -> None:
    review = emitted["sites"]["review"]["resource"]
    assert not [name for name in review["aws_iam_role"] if "publishers" in name]
    assert "sts:AssumeRole" not in json.dumps(review["aws_iam_role_policy"])


def test_both_halves_are_made_across_accounts_each_by_names_alone(tmp_path: Path) -> None:
    """The environments' own stacks, and the boundaries of both accounts."""
    (tmp_path / "environments").mkdir()
    files = {
        "system.yaml": """
system: kakei
tanada: "0.1"
accounts:
  main: {id: 111111111111, region: ap-northeast-1, common: {hosted_zones: [example.jp]}}
  prod: {id: 222222222222, region: us-west-2, common: {hosted_zones: [example.com]}}
common:
  images: [cms]
  ci: {github: example/kakei, ids: {owner: 1, repository: 2}}
blueprint:
  sites: {www: {}}
""",
        "environments/staging.yaml": """
account: main
domain: example.jp
services: {editor: {image: cms, port: 80, renamed_from: cms, variables: {AS: "{production.www.role}"}}}
""",
        "environments/production.yaml": """
account: prod
domain: example.com
sites: {www: {publishers: [staging.editor]}}
""",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    found = inputs(load(tmp_path))
    staging, production = found["environment-staging"], found["environment-production"]
    assert isinstance(staging, EnvironmentInput)
    assert isinstance(production, EnvironmentInput)
    assert [(each.name, each.role) for each in staging.publishes] == [("editor", THEIRS)]
    # By the first name that it had, as AWS knows it.
    (task,) = production.publishers["www"]
    assert task.startswith("arn:aws:iam::111111111111:role/kakei/staging-cms-task-kakei-")
    assert (staging.publishers, production.publishes) == ({}, ())
    roles = {}
    for name, account in (("main", "111111111111"), ("prod", "222222222222")):
        common = found[f"common-{name}"]
        assert isinstance(common, CommonInput)
        assert common.roles is not None
        said = common.roles
        roles[name] = boundary(
            "arn:aws", "kakei", account, said.asked, published=said.published, publishes=said.publishes
        )
    everything = [{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}]
    assert allowed(everything, "sts:AssumeRole", THEIRS, boundary=roles["main"])
    assert not allowed(everything, "sts:AssumeRole", ROLE, boundary=roles["main"])
    assert not allowed(everything, "sts:AssumeRole", THEIRS, boundary=roles["prod"])
    assert not allowed(everything, "sts:AssumeRole", THEIRS.replace("publishers/", ""), boundary=roles["main"])
    assert allowed(everything, "iam:ListRoleTags", THEIRS, boundary=roles["prod"])
    assert not allowed(everything, "iam:ListRoleTags", ROLE, boundary=roles["main"])
    assert not allowed(everything, "iam:TagRole", THEIRS, boundary=roles["prod"])
