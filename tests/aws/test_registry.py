"""Which tags a registry holds, and what a first plan and `tanada image-tag` make of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tanada.aws.registry import tags
from tanada.declared.image import Repository
from tanada.errors import AwsError, TerraformError
from tanada.terraform import first_tags
from tanada.terraform.context import Context
from tanada.terraform.first_tags import Sources
from tanada.terraform.layout import Layout, Target
from tanada.terraform.process import Processes
from tanada.terraform.program import Program
from tests.aws.aws import Aws
from tests.aws.test_states import COMMON
from tests.terraform.repository import ENVIRON, commit, git, repository
from tests.terraform.team import Team, new_team

TEST = replace(
    COMMON,
    name="environment-test",
    kind="environment",
    environment="test",
    state_key="kakei/environment-test.tfstate",
)
WWW = replace(TEST, name="environment-www", environment="www", state_key="kakei/environment-www.tfstate")
WEB = Repository(TEST.account_id, TEST.region, "kakei/web")
NONE = replace(WEB, name="kakei/none")

Push = Callable[..., None]


@pytest.fixture
def push(aws: Aws) -> Push:
    ecr = aws.session().client("ecr")
    ecr.create_repository(repositoryName="kakei/web")

    def put(*names: str) -> None:
        for number, name in enumerate(names):
            kind = "application/vnd.docker.distribution.manifest.v2+json"
            manifest = {
                "schemaVersion": 2,
                "mediaType": kind,
                "config": {"digest": f"sha256:{number:064}"},
                "name": name,
            }
            ecr.put_image(repositoryName="kakei/web", imageManifest=json.dumps(manifest), imageTag=name)

    return put


def test_all_tags_of_a_repository_are_listed(push: Push) -> None:
    push("one", "two")
    assert tags(TEST, WEB) == frozenset({"one", "two"})
    assert tags(TEST, NONE) is None


def test_a_registry_that_cannot_be_asked_is_one_sentence(push: Push, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(AwsError, match=r"The tags in kakei/web of account main can't be listed"):
        tags(TEST, WEB)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = repository(tmp_path / "kakei")
    (made / "web").mkdir()
    commit(made, "web", **{"web/Dockerfile": "1"})
    return made


def found(folder: Path, sources: Sources) -> dict[str, first_tags.First]:
    program = Program("terraform", container=False, version="1.11.4", name="local terraform")
    context = Context(Layout(folder), program, Processes(), ENVIRON)
    return first_tags.find(context, Target(TEST), sources, ["web"])


def test_a_first_plan_takes_the_newest_build_and_refuses_what_was_never_built(folder: Path, push: Push) -> None:
    sources = Sources(folders={"web": "web"}, repositories={"web": WEB})
    made = git(folder, "rev-parse", "HEAD")
    push("newer-than-all")
    with pytest.raises(TerraformError) as refused:
        found(folder, sources)
    said = str(refused.value)
    assert f"kakei/web of account main holds no tag {made}, the commit that last changed web: build it and push" in said
    assert said.endswith("--filter tagStatus=TAGGED --query 'imageIds[].imageTag'")
    push(made, f"{made}-r2")
    assert found(folder, sources)["web"].tag == f"{made}-r2"
    elsewhere = replace(sources, repositories={"web": NONE})  # common has yet to make it
    assert found(folder, elsewhere)["web"].tag == made


def test_what_another_environment_runs_is_read_from_its_state(folder: Path, push: Push, aws: Aws) -> None:
    s3 = aws.session().client("s3")
    s3.create_bucket(Bucket="states", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    sources = Sources(environment=WWW, folders={}, repositories={"web": WEB})
    assert found(folder, sources) == {}
    state = {"outputs": {"image_tags": {"value": {"web": "7f00", "other": "1"}}}}
    s3.put_object(Bucket="states", Key=WWW.state_key, Body=json.dumps(state).encode())
    with pytest.raises(TerraformError, match=r"main holds no tag 7f00, which environment-www runs: push it there"):
        found(folder, sources)  # an account has its own registry
    push("7f00", "newer")
    assert {name: each.tag for name, each in found(folder, sources).items()} == {"web": "7f00"}


def test_a_registry_that_a_role_of_before_may_not_list_is_said_and_stops_nothing(
    folder: Path, push: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    first = found(folder, Sources(folders={"web": "web"}, repositories={"web": WEB}))["web"]
    assert first.tag == git(folder, "rev-parse", "HEAD")
    assert "last changed web; whether the registry holds it is not known: The tags in kakei/web" in first.reason


@pytest.fixture
def team(tmp_path: Path) -> Team:
    made = new_team(tmp_path / "team")
    system = made.root / "system.yaml"
    system.write_text(system.read_text().replace("images: [web]", "images: {web: {folder: web}, api: {}}"))
    (made.root / "web").mkdir()
    (made.root / "web" / "Dockerfile").write_text("FROM scratch")
    made.git("init", "--initial-branch", "main")
    made.git("add", ".")
    made.git("commit", "-m", "first")
    return made


def test_image_tag_says_which_build_runs_and_how_the_next_one_is_called(team: Team, push: Push, aws: Aws) -> None:
    made = git(team.root, "rev-parse", "HEAD")

    def said(*more: str) -> str:
        return team.good("image-tag", "web", *more, **aws.environ).output.strip()

    assert (said(), said("--rebuild")) == (made, made)
    push(made)
    assert (said(), said("--rebuild")) == (made, f"{made}-r2")
    push(f"{made}-r2", f"{made}-r3")
    assert (said(), said("--rebuild")) == (f"{made}-r3", f"{made}-r4")


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        ("wbe", 'There is no image "wbe"; expected one of api, web; did you mean "web"?'),
        ("api", "Where api is built from isn't known: say it in common.images, such as {api: {folder: services/api}}."),
    ],
)
def test_an_image_that_is_not_there_or_without_a_folder_is_one_sentence(team: Team, image: str, sentence: str) -> None:
    ran = team.run("image-tag", image)
    assert ran.code == 2
    assert sentence in ran.errors


def test_image_tag_in_a_shallow_clone_or_without_a_registry_to_ask_says_so(team: Team, tmp_path: Path) -> None:
    ran = team.run("image-tag", "web", AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_MAX_ATTEMPTS="1")
    assert ran.code != 0
    assert "The tags in kakei/web of account main can't be listed" in ran.errors
    assert ran.output == ""
