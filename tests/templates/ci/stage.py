"""Where pull requests are played: a team's repository with its workflows, applied once, and a local forge beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REQUIRED, image
from tests.forge.server import GitHubServer, GitLabServer
from tests.templates.ci.systems import loaded
from tests.templates.ci.world import FLAGS, REPOSITORY, Actions, Played, World, by_hand, token_server, world


def terraform() -> dict[str, str]:
    """The container's where an engine runs, else the one on PATH."""
    reference, why = image()
    if reference is None and REQUIRED:
        pytest.fail(f"TANADA_REQUIRE_DOCKER=1, and there is no engine: {why}")
    return {"TANADA_TERRAFORM_IMAGE": reference} if reference else {"TANADA_TERRAFORM": "local"}


@pytest.fixture
def team(tmp_path: Path) -> World:
    """A world with nothing in AWS and no workflows yet."""
    return world(tmp_path, terraform())


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
    """The team's first commit: its repository, its workflows, its tests."""
    file = team.work / "system.yaml"
    lines = [line if not line.startswith("  # ci:") else f"  ci: {ci}\n" for line in file.open()]
    assert f"  ci: {ci}\n" in lines
    file.write_text("".join(lines))
    code, text = team.shell(team.work, f"tanada ci {kind}", {})
    assert code == 0, text
    return team.commit("Begin", "main")


def drain(team: World, seconds: int) -> None:
    """A change that reaches every environment."""
    file = team.work / "system.yaml"
    text = file.read_text().replace("      port: 3000\n", f"      port: 3000\n      drain: {seconds}s\n")
    assert f"drain: {seconds}s" in text
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


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, str]:
    """A team on GitHub whose stacks were applied once for all tests, which take copies; and its commit."""
    made = world(tmp_path_factory.mktemp("begun"), terraform())
    first = declare_ci(made, f"{{github: {REPOSITORY}, tests: [test -f system.yaml]}}", "github")
    by_hand(made, first)
    return made, first


@pytest.fixture
def stage(begun: tuple[World, str], tmp_path: Path, github: GitHubServer, tokens: str) -> Stage:
    """A copy of that, with a forge of its own."""
    made, first = begun
    return Stage(made.copy(tmp_path), github, tokens, first)
