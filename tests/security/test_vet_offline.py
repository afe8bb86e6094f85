"""What fails the vetting is planned offline, without credentials, where nothing of it runs, fetches or reads."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tanada.terraform import taken
from tanada.terraform.layout import Layout
from tanada.terraform.vet import vet
from tanada.terraform.vet_offline import objections
from tests.security.test_take import asked, take, whole
from tests.terraform.test_changes_since import Team, team  # noqa: F401 - a fixture

Stack = dict[str, Any]
BASE: Stack = {
    "terraform": {
        "backend": {"s3": {"bucket": "kakei-state", "key": "kakei/environment-test.tfstate"}},
        "required_providers": {"aws": {"source": "aws", "version": "6.0.0"}},
    },
    "provider": {"aws": [{"region": "ap-northeast-1"}]},
    "data": {"terraform_remote_state": {"common": {"backend": "s3", "config": {"key": "kakei/common-main.tfstate"}}}},
    "resource": {"terraform_data": {"web": {"input": 1}}},
}


@pytest.fixture
def head() -> Stack:
    return copy.deepcopy(BASE)


def put(*path: str, value: Any) -> Callable[[Stack], None]:
    def spoil(head: Stack) -> None:
        place = head
        for each in path[:-1]:
            place = place.setdefault(each, {})
        place[path[-1]] = value

    return spoil


HARMLESS = {
    "a data source of AWS": put("data", "aws_ssm_parameter", "x", value={"name": "x"}),
    "another region": put("provider", "aws", value=[{"region": "us-east-1"}]),
    "another state": put("terraform", "backend", value={"s3": {"bucket": "evil", "key": "x"}}),
    "a question": put("output", "x", value={"value": "${can(terraform_data.web.input)}"}),
    "a function of its arguments": put("output", "x", value={"value": '${upper("a")}'}),
    "an identifier": put("output", "x", value={"value": '${replace("${terraform_data.web.input}-x", "/-+/", "-")}'}),
    "what is there": put("import", value=[{"to": "terraform_data.web", "id": "x"}]),
}
RUNS = {
    "a provisioner": put("resource", "terraform_data", "web", value={"provisioner": {"local-exec": {"command": "x"}}}),
    "a connection": put("resource", "terraform_data", "web", value={"connection": {"host": "x"}}),
    "a module": put("module", "x", value={"source": "https://example.jp/x.zip"}),
    "another provider": put("terraform", "required_providers", value={"aws": {"source": "example.jp/evil/aws"}}),
    "a provider's settings": put("provider", "external", value={}),
    "a cloud": put("terraform", "cloud", value={"organization": "x"}),
    "a program": put("data", "external", "x", value={"program": ["sh"]}),
    "a fetch": put("data", "http", "x", value={"url": "https://example.jp"}),
    "a state elsewhere": put(
        "data", "terraform_remote_state", "x", value={"backend": "http", "config": {"address": "x"}}
    ),
    "a list of states": put("data", "terraform_remote_state", "x", value=[{"backend": "http"}]),
    "a file": put("output", "x", value={"value": '${file("/proc/self/environ")}'}),
    "a template": put("output", "x", value={"value": '${templatefile("/etc/passwd", {})}'}),
    "what can't be read": put("output", "x", value={"value": "${<<x}"}),
    "a flood": put("resource", "terraform_data", "web", value={"count": 10**9}),
    "a flood by an expression": put("resource", "terraform_data", "web", value={"count": "${1000000000}"}),
    "what grows": put("locals", value={"a": '${jsonencode("x")}', "b": "${jsonencode(local.a)}"}),
    "a function that multiplies": put("output", "x", value={"value": '${replace("aa", "a", "aa")}'}),
    "a separator that multiplies": put("output", "x", value={"value": '${join("aa", ["", ""])}'}),
    "what multiplies before it is shortened": put(
        "output", "x", value={"value": '${replace(replace("aa", "a", "aa"), "/-+/", "-")}'}
    ),
    "what multiplies beside what is shortened": put(
        "output", "x", value={"value": '${upper(replace("aa", "a", "--"), "/-+/", "-")}'}
    ),
    "a loop": put("output", "x", value={"value": "${[for a in [1] : a]}"}),
    "what is let go": put("removed", value=[{"from": "x", "provisioner": [{"local-exec": {"command": "x"}}]}]),
}


@pytest.mark.parametrize("case", HARMLESS)
def test_what_cannot_run_anything_is_planned_offline(case: str, head: Stack) -> None:
    HARMLESS[case](head)
    assert vet(head, BASE), "with credentials it is not"
    assert objections(head, {"environment-test": BASE}) == []


@pytest.mark.parametrize("case", RUNS)
def test_what_runs_fetches_or_reads_is_planned_nowhere(case: str, head: Stack) -> None:
    RUNS[case](head)
    assert vet(head, BASE)
    assert objections(head, {"environment-test": BASE})


def test_what_may_grow_is_planned_offline_as_the_base_says_it(head: Stack) -> None:
    def of(name: str, between: str = ",") -> Stack:
        return {**head, "output": {"x": {"value": f'${{join("{between}", [{name}, local.tag])}}'}}}

    base = {"environment-test": of("terraform_data.web.id")}
    assert objections(of("terraform_data.other.id"), base) == []
    assert objections(of("terraform_data.other.id", ",,"), base)
    assert objections(of("terraform_data.other.id"), {"environment-test": BASE})


def test_a_stack_that_is_too_deep_is_one_sentence(head: Stack) -> None:
    deep: Any = []
    for _ in range(900):
        deep = [deep]
    head["output"] = deep
    assert objections(head, {}) == ["is nested too deep"]


def test_a_job_without_an_identity_plans_what_is_harmless_and_no_other(team: Team, tmp_path: Path) -> None:  # noqa: F811
    team.write("README.md", "more than a declaration")
    reads = {"resource": {"terraform_data": {"web": {"input": '${upper("a")}'}}}}
    runs = {"resource": {"terraform_data": {"web": {"provisioner": {"local-exec": {"command": "true"}}}}}}
    found = take(team, asked(team), whole(tmp_path / "handed", environment_test=reads, review=runs))
    assert set(found.refused) == {"environment-test", "review"}
    assert found.planned_offline == ("environment-test",)
    assert found.held("environment-test", offline=False)
    assert found.held("environment-test", offline=True), "this job may have an identity"
    assert found.held("environment-test", offline=True, bare=True) == ()
    assert found.held("review", offline=True, bare=True)
    assert found.offline["review"] == ("resource.terraform_data.web.provisioner: runs commands",)
    layout = Layout(team.root)
    assert taken.read(layout) == found
    taken.emit(layout)
    assert not layout.configuration("environment-test").exists()
    taken.emit_offline(layout, found.planned_offline)
    assert b"upper" in layout.configuration("environment-test").read_bytes()
