"""A pull request from its opening to production: real clones, terraform in the container, a local forge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.forge.server import GitHubServer
from tests.forge.zips import zipped
from tests.templates.ci.stage import state
from tests.templates.ci.world import FLAGS, REPOSITORY, World, git

pytestmark = [pytest.mark.docker, pytest.mark.slow]


@dataclass(frozen=True)
class Repository:
    """A team's repository whose stacks are applied, and its forge."""

    made: World
    github: GitHubServer

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.made.work / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def job(self, commit: str, number: int | None = None) -> Job:
        """A runner of the forge: for a pull request, or for the branch."""
        place = self.made.clone(commit)
        git(place, "fetch", "--quiet", "origin", "main:refs/remotes/origin/main")
        event = place.parent / "event.json"
        event.write_text(
            json.dumps({"pull_request": {"number": number, "head": {"sha": commit, "repo": {"full_name": REPOSITORY}}}})
            if number
            else "{}"
        )
        variables = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_API_URL": self.github.api_url,
            "GITHUB_SERVER_URL": self.github.url,
            "GITHUB_TOKEN": "life",
            "GITHUB_EVENT_NAME": "pull_request" if number else "push",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REF": f"refs/pull/{number}/merge" if number else "refs/heads/main",
            "GITHUB_SHA": commit,
            "GITHUB_RUN_ID": "1",
        }
        return Job(self.made, place, variables)


@dataclass(frozen=True)
class Job:
    made: World
    place: Path
    variables: dict[str, str]

    def run(self, command: str, code: int = 0) -> str:
        """One command; what it printed."""
        ended, text = self.made.shell(self.place, command, self.variables)
        assert ended == code, text
        return text

    def end(self) -> None:
        self.made.leave(self.place)

    @property
    def reports(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in (self.place / ".tanada" / "reports").iterdir()}


@pytest.fixture
def repository(begun: World, tmp_path: Path, container_image: str) -> Iterator[Repository]:
    made = begun.copy(tmp_path)
    del made.environ["TANADA_TERRAFORM"]
    made.environ["TANADA_TERRAFORM_IMAGE"] = container_image
    with GitHubServer(REPOSITORY) as github:
        github.add_token("life", "github-actions[bot]", app=True)
        yield Repository(made, github)


def cpu(made: World, stack: str) -> str:
    """CPU units of the task definition of `web`, as applied."""
    (found,) = [
        entry["instances"][0]["attributes"]["cpu"]
        for entry in state(made, stack)["resources"]
        if entry["type"] == "aws_ecs_task_definition" and entry["name"] == "web_task_definition"
    ]
    return str(found)


def test_a_pull_request_from_opening_to_production(repository: Repository) -> None:
    made, github = repository.made, repository.github

    # It opens: two lines change, with the reason beside one of them.
    made.branch("more-visitors")
    repository.edit("environments/production.yaml", "cpu: 512", "cpu: 1024")
    repository.edit("environments/production.yaml", "memory: 1024", "memory: 2048")
    with (made.work / "environments" / "test.yaml").open("a") as file:
        file.write("services: {web: {cpu: 512, memory: 1024}}  # more visitors since spring\n")
    first = made.commit("Give web more room", "more-visitors")
    number = github.open_pull(first)
    opened = repository.job(first, number)
    opened.run(f"tanada plan --changed-since origin/main {FLAGS}")
    opened.run("tanada comment")
    (comment,) = github.comments
    assert "2 environments change" in comment["body"]
    assert "more visitors since spring" in comment["body"]
    assert "cpu: 512  # forces the replacement" in comment["body"]
    assert "USD a month" in comment["body"]
    opened.run("tanada comment")
    written = [each for each in github.writes if "comments" in each]
    assert written == [f"POST /repos/{REPOSITORY}/issues/{number}/comments"], "nothing new was to be said"

    # A push: the same comment, with the new plan; the plan of the first commit is stale.
    repository.edit("environments/test.yaml", "cpu: 512, memory: 1024", "cpu: 1024, memory: 2048")
    second = made.commit("Give it still more", "more-visitors")
    github.push(number, second)
    git(opened.place, "fetch", "--quiet", "origin", second)
    git(opened.place, "checkout", "--quiet", "--detach", second)
    stale = opened.run("tanada apply environment-test --offline --yes", code=2)
    assert "The plan of environment-test is stale: " in stale
    assert f"the commit was {first[:12]} and is {second[:12]}" in stale
    assert cpu(made, "environment-test") == "256"
    pushed = repository.job(second, number)
    pushed.run(f"tanada plan --changed-since origin/main {FLAGS} && tanada comment")
    (again,) = github.comments
    assert again["id"] == comment["id"]
    assert "cpu: 1024  # forces the replacement" in again["body"]
    run = github.add_run(second)
    github.add_artifact(run, f"tanada-reports-{second}", zipped(pushed.reports))

    # It is merged: what was approved is applied, production last and by its own word.
    merged = made.merge("more-visitors")
    github.merge(number, merged)
    main = repository.job(merged)
    main.run("tanada approved approved")
    applied = main.run("tanada apply --all --approved approved --yes --offline")
    assert "Left alone, as no plan of them was approved: common-main." in applied
    main.end()
    assert cpu(made, "environment-test") == "1024"
    assert cpu(made, "environment-production") == "512"
    production = repository.job(merged)
    production.run("tanada approved approved")
    production.run("tanada apply --all --approved approved --yes --offline --protected production")
    production.run("tanada comment")
    production.end()
    assert cpu(made, "environment-production") == "1024"
    assert len(github.comments) == 2
    assert "environment-production" in github.comments[-1]["body"]


def test_the_drift_issue_opens_is_updated_and_closes_itself(repository: Repository) -> None:
    made, github = repository.made, repository.github

    def night() -> Job:
        """As the workflow's job, which `tests/templates/ci` plays where nothing has drifted."""
        job = repository.job(git(made.work, "rev-parse", "HEAD"))
        job.run(f"tanada plan {FLAGS} && tanada drift")
        return job

    # Merged by somebody past every check, and never applied.
    with (made.work / "environments" / "test.yaml").open("a") as file:
        file.write("services: {web: {deregistration_delay: 45s}}\n")
    made.commit("Drain longer", "main")
    first = night()
    (issue,) = github.issues.values()
    assert issue["state"] == "open"
    assert "environment-test" in issue["body"]
    before = list(github.writes)
    first.run("tanada drift")
    assert github.writes == before, "the same drift is no news"

    repository.edit("environments/test.yaml", "deregistration_delay: 45s", "deregistration_delay: 60s")
    made.commit("Drain still longer", "main")
    night()
    (issue,) = github.issues.values()
    assert "60" in issue["body"]

    repaired = repository.job(git(made.work, "rev-parse", "HEAD"))
    repaired.run("tanada plan environment-test --offline && tanada apply environment-test --offline --yes")
    repaired.end()
    night()
    (issue,) = github.issues.values()
    assert issue["state"] == "closed"
