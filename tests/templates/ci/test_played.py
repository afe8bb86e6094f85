"""The workflows' own shell, played from a pull request to production: real clones, a real terraform, a local forge."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.forge.server import GitHubServer, GitLabServer
from tests.forge.zips import zipped
from tests.templates.ci.stage import Stage, declare_ci, drain, drains, reports_in, well
from tests.templates.ci.world import FLAGS, REPOSITORY, Actions, Pipeline, Played, World, git

pytestmark = [pytest.mark.slow, pytest.mark.terraform]


def test_github_from_a_pull_request_to_production(stage: Stage) -> None:
    team, github, permitted = stage.team, stage.github, stage.permitted
    team.branch("feature")
    drain(team, 45)
    head = team.commit("Drain longer", "feature")
    number = github.open_pull(head)

    pulled = stage.asked(head, number)
    well(pulled.run("plan", "plan"))
    left = team.artifacts[f"tanada-reports-{head}"]
    planned = set(reports_in(left))
    assert planned == {"environment-production", "environment-test"}, "what differs, and nothing else"
    well(pulled.run("plan", "comment", permitted("plan", "comment")))
    [comment] = github.comments
    assert "environment-test" in comment["body"]
    assert "deregistration_delay" in comment["body"]

    assert {(each["commit"], each["dirty"]) for each in reports_in(left).values()} == {(head, False)}
    github.add_artifact(github.add_run(stage.first), f"tanada-reports-{head}", zipped(left))
    merged = team.merge("feature")
    github.merge(number, merged)

    def pushed(commit: str, approve: str = "") -> Actions:
        started = stage.event("push", commit, {}, **{"inputs.approve": approve})
        if approve:
            started.variables |= {"GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_TRIGGERING_ACTOR": "kim"}
        return started

    main = pushed(merged)
    well(main.run("apply", "apply", permitted("apply", "apply")))
    assert drains(team) == {"test": "45", "production": "30"}, "production waits"
    for report in reports_in(team.artifacts["tanada-applied"]).values():
        assert report["dirty"] is False, "what the steps write lies where git doesn't look"
    well(main.run("apply", "tests"))
    shown = well(main.run("apply", "plan-production"))
    assert "environment-production" in shown.summary
    assert drains(team)["production"] == "30"
    well(main.run("apply", "production", permitted("apply", "production")))
    assert drains(team) == {"test": "45", "production": "45"}
    github.review(1, "production", "kim")
    github.review(1, "production", "lee", "rejected")
    github.review(2, "production", "mallory")
    well(main.run("apply", "comment", permitted("apply", "comment")))
    assert len(github.comments) == 2, "one for the plan, one for the apply"
    assert "production: approved by `kim`." in github.comments[-1]["body"]
    assert "environment-production" in github.comments[-1]["body"]

    nightly = pushed(merged)
    well(nightly.run("drift", "plan"))
    well(nightly.run("drift", "issue", permitted("drift", "issue")))
    assert [issue for issue in github.issues.values() if "pull_request" not in issue] == []

    # Straight to main: nobody approved that, so it stops, until somebody who looked at it says so.
    git(team.work, "checkout", "--quiet", "-B", "main", "origin/main")
    file = team.work / "system.yaml"
    file.write_text(file.read_text().replace("deregistration_delay: 45s", "deregistration_delay: 60s"))
    direct = team.commit("Unreviewed", "main")
    team.artifacts.clear()
    stopped = pushed(direct).run("apply", "apply", permitted("apply", "apply"))
    assert stopped.code == 2
    assert drains(team) == {"test": "45", "production": "45"}
    report = reports_in(team.artifacts["tanada-applied"])["environment-test"]
    assert report["status"] == "not approved"
    named = pushed(direct, report["summary"]["keyed"])
    done = well(named.run("apply", "apply", permitted("apply", "apply")))
    assert "environment-test: Applied on the word of kim (--approve " in done.text
    [said] = reports_in(team.artifacts["tanada-applied"])["environment-test"]["messages"]
    assert "on the word of kim" in said["summary"], "so the comment says it too"
    assert drains(team) == {"test": "60", "production": "45"}


def test_github_shows_a_strangers_pull_request_without_a_token(team: World, github: GitHubServer, tokens: str) -> None:
    declare_ci(team, f"{{github: {REPOSITORY}}}", "github")
    team.branch("stranger")
    drain(team, 45)
    head = team.commit("Drain longer", "stranger")
    trial = team.trial_merge("stranger")
    event = {"pull_request": {"number": 1, "head": {"sha": head, "repo": {"full_name": "stranger/kakei"}}}}
    variables = {
        "GITHUB_API_URL": github.api_url,
        "GITHUB_SERVER_URL": github.url,
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_REF": "refs/pull/1/merge",
        "GITHUB_SHA": trial,
        "GITHUB_BASE_REF": "main",
    }
    values = {"vars.TANADA_FLAGS": "", "github.base_ref": "main"}
    played = well(Actions(team, trial, event, variables, values, tokens).run("synth", "offline"))
    assert "environment-test" in played.summary
    assert "offline" in played.summary.lower()
    assert github.writes == []


def test_gitlab_from_a_merge_request_to_production(gitlab_team: World, gitlab: GitLabServer) -> None:
    team = gitlab_team
    first = git(team.work, "rev-parse", "HEAD")
    team.branch("feature")
    drain(team, 45)
    head = team.commit("Drain longer", "feature")
    number = gitlab.open_request(head)
    server = {
        "CI_SERVER_URL": gitlab.url,
        "CI_API_V4_URL": gitlab.api_url,
        "CI_PROJECT_ID": str(gitlab.project_id),
        "CI_JOB_URL": f"{gitlab.url}/{REPOSITORY}/-/jobs/1",
        "GITLAB_TOKEN": "project-token",
        "TANADA_FLAGS": FLAGS,
    }
    pipeline = gitlab.add_pipeline(head, request=number)
    requested = Pipeline(
        team,
        head,
        {
            **server,
            "CI_PIPELINE_ID": str(pipeline),
            "CI_COMMIT_SHA": head,
            "CI_MERGE_REQUEST_IID": str(number),
            "CI_MERGE_REQUEST_PROJECT_ID": str(gitlab.project_id),
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": str(gitlab.project_id),
            "CI_MERGE_REQUEST_PROJECT_PATH": REPOSITORY,
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": first,
        },
    )
    well(requested.run("tanada synth"))
    well(requested.run("tanada plan"))
    reports = team.artifacts["tanada plan"]
    assert set(reports_in(reports)) == {"environment-production", "environment-test"}
    well(requested.run("tanada comment"))
    assert "deregistration_delay" in gitlab.notes[0]["body"]
    assert team.artifacts["tanada comment: terraform"]

    gitlab.add_job(pipeline, "tanada plan", zipped(reports))
    merged = team.merge("feature")
    gitlab.merge(number, merged)
    after = gitlab.add_pipeline(merged)
    main = Pipeline(
        team,
        merged,
        {**server, "CI_PIPELINE_ID": str(after), "CI_COMMIT_SHA": merged, "CI_COMMIT_BRANCH": "main"},
    )
    play: Callable[[str], Played] = lambda name: well(main.run(name))  # noqa: E731
    play("tanada apply")
    assert drains(team) == {"test": "45", "production": "30"}
    play("tanada comment apply")
    play("tanada tests")
    assert "environment-production" in play("tanada plan production").text
    play("tanada apply production")
    assert drains(team) == {"test": "45", "production": "45"}
    play("tanada comment production")
    assert len(gitlab.notes) == 2
    play("tanada drift")
    play("tanada drift issue")
    assert gitlab.issues == {}
