"""Faults of the offline provider, on the real terraform: what each shows, and what the next apply does."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tanada import offline
from tanada.offline import player
from tanada.offline.address import FAULTS
from tanada.offline.aftermath import Aftermath
from tanada.offline.faults import parse
from tests.offline.terraform_runs import Result, Stack, configuration, everything

ROLE: dict[str, Any] = {"name": "web", "assume_role_policy": "{}"}
TABLE: dict[str, Any] = {"name": "visits", "hash_key": "id", "attribute": [{"name": "id", "type": "S"}]}
BOTH = {"aws_iam_role": {"web": ROLE}, "aws_dynamodb_table": {"visits": {**TABLE, "billing_mode": "PAY_PER_REQUEST"}}}
CHANGED = {**BOTH, "aws_iam_role": {"web": {**ROLE, "description": "of the web"}}}
WITHOUT = {"aws_dynamodb_table": BOTH["aws_dynamodb_table"]}

pytestmark = pytest.mark.terraform


class Life:
    """A stack whose commands have each a provider of their own, as those of `tanada` do."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.monkeypatch = monkeypatch

    @contextmanager
    def stack(self, *faults: str, resources: Any = BOTH, **more: Any) -> Iterator[Stack]:
        """Its stack while these faults are declared."""
        self.monkeypatch.setenv(FAULTS, "\n".join(faults))
        with offline.start(self.folder / "offline", container=False) as provider:
            stack = Stack(self.folder, provider.environment).write(configuration(resources, **more))
            yield replace(stack, environment=provider.environment_for(stack.folder))

    def apply(self, *faults: str, resources: Any = BOTH, **more: Any) -> Result:
        with self.stack(*faults, resources=resources, **more) as stack:
            return stack.run("apply", "-auto-approve", "-no-color")

    def held(self) -> dict[str, str]:
        """Address → how the state has it: `""`, or `tainted`."""
        with self.stack() as stack:
            return {
                f"{resource['type']}.{resource['name']}": instance.get("status", "")
                for resource in stack.state().get("resources", ())
                if resource["mode"] == "managed"
                for instance in resource["instances"]
            }


@pytest.fixture
def life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Life:
    return Life(tmp_path, monkeypatch)


def counts(result: Result) -> str:
    found = re.search(r"Resources: .*", result.output)
    return found[0] if found else result.output


VISITS, WEB = "aws_dynamodb_table.visits", "aws_iam_role.web"


def test_before_the_effect_nothing_is_made_and_the_next_apply_makes_it(life: Life) -> None:
    failed = life.apply("aws_iam_role.* create fails 1")
    assert failed.code == 1
    assert "creating aws_iam_role (web): api error InternalFailure" in " ".join(failed.output.split())
    assert life.held() == {VISITS: ""}
    assert "1 added, 0 changed, 0 destroyed" in counts(life.apply("aws_iam_role.* create fails 1"))


def test_without_a_number_it_fails_each_time(life: Life) -> None:
    for _ in range(2):
        assert life.apply("aws_iam_role.web create fails").code == 1


def test_after_the_effect_it_is_there_and_the_next_apply_meets_it(life: Life) -> None:
    failed = life.apply("aws_iam_role.web create fails-after")
    assert "the connection was closed before an answer came" in " ".join(failed.output.split())
    assert life.held() == {VISITS: ""}
    met = life.apply()
    assert met.code == 1
    assert "EntityAlreadyExists" in met.output
    with life.stack() as stack:
        stack.must("import", "aws_iam_role.web", "web")
    assert "0 added, 0 changed, 0 destroyed" in counts(life.apply())


def test_an_update_that_was_done_is_found_by_the_next_plan(life: Life) -> None:
    life.apply()
    assert life.apply("aws_iam_role.web update fails-after 1", resources=CHANGED).code == 1
    with life.stack(resources=CHANGED) as stack:
        assert stack.plan() == {}
    assert "0 added, 0 changed, 0 destroyed" in counts(life.apply(resources=CHANGED))


def test_a_deletion_that_was_done_is_found_by_the_next_plan(life: Life) -> None:
    life.apply()
    assert life.apply("aws_iam_role.web delete fails-after 1", resources=WITHOUT).code == 1
    assert life.held() == {VISITS: "", WEB: ""}
    assert "0 added, 0 changed, 0 destroyed" in counts(life.apply(resources=WITHOUT))
    assert life.held() == {VISITS: ""}
    assert "1 added" in counts(life.apply()), "its name is free again"


def test_what_does_not_become_ready_is_tainted_and_made_anew(life: Life) -> None:
    failed = life.apply("aws_iam_role.web create fails-waiting 1")
    assert "waiting for it to become ready: timeout" in " ".join(failed.output.split())
    assert life.held() == {VISITS: "", WEB: "tainted"}
    assert "1 added, 0 changed, 1 destroyed" in counts(life.apply())


def test_an_update_that_does_not_become_ready_is_in_the_state(life: Life) -> None:
    life.apply()
    assert life.apply("aws_iam_role.web update fails-waiting 1", resources=CHANGED).code == 1
    assert life.held() == {VISITS: "", WEB: ""}
    assert "0 added, 0 changed, 0 destroyed" in counts(life.apply(resources=CHANGED))


def test_an_update_that_aws_takes_back_is_planned_again(life: Life) -> None:
    life.apply()
    assert life.apply("aws_iam_role.web update rolled-back 1", resources=CHANGED).code == 1
    assert "0 added, 1 changed, 0 destroyed" in counts(life.apply(resources=CHANGED))
    assert "0 added, 0 changed, 0 destroyed" in counts(life.apply(resources=CHANGED))


@pytest.mark.parametrize(("times", "applies"), [(24, 1), (25, 2), (60, 3)])
def test_throttling_shows_where_the_provider_s_tries_are_used_up(life: Life, times: int, applies: int) -> None:
    for last in [False] * (applies - 1) + [True]:
        result = life.apply(f"aws_iam_role.web create throttled {times}")
        assert result.code == (0 if last else 1)
        assert last or "exceeded maximum number of attempts, 25" in " ".join(result.output.split())


def test_what_is_not_seen_yet_is_made_again_which_aws_refuses(life: Life) -> None:
    assert life.apply("aws_iam_role.web create unseen 1").code == 0
    with life.stack() as stack:
        assert stack.plan() == {"aws_iam_role.web": ["create"]}
        assert stack.plan() == {}, "the plan that could not see it was not applied"


def test_what_is_in_use_goes_as_soon_as_it_is_not(life: Life) -> None:
    life.apply()
    fault = "aws_iam_role.web delete in-use 2"
    for _ in range(2):
        refused = life.apply(fault, resources=WITHOUT)
        assert refused.code == 1
        assert "deleting aws_iam_role (web): api error" in " ".join(refused.output.split())
        assert life.held() == {VISITS: "", WEB: ""}
    assert "1 destroyed" in counts(life.apply(fault, resources=WITHOUT))


def test_in_use_is_said_in_the_words_of_the_type(life: Life) -> None:
    group = {"aws_security_group": {"web": {"name": "web"}}}
    life.apply(resources=group)
    assert "api error DependencyViolation" in life.apply("* delete in-use 1", resources={}).output


@pytest.mark.parametrize(("fault", "made"), [("dies 1", {}), ("dies-after 1", {})])
def test_a_provider_that_dies_leaves_no_lock(life: Life, fault: str, made: dict[str, str]) -> None:
    alone = {"aws_iam_role": BOTH["aws_iam_role"]}
    died = life.apply(f"aws_iam_role.web create {fault}", resources=alone)
    assert died.code == 1
    assert "Error" in died.output
    assert life.held() == made
    again = life.apply(f"aws_iam_role.web create {fault}", resources=alone)
    if fault.startswith("dies-after"):
        assert "EntityAlreadyExists" in again.output
    else:
        assert "1 added" in counts(again)


@pytest.mark.parametrize("fault", ["killed", "killed-after"])
def test_a_terraform_that_is_killed_keeps_what_it_knew(life: Life, fault: str) -> None:
    ordered = {**BOTH, "aws_iam_role": {"web": {**ROLE, "depends_on": [VISITS]}}}
    killed = life.apply(f"aws_iam_role.web create {fault}", resources=ordered)
    assert killed.code == -9
    assert life.held() == {VISITS: ""}
    again = life.apply(f"aws_iam_role.web create {fault}", resources=ordered)
    if fault == "killed-after":
        assert "EntityAlreadyExists" in again.output
    else:
        assert "1 added" in counts(again)


def test_the_number_says_which_call_it_ends_at(life: Life) -> None:
    many = {"aws_iam_role": {"web": {**ROLE, "name": "web-${count.index}", "count": 5}}}
    killed = "aws_iam_role.web create killed 3"
    with life.stack(killed, resources=many) as stack:
        assert stack.run("apply", "-auto-approve", "-parallelism=1").code == -9
        assert len(stack.values("aws_iam_role", "web")) == 2
    assert "3 added" in counts(life.apply(killed, resources=many))


@pytest.mark.parametrize(
    ("call", "said"), [("plan", "planning aws_iam_role (web)"), ("read", "reading aws_iam_role (web)")]
)
def test_a_plan_and_a_refresh_fail_too(life: Life, call: str, said: str) -> None:
    life.apply()
    with life.stack(f"aws_iam_role.web {call} fails 1", resources=CHANGED) as stack:
        failed = stack.run("plan", "-no-color")
        assert failed.code == 1
        assert said in " ".join(failed.output.split())
        assert stack.plan() == {"aws_iam_role.web": ["update"]}


def test_a_data_source_fails_by_its_address(life: Life) -> None:
    zones = {"aws_availability_zones": {"here": {}, "there": {"state": "available"}}}
    with life.stack("data.aws_availability_zones.there read fails", resources={}, data=zones) as stack:
        failed = stack.run("plan", "-no-color")
    assert failed.code == 1
    assert failed.output.count("api error InternalFailure") == 1
    assert "with data.aws_availability_zones.there" in failed.output


def test_an_address_is_that_of_one_instance_stack_or_all(life: Life) -> None:
    roles = {
        "web": {**ROLE, "name": "web-${count.index}", "count": 2},
        "api": {**ROLE, "name": "api", "description": "${var.said}"},
    }
    variables = {"variable": {"said": {"default": "x"}}}
    life.apply(resources={"aws_iam_role": roles}, **variables)
    for pattern, deleted in (
        ("aws_iam_role.web[1]", 1),
        ("common-main/aws_iam_role.web", 2),
        ("common-other/*", 0),
        ("*", 3),
    ):
        with life.stack(f"{pattern} delete fails", resources={}) as stack:
            failed = stack.run("apply", "-auto-approve", "-refresh=false", "-no-color")
            assert failed.output.count("api error InternalFailure") == deleted
            stack.write(configuration({"aws_iam_role": roles}, **variables)).apply()


def test_declared_wrongly_it_is_a_sentence(life: Life) -> None:
    with pytest.raises(offline.OfflineError, match="there is no fault 'fail'"), life.stack("* create fail"):
        pass


def test_where_none_is_declared_nothing_is_kept(life: Life, tmp_path: Path) -> None:
    life.apply()
    assert not (tmp_path / "offline" / "aftermath.sqlite").exists()
    assert json.loads((tmp_path / "offline" / "common-main" / "terraform.tfstate").read_text())["resources"]


def test_each_of_all_types_is_found_by_its_address(life: Life, tmp_path: Path) -> None:
    made = everything("666666666666")
    made["resource"]["aws_ecr_repository"]["web"]["force_delete"] = True
    named = [f"{kind}.{name}" for kind, each in made["resource"].items() for name in each if kind != "terraform_data"]
    faults = [f"{address} {call} throttled 1" for address in named for call in ("create", "delete")]
    more = {name: block for name, block in made.items() if name != "resource"}
    applied = life.apply(*faults, resources=made["resource"], **more)
    assert applied.code == 0, applied.output
    gone = life.apply(*faults, resources={}, provider=made["provider"])
    assert gone.code == 0, gone.output
    counted = Aftermath(tmp_path / "offline" / "aftermath.sqlite")
    assert [fault for fault in faults if not counted.times(fault)] == []


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="reads /proc, as what is tested does")
def test_terraform_is_killed_between_two_writes_of_its_state(tmp_path: Path) -> None:
    """Half a state is another fault: whoever writes one goes on until it is whole."""
    state = tmp_path / "terraform.tfstate"
    writes = (
        "import sys, time\n"
        "with open(sys.argv[1], 'w') as state:\n"
        "    state.write('{\"serial\": '); state.flush(); print('half', flush=True)\n"
        "    time.sleep(0.2); state.write('2}'); state.flush(); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", writes, str(state)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writing:
        assert writing.stdout is not None
        assert writing.stdout.readline() == "half\n"
        player.end(parse("aws_vpc.a create killed")[0], writing.pid)
        assert writing.wait() == -signal.SIGKILL
    assert state.read_text() == '{"serial": 2}'
