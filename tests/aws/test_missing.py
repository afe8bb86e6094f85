"""Which new tags a registry doesn't hold, or not for the processors that they have to run on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tanada.aws.registry import missing
from tests.aws.aws import Aws
from tests.aws.test_states import COMMON

INDEX = "application/vnd.oci.image.index.v1+json"
STACK = replace(COMMON, name="environment-test", kind="environment", environment="test")


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
    return missing(STACK, "kakei", {image: tag}, {image: processors})


def test_a_tag_that_is_not_there_is_named(aws: Aws) -> None:
    push(aws, "one", index("amd64"))
    assert asked("one", "x86_64") == []
    assert asked("two", "x86_64") == ["The registry kakei/web holds no image with the tag two."]
    assert asked("one", image="job") == ["The registry kakei/job holds no image with the tag one."]


def test_a_tag_for_another_processor_is_named(aws: Aws) -> None:
    push(aws, "both", index("amd64", "arm64"))
    push(aws, "intel", index("amd64"))
    assert asked("both", "x86_64", "arm64") == []
    assert asked("intel", "arm64") == ["The image kakei/web:intel is not built for arm64, but for amd64."]


def test_what_is_not_listed_is_left_to_the_deployment(aws: Aws) -> None:
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"digest": f"sha256:{0:064}", "size": 1, "mediaType": "x"},
        "layers": [],
    }
    push(aws, "alone", manifest)
    assert asked("alone", "arm64") == []


def test_who_may_not_ask_learns_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert asked("two", "x86_64") == []
