"""Each row of docs/changes.md, on the real terraform: in which order things go, what is said, what AWS refuses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tanada.stacks import fast
from tanada.terraform.answered import refusals, wanted
from tests.changes.catalogue import CHANGES, TURNING_BACK, Change, declarations
from tests.changes.faults import faults
from tests.changes.played import STACKS, Account, Refused

fast.activate([Path(__file__).parent])
DOCUMENT = Path(__file__).parents[2] / "docs" / "changes.md"
Before = Callable[[Change], Account]
WWW = "environment-www"
FORCED = ("aws_eip", "aws_internet_gateway", "aws_vpc")
"""Types that are made before they are destroyed for the sake of what depends on them: no two of any meet by name."""


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Before:
    """The account as it stands before a change; applied once for all changes of the same, and a common layer once for
    all accounts that have the same."""
    accounts: dict[str, Account] = {}
    commons: dict[str, Path] = {}

    def before(change: Change) -> Account:
        declared = declarations(change.before, www=change.another[0] if change.another else None)
        key = json.dumps(declared)
        if key not in accounts:
            account = Account(tmp_path_factory.mktemp("account"))
            account.declare(declared)
            common, *others = (*STACKS, *([WWW] if change.another else []))
            offline, text = account.root / "offline", account.emitted(common)
            if text in commons:
                shutil.copytree(commons[text], offline, symlinks=True)
            else:
                with account.opened():
                    account.make(common)
                commons[text] = shutil.copytree(offline, tmp_path_factory.mktemp("common") / "offline", symlinks=True)
            with account.opened():
                for stack in others:
                    account.make(stack)
            accounts[key] = account
        return accounts[key]

    return before


def rows() -> Iterator[str]:
    """First cells of the document's tables."""
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and not line.startswith(("| change |", "| :--")):
            yield line.split(" | ")[0].removeprefix("| ")


def test_the_document_tells_of_each_change_and_of_no_other() -> None:
    assert list(rows()) == [change.what for change in CHANGES]


@pytest.mark.terraform
@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.what)
def test_an_apply_can_be_done_in_its_order(change: Change, applied: Before, tmp_path: Path) -> None:
    account = applied(change).copy(tmp_path / "account")
    account.declare(declarations(change.before, change.after, www=change.another[1] if change.another else None))
    found: set[str] = set()
    said: list[str] = []
    with account.opened():
        for index, stack in enumerate(change.stacks):
            plan = account.plan(stack, destroy=change.destroy)
            if isinstance(plan, Refused):
                assert change.refused
                assert change.refused in plan.said
                return
            assert not plan.summary.unread_types
            found |= faults(plan)
            said += [caution.words for caution in plan.summary.cautions]
            answers = refusals(wanted(plan.shown), account.state(stack), account.neighbours(stack), account.state_of)
            assert bool(answers) == bool(change.answered), answers
            assert all(each.startswith(change.answered) for each in answers)
            refused = account.apply(stack)
            assert change.aws.get(index, "") in refused
            assert bool(refused) == (index in change.aws), refused
    assert not change.refused
    assert found == set(change.faults), "an apply in a worse order than docs/changes.md tells of"
    # What is not in order is said before it is approved.
    assert len(said) == len(change.says), said
    assert all(words.startswith(start) for words, start in zip(said, change.says, strict=True)), said
    assert said or not change.faults


@pytest.mark.terraform
@pytest.mark.slow
def test_what_ecs_writes_when_it_moves_requests_is_no_difference(applied: Before, tmp_path: Path) -> None:
    """The other target group answers, as after each second deployment; then the way back costs a gap, and says so."""
    account = applied(TURNING_BACK).copy(tmp_path / "account")
    file = account.root / "offline" / STACKS[1] / "terraform.tfstate"
    state = json.loads(file.read_text())
    [rule] = [each for each in state["resources"] if each["type"] == "aws_lb_listener_rule"]
    [forward] = rule["instances"][0]["attributes"]["action"][0]["forward"]
    for group in forward["target_group"]:
        group["weight"] = 100 - group["weight"]
    forward["stickiness"] = [{"enabled": False, "duration": 0}]
    file.write_text(json.dumps({**state, "serial": state["serial"] + 1}))
    with account.opened():
        plan = account.plan(STACKS[1])
        assert not isinstance(plan, Refused)
        assert {tuple(each["change"]["actions"]) for each in plan.shown["resource_changes"]} <= {("no-op",), ("read",)}
        account.declare(declarations(TURNING_BACK.before, TURNING_BACK.after))
        back = account.plan(STACKS[1])
        assert not isinstance(back, Refused)
        [caution] = back.summary.cautions
        assert caution.words.startswith("web answers 503 until its new tasks are well: its second target group answers")


@pytest.mark.terraform
def test_only_what_may_stand_twice_is_made_before_it_is_destroyed(applied: Before) -> None:
    """What is made first makes all that it depends on so, in silence: of what has a name in AWS no second one can be
    made beside the first."""
    account = applied(CHANGES[0])
    for stack in STACKS:
        emitted = json.loads((account.root / "cdktf.out" / "stacks" / stack / "cdk.tf.json").read_text())["resource"]
        state = json.loads((account.root / "offline" / stack / "terraform.tfstate").read_text())
        first = {
            (each["type"], each["name"])
            for each in state["resources"]
            if any(instance.get("create_before_destroy") for instance in each["instances"])
        }
        said = {
            (type_, name)
            for type_, resources in emitted.items()
            for name, resource in resources.items()
            if resource.get("lifecycle", {}).get("create_before_destroy")
        }
        assert said <= first
        assert {type_ for type_, _ in first - said} <= set(FORCED)
