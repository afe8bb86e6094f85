"""`tanada destroy`: what may go, in which order, and what is left."""

from __future__ import annotations

import json
import re

import pytest

from tanada import sentences
from tests.terraform.team import Team

pytestmark = pytest.mark.terraform


def test_an_environment_that_may_be_deleted_is_destroyed(team: Team) -> None:
    team.given("common-main", "environment-test")
    ran = team.good("destroy", "environment-test", "--yes")
    assert "environment-test: 2 destroyed" in ran.output
    assert team.resources("environment-test.tfstate") == []
    assert "environment-test: nothing to do" in team.good("destroy", "environment-test", "--yes").output


def test_a_kept_environment_is_not_destroyed_and_the_two_steps_are_named(team: Team) -> None:
    ran = team.run("destroy", "environment-www", "--yes", "--protected", "production")
    assert ran.code == 2
    assert "environment-www is kept (removal: keep). Removing it is two steps" in ran.errors
    assert "environments/www.yaml" in ran.errors


def test_destroying_without_an_answer_destroys_nothing(team: Team) -> None:
    team.given("common-main", "environment-test")
    assert team.run("destroy", "environment-test").code == 2
    assert team.resources("environment-test.tfstate") == ["link", "web"]


def test_a_destroy_leaves_no_plan_file_behind(team: Team) -> None:
    team.given("common-main", "environment-test")
    team.good("destroy", "environment-test", "--yes")
    assert list((team.root / ".tanada").rglob("*.tfplan*")) == []


def test_two_review_environments_live_side_by_side_and_go_without_a_trace(team: Team) -> None:
    team.given("common-main")
    team.apply("review", "--workspace", "kokuyou")
    team.apply("review", "--workspace", "suishou")
    states = {name: team.state(f"review.d/{name}/terraform.tfstate") for name in ("kokuyou", "suishou")}
    for name, state in states.items():
        (web,) = [entry for entry in state["resources"] if entry["name"] == "web"]
        assert web["instances"][0]["attributes"]["input"]["value"] == name
    for name in states:
        ran = team.good("destroy", "review", "--workspace", name, "--yes")
        assert f"review-{name}: 2 destroyed" in ran.output
    assert team.good("terraform", "review", "--", "workspace", "list").output.split() == ["*", "default"]
    assert list((team.root / "states" / "review.d").iterdir()) == []


def test_a_workspace_whose_host_an_environment_took_is_refused_and_can_be_destroyed(team: Team) -> None:
    """Also by hand: the stack itself says so."""
    team.given("common-main", workspaces=["demo"])
    (team.root / "environments" / "demo.yaml").write_text("account: main\ndomain: demo.review.example.jp\n")
    workspace = team.stacks["review"]["resource"]["terraform_data"]["web"]
    condition = '${!contains(["demo"], terraform.workspace)}'
    said = {"condition": condition, "error_message": sentences.taken_workspace("review.example.jp")}
    workspace["lifecycle"]["precondition"].append(said)
    team.write()
    for verb, more in (("plan", ("--image", "web=one")), ("apply", ("--yes",))):
        ran = team.run(verb, "review", "--workspace", "demo", *more)
        assert ran.code == 2
        assert "--workspace demo: demo.review.example.jp is environment demo's; choose another name" in ran.errors
    ran = team.run("terraform", "review", "--workspace", "demo", "--", "plan", "-no-color")
    assert ran.code == 1
    assert said["error_message"] in " ".join(re.sub("[│╷╵]", "", ran.text).split())
    team.good("destroy", "review", "--workspace", "demo", "--yes")
    assert list((team.root / "states" / "review.d").iterdir()) == []


def test_an_environment_waits_until_the_review_environment_at_its_host_is_gone(team: Team) -> None:
    (team.root / "environments" / "test.yaml").write_text("account: main\ndomain: demo.review.example.jp\n")
    review = team.root / ".tanada" / "offline" / "review" / "terraform.tfstate.d" / "demo" / "terraform.tfstate"
    common = team.root / ".tanada" / "offline" / "common-main" / "terraform.tfstate"
    for state, resources in ((review, [{"mode": "managed"}]), (common, [])):
        state.parent.mkdir(parents=True)
        state.write_text(json.dumps({"resources": resources, "outputs": {"contract": {"value": 1}}}))
    ran = team.run("plan", "test", "--offline", "--image", "web=one")
    assert ran.code == 2
    assert "The review environment demo answers where environment-test shall: take it down first" in ran.output
    review.write_text(json.dumps({"resources": []}))
    assert "answers where" not in team.run("plan", "test", "--offline", "--image", "web=one").text


def test_a_review_environment_that_is_gone_counts_as_done(team: Team) -> None:
    ran = team.good("destroy", "review", "--workspace", "kokuyou", "--yes")
    assert "review-kokuyou has no state: it is gone already, or never was" in ran.output


def test_destroying_a_misspelt_workspace_makes_none(team: Team) -> None:
    ran = team.good("destroy", "review", "--workspace", "kokyou", "--yes")
    assert "review-kokyou has no state: it is gone already, or never was" in ran.output
    assert "There are no review environments." in ran.output
    assert not (team.root / "states" / "review.d").exists()


def test_where_a_workspace_is_not_those_that_are_there_are_named(team: Team) -> None:
    team.given("common-main", workspaces=["one", "kokuyou"])
    ran = team.good("destroy", "review", "--workspace", "kokuyo", "--yes")
    assert "review-kokuyo has no state: it is gone already, or never was (local terraform 1.11.4)." in ran.output
    assert "There are: kokuyou, one." in ran.output
    ran = team.run("terraform", "review", "--workspace", "kokuyo", "--", "state", "list")
    assert (ran.code, ran.output) == (2, "")
    assert "There is no review environment kokuyo. There are: kokuyou, one." in ran.errors


def test_a_review_environment_beyond_the_limit_is_refused(team: Team) -> None:
    team.given("common-main", workspaces=["one", "two"])
    ran = team.run("plan", "review", "--workspace", "three", "--image", "web=one")
    assert ran.code == 2
    assert "2 other review environments exist, and workspaces/review.yaml says limit: 2" in ran.output
    assert "one, two." in ran.output
    team.good("plan", "review", "--workspace", "two")


def test_a_workspace_that_holds_nothing_takes_nobodys_place(team: Team) -> None:
    team.given("common-main", workspaces=["one"])
    team.good("plan", "review", "--workspace", "planned", "--image", "web=one")  # makes the workspace, and no more
    (team.root / "states" / "review.d" / "emptied").mkdir()
    state = {**team.state("review.d/one/terraform.tfstate"), "resources": []}
    (team.root / "states" / "review.d" / "emptied" / "terraform.tfstate").write_text(json.dumps(state))
    team.good("plan", "review", "--workspace", "three", "--image", "web=one")
    team.good("apply", "review", "--workspace", "three", "--yes")
    ran = team.run("apply", "review", "--workspace", "planned", "--yes")
    assert ran.code == 2
    assert "2 other review environments exist, and workspaces/review.yaml says limit: 2" in ran.errors
    assert "one, three." in ran.errors


def test_a_limit_lowered_since_the_plan_holds_at_apply(team: Team) -> None:
    team.given("common-main", workspaces=["one"])
    team.good("plan", "review", "--workspace", "two", "--image", "web=one")
    review = team.root / "workspaces" / "review.yaml"
    review.write_text(review.read_text().replace("limit: 2", "limit: 1"))
    ran = team.run("apply", "review", "--workspace", "two", "--yes")
    assert ran.code == 2
    assert "limit: 1" in ran.errors


def test_a_workspace_made_for_a_plan_that_fails_goes_again(team: Team) -> None:
    ran = team.good("plan", "review", "--workspace", "kokuyou", "--image", "web=one")
    assert "waits for common-main" in ran.output
    assert not (team.root / "states" / "review.d" / "kokuyou").exists()


def test_a_plan_whose_workspace_is_gone_is_stale(team: Team) -> None:
    team.given("common-main")
    team.good("plan", "review", "--workspace", "kokuyou", "--image", "web=one")
    plans = team.root / ".tanada/plans/review/kokuyou"
    saved = {path.name: path.read_bytes() for path in plans.iterdir()}
    team.good("destroy", "review", "--workspace", "kokuyou", "--yes")
    for name, data in saved.items():
        (plans / name).write_bytes(data)
    ran = team.run("apply", "review", "--workspace", "kokuyou", "--yes")
    assert ran.code == 2
    assert "The plan of review-kokuyou is stale: its workspace is gone." in ran.errors
    assert not (team.root / "states" / "review.d" / "kokuyou").exists()


def test_destroying_works_when_the_declared_images_were_never_applied(team: Team) -> None:
    team.given("common-main")
    team.good("plan", "review", "--workspace", "kokuyou", "--image", "web=one")
    ran = team.good("destroy", "review", "--workspace", "kokuyou", "--yes")
    assert "review-kokuyou: no resource changed" in ran.output
