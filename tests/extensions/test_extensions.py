"""A team's own Python: what it makes is reached, planned and applied like ours; what is wrong has its line."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tanada import cache, offline
from tanada.cache.sources import read
from tanada.declarations.loader import load
from tanada.declarations.meaning import meaning
from tanada.errors import DeclarationError, StackError
from tanada.stacks import fast
from tanada.stacks.app import synthesize
from tanada.stacks.extending import Extension, found
from tanada.terraform.vet import vet_stack
from tests.offline.terraform_runs import Stack

HERE = Path(__file__).parent
SYSTEM = HERE / "function"

fast.activate([SYSTEM / "extensions"])


@pytest.fixture(scope="session")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("function") / "cdktf.out"
    synthesize(load(SYSTEM), folder, SYSTEM)
    return {file.parent.name: json.loads(file.read_text()) for file in sorted(folder.glob("stacks/*/cdk.tf.json"))}


@pytest.fixture
def team(tmp_path: Path) -> Path:
    shutil.copytree(SYSTEM, tmp_path / "team")
    return tmp_path / "team"


def test_whoever_reaches_it_gets_its_words_and_its_permissions_and_nobody_else(
    emitted: dict[str, dict[str, Any]],
) -> None:
    for stack in ("environment-test", "review"):
        resources = emitted[stack]["resource"]
        [container] = json.loads(resources["aws_ecs_task_definition"]["web_task_definition"]["container_definitions"])
        assert {"name": "PDF_URL", "value": "${aws_lambda_function_url.pdf_url.function_url}"} in container[
            "environment"
        ]
        granted = {
            name for name, each in resources["aws_iam_role_policy"].items() if "InvokeFunctionUrl" in each["policy"]
        }
        assert granted == {"web_task_policy"}
        assert "${aws_lambda_function.pdf.arn}" in resources["aws_iam_role_policy"]["web_task_policy"]["policy"]


def test_what_is_made_last_may_change_what_there_is(emitted: dict[str, dict[str, Any]]) -> None:
    resources = emitted["environment-test"]["resource"]
    assert resources["aws_ecs_service"]["web_service"]["alarms"] == {
        "alarm_names": ["${aws_cloudwatch_metric_alarm.errors_of_pdf.alarm_name}"],
        "enable": True,
        "rollback": True,
    }
    parameter = emitted["common-main"]["resource"]["aws_ssm_parameter"]["vpc"]
    assert parameter["value"] == "${aws_vpc.network_vpc.id}"


@pytest.mark.terraform
@pytest.mark.slow
def test_it_is_applied_and_a_second_plan_is_empty(emitted: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    """Of types, too, that Tanada has no entry of."""
    with offline.start(tmp_path / "ids", container=False) as provider:
        common = Stack(tmp_path, {}, "common-main", provider).write(emitted["common-main"])
        common.apply()
        test = Stack(tmp_path, {"TF_VAR_image_tags": '{"web": "a"}'}, "environment-test", provider)
        test.write(emitted["environment-test"], common_main=common.folder).apply()
        assert test.plan() == {}
        assert common.plan() == {}


def test_what_it_emits_is_vetted_as_all_else(emitted: dict[str, dict[str, Any]]) -> None:
    """A plain edit passes; what no base emits does not, be it in another's extension."""
    edited = json.loads(json.dumps(emitted["environment-test"]).replace("python3.13", "python3.14"))
    assert vet_stack("environment-test", edited, emitted) == []
    edited["resource"]["aws_lambda_function"]["pdf"]["description"] = '${file("/etc/passwd")}'
    [refused] = vet_stack("environment-test", edited, emitted)
    assert refused.endswith("pdf.description: calls file(), which Tanada doesn't emit")


def changed(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        text = (root / file).read_text()
        assert old in text
        (root / file).write_text(text.replace(old, new))

    return change


ENVIRONMENT = "extensions/environment.py"
PDF = 'return {"pdf": offer({"url": url.function_url}, access=[may])}'
WRONG: dict[str, tuple[Callable[[Path], None], str]] = {
    "a part that isn't there": (changed(ENVIRONMENT, 'stores["code"]', 'stores["cod"]'), r":\d+: KeyError: 'cod'"),
    "an argument that isn't there": (
        changed(ENVIRONMENT, "authorization_type=", "authorisation_type="),
        r":\d+: TypeError: .*unexpected keyword argument 'authorisation_type'",
    ),
    "no Python": (changed(ENVIRONMENT, "-> dict[str, Reachable]:", "->"), r":\d+: SyntaxError: .*"),
    "no function": (
        changed(ENVIRONMENT, "def ", "def my_"),
        r": has no function extend\(it\), nor reachable\(it\): write what it makes into one of them\.",
    ),
    "what isn't declared": (
        changed(ENVIRONMENT, PDF, 'return {"pdf": offer({"url": ""}), "png": offer({})}'),
        r': makes "png" to be reached; write extensions: \{png: …\} into the declaration, too',
    ),
    "what isn't made": (
        changed(ENVIRONMENT, PDF, "return {}"),
        r': makes no "pdf", which the declaration\'s extensions name; let reachable\(it\) give it',
    ),
    "another thing": (
        changed(ENVIRONMENT, PDF, 'return {"pdf": url}  # type: ignore'),
        r": reachable\(it\) gives something else than a mapping of names to what offer\(…\) makes",
    ),
    "other words": (
        changed(ENVIRONMENT, '{"url": url', '{"uri": url'),
        r': gives "pdf" other words \(uri\) than extensions\.pdf\.words \(url\)',
    ),
    "more rights": (
        changed(ENVIRONMENT, "actions=(", 'actions=("lambda:GetFunction", '),
        r': gives whoever reaches "pdf" lambda:GetFunction; write it into extensions\.pdf\.actions',
    ),
    "what no one can reach": (
        changed("extensions/common.py", "def extend(it: Common)", "def reachable(it: Common)"),
        r"extensions/common\.py: reachable\(it\) is an environment's: services reach nothing of a common layer\.",
    ),
}


def test_what_is_wrong_is_one_sentence_with_its_file_and_line(team: Path, tmp_path: Path) -> None:
    whole = {file: file.read_text() for file in (team / "extensions").glob("*.py")}
    system = load(team)
    for number, (what, (change, said)) in enumerate(WRONG.items()):
        change(team)
        with pytest.raises(StackError, match=f"^(extensions/environment\\.py)?{said}$") as caught:
            synthesize(system, tmp_path / f"out-{number}", team)
        assert "\n" not in str(caught.value), what
        assert not (tmp_path / f"out-{number}").exists()
        for file, text in whole.items():
            file.write_text(text)


def test_a_check_knows_what_nothing_makes_without_running_anything(team: Path) -> None:
    (team / "extensions/environment.py").write_text("raise SystemExit('run')")
    load(team)
    (team / "extensions/review.py").rename(team / "extensions/reviews.py")
    with pytest.raises(DeclarationError) as caught:
        load(team)
    assert str(caught.value).splitlines() == [
        "extensions/reviews.py:1:1: is not read; review.py is, so give it that name",
        "system.yaml:19:5: blueprint.extensions.pdf: nothing makes it: there is no extensions/review.py; "
        "write it, with a function reachable(it)",
    ]


def test_a_link_is_refused(team: Path) -> None:
    (team / "extensions/common.py").unlink()
    (team / "extensions/common.py").symlink_to("environment.py")
    with pytest.raises(StackError, match=r"^extensions/common\.py: is a link; put what it leads to in its place\.$"):
        found(team, "common")


def test_no_compiled_file_is_read_or_written(team: Path) -> None:
    """One that a commit brings along would be code that nobody sees."""
    import py_compile

    file, other = team / "extensions/review.py", team / "other.py"
    text = "def extend(it): raise KeyError('hidden')\n"
    file.write_text(text)
    compiled = py_compile.compile(str(file))
    stamp = file.stat()
    file.write_text("def extend(it): raise KeyError('shown!')\n")
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert len(text) == len(file.read_text())
    assert compiled is not None
    assert not other.exists()
    with pytest.raises(StackError, match="shown!"):
        Extension(team, "review").extend(lambda: None)


def test_its_text_is_the_input_of_the_stacks_of_its_kind(team: Path) -> None:
    """An edit costs these, and a file that another one imports counts with it."""
    (team / "extensions/common.py").unlink()
    before = read(team, dict(os.environ) | {"TANADA_CACHE": "1"})
    changed("extensions/pdf.py", "1.7", "2.0")(team)
    after = read(team, dict(os.environ) | {"TANADA_CACHE": "1"})
    assert before is not None
    assert after is not None
    assert before.makers == after.makers
    assert before.key != after.key
    assert before.beside != after.beside
    kinds = ("common-main", "environment-test", "review")
    assert [before.extending(each) == after.extending(each) for each in kinds] == [True, False, False]
    assert not cache.same(SYSTEM, team, dict(os.environ) | {"TANADA_CACHE": "1"}, meaning)
