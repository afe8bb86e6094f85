"""Names that AWS limits: never too long, never alike, the same at synth and at run time."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from cdktf import Token
from hypothesis import given
from hypothesis import strategies as st

from tanada.errors import NamingError
from tanada.names import Names

label = st.from_regex(r"[a-z][a-z0-9-]{0,30}[a-z0-9]", fullmatch=True)


def test_what_people_look_for_stands_first_and_the_system_last() -> None:
    names = Names(system="kakei", environment="review-kokuyou", label="kokuyou")
    assert re.fullmatch(r"kokuyou-web-kakei-[0-9a-f]{8}", names.limited("web", 32))
    assert names.joined("web") == "review-kokuyou_web_kakei"
    assert names.path("web") == "/kakei/review-kokuyou/web"


@given(environment=label, part=label, limit=st.integers(min_value=20, max_value=64))
def test_a_limited_name_keeps_within_its_limit_and_its_characters(environment: str, part: str, limit: int) -> None:
    name = Names("kakei", environment, environment).limited(part, limit)
    assert len(name) <= limit
    assert re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", name)


@given(first=st.tuples(label, label), second=st.tuples(label, label))
def test_two_parts_never_share_a_name(first: tuple[str, str], second: tuple[str, str]) -> None:
    one, other = (Names("kakei", environment, environment) for environment, _ in (first, second))
    same = first == second
    assert (one.limited(first[1], 32) == other.limited(second[1], 32)) == same
    assert (one.joined(first[1]) == other.joined(second[1])) == same
    assert (one.path(first[1]) == other.path(second[1])) == same


def test_parts_that_join_to_the_same_words_stay_apart() -> None:
    assert Names("s", "a", "a").limited("b-c", 32) != Names("s", "a-b", "a-b").limited("c", 32)


def test_a_permanent_and_a_review_environment_of_one_label_stay_apart() -> None:
    permanent, review = Names("s", "kokuyou", "kokuyou"), Names("s", "review-kokuyou", "kokuyou")
    assert permanent.limited("web", 32) != review.limited("web", 32)


def test_what_replaces_a_resource_changes_its_name() -> None:
    names = Names("kakei", "test", "test")
    assert names.limited("web", 32, 3000, "HTTP") != names.limited("web", 32, 3001, "HTTP")


@pytest.mark.parametrize("environment", ["x-${local.environment}", "${upper(local.environment)}"])
def test_text_beside_an_expression_is_refused(environment: str) -> None:
    with pytest.raises(NamingError, match="can't be part of a name"):
        Names("kakei", environment, "test")


def test_a_token_is_refused_because_it_would_be_hashed_as_text() -> None:
    """Inside quotes inside an expression CDKTF resolves a token without its braces."""
    with pytest.raises(NamingError, match="write the reference out"):
        Names("kakei", "test", "test").limited("web", 32, Token.as_string({"Ref": "vpc"}))


@pytest.mark.parametrize("environment", ["test", "review-1--2", "review-kokuyou"])
@pytest.mark.parametrize("part", ["db", "a--b", "a-store-with-a-name-as-long-as-it"])
def test_an_identifier_is_one_that_databases_take(environment: str, part: str) -> None:
    made = Names("kakei", environment, "x").identifier(part, 26)
    assert re.fullmatch("[a-z]([a-z0-9]|-(?!-)){0,24}[a-z0-9]", made), made
    assert made != Names("kakei", environment, "x").identifier(part, 26, "17")


@pytest.mark.terraform
def test_terraform_makes_the_same_name_at_run_time(tmp_path: Path) -> None:
    """Five workspaces and three parts, evaluated by the real terraform in one go."""
    workspaces = ["kokuyou", "a", "feature-with-a-very-long-name-that-is-cut-somewhere-here", "x-1", "1--2"]
    parts = ["web", "backend-execution", "a-service-with-a-long-name"]
    values = {}
    for workspace in workspaces:
        for part in parts:
            names = Names("kakei", "${local.environment}", "${local.label}")
            expression = names.limited(part, 32, 3000).replace("local.environment", f'"review-{workspace}"')
            values[f"{workspace}/{part}"] = expression.replace("${local.label}", workspace)
            identifier = names.identifier(part, 40, "16").replace("local.environment", f'"review-{workspace}"')
            values[f"{workspace}/{part} as an identifier"] = identifier
    (tmp_path / "main.tf.json").write_text(json.dumps({"output": {"names": {"value": values}}}))
    subprocess.run(["terraform", "apply", "-auto-approve", "-no-color"], cwd=tmp_path, check=True, capture_output=True)
    printed = subprocess.run(["terraform", "output", "-json", "names"], cwd=tmp_path, check=True, capture_output=True)
    expected = {}
    for workspace in workspaces:
        names = Names("kakei", f"review-{workspace}", workspace)
        for part in parts:
            expected[f"{workspace}/{part}"] = names.limited(part, 32, 3000)
            expected[f"{workspace}/{part} as an identifier"] = names.identifier(part, 40, "16")
    assert json.loads(printed.stdout) == expected
