"""Pull requests that bring code, played against the generated files: it never runs where credentials are."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from tanada.forge.ci import GITHUB
from tanada.templates.workflows import LABEL
from tests.forge.server import GitLabServer
from tests.templates.ci.stage import Stage, drain, reports_in, well
from tests.templates.ci.systems import loaded
from tests.templates.ci.world import EMITTED, FLAGS, REPOSITORY, Actions, Pipeline, World, git

pytestmark = [pytest.mark.slow, pytest.mark.terraform]


def own_code(stage: Stage, trial: str) -> Actions:
    """What GitHub runs of the pull request itself."""
    started = stage.event("pull_request", trial, {}, **{"github.base_ref": "main"})
    started.variables |= {"GITHUB_REF": "refs/pull/1/merge", "GITHUB_BASE_REF": "main"}
    return started


CODE = """\
import json, os, pathlib
from tanada.stacks.app import main
try:
    main()
finally:
    with pathlib.Path({marker!r}).open("a") as seen:
        seen.write(" ".join(os.environ) + "\\n")
    for file in pathlib.Path("cdktf.out/stacks").glob("environment-*/cdk.tf.json"):
        stack = json.loads(file.read_text())
        stack["resource"].setdefault("terraform_data", {{}})["mine"] = {{"input": "one"}}
        file.write_text(json.dumps(stack))
"""
"""A main.py that says what it saw, and emits more than Tanada does."""


def brings_code(team: World, marker: Path) -> None:
    """Wherever a job might take code from."""
    (team.work / "main.py").write_text(CODE.format(marker=str(marker)))
    for name in ("scripts/terraform-docker.sh", ".github/workflows/tanada-plan.yml", "requirements.txt"):
        (team.work / name).parent.mkdir(parents=True, exist_ok=True)
        (team.work / name).write_text(f"touch {marker}-{Path(name).name}\n")
    (team.work / "templates").mkdir()
    (team.work / "templates/plan_comment.md.j2").write_text("all is well")


def secrets(marker: Path) -> list[str]:
    """The variables that the pull request's code saw and that a job with credentials has."""
    words = {word for line in marker.read_text().splitlines() for word in line.split()}
    return sorted(word for word in words if "TOKEN" in word or word.startswith(("AWS_", "TANADA_CI")))


def test_code_is_vetted_and_what_passes_is_planned_by_the_bases(
    stage: Stage,
    tmp_path: Path,
) -> None:
    team, github, first = stage.team, stage.github, stage.first
    marker = tmp_path / "marker"
    team.branch("feature")
    brings_code(team, marker)
    head = team.commit("More than a declaration", "feature")
    number = github.open_pull(head)
    trial = team.trial_merge("feature")
    # Its own packages are its own job's alone, and not at hand here.
    own = own_code(stage, trial)
    team.installed.add((team.work / "requirements.txt").read_text())
    played = well(own.run("synth", "synth"))
    assert played.outputs["offline"] == "no"
    assert secrets(marker) == []
    seen = marker.read_text()
    git_restore(team, first)

    base = stage.asked(head, number)
    well(base.run("plan", "plan"))
    assert marker.read_text() == seen, "it ran in its own job alone"
    reports = reports_in(team.artifacts[f"tanada-reports-{head}"])
    assert {"environment-production", "environment-test", "common-main"} <= set(reports), "all, as what runs changed"
    test = reports["environment-test"]
    assert test["status"] == "changes"
    assert [each["address"] for each in test["summary"]["changes"]] == ["terraform_data.mine"]
    well(base.run("plan", "comment", "workflow-token"))
    [comment] = github.comments
    assert "terraform_data.mine" in comment["body"]
    assert "main.py" in comment["body"], "the comment names what decides what runs"
    assert marker.read_text() == seen


def test_what_would_run_or_read_in_a_job_with_credentials_is_refused_stack_by_stack(
    stage: Stage,
    tmp_path: Path,
) -> None:
    team, github, first = stage.team, stage.github, stage.first
    team.branch("feature")
    (team.work / "README.md").write_text("changed")
    head = team.commit("More than a declaration", "feature")
    number = github.open_pull(head)
    marker = tmp_path / "ran"
    place = team.clone(first)
    code, text = team.shell(place, "tanada synth", {})
    assert code == 0, text
    for name in ("common-main", "common-production", "environment-test", "environment-production"):
        stack = json.loads((place / "cdktf.out/stacks" / name / "cdk.tf.json").read_text())
        if name == "environment-test":
            program = ["sh", "-c", f"touch {marker}; echo {{}}"]
            stack["data"]["external"] = {"evil": {"program": program}}
        if name == "environment-production":
            stack["output"]["mine"] = {"value": '${upper("a")}'}
        team.artifacts.setdefault(EMITTED, {})[f"{name}/cdk.tf.json"] = json.dumps(stack).encode()
    base = stage.asked(head, number)
    assert base.run("plan", "plan").code == 2
    reports = reports_in(team.artifacts[f"tanada-reports-{head}"])
    refused = {"environment-test": "refused", "environment-production": "refused"}
    assert {name: each["status"] for name, each in reports.items()} == refused
    [message] = reports["environment-test"]["messages"]
    assert message["summary"].startswith("environment-test is not planned with credentials: data.external")
    assert "Nor is it planned offline: data.external: only what reads nothing secret" in message["detail"]
    assert not marker.exists()

    # What can run nothing is planned offline, by a job that has neither identity nor role.
    job = loaded((team.work / ".github/workflows/tanada-plan.yml").read_text())["jobs"]["offline"]
    assert "id-token" not in job["permissions"]
    assert not [step for step in job["steps"] if "TANADA_CI_ROLE" in step.get("env", {})]
    well(base.run("plan", "offline"))
    [planned] = reports_in(team.artifacts["tanada-offline"]).values()
    assert (planned["label"], planned["status"], planned["offline"]) == ("environment-production", "changes", True)
    assert [each["name"] for each in planned["summary"]["outputs"]] == ["mine"]
    assert not marker.exists()
    well(base.run("plan", "comment", "workflow-token"))
    body = github.comments[0]["body"]
    assert "environment-test is not planned with credentials" in body
    assert "environment-production is planned offline, without credentials: output.mine.value: calls upper()" in body
    assert "environment-production is not planned" not in body, "of two reports the newer counts"
    assert [status["state"] for status in github.statuses] == ["failure"]


def test_declarations_that_redirect_a_plan_are_planned_offline_and_say_so(
    stage: Stage,
) -> None:
    team, github = stage.team, stage.github
    team.branch("feature")
    drain(team, 45)
    file = team.work / "system.yaml"
    text = file.read_text()
    file.write_text(text.replace("222222222222:role/terraform", "222222222222:role/admin"))
    assert "role/admin" in file.read_text()
    head = team.commit("Elsewhere", "feature")
    base = stage.asked(head, github.open_pull(head))
    played = well(base.run("plan", "plan"))
    assert played.outputs["way"] == "offline"
    assert "Ask for an identity token" not in played.text
    assert f"tanada-reports-{head}" not in team.artifacts
    well(base.run("plan", "offline"))
    assert all(each["offline"] for each in reports_in(team.artifacts["tanada-offline"]).values())
    well(base.run("plan", "comment", "workflow-token"))
    body = github.comments[0]["body"]
    assert "is planned offline, without credentials: accounts." in body
    assert ".role changes" in body


def test_a_strangers_declarations_are_planned_on_somebodys_word_for_one_commit(
    stage: Stage,
) -> None:
    team, github, first = stage.team, stage.github, stage.first
    team.branch("stranger")
    drain(team, 45)
    head = team.commit("Drain longer", "stranger")
    number = github.open_pull(head, fork=True)
    github.permissions["kim"] = "admin"
    github.label(number, LABEL, "kim")
    event = {
        "action": "labeled",
        "label": {"name": LABEL},
        "pull_request": copy.deepcopy(github.pulls[number]),
    }
    number_of = {"github.event.pull_request.number": str(number)}
    labelled = stage.event("pull_request_target", first, event, head, **number_of)
    well(labelled.run("plan", "plan", "workflow-token"))
    assert set(reports_in(team.artifacts[f"tanada-reports-{head}"])) == {"environment-production", "environment-test"}
    well(labelled.run("plan", "comment", "workflow-token"))
    body = github.comments[0]["body"]
    assert f"From a fork: `{head[:7]}` was allowed by kim" in body
    assert "Made without credentials" not in body
    assert "deregistration_delay" in body
    assert "(hidden)" in body, "what it was is nobody's that merely asks"
    text = json.dumps(reports_in(team.artifacts[f"tanada-reports-{head}"])["environment-test"]["summary"]["changes"])
    assert '"45"' in text
    assert '"30"' not in text

    # Pushed to, before anybody looked at that: the run of the label stops, and the label goes.
    github.push(number, "e" * 40)
    stopped = labelled.run("plan", "plan", "workflow-token")
    assert stopped.code == 2
    assert "put the label on anew" in stopped.text
    assert "Ask for an identity token" not in stopped.text
    said = len(github.writes)
    labelled.run("plan", "comment", "workflow-token")
    assert not [each for each in github.writes[said:] if "comments" in each], "of a commit that is none any more"
    well(labelled.run("plan", "unlabel", "workflow-token"))
    assert LABEL not in github.label_names(number)


def early(stage: Stage, head: str, number: int) -> Actions:
    """What github.com runs as soon as a branch's pull request is there."""
    pull = {
        "number": number,
        "labels": [],
        "base": {"ref": "main"},
        "head": {"sha": head, "ref": "feature", "repo": {"full_name": REPOSITORY}},
    }
    started = stage.event("pull_request_target", stage.first, {"action": "opened", "pull_request": pull}, head)
    started.variables["GITHUB_SERVER_URL"] = GITHUB
    return started


def late(stage: Stage, head: str, number: int) -> Actions:
    """… and once the pull request's own code has run."""
    started = stage.asked(head, number)
    started.variables["GITHUB_SERVER_URL"] = GITHUB
    return started


def test_declarations_alone_are_planned_at_once_and_once(stage: Stage) -> None:
    team, github = stage.team, stage.github
    team.branch("feature")
    drain(team, 45)
    head = team.commit("Drain longer", "feature")
    number = github.open_pull(head)
    started = early(stage, head, number)
    assert well(started.run("plan", "plan")).outputs["way"] == "plan"
    left = dict(team.artifacts[f"tanada-reports-{head}"])
    assert set(reports_in(left)) == {"environment-production", "environment-test"}
    well(started.run("plan", "comment", stage.permitted("plan", "comment")))
    [comment] = github.comments
    assert "deregistration_delay" in comment["body"]

    played = well(late(stage, head, number).run("plan", "plan"))
    assert played.outputs["way"] == "no"
    assert "Ask for an identity token" not in played.text
    assert team.artifacts[f"tanada-reports-{head}"] == left, "planned once"
    assert commented(stage) == "!cancelled() && needs.plan.result != 'skipped' && needs.plan.outputs.way != 'no'"


def test_what_changes_more_waits_for_its_own_code(stage: Stage) -> None:
    team, github = stage.team, stage.github
    team.branch("feature")
    (team.work / "README.md").write_text("changed")
    head = team.commit("More than a declaration", "feature")
    number = github.open_pull(head)
    played = well(early(stage, head, number).run("plan", "plan"))
    assert played.outputs["way"] == "no"
    assert "Another run plans it, which GitHub starts once its own code has run." in played.text
    assert "Ask for an identity token" not in played.text
    assert f"tanada-reports-{head}" not in team.artifacts
    assert late(stage, head, number).run("plan", "plan").outputs["way"] == "plan"


def commented(stage: Stage) -> str:
    """When the comment's job runs."""
    jobs = loaded((stage.team.work / ".github/workflows/tanada-plan.yml").read_text())["jobs"]
    return str(jobs["comment"]["if"]).removeprefix("${{ ").removesuffix(" }}")


def test_gitlabs_jobs_with_a_token_for_aws_run_the_bases_code(
    gitlab_team: World,
    gitlab: GitLabServer,
    tmp_path: Path,
) -> None:
    team = gitlab_team
    first = git(team.work, "rev-parse", "HEAD")
    marker = tmp_path / "marker"
    team.branch("feature")
    brings_code(team, marker)
    # Its own packages are its own job's alone, and not at hand here.
    team.installed.add((team.work / "requirements.txt").read_text())
    head = team.commit("More than a declaration", "feature")
    git_restore(team, first)
    number = gitlab.open_request(head)
    variables = {
        "CI_SERVER_URL": gitlab.url,
        "CI_API_V4_URL": gitlab.api_url,
        "CI_PROJECT_ID": str(gitlab.project_id),
        "GITLAB_TOKEN": "project-token",
        "TANADA_FLAGS": FLAGS,
        "CI_PIPELINE_ID": str(gitlab.add_pipeline(head, request=number)),
        "CI_COMMIT_SHA": head,
        "CI_MERGE_REQUEST_IID": str(number),
        "CI_MERGE_REQUEST_PROJECT_ID": str(gitlab.project_id),
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": str(gitlab.project_id),
        "CI_MERGE_REQUEST_PROJECT_PATH": REPOSITORY,
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": first,
    }
    requested = Pipeline(team, head, variables)
    well(requested.run("tanada synth"))
    assert "AWS_ID_TOKEN" not in marker.read_text()
    seen = marker.read_text()
    well(requested.run("tanada plan"))
    well(requested.run("tanada comment"))
    assert marker.read_text() == seen, "it ran in its own job alone"
    assert "terraform_data.mine" in gitlab.notes[0]["body"]
    assert "all is well" not in gitlab.notes[0]["body"], "its own template speaks of nothing"

    # The emitted JSON of that job is data.
    for path, data in team.artifacts["tanada synth"].items():
        stack = json.loads(data)
        stack.setdefault("locals", {})["evil"] = '${file("/proc/self/environ")}'
        team.artifacts["tanada synth"][path] = json.dumps(stack).encode()
    assert requested.run("tanada plan").code == 2
    reports = reports_in(team.artifacts["tanada plan"])
    assert {each["status"] for each in reports.values()} == {"refused"}
    assert "calls file()" in reports["environment-test"]["messages"][0]["summary"]


def git_restore(team: World, commit: str) -> None:
    """The workflow that runs is the main branch's: this runner reads it there."""
    code, text = team.shell(team.work, f"git checkout --quiet --detach {commit}", {})
    assert code == 0, text
