"""Forms of values: the nearest text that passes, and those that look like it and don't."""

from __future__ import annotations

from typing import Any, get_type_hints

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from tanada.declared.account import Account
from tanada.declared.ci import Ci, RepositoryIds
from tanada.declared.fields import Folder, UrlPath, UrlQuery, whole
from tanada.declared.service import Service
from tanada.declared.table import Table

FORMS: dict[Any, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Folder: (
        ("/", "/tmp", "/process", "/dev/shm", "/a/..b", "/.cache", "/etc/app", "/usr/share/x", f"/{'a' * 255}"),
        (
            "",
            "tmp",
            "//",
            "/./",
            "/tmp/",
            "/a/../b",
            "/a//b",
            "/proc/1",
            "/sys",
            "/dev/null",
            "/a,b",
            "/tmp:rw",
            "/a b",
            "/etc",
            "/usr",
            f"/{'a' * 256}",
        ),
    ),
    UrlPath: (
        ("/", "/healthz", "/a/b"),
        ("healthz", "/healthz?full=1", "/a b", "/$(id)", "/a/../b", "/.", "/%zz", "/a%2"),
    ),
    UrlQuery: (
        ("/", "/healthz?full=1", "/h?a=1&b=2", "/h?x=/../y", "/%2F"),
        ("healthz", "/h#x", "/h?a b", "/h?${x}", "/../h?a", "/..?a", "/h?%zz"),
    ),
}


@pytest.mark.parametrize("form", FORMS, ids=["folder", "path", "query"])
def test_a_form_takes_what_it_says_and_nothing_like_it(form: Any) -> None:
    good, bad = FORMS[form]
    for text in good:
        assert TypeAdapter(form).validate_python(text) == text
    for text in bad:
        with pytest.raises(ValidationError):
            TypeAdapter(form).validate_python(text)


REPOSITORIES = {
    "github": (
        ("example/kakei", "a-b/c", "a/.github", "octocat_acme/kakei"),
        (
            "example/kakei.git",
            "a/b.GIT",
            "a/b.wiki",
            "a_/b",
            "_a/b",
            "a/..",
            "a/.",
            "a-/b",
            "-a/b",
            "a",
            "a/b/c",
            "https://github.com/a/b",
        ),
    ),
    "gitlab": (("a/b", "group/sub/p.x"), ("a", "a/b.git", "a./b", "a/b-", "a/b.atom/c", "/a/b", "a/b.Git")),
    "branch": (
        ("main", "release/1.2", "v1"),
        ("refs/heads/main", "a..b", "x.lock", "x.lock/y", "a//b", "main/", "main.", "a/.b", "HEAD", "-b"),
    ),
}


@pytest.mark.parametrize("field", REPOSITORIES)
def test_repositories_and_branches_are_names_that_their_owners_give(field: str) -> None:
    good, bad = REPOSITORIES[field]
    for text in good:
        assert getattr(Ci(**{field: text}), field) == text
    for text in bad:
        with pytest.raises(ValidationError):
            Ci(**{field: text})


ROLE = "arn:aws:iam::111111111111:role/"
TEXTS: dict[tuple[type[BaseModel], str], tuple[tuple[str, ...], tuple[str, ...]]] = {
    (Account, "role"): (
        (f"{ROLE}x", f"{ROLE}a/b/{'x' * 64}", "arn:aws-us-gov:iam::111111111111:role/x", f"{ROLE}a.b"),
        (
            *(f"{ROLE}{name}" for name in ("..", ".", "a/../b", "/b", "a//b", "a/", "x" * 65, "テ")),
            "arn:awsevil:iam::111111111111:role/x",
            "arn:aws-:iam::111111111111:role/x",
            "arn:aws:iam::111111111111:user/x",
        ),
    ),
    (Service, "user"): (
        ("0", "1000", "1000:0", "node", "node:node", "_x", "a.b-c", "www-data:33"),
        ("00", "01", "1:01", "-1", "-", ".", "..", "99999999999", "a:", ":a", "a b", "a:b:c"),
    ),
    (Table, "ttl"): (("id", "a b", "テスト"), ("", "\x7f", "\x9b", "\u202e", "\u2066", "a\n")),
    (RepositoryIds, "owner"): (("1", "12345678901234567890"), ("0", "007", "-1", "1.0", "")),
}


@pytest.mark.parametrize(("model", "field"), TEXTS)
def test_a_text_is_one_that_its_owner_takes(model: type[BaseModel], field: str) -> None:
    good, bad = TEXTS[model, field]
    form: TypeAdapter[str] = TypeAdapter(get_type_hints(model, include_extras=True)[field])
    for text in good:
        assert form.validate_python(text) == text
    for text in bad:
        with pytest.raises(ValidationError):
            form.validate_python(text)


def test_a_key_is_a_string_attribute_or_says_its_type() -> None:
    key: TypeAdapter[dict[str, str]] = TypeAdapter(get_type_hints(Table, include_extras=True)["sort_key"])
    for written, read in (
        ("id", {"id": "string"}),
        ("テスト", {"テスト": "string"}),
        ({"at": "number"}, {"at": "number"}),
    ):
        assert key.validate_python(written) == read
    for odd in (
        "",
        "\x7f",
        "a\n",
        "a" * 256,
        {},
        {"a": "number", "b": "number"},
        {"a": "int"},
        {"\x7f": "number"},
        ["a"],
    ):
        with pytest.raises(ValidationError):
            key.validate_python(odd)


@pytest.mark.parametrize("text", [" ", "", "a\u202eb", "a\x7f", "a\x9b", "${{ x }}", "a\nb"])
def test_a_test_is_a_command_that_can_be_seen(text: str) -> None:
    assert Ci(tests=("make test",)).tests
    with pytest.raises(ValidationError):
        Ci(tests=(text,))


@pytest.mark.parametrize(
    ("text", "read"), [("0", 0), ("12", 12), ("-3", -3), ("012", "012"), ("00", "00"), ("1e3", "1e3"), ("１", "１")]
)
def test_a_number_is_one_in_every_yaml(text: str, read: object) -> None:
    assert whole(text) == read
