"""Numbers of listener rules in applies: whatever moves, AWS never answers that one is in use."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tanada.stacks import fast
from tests.changes.catalogue import ENVIRONMENT, SYSTEM
from tests.changes.played import Account
from tests.offline_system import OfflineSystem

fast.activate([Path(__file__).parent])
TEST = "environment-test"
PATHS = ["/" + "a/" * depth + "*" for depth in range(1, 6)]


def declared(*paths: str, **settings: Any) -> dict[str, str]:
    """Services at these paths of one host, beside one at all others."""
    system = copy.deepcopy(SYSTEM)
    each = {"image": "backend", "port": 8080}
    services = {
        f"s{index}": {**each, "http": {"health_check": "/up", "paths": [path]}} for index, path in enumerate(paths)
    }
    system["blueprint"] = {"services": {"web": {**each, "http": {"health_check": "/up"}}, **services}}
    environment = json.dumps({**ENVIRONMENT, **settings})
    return {"system.yaml": json.dumps(system), "environments/test.yaml": environment}


def applied(account: Account, *stacks: str) -> dict[str, tuple[int, str]]:
    """The numbers and targets of the rules by their paths, after an apply and an empty plan."""
    with account.opened():
        for stack in stacks:
            account.make(stack)
            account.must(stack, "plan", "-no-color", "-input=false", "-detailed-exitcode")  # 2 where anything changes
    state = json.loads((account.root / "offline" / stacks[-1] / "terraform.tfstate").read_text())
    rules: dict[str, tuple[int, str]] = {}
    for each in state["resources"]:
        if each["type"] == "aws_lb_listener_rule":
            [values] = [instance["attributes"] for instance in each["instances"]]
            [*paths] = [path for one in values["condition"] for part in one["path_pattern"] for path in part["values"]]
            service = values["action"][0]["target_group_arn"].split("/")[1].split("-")[1]
            rules[" ".join(paths)] = (values["priority"], service)
    return rules


@pytest.mark.terraform
@pytest.mark.slow
def test_five_rules_change_their_order_in_one_apply(tmp_path: Path) -> None:
    """From one rule with an automatic number to five more with their own, to these in the reverse order, and back."""
    account = Account(tmp_path)
    account.declare(declared())
    assert applied(account, "common-main", TEST) == {"": (1, "web")}
    account.declare(declared(*PATHS))
    first = applied(account, "common-main", TEST)
    account.declare(declared(*reversed(PATHS)))
    second = applied(account, TEST)
    for rules, order in ((first, PATHS), (second, PATHS[::-1])):
        assert {path: service for path, (_, service) in rules.items()} == {
            "": "web",
            **{path: f"s{index}" for index, path in enumerate(order)},
        }
        longest_first = [*sorted(PATHS, key=len, reverse=True), ""]
        assert sorted(rules, key=lambda path: rules[path][0]) == longest_first
        assert all(14501 <= number <= 15000 for number, _ in rules.values())
    account.declare(declared(*reversed(PATHS), priorities=15001))
    moved = applied(account, TEST)
    assert {path: (number + 500, service) for path, (number, service) in second.items()} == moved
    account.declare(declared())
    assert applied(account, TEST)[""] == (40001, "web"), "behind all that environments number"


@pytest.mark.terraform
@pytest.mark.slow
def test_review_rules_have_the_next_free_numbers_in_the_right_order(tmp_path: Path) -> None:
    """A path that comes later comes before what is more general all the same."""

    def rules(*paths: str) -> dict[str, int]:
        files = declared(*paths)
        review = {"account": "main", "domain": "review.example.jp"}
        files = {"system.yaml": files["system.yaml"], "workspaces/review.yaml": json.dumps(review)}
        if not (tmp_path / "main.py").exists():
            OfflineSystem.new(tmp_path, files)
            system.must("plan", "common-main", "--offline")
            system.must("apply", "common-main", "--offline", "--yes", "--no-synth")
        system.declare(files)
        system.must("plan", *stack, "--image", "backend=1", "--offline")
        system.must("apply", *stack, "--offline", "--yes", "--no-synth")
        [text] = [text for path, text in system.states().items() if path.startswith("review")]
        found = {}
        for each in json.loads(text)["resources"]:
            if each["type"] == "aws_lb_listener_rule":
                [instance] = each["instances"]
                found[each["name"].split("_")[0]] = instance["attributes"]["priority"]
        return found

    system, stack = OfflineSystem(tmp_path), ("review", "--workspace", "kokuyou")
    assert rules() == {"web": 1}
    assert rules("/api/*") == {"s0": 2, "web": 3}
    three = rules("/api/*", "/api/v2/*")
    assert three["s1"] < three["s0"] < three["web"]
