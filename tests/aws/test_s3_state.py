"""The shipped system with its states in S3 (moto's), unmodified stacks and the offline provider in place of AWS's."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tanada import offline
from tanada.aws import ci_roles
from tanada.declarations.inventory import inventory
from tanada.declarations.loader import load
from tanada.offline.narrow import Used
from tests import forked
from tests.aws.aws import ACCOUNT, REGION, Aws
from tests.aws.test_missing import index, push
from tests.signed_out import signed_out

pytestmark = pytest.mark.terraform
ROOT = Path(__file__).parents[2]
BUCKET = f"terraform-state-{ACCOUNT}-{REGION}"
SHIPPED = (
    "system.yaml",
    "environments",
    "workspaces",
    "main.py",
    "cdktf.json",
    ".terraform-version",
    ".terraform-image",
)


@dataclass(frozen=True)
class Shipped:
    root: Path
    environ: dict[str, str]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", "from tanada.cli import main; main()", *arguments],
            cwd=self.root,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        ran = forked.run(arguments, self.root, self.environ)
        output: str = ran.stdout + ran.stderr
        assert ran.returncode == code, output
        return output


@pytest.fixture
def shipped(aws: Aws, tmp_path: Path) -> Iterator[Shipped]:
    root = tmp_path / "kakei"
    root.mkdir()
    for name in SHIPPED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, root / name)
    system = root / "system.yaml"
    signed_out(root)
    text = system.read_text().replace("111111111111", ACCOUNT).replace("\ncommon:\n", "\ncommon:\n  removal: delete\n")
    assert "removal: delete" in text
    # Nothing runs a task here, nor keeps a secret.
    left_out = ("      secrets: ", "      before: ")
    system.write_text("".join(line for line in text.splitlines(keepends=True) if not line.startswith(left_out)))
    with offline.start(tmp_path / "ids", container=False) as provider:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "TANADA_"))}
        # Of all types Terraform reads megabytes in each command.
        emitted = "".join(each.read_text() for each in (ROOT / "tests/emitted").glob("*.json"))
        served = provider.serve(Used(frozenset(), frozenset(re.findall(r"\baws_[a-z0-9_]+", emitted))), None)
        yield Shipped(root, {**kept, **aws.environ, **served, "TANADA_TERRAFORM": "local"})


def state(aws: Aws, key: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(aws.session().client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())
    return data


def keys(aws: Aws) -> list[str]:
    return [entry["Key"] for entry in aws.session().client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def values(state: dict[str, Any], kind: str, attribute: str) -> set[str]:
    return {
        instance["attributes"][attribute]
        for entry in state["resources"]
        if entry["type"] == kind
        for instance in entry["instances"]
    }


def push_both(aws: Aws) -> None:
    """The images of the shipped system, in registries of moto's."""
    for image in ("kakei/web", "kakei/backend"):
        aws.session().client("ecr").create_repository(repositoryName=image)
        push(aws, "one", index("amd64"), image)


def test_two_review_environments_side_by_side_with_their_states_in_s3(aws: Aws, shipped: Shipped) -> None:
    images = ("--image", "web=one", "--image", "backend=one")
    missing = shipped.run("plan", "common-main", code=1)
    assert "Make the state bucket: tanada bootstrap main" in missing
    assert f"{BUCKET}: created" in shipped.run("bootstrap", "main")
    s3, key = aws.session().client("s3"), aws.session().client("kms").create_key()["KeyMetadata"]["Arn"]
    by_key: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [by_key]})
    assert f"{BUCKET} is ready; nothing to change." in shipped.run("bootstrap", "main")

    # Moto speaks no TLS, and the bucket refuses whoever comes without.
    s3.delete_bucket_policy(Bucket=BUCKET)

    waiting = shipped.run("plan", "environment-test", *images, "--no-synth")
    assert "waits for common-main" in waiting
    shipped.run("plan", "common-main", "--no-synth")
    shipped.run("apply", "common-main", "--yes", "--no-synth")
    written = s3.head_object(Bucket=BUCKET, Key="kakei/common-main.tfstate")
    assert (written["ServerSideEncryption"], written["SSEKMSKeyId"]) == ("aws:kms", key), "the bucket's own key"

    # The offline provider made the registries that moto has yet to hold.
    planned = shipped.run("plan", "review", "--workspace", "kokuyou", "--no-synth", *images)
    assert "Warning: The registry kakei/web holds no image with the tag one. (review-kokuyou)" in planned
    refused = shipped.run("apply", "review", "--workspace", "kokuyou", "--yes", "--no-synth", code=2)
    assert "The registry kakei/backend holds no image with the tag one." in refused
    push_both(aws)
    names = ("kokuyou", "suishou")
    for step in (("plan", *images), ("apply", "--yes")):
        running = [shipped.start(step[0], "review", "--workspace", name, "--no-synth", *step[1:]) for name in names]
        for process in running:
            output, _ = process.communicate(timeout=300)
            assert process.returncode == 0, output
    states = [state(aws, f"kakei/review/{name}/kakei/review.tfstate") for name in names]
    for kind, attribute in (
        ("aws_ecs_service", "name"),
        ("aws_lb_target_group", "name"),
        ("aws_iam_role", "name"),
        ("aws_dynamodb_table", "name"),
        ("aws_route53_record", "name"),
    ):
        one, other = (values(each, kind, attribute) for each in states)
        assert one, kind
        assert not one & other, kind
    for name, each in zip(names, states, strict=True):
        assert f"{name}.review.example.jp" in values(each, "aws_route53_record", "name")
        assert each["outputs"]["image_tags"]["value"] == {"web": "one", "backend": "one"}
        noted = state(aws, f"kakei/review/{name}/kakei/review.tfstate.image-tags.json")
        assert {image: [entry["tag"] for entry in entries] for image, entries in noted["worked"].items()} == {
            "web": ["one"],
            "backend": ["one"],
        }

    refused = shipped.run("destroy", "common-main", "--yes", "--no-synth", code=2)
    assert "kakei/review/kokuyou/kakei/review.tfstate" in refused
    for number, name in enumerate(names):
        if number:  # the declaration of review was taken away: its state is all that is left
            (shipped.root / "workspaces" / "review.yaml").unlink()
            (shipped.root / "cdktf.out" / "stacks" / "review" / "cdk.tf.json").unlink()
            listing = ("terraform", "review", "--workspace", name, "--no-synth", "--", "state", "list")
            assert "aws_dynamodb_table.sessions_table" in shipped.run(*listing)
        shipped.run("destroy", "review", "--workspace", name, "--yes", "--no-synth")
        if number:
            break
        assert f"review-{name} has no state: it is gone already, or never was" in shipped.run(
            "destroy", "review", "--workspace", name, "--yes", "--no-synth"
        )
    gone = shipped.run("destroy", "review", "--workspace", names[-1], "--yes", "--no-synth", code=2)
    said = 'There is no stack "review"', "Whether a state of it is left can't be told of all accounts: The states in"
    assert all(each in " ".join(gone.split()) for each in said), "production has no bucket yet"
    assert keys(aws) == ["kakei/common-main.tfstate"]


def versions(aws: Aws) -> list[tuple[str, str]]:
    """All that was ever written to the bucket, deleted or not."""
    listed = aws.session().client("s3").list_object_versions(Bucket=BUCKET)
    written = [(each["Key"], each["VersionId"]) for each in listed.get("Versions", [])]
    return [*written, *((each["Key"], each["VersionId"]) for each in listed.get("DeleteMarkers", []))]


def test_a_job_that_plans_writes_nothing_takes_no_lock_and_names_the_one_that_is_there(
    aws: Aws, shipped: Shipped, tmp_path: Path
) -> None:
    shipped.run("bootstrap", "main")
    s3 = aws.session().client("s3")
    s3.delete_bucket_policy(Bucket=BUCKET)  # moto speaks no TLS
    shipped.run("plan", "common-main")
    shipped.run("apply", "common-main", "--yes", "--no-synth")
    push_both(aws)
    (tmp_path / "token").write_text("signed-by-the-forge")
    lock = {
        "ID": "c0ffee-1",
        "Who": "runner@host",
        "Created": "2026-11-26T01:02:03Z",
        "Operation": "OperationTypeApply",
    }
    for key in ("common-main.tfstate", "review/kokuyou/kakei/review.tfstate"):
        s3.put_object(Bucket=BUCKET, Key=f"kakei/{key}.tflock", Body=json.dumps(lock).encode())
    before = versions(aws)
    assert len(before) > 2, "the bucket keeps versions"

    shipped.environ.update({"TANADA_CI_ROLE": "plan", "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token")})
    images = ("--image", "web=one", "--image", "backend=one")
    shipped.run("plan", "common-main", "environment-test", *images)
    said = {**warnings(shipped, "common-main"), **warnings(shipped, "environment-test")}
    made = shipped.run("plan", "review", "--workspace", "kokuyou", *images)
    assert " 76 " in made, "all of a workspace that isn't there yet is made"
    said |= warnings(shipped, "review-kokuyou")

    assert versions(aws) == before
    held = "locked by runner@host since 2026-11-26T01:02:03Z (OperationTypeApply)"
    assert said == {
        "common-main": [f"The state of common-main is {held}"],
        "environment-test": [],
        "review-kokuyou": [f"The state of review-kokuyou is {held}"],
    }

    # A lock of a workspace that has no state: Terraform would lock it to lift it.
    for name in ("TANADA_CI_ROLE", "AWS_WEB_IDENTITY_TOKEN_FILE"):
        del shipped.environ[name]
    review = ("review", "--workspace", "kokuyou", "--no-synth")
    stopped = shipped.run("plan", *review, *images, code=1)
    way = "tanada terraform review --workspace kokuyou -- force-unlock c0ffee-1"
    assert way in " ".join(stopped.split())
    refused = shipped.run("terraform", *review, "--", "force-unlock", "-force", "c0ffee-2", code=2)
    assert "The lock of review-kokuyou has the ID c0ffee-1: runner@host since" in refused
    shipped.run("terraform", *review, "--", "force-unlock", "c0ffee-1", code=2)  # nobody could say yes
    assert f"kakei/{key}.tflock" in keys(aws)
    lifted = shipped.run("terraform", *review, "--", "force-unlock", "-force", "c0ffee-1")
    assert "The lock of review-kokuyou is lifted." in lifted
    assert not [each for each in keys(aws) if "kokuyou" in each], "neither the lock nor a workspace"
    gone = shipped.run("terraform", *review, "--", "force-unlock", "-force", "c0ffee-1", code=2)
    assert "Nothing is locked: there is no review environment kokuyou, nor a lock of it." in gone


def warnings(shipped: Shipped, target: str) -> dict[str, list[str]]:
    [file] = (shipped.root / ".tanada" / "reports").glob(f"**/{target}.json")
    return {target: [each["summary"] for each in json.loads(file.read_text())["messages"]]}


def test_a_job_of_the_ci_is_in_each_account_by_its_own_role(aws: Aws, shipped: Shipped, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("signed-by-the-forge")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del shipped.environ[name]
    shipped.environ["AWS_WEB_IDENTITY_TOKEN_FILE"] = str(tmp_path / "token")
    shipped.run("plan", "common-main", "common-production", code=2)  # neither word nor keys: nobody
    shipped.environ["TANADA_CI_ROLE"] = "apply"
    ci_roles._assumed.cache_clear()
    entries = {each.name: each for each in inventory(load(shipped.root))}
    buckets = {}
    for name in ("common-main", "common-production"):
        session = ci_roles.session_of(entries[name], "kakei", shipped.environ)
        buckets[name] = session.resource("s3").Bucket(entries[name].bucket)
        buckets[name].create(CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})

    refused = shipped.run("plan", "common-production") + shipped.run(
        "apply", "common-production", "--yes", "--protected", "production", "--no-synth", code=2
    )
    assert "common-production: this changes what CI may do, which CI's own role can't." in refused
    assert not list(buckets["common-production"].objects.all()), "and AWS is asked for nothing"
    system = shipped.root / "system.yaml"
    made = "  ci: {github: example/kakei}"
    assert made in system.read_text()
    system.write_text(system.read_text().replace(made, "  # "))  # as where somebody applied them by hand

    said = shipped.run("plan", "common-main", "common-production")
    assert "AWS: kakei_apply, kakei_apply_production in each account (TANADA_CI_ROLE)." in said
    assert "signed-by-the-forge" not in said
    assert "role/terraform" in (shipped.root / "cdktf.out/stacks/common-production/cdk.tf.json").read_text()
    shipped.run("apply", "common-production", "--yes", "--protected", "production", "--no-synth")
    assert [each.key for each in buckets["common-production"].objects.all()] == ["kakei/common-production.tfstate"]
    assert not list(buckets["common-main"].objects.all())
