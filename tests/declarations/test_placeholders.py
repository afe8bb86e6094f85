"""Placeholders in texts: what is put in, what stays, what Terraform must not read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanada.declarations.loader import load
from tanada.declarations.placeholders import expand, known, mistakes
from tanada.errors import DeclarationError
from tanada.literal import literal

from .systems import good

VALUES = {"url": "https://${local.domain}", "backend.url": "http://backend:8080"}


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("plain", "plain"),
        ("{url}", "https://${local.domain}"),
        ("{url}/a?b={backend.url}", "https://${local.domain}/a?b=http://backend:8080"),
        ('{{"a": 1}}', '{"a": 1}'),
        ("{{url}}", "{url}"),
        ("{{{url}}}", "{https://${local.domain}}"),
        ("${{aws_vpc.x}}", "$${aws_vpc.x}"),
        ("%{{if}}", "%%{if}"),
        ("$${{x}}", "$$${x}"),
        ("100% $5", "100% $5"),
        ("${{x}} {url} %{{y}}", "$${x} https://${local.domain} %%{y}"),
        ("", ""),
    ],
)
def test_values_are_put_in_and_the_users_text_is_escaped_for_terraform(text: str, expanded: str) -> None:
    assert expand(text, VALUES) == expanded


@pytest.mark.parametrize("text", ["{", "}", "a { b", "{url", "url}", "{}", "{ url }", "{nope}", "${url}", "%{url}"])
def test_what_can_not_be_read_is_refused(text: str) -> None:
    assert list(mistakes(text, VALUES))
    with pytest.raises(DeclarationError):
        expand(text, VALUES)


def test_a_blueprint_knows_its_services_with_a_port_and_its_stores(tmp_path: Path) -> None:
    system = load(good(tmp_path))
    assert known({name: part for _, name, part in system.blueprint.parts()}) == (
        "environment", "domain", "url", "region", "account", "system", "web.url", "web.host", "web.port",
        "backend.url", "backend.host", "backend.port", "sessions.name", "web.public_url",
    )  # fmt: skip


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.text("a${}%", max_size=12))
def test_text_with_doubled_braces_comes_out_as_it_was_for_terraform(text: str) -> None:
    doubled = text.replace("{", "{{").replace("}", "}}")
    assert expand(doubled, {}) == literal(text)
    # Terraform reads an opener from the end of a run of dollars: each is one escape.
    assert not re.search(r"(?<!\$)\$\{|(?<!%)%\{", expand(doubled, {}))
