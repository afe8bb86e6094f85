"""Tags of images that never ran: what another environment runs, else the commit that last changed the folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tanada.errors import TerraformError
from tanada.plan import Report
from tanada.terraform import reports, tags
from tanada.terraform.git import last_change
from tanada.terraform.process import Processes
from tests.terraform.repository import ENVIRON, clone, commit, git, repository
from tests.terraform.team import Team

A, B = "a" * 40, "b" * 40


# --- suffixes --------------------------------------------------------------------------------------------------------


def test_the_newest_build_of_a_commit_is_the_one_with_the_highest_number() -> None:
    others = {B, f"{B}-r11", f"x{A}"} | {f"{A}{end}" for end in ("-rc1", "-r012", "-r1", "-r12-x", "r13", "-R14")}
    built = {A, f"{A}-r2", f"{A}-r10", f"{A}-r9", *others}
    assert tags.newest(A, built) == f"{A}-r10"
    assert tags.newest(A, {f"{A}-r3", B}) == f"{A}-r3"
    assert tags.newest(A, {B, f"{A}x"}) is None


def test_a_rebuild_takes_a_tag_that_never_was() -> None:
    assert tags.next_rebuild(A, {B}) == A
    assert tags.next_rebuild(A, {A}) == f"{A}-r2"
    assert tags.next_rebuild(A, {A, f"{A}-r2", f"{A}-r9"}) == f"{A}-r10"
    assert tags.next_rebuild(A, {f"{A}-r2"}) == f"{A}-r3"  # the first is gone


# --- the folder's commit ---------------------------------------------------------------------------------------------


@pytest.fixture
def monorepo(tmp_path: Path) -> Path:
    made = repository(tmp_path / "origin")
    (made / "services" / "web").mkdir(parents=True)
    (made / "infra").mkdir()
    commit(made, "web", **{"services/web/Dockerfile": "1"})
    git(made, "tag", "web")
    commit(made, "elsewhere", **{"services/web2": "1", "infra/system.yaml": "1"})
    return made


def last(folder: Path, of: str, start: str = "HEAD") -> str:
    return last_change(folder, of, start, ENVIRON, Processes())


def refusal(folder: Path, of: str, start: str = "HEAD") -> str:
    with pytest.raises(TerraformError) as refused:
        last(folder, of, start)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_change_elsewhere_leaves_an_images_commit_as_it_is(monorepo: Path) -> None:
    """Wherever in the repository the system lies, and whatever isn't committed yet."""
    (monorepo / "services" / "web" / "Dockerfile").write_text("2")
    for system in (monorepo, monorepo / "infra"):
        assert last(system, "services/web") == git(monorepo, "rev-parse", "web")
        assert last(system, ".") == git(monorepo, "rev-parse", "HEAD")
        assert last(system, "services/web", "web") == git(monorepo, "rev-parse", "web")


def test_a_commit_before_the_folder_or_none_at_all_is_one_sentence(monorepo: Path, tmp_path: Path) -> None:
    assert refusal(monorepo, "services/wbe") == (
        "No commit has changed services/wbe yet, which common.images names: mend the folder there, or merge what it "
        "holds first."
    )
    assert "No commit has changed infra" in refusal(monorepo, "infra", "web")
    assert "There is no commit nowhere" in refusal(monorepo, "infra", "nowhere")
    outside = tmp_path / "outside"
    outside.mkdir()
    assert "is not in a git repository, so nobody knows what last changed services/web" in refusal(
        outside, "services/web"
    )


def test_a_shallow_clone_is_refused_for_its_oldest_commit_seems_to_have_made_everything(
    monorepo: Path, tmp_path: Path
) -> None:
    here = clone(monorepo, tmp_path / "here", "--depth=1")
    assert refusal(here, "services/web").startswith("This clone is shallow, so the commit that last changed services/")
    git(here, "fetch", "--quiet", "--unshallow")
    assert last(here, "services/web") == git(monorepo, "rev-parse", "web")


def test_another_history_that_this_clone_was_told_to_see_counts_for_nothing(monorepo: Path) -> None:
    git(monorepo, "replace", git(monorepo, "rev-parse", "HEAD"), git(monorepo, "rev-parse", "web"))
    assert last(monorepo, "infra") == git(monorepo, "rev-parse", "HEAD")


# --- a first plan ----------------------------------------------------------------------------------------------------


def offline_state(team: Team, stack: str, **images: str) -> None:
    """As after `apply --offline`: what a state says that was applied."""
    state = team.root / ".tanada" / "offline" / stack / "terraform.tfstate"
    state.parent.mkdir(parents=True, exist_ok=True)
    values = {"contract": 1, **({"image_tags": images} if images else {})}
    outputs = {name: {"value": each, "type": "dynamic"} for name, each in values.items()}
    text = {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": stack, "resources": []}
    state.write_text(json.dumps({**text, "outputs": outputs}))


def declare(team: Team, images: str, more: str = "image_tags: {from: www}\n") -> None:
    system = team.root / "system.yaml"
    system.write_text(system.read_text().replace("images: [web]", f"images: {images}"))
    test = team.root / "environments" / "test.yaml"
    test.write_text(test.read_text() + more)
    team.given("common-main")
    offline_state(team, "common-main")


def committed(team: Team, folder: str = "services/web") -> str:
    """The commit that made an image's folder, with one after it that did something else."""
    (team.root / folder).mkdir(parents=True)
    (team.root / folder / "Dockerfile").write_text("FROM scratch")
    if not (team.root / ".git").exists():
        team.git("init", "--initial-branch", "main")
    team.git("add", ".")
    team.git("commit", "-m", "image")
    (team.root / "README.md").write_text("more")
    team.git("add", ".")
    team.git("commit", "-m", "more")
    return git(team.root, "rev-parse", "HEAD~1")


def reported(team: Team, label: str = "environment-test") -> Report:
    return next(each for each in reports.read([team.root / ".tanada" / "reports"]) if each.label == label)


@pytest.mark.terraform
def test_a_first_plan_takes_what_the_named_environment_runs_and_its_apply_the_same(team: Team) -> None:
    declare(team, "[web]")
    offline_state(team, "environment-www", web="7f00")
    team.good("plan", "test", "--offline")
    found = reported(team)
    assert found.status == "changes", found.messages
    assert found.images == (("web", "7f00"),)
    [said] = [each for each in found.messages if "begins with" in each.summary]
    assert said.summary == "environment-test begins with web 7f00"
    assert said.detail == "No tag was named: environment-www runs it."
    # What it runs by then is another one; what was planned is what is applied.
    offline_state(team, "environment-www", web="8a11")
    team.good("apply", "--all", "--offline", "--yes")
    team.good("plan", "test", "--offline")
    assert reported(team).images == ()
    assert "7f00" in (team.root / ".tanada/offline/environment-test/terraform.tfstate").read_text()


@pytest.mark.terraform
def test_where_no_environment_says_it_a_first_plan_takes_the_commit_of_the_folder(team: Team) -> None:
    declare(team, "{web: {folder: services/web}}")
    made = committed(team)
    team.good("plan", "test", "--offline")
    assert reported(team).images == (("web", made),)
    offline_state(team, "environment-www", web="7f00")
    team.good("plan", "test", "--offline")
    assert reported(team).images == (("web", "7f00"),)
    team.good("plan", "test", "--offline", "--image", "web=mine")
    assert reported(team).images == (("web", "mine"),)


@pytest.mark.terraform
def test_a_pull_requests_plan_takes_the_commit_of_the_branch_that_is_applied(team: Team) -> None:
    """What a pull request changes in the folder is not built yet, and its commit may never reach the branch."""
    declare(team, "{web: {folder: services/web}}", more="")
    made = committed(team)
    team.git("switch", "--create", "feature")
    (team.root / "services" / "web" / "Dockerfile").write_text("FROM other")
    team.stacks["environment-test"]["resource"]["terraform_data"]["more"] = {"input": 1}
    team.write()
    team.git("add", ".")
    team.git("commit", "-m", "feature")
    team.good("plan", "--changed-since", "main", "--offline")
    assert reported(team).images == (("web", made),)
    team.good("plan", "test", "--offline")  # what is checked out is applied
    assert reported(team).images == (("web", git(team.root, "rev-parse", "HEAD")),)


@pytest.mark.terraform
def test_what_a_pull_request_declares_is_planned_by_the_history_of_its_base(team: Team) -> None:
    """As CI's job with credentials does it: the base is checked out, and the pull request is data."""
    main = team.root / "main.py"
    declared = 'configuration["locals"] = {"declared": pathlib.Path("system.yaml").read_text()}'
    main.write_text(main.read_text().replace("    folder = ", f"    {declared}\n    folder = ", 1))
    declare(team, "[web]", more="")
    made = committed(team)
    team.git("switch", "--create", "feature")
    system = team.root / "system.yaml"
    system.write_text(system.read_text().replace("images: [web]", "images: {web: {folder: services/web}}"))
    team.git("commit", "-a", "-m", "feature")
    team.git("checkout", "--detach", "main")
    assert team.good("take", "feature").output == "plan\n"
    team.run("plan", "--changed-since", "HEAD", "--offline")
    assert reported(team).images == (("web", made),)


@pytest.mark.terraform
def test_else_it_is_refused_with_the_command_that_lists_tags(team: Team) -> None:
    declare(team, "[web]")
    ran = team.run("plan", "test", "--offline")
    assert ran.code == 2
    [said] = reported(team).messages
    assert said.summary == (
        "environment-test was not applied yet with the image web: say which tag runs, with --image web=TAG. Those that "
        "are there: aws ecr list-images --region ap-northeast-1 --repository-name kakei/web --filter tagStatus=TAGGED "
        "--query 'imageIds[].imageTag'"
    )


@pytest.mark.terraform
def test_what_an_environment_runs_must_be_a_tag(team: Team) -> None:
    declare(team, "[web]")
    offline_state(team, "environment-www", web="latest")
    assert team.run("plan", "test", "--offline").code == 2
    [said] = reported(team).messages
    assert said.summary.startswith("environment-www runs web: latest says nothing about what runs")
