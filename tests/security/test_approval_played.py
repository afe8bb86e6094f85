"""An adversary who may push, played against the generated files: real clones, a real terraform, a local forge."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from tests.forge.server import GitHubServer, GitLabServer
from tests.templates.ci.stage import Stage, declare_ci, drain, drains, reports_in, state, well
from tests.templates.ci.world import FLAGS, REPOSITORY, Actions, Pipeline, World, git

pytestmark = [pytest.mark.slow, pytest.mark.terraform]
BEFORE = {"test": "30", "production": "30"}


def with_its_own_reports(team: World) -> tuple[str, str]:
    """A change pushed straight to main, with reports of its plan wherever Tanada keeps any; and a fingerprint of it."""
    drain(team, 45)
    shutil.copytree(team.folder / "aws", team.work / ".tanada" / "offline")
    code, text = team.shell(team.work, f"tanada plan {FLAGS}", {})
    assert code == 0, text
    own = team.work / ".tanada"
    [fingerprint] = {
        json.loads(file.read_text())["summary"]["fingerprint"]
        for file in (own / "reports").glob("environment-test.json")
    }
    for folder in ("approved", "merged/zz", "applied", "reports/zz"):
        shutil.copytree(own / "reports", own / folder, dirs_exist_ok=True)
    for name in ("offline", "plans", "logs", "runs"):
        shutil.rmtree(own / name, ignore_errors=True)
    git(team.work, "add", "--force", ".tanada")
    return team.commit("Unreviewed", "main"), str(fingerprint)


def images(team: World) -> set[str]:
    """The tags that production runs."""
    found = set()
    for entry in state(team, "environment-production")["resources"]:
        if entry["type"] == "aws_ecs_task_definition":
            definitions = json.loads(entry["instances"][0]["attributes"]["container_definitions"])
            found |= {each["image"].rpartition(":")[2] for each in definitions}
    return found


def test_github_applies_nothing_that_a_push_approves_of_itself(stage: Stage) -> None:
    team, github = stage.team, stage.github
    commit, fingerprint = with_its_own_reports(team)

    def pushed(built: str, flags: str, **values: str) -> Actions:
        return stage.event("push", built, {}, **{"vars.TANADA_FLAGS": flags, **values})

    # Its own reports, and words that anybody with write access may set.
    for flags in (FLAGS, f"{FLAGS} --approve {fingerprint}", f"--offline --approve {fingerprint}"):
        main = pushed(commit, flags)
        assert main.run("apply", "apply", "workflow-token").code != 0
        assert main.run("apply", "production", "workflow-token").code != 0, "nothing was shown"
        assert drains(team) == BEFORE
    # An event is nobody's word.
    main = pushed(commit, FLAGS, **{"inputs.approve": fingerprint})
    assert main.run("apply", "apply", "workflow-token").code != 0
    assert drains(team) == BEFORE
    pushed(commit, FLAGS).run("apply", "comment", "workflow-token")
    assert not [status for status in github.statuses if status["state"] == "success"]

    # Production gets what its approver was just shown, whatever is set afterwards.
    git(team.work, "rm", "--quiet", "-r", "--cached", ".tanada")
    shutil.rmtree(team.work / ".tanada")
    commit = team.commit("Clean", "main")
    team.artifacts.clear()
    assert "environment-production" in well(pushed(commit, FLAGS).run("apply", "plan-production")).summary
    evil = pushed(commit, "--offline --image web=evil --image backend=evil")
    well(evil.run("apply", "production", "workflow-token"))
    assert drains(team) == {"test": "30", "production": "45"}
    assert "v1" in images(team)
    assert "evil" not in images(team)

    # And nothing that came after what was shown.
    git(team.work, "checkout", "--quiet", "-B", "main", "origin/main")
    file = team.work / "system.yaml"
    file.write_text(file.read_text().replace("deregistration_delay: 45s", "deregistration_delay: 60s"))
    later = team.commit("Later", "main")
    assert pushed(later, FLAGS).run("apply", "production", "workflow-token").code != 0
    assert drains(team)["production"] == "45"


def test_a_merge_queues_commit_gets_its_status(
    team: World,
    github: GitHubServer,
    tokens: str,
) -> None:
    commit = declare_ci(team, f"{{github: {REPOSITORY}}}", "github")
    github.add_token("token-queue", "github-actions[bot]", app=True, may=frozenset({"statuses: write"}))
    variables = {
        "GITHUB_API_URL": github.api_url,
        "GITHUB_SERVER_URL": github.url,
        "GITHUB_EVENT_NAME": "merge_group",
        "GITHUB_REF": "refs/heads/gh-readonly-queue/main/pr-1-0",
        "GITHUB_SHA": commit,
    }
    event = {"merge_group": {"base_ref": "refs/heads/main", "head_sha": commit}}
    queued = Actions(team, commit, event, variables, {"vars.TANADA_FLAGS": FLAGS}, tokens)
    well(queued.run("synth", "check"))
    well(queued.run("synth", "queue", "token-queue"))
    [status] = github.statuses
    assert (status["sha"], status["context"], status["state"]) == (commit, "tanada/plan", "success")
    assert status["description"].startswith("Not planned in the queue")


def test_gitlab_applies_nothing_that_a_push_approves_of_itself(gitlab_team: World, gitlab: GitLabServer) -> None:
    team = gitlab_team
    commit, fingerprint = with_its_own_reports(team)
    server: dict[str, str] = {
        "CI_SERVER_URL": gitlab.url,
        "CI_API_V4_URL": gitlab.api_url,
        "CI_PROJECT_ID": str(gitlab.project_id),
        "CI_COMMIT_BRANCH": "main",
        "GITLAB_TOKEN": "project-token",
        "TANADA_FLAGS": FLAGS,
    }

    def pushed(built: str, given: dict[str, str], **variables: Any) -> Pipeline:
        number = gitlab.add_pipeline(built)
        named = {"CI_PIPELINE_ID": str(number), "CI_COMMIT_SHA": built}
        return Pipeline(team, built, {**server, **named, **variables}, given)

    words = f"{FLAGS} --approve {fingerprint}"
    for given in ({}, {"APPROVE": fingerprint}, {"TANADA_FLAGS": words}):
        main = pushed(commit, given)
        assert main.run("tanada apply").code != 0
        assert main.run("tanada apply production").code != 0
        assert drains(team) == BEFORE
        main.run("tanada comment apply")
    assert not [status for status in gitlab.statuses if status["status"] == "success"]

    # What was not approved is shown again, and applied by somebody's hand.
    git(team.work, "rm", "--quiet", "-r", "--cached", ".tanada")
    shutil.rmtree(team.work / ".tanada")
    commit = team.commit("Clean", "main")
    team.artifacts.clear()
    by = {"CI_JOB_MANUAL": "true", "GITLAB_USER_LOGIN": "kim"}
    assert "environment-test" in well(pushed(commit, {}, **by).run("tanada plan again")).text
    done = well(pushed(commit, {"TANADA_FLAGS": "--offline --image web=evil"}, **by).run("tanada apply again"))
    assert "environment-test: Applied by a run that kim started." in done.text
    assert drains(team) == {"test": "45", "production": "30"}
    [said] = reports_in(team.artifacts["tanada apply again"])["environment-test"]["messages"]
    assert "kim" in said["summary"]
