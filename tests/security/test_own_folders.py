"""Tanada's own folders are nobody's input: what a commit brings there is refused, what lies there is not read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.terraform.team import Team, new_team

RUNS = """
resource "terraform_data" "theirs" {
  provisioner "local-exec" {
    command = "touch %s"
  }
}
"""
VERBS = (
    ("synth",),
    ("diff", "--since", "HEAD"),
    ("matrix", "--forge", "github"),
    ("matrix", "--forge", "github", "--changed-since", "HEAD"),
    ("plan",),
    ("apply", "common-main", "--yes"),
    ("apply", "--all", "--yes"),
    ("destroy", "environment-test", "--yes"),
    ("validate", "common-main"),
    ("terraform", "common-main", "--", "providers"),
    ("comment", "--to", "-"),
    ("drift", "--to", "-"),
)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """With its own system committed."""
    made = new_team(tmp_path)
    made.given("common-main")
    made.git("init")
    made.git("add", ".")
    made.git("commit", "-m", "first")
    return made


def committed(team: Team, name: str, text: str = "{}") -> None:
    file = team.root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    team.git("add", "--force", name)
    team.git("commit", "-m", "theirs")


def strangers(folder: Path, marker: Path) -> None:
    """What Terraform would read beside a stack's file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "zz.tf").write_text(RUNS % marker)
    (folder / "terraform.tfvars").write_text('image_tags = { web = "evil" }\n')
    (folder / "zz.auto.tfvars.json").write_text('{"image_tags": {"web": "evil"}}')
    (folder / "zz_override.tf.json").write_text(
        json.dumps({"resource": {"terraform_data": {"web": {"input": "evil"}}}})
    )


@pytest.mark.terraform
@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_report_that_a_commit_brings_approves_nothing(team: Team, verb: tuple[str, ...]) -> None:
    committed(team, ".tanada/approved/environment-test.json")
    ran = team.run(*verb)
    assert ran.code == 2
    assert ran.errors.startswith(".tanada/approved/environment-test.json came with a commit, ")
    assert "git rm -r --cached .tanada/approved/environment-test.json" in ran.errors
    assert "Traceback" not in ran.text


@pytest.mark.parametrize(
    "name",
    [
        ".tanada/merged/zz/environment-test.json",
        ".tanada/plans/common-main/plan.tfplan",
        ".Tanada/reports/x.json",
        "cdktf.out/stacks/common-main/zz.tf",
        "cdktf.out/stacks/common-main/terraform.tfvars",
        "cdktf.out/manifest.json",
    ],
)
def test_nothing_there_comes_with_a_commit(team: Team, name: str) -> None:
    committed(team, name)
    ran = team.run("plan", "common-main")
    assert (ran.code, ran.errors.split(" ")[0]) == (2, name)


@pytest.mark.parametrize(
    ("link", "to"), [(".tanada", "theirs"), (".tanada/approved", "../theirs"), ("cdktf.out", "theirs")]
)
@pytest.mark.parametrize("tracked", [True, False])
def test_links_there_are_refused(team: Team, link: str, to: str, tracked: bool) -> None:
    (team.root / "theirs").mkdir()
    (team.root / link).parent.mkdir(exist_ok=True)
    (team.root / link).symlink_to(to)
    if tracked:
        team.git("add", "--force", link)
        team.git("commit", "-m", "theirs")
    ran = team.run("plan", "common-main")
    assert ran.code == 2
    assert ran.errors.startswith(f"{link} came with a commit" if tracked else f"{link} is a link")
    assert list((team.root / "theirs").iterdir()) == []


def test_links_of_terraform_s_own_are_left_alone(team: Team) -> None:
    team.good("plan", "common-main")
    for folder in (".tanada/runs/common-main-1/.terraform", "cdktf.out/stacks/common-main/.terraform"):
        (team.root / folder).mkdir(parents=True)
        (team.root / folder / "providers").symlink_to("/nowhere")
    team.good("plan", "common-main")


@pytest.mark.terraform
def test_terraform_reads_nothing_but_the_emitted_file(team: Team, tmp_path: Path) -> None:
    team.good("synth")
    strangers(team.root / "cdktf.out" / "stacks" / "environment-test", tmp_path / "ran")
    strangers(team.root / ".tanada" / "ci" / "environment-test", tmp_path / "ran")
    ran = team.good("plan", "environment-test", "--image", "web=v1")
    assert "theirs" not in ran.text
    assert "evil" not in ran.text
    team.good("apply", "environment-test", "--yes")
    assert team.resources("environment-test.tfstate") == ["link", "web"]
    assert team.state("environment-test.tfstate")["outputs"]["image_tags"]["value"] == {"web": "v1"}
    assert not (tmp_path / "ran").exists()


@pytest.mark.terraform
def test_offline_neither(team: Team, tmp_path: Path) -> None:
    for stack in ("common-main", "environment-test"):
        strangers(team.root / ".tanada" / "offline" / stack, tmp_path / "ran")
        team.good("plan", stack, "--offline", *(["--image", "web=v1"] if "test" in stack else []))
        team.good("apply", stack, "--offline", "--yes")
    state = json.loads((team.root / ".tanada/offline/environment-test/terraform.tfstate").read_text())
    assert state["outputs"]["image_tags"]["value"] == {"web": "v1"}
    assert not (tmp_path / "ran").exists()


@pytest.mark.terraform
@pytest.mark.parametrize("name", [".terraform.lock.hcl", "settings.json"])
def test_a_plan_holds_to_all_that_terraform_read(team: Team, name: str) -> None:
    (team.root / ".terraform.lock.hcl").write_text("# none\n")
    team.good("plan", "common-main")
    if name == "settings.json":
        team.stacks["common-main"]["resource"]["terraform_data"]["second"] = {"input": 2}
        team.write()
    else:
        (team.root / name).write_text("# another\n")
    ran = team.run("apply", "common-main", "--yes")
    assert ran.code == 2
    assert "is stale: the configuration (cdk.tf.json or the lock file) was " in ran.errors


@pytest.mark.terraform
def test_a_state_that_can_t_be_saved_is_kept_for_its_owner_and_said(team: Team) -> None:
    gone = {"local-exec": {"command": "rm -r ../../../states && touch ../../../states"}}
    team.stacks["common-main"]["resource"]["terraform_data"]["last"] = {"provisioner": gone}
    team.write()
    team.good("plan", "common-main")
    ran = team.run("apply", "common-main", "--yes")
    assert ran.code == 1
    kept = team.root / ".tanada" / "left" / "common-main" / "errored.tfstate"
    assert f"tanada terraform common-main -- state push {kept}" in ran.errors
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "last" in {each["name"] for each in json.loads(kept.read_text())["resources"]}
    (team.root / "states").unlink()
    (team.root / "states").mkdir()
    team.good("terraform", "common-main", "--", "state", "push", str(kept))
    assert "last" in team.resources("common-main.tfstate")


@pytest.mark.terraform
def test_what_a_command_writes_is_kept_too(team: Team) -> None:
    team.good("terraform", "common-main", "--", "plan", "-out=mine.tfplan")
    kept = team.root / ".tanada" / "left" / "common-main" / "mine.tfplan"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert list((team.root / ".tanada" / "runs").iterdir()) == []
