"""Forms of values: the nearest text that passes, and those that look like it and don't."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from tanada.declared.ci import Ci
from tanada.declared.fields import Folder, UrlPath, UrlQuery, whole

FORMS: dict[Any, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Folder: (
        ("/", "/tmp", "/process", "/dev/shm", "/a/..b", "/.cache"),
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
        ),
    ),
    UrlPath: (("/", "/healthz", "/a/b"), ("healthz", "/healthz?full=1", "/a b", "/$(id)")),
    UrlQuery: (("/", "/healthz?full=1", "/h?a=1&b=2"), ("healthz", "/h#x", "/h?a b", "/h?${x}")),
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
        ("example/kakei", "a-b/c", "a/.github"),
        ("example/kakei.git", "a/..", "a/.", "a-/b", "-a/b", "a", "a/b/c", "https://github.com/a/b"),
    ),
    "gitlab": (("a/b", "group/sub/p.x"), ("a", "a/b.git", "a./b", "a/b-", "a/b.atom/c", "/a/b")),
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


@pytest.mark.parametrize(
    ("text", "read"), [("0", 0), ("12", 12), ("-3", -3), ("012", "012"), ("00", "00"), ("1e3", "1e3"), ("１", "１")]
)
def test_a_number_is_one_in_every_yaml(text: str, read: object) -> None:
    assert whole(text) == read
