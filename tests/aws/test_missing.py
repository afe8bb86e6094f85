"""Which new tags a registry doesn't hold, or not for the processors that they have to run on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.ecr.responses import ECRResponse

from tanada.aws.registry import missing
from tanada.contract.state import State
from tanada.declared.image import Repository
from tanada.plan import ResourceChange, Summary
from tanada.terraform import target_plan
from tanada.terraform.first_tags import Sources
from tanada.terraform.layout import Target
from tanada.terraform.request import Request
from tests.aws.aws import Aws
from tests.aws.test_states import COMMON

INDEX = "application/vnd.oci.image.index.v1+json"
STACK = replace(COMMON, name="environment-test", kind="environment", environment="test")


OF = STACK.account_id, STACK.region


def push(aws: Aws, tag: str, manifest: Mapping[str, Any], repository: str = "kakei/web") -> None:
    ecr = aws.session().client("ecr")
    ecr.put_image(
        repositoryName=repository,
        imageManifest=json.dumps(manifest),
        imageManifestMediaType=str(manifest["mediaType"]),
        imageTag=tag,
    )


def index(*architectures: str) -> dict[str, Any]:
    platforms = [{"os": "linux", "architecture": each} for each in architectures]
    platforms.append({"os": "unknown", "architecture": "unknown"})  # the attestation that buildx pushes beside them
    return {
        "schemaVersion": 2,
        "mediaType": INDEX,
        "manifests": [
            {
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "digest": f"sha256:{number:064}",
                "size": 1,
                "platform": platform,
            }
            for number, platform in enumerate(platforms)
        ],
    }


@pytest.fixture(autouse=True)
def registry(aws: Aws) -> None:
    aws.session().client("ecr").create_repository(repositoryName="kakei/web")


def asked(tag: str, *processors: str, image: str = "web") -> list[str]:
    return missing(
        STACK,
        {"web": Repository(*OF, "kakei/web"), "job": Repository(*OF, "par/job")},
        {image: tag},
        {image: processors},
    )


def test_a_tag_that_is_not_there_is_named(aws: Aws) -> None:
    push(aws, "one", index("amd64"))
    assert asked("one", "x86_64") == []
    assert asked("two", "x86_64") == ["The registry kakei/web holds no image with the tag two."]
    assert asked("one", image="job") == ["The registry par/job holds no image with the tag one."]
    aws.session().client("ecr").create_repository(repositoryName="par/job")
    push(aws, "one", index("arm64"), "par/job")
    assert asked("one", "arm64", image="job") == [], "by its repository's own name"
    assert asked("one", "x86_64", image="job") == ["The image par/job:one is not built for x86_64, but for arm64."]


def test_a_tag_for_another_processor_is_named(aws: Aws) -> None:
    push(aws, "both", index("amd64", "arm64"))
    push(aws, "intel", index("amd64"))
    assert asked("both", "x86_64", "arm64") == []
    assert asked("intel", "arm64") == ["The image kakei/web:intel is not built for arm64, but for amd64."]


@pytest.fixture
def blobs(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What lies behind the addresses that ECR gives for digests, which moto doesn't: in S3, as with AWS."""
    s3 = aws.session().client("s3")
    s3.create_bucket(Bucket="layers", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    held: dict[str, bytes] = {}

    def address(response: ECRResponse) -> ActionResult:
        digest = str(response._get_param("layerDigest"))
        if digest in held:
            s3.put_object(Bucket="layers", Key=digest, Body=held[digest])
        url = s3.generate_presigned_url("get_object", {"Bucket": "layers", "Key": digest})
        return ActionResult({"downloadUrl": url, "layerDigest": digest})

    monkeypatch.setattr(ECRResponse, "get_download_url_for_layer", address)
    return held


def alone(number: int) -> dict[str, Any]:
    configuration = "application/vnd.oci.image.config.v1+json"
    return {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"digest": f"sha256:{number:064}", "size": 1, "mediaType": configuration},
        "layers": [],
    }


def test_an_image_that_was_pushed_alone_says_for_which_processor_it_is(aws: Aws, blobs: dict[str, bytes]) -> None:
    push(aws, "alone", alone(1))
    blobs[f"sha256:{1:064}"] = json.dumps({"os": "linux", "architecture": "arm64", "variant": "v8"}).encode()
    assert asked("alone", "arm64") == []
    assert asked("alone", "x86_64") == ["The image kakei/web:alone is not built for x86_64, but for arm64."]


@pytest.mark.parametrize(
    "configuration",
    [
        None,
        b"",
        b"<html>sign in</html>",
        b"[]",
        b"[" * 100_000,
        b'{"mediaType": "a chart"}',
        b'{"os": "windows", "architecture": "amd64"}',
        b'{"os": "linux", "architecture": ["amd64"]}',
        b'{"os": "linux", "architecture": "amd64](https://example.com) @everybody"}',
        json.dumps({"os": "linux", "architecture": "amd64", "config": "." * (1 << 20)}).encode(),
    ],
    ids=["gone", "empty", "a page", "a list", "deep", "no image", "windows", "many", "more than a name", "too long"],
)
def test_what_says_no_processor_is_left_to_the_deployment(
    configuration: bytes | None, aws: Aws, blobs: dict[str, bytes], capfd: pytest.CaptureFixture[str]
) -> None:
    push(aws, "alone", alone(1))
    if configuration is not None:
        blobs[f"sha256:{1:064}"] = configuration
    assert asked("alone", "arm64") == []
    assert capfd.readouterr() == ("", "")


def test_who_may_not_read_an_image_learns_nothing_of_it(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    push(aws, "alone", alone(1))
    denied = JsonRESTError("AccessDeniedException", "not authorized to perform: ecr:GetDownloadUrlForLayer")

    def refuse(response: ECRResponse) -> None:
        raise denied

    monkeypatch.setattr(ECRResponse, "get_download_url_for_layer", refuse)
    assert asked("alone", "arm64") == []


def test_who_may_not_ask_learns_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert asked("two", "x86_64") == []


def test_a_rollback_to_an_image_that_left_its_registry_is_told() -> None:
    """Also to what is taken for running, as another tag failed since: its tasks are made anew."""
    request = Request(
        Target(STACK),
        images=("web",),
        sources=Sources(repositories={"web": Repository(*OF, "kakei/web")}),
        back=frozenset({"web"}),
    )
    ran = State("1", 1, {"web": "good"}, 1)
    made = ResourceChange("aws_ecs_task_definition.web", "aws_ecs_task_definition", "create", False)
    session: Any = SimpleNamespace(context=SimpleNamespace(offline=False))

    def said(request: Request) -> tuple[str, ...]:
        wanted = target_plan._looked_for(request, {"web": "good"}, ran)
        return target_plan._missing(session, request, Summary("1.11.4", (made,), 0), wanted)

    assert said(request) == ("The registry kakei/web holds no image with the tag good.",)
    assert said(replace(request, back=frozenset())) == ()
