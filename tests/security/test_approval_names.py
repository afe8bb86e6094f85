"""A protected account called like a job, or like a word of YAML, has jobs of its own: none takes another's place."""

from __future__ import annotations

from typing import Any

import pytest

from tanada.templates import Kind
from tanada.templates.workflows import workflows
from tests.templates.ci.systems import loaded, system

NEUTRAL = ("one", "two")
FILES: dict[Kind, str] = {"github": ".github/workflows/tanada-apply.yml", "gitlab": ".gitlab/tanada.yml"}


def jobs(kind: Kind, *accounts: str) -> dict[str, Any]:
    """The jobs where these accounts are protected, and one is not; a key that is there twice is refused."""
    some = system(kind, main=False, other=True)
    named = {"main": some.accounts["main"], **dict.fromkeys(accounts, some.accounts["other"])}
    content = loaded(workflows(kind, some.model_copy(update={"accounts": named}))[FILES[kind]])
    return dict(content["jobs"] if kind == "github" else content)


def names(kind: Kind) -> set[str]:
    """Whatever an account could be called so that it is in a job's way."""
    ids = {*jobs(kind), *jobs(kind, *NEUTRAL)}
    return {word for each in ids for word in (each, each.split()[-1])} | {
        f"plan-{NEUTRAL[0]}",
        "account-apply",
        "true",
        "null",
        "on",
    }


@pytest.mark.parametrize("kind", FILES)
def test_no_name_of_an_account_takes_a_jobs_place(kind: Kind) -> None:
    neutral = jobs(kind, *NEUTRAL)
    for name in sorted(
        each for each in names(kind) if each.replace("-", "").isalnum() and each not in (NEUTRAL[0], "main")
    ):
        made = jobs(kind, NEUTRAL[0], name)
        assert len(made) == len(neutral), name
        assert all(isinstance(each, str) for each in made), name
        environments = [job["environment"] for job in made.values() if isinstance(job, dict) and "environment" in job]
        said = [each["name"] if isinstance(each, dict) else each for each in environments]
        assert said.count(name) == 1, name
        assert said.count(NEUTRAL[0]) == 1, name
        for job in made.values():
            needed = job.get("needs", []) if isinstance(job, dict) else []
            assert {needed} if isinstance(needed, str) else set(needed) <= set(made), name


def test_others_are_called_as_ever() -> None:
    assert {"plan-production", "production"} <= set(jobs("github", "production"))
    assert {"tanada plan production", "tanada apply production"} <= set(jobs("gitlab", "production"))


@pytest.mark.parametrize("kind", FILES)
def test_the_comment_waits_for_an_account_called_like_it(kind: Kind) -> None:
    made = jobs(kind, "comment")
    if kind == "github":
        assert made["comment"]["needs"] == ["apply", "account-comment"]
        assert made["account-comment"]["needs"] == "plan-comment"
    else:
        assert made["tanada comment comment"]["needs"] == ["tanada apply comment"]
