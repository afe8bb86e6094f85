"""Where pull requests are played: a team's repository with its workflows, applied once, and a local forge beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.forge.server import GitHubServer, GitLabServer
from tests.templates.ci.systems import loaded
from tests.templates.ci.world import (
    FLAGS,
    REPOSITORY,
    Actions,
    Played,
    World,
    by_hand,
    git,
    once,
    token_server,
    world,
)

LOCAL = {"TANADA_TERRAFORM": "local"}
"""What is played here is the workflows' shell; Terraform in the container, as they have it, is tests/life's."""


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world with nothing in AWS and no workflows yet, where Tanada is installed as the jobs install it."""

    def make(folder: Path) -> World:
        made = world(folder, LOCAL)
        made.commit("Begin", "main")
        (folder / "other").mkdir()
        other = made.copy(folder / "other")
        place = other.clone(declare_ci(other, f"{{github: {REPOSITORY}}}", "github"))
        workflow = loaded((place / ".github" / "workflows" / "tanada-plan.yml").read_text())
        [install] = [step["run"] for step in workflow["jobs"]["plan"]["steps"] if step.get("name") == "Install"]
        assert other.lacks(place)
        code, text = other.shell(place, install, {})
        assert code == 0, text
        made.installed = other.installed
        return made

    return once(tmp_path_factory, "fresh", make)


@pytest.fixture
def team(fresh: World, tmp_path: Path) -> World:
    """A world with nothing in AWS and no workflows yet."""
    return fresh.copy(tmp_path)


@pytest.fixture
def tokens() -> Iterator[str]:
    yield from token_server()


@pytest.fixture
def github() -> Iterator[GitHubServer]:
    with GitHubServer(REPOSITORY) as server:
        yield server


@pytest.fixture
def gitlab() -> Iterator[GitLabServer]:
    with GitLabServer(REPOSITORY) as server:
        yield server


def declare_ci(team: World, ci: str, kind: str) -> str:
    """The commit that gives the team its workflows and tests."""
    file = team.work / "system.yaml"
    lines = [line if not line.startswith("  # ci:") else f"  ci: {ci}\n" for line in file.open()]
    assert f"  ci: {ci}\n" in lines
    file.write_text("".join(lines))
    code, text = team.shell(team.work, f"tanada ci {kind}", {})
    assert code == 0, text
    return team.commit("Let CI plan", "main")


def drain(team: World, seconds: int) -> None:
    """A change that reaches every environment."""
    file = team.work / "system.yaml"
    text = file.read_text().replace("      port: 3000\n", f"      port: 3000\n      deregistration_delay: {seconds}s\n")
    assert f"deregistration_delay: {seconds}s" in text
    file.write_text(text)


def state(team: World, stack: str) -> dict[str, Any]:
    return dict(json.loads((team.folder / "aws" / stack / "terraform.tfstate").read_text()))


def drains(team: World) -> dict[str, Any]:
    """What the load balancer of each environment waits for, in seconds, as applied."""
    seconds = {}
    for name in ("test", "production"):
        for entry in state(team, f"environment-{name}")["resources"]:
            if entry["type"] == "aws_lb_target_group":
                seconds[name] = entry["instances"][0]["attributes"]["deregistration_delay"]
    return seconds


def reports_in(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """The reports of an artifact, by their labels."""
    return {Path(path).stem: json.loads(data) for path, data in files.items() if path.endswith(".json")}


def well(played: Played) -> Played:
    assert played.code == 0, played.text
    assert "identity-token" not in played.text
    assert "request-token" not in played.text
    return played


@dataclass
class Stage:
    """A team whose stacks are all applied, on GitHub."""

    team: World
    github: GitHubServer
    tokens: str
    first: str
    """The main branch's commit."""

    def event(self, name: str, commit: str, event: dict[str, Any], head: str = "", **values: str) -> Actions:
        """What GitHub runs of an event, with this commit checked out; `head`: of the pull request that it is of."""
        variables = {
            "GITHUB_API_URL": self.github.api_url,
            "GITHUB_SERVER_URL": self.github.url,
            "GITHUB_EVENT_NAME": name,
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_SHA": commit,
        }
        given = {"vars.TANADA_FLAGS": FLAGS, "inputs.approve": "", **values}
        return Actions(self.team, commit, event, variables, given, self.tokens, head)

    def asked(self, head: str, number: int) -> Actions:
        """Once the pull request's own code has run: the main branch's, whatever the pull request holds."""
        pull = {"number": number, "head": {"sha": head, "ref": "feature"}, "base": {"ref": "main"}}
        ran = {
            "event": "pull_request",
            "conclusion": "success",
            "head_sha": head,
            "head_branch": "feature",
            "head_repository": {"full_name": REPOSITORY},
            "pull_requests": [pull],
        }
        event = {"repository": {"full_name": REPOSITORY, "default_branch": "main"}, "workflow_run": ran}
        return self.event("workflow_run", self.first, event, head)

    def permitted(self, workflow: str, job: str) -> str:
        """A token with the permissions that the job itself asks for, and no others."""
        content = loaded((self.team.work / ".github" / "workflows" / f"tanada-{workflow}.yml").read_text())
        may = frozenset(f"{name}: {each}" for name, each in content["jobs"][job]["permissions"].items())
        self.github.add_token(f"token-{job}", "github-actions[bot]", app=True, may=may)
        return f"token-{job}"


def _applied(fresh: World, folder: Path, kind: str) -> World:
    """All stacks applied, and the CI's workflows."""
    made = fresh.copy(folder)
    by_hand(made, declare_ci(made, f"{{{kind}: {REPOSITORY}, tests: [test -f system.yaml]}}", kind))
    return made


@pytest.fixture(scope="session")
def begun(fresh: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A team on GitHub whose stacks were applied once for all tests, which take copies."""
    return once(tmp_path_factory, "begun-github", lambda folder: _applied(fresh, folder, "github"))


@pytest.fixture(scope="session")
def begun_on_gitlab(fresh: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """… and on GitLab."""
    return once(tmp_path_factory, "begun-gitlab", lambda folder: _applied(fresh, folder, "gitlab"))


@pytest.fixture
def gitlab_team(begun_on_gitlab: World, tmp_path: Path) -> World:
    """A copy of that."""
    return begun_on_gitlab.copy(tmp_path)


@pytest.fixture
def stage(begun: World, tmp_path: Path, github: GitHubServer, tokens: str) -> Stage:
    """A copy of that, with a forge of its own."""
    made = begun.copy(tmp_path)
    return Stage(made, github, tokens, git(made.work, "rev-parse", "HEAD"))
