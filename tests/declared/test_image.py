"""Which images are the system's own, and how those from elsewhere are written."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from tanada.declared.image import Elsewhere, Image, Repository, built, repository

IMAGE: TypeAdapter[Elsewhere | str] = TypeAdapter(Image)
DIGEST = f"sha256:{'0a' * 32}"


@pytest.mark.parametrize("text", ["web", "w", "a-b2", "a" * 32])
def test_a_bare_name_is_built_here(text: str) -> None:
    assert built(IMAGE.validate_python(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        *("redis:7.2", "library/redis:7", f"redis@{DIGEST}", f"ghcr.io/a/b:1@{DIGEST}", f"ghcr.io/a/b:latest@{DIGEST}"),
        *(
            "registry.example.jp:5000/a:1",
            "registry.example.jp/a_b/c.d/e--f:V1_0",
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/x:1",
        ),
    ],
)
def test_with_a_slash_or_a_colon_it_is_elsewhere(text: str) -> None:
    assert built(IMAGE.validate_python(text)) is None
    assert built(IMAGE.validate_python({"from": text})) is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "redis:latest",
            "library/redis",
            "localhost:5000/a",
            "a" * 33,
            "Web",
            "",
            "web-",
            f"redis@{DIGEST}0",
            "a b:1",
        ),
        *("http://ghcr.io/a:1", "a/:1", "a:", "a@sha256:1", "a/B:1", "${x}:1", "a:1\n"),
    ],
)
def test_what_is_not_pinned_or_no_image_is_refused(text: str) -> None:
    for value in (text, {"from": text}):
        with pytest.raises(ValidationError):
            IMAGE.validate_python(value)


def test_a_repository_of_ecr_is_known_by_its_host_alone() -> None:
    found = repository("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/par/web:1")
    assert found == Repository("123456789012", "cn-north-1", "par/web")
    assert repository(f"123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/web@{DIGEST}") is not None
    assert repository("evil.example/123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1") is None
    assert repository("public.ecr.aws/docker/library/redis:7.2") is None
