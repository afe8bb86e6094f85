"""checkov over the plan of every stack of every system, parliament over every policy: each finding is answered."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tanada import offline
from tanada.declarations.loader import load
from tanada.stacks.app import synthesize
from tests.checked import judged
from tests.checked.answers import Answer, Finding, faults, read
from tests.checked.judged import ROOT, Judged
from tests.offline.terraform_runs import Stack

pytestmark = [pytest.mark.checked, pytest.mark.slow]
Plans = dict[str, dict[str, Any]]
MOST = 16


def test_each_finding_of_checkov_is_answered_and_each_answer_needed(verdict: Judged) -> None:
    assert verdict.passed > 10_000
    assert faults(verdict.checkov, read("answers.yaml")) == []


def test_there_are_few_answers() -> None:
    assert len(read("answers.yaml")) <= MOST, "mend what is emitted instead"


def test_each_finding_of_parliament_is_answered_and_each_answer_needed(verdict: Judged) -> None:
    assert faults(verdict.parliament, read("policies.yaml")) == []


def test_a_real_plan_is_judged_alike(plans: Plans, verdict: Judged, tmp_path: Path) -> None:
    """Terraform's own first plan of a stack, in which ids are unknown."""
    synthesize(load(ROOT), tmp_path / "out")
    stack = json.loads((tmp_path / "out/stacks/common-main/cdk.tf.json").read_text())
    with offline.start(tmp_path / "ids", container=False) as provider:
        real = Stack(tmp_path, {}, "common-main", provider).write(stack)
        real.must("plan", "-out=plan")
        plan = json.loads(real.must("show", "-json", "plan"))
    found = {(each.check, each.place) for each in judged.ask({"default/common-main": plan}).checkov}
    ours = {(each.check, each.place) for each in verdict.checkov if each.place.startswith("default/common-main ")}
    policies = {check for check, place in ours - found if "_policy." in place or "aws_iam_" in place}
    assert policies <= {"CKV_AWS_289", "CKV_AWS_290", "CKV_AWS_355"}, "unknown, and so unjudged, in a first plan"
    assert {each for each in ours if each[0] not in policies} == {each for each in found if each[0] not in policies}
    assert len(found) > 15


BREAKS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a database without encryption": ("aws_db_instance", {"storage_encrypted": False}, "CKV_AWS_16"),
    "a database with an address": ("aws_db_instance", {"publicly_accessible": True}, "CKV_AWS_17"),
    "a load balancer that takes any header": ("aws_lb", {"drop_invalid_header_fields": False}, "CKV_AWS_131"),
    "a group open to all at SSH's port": (
        "aws_vpc_security_group_ingress_rule",
        {"cidr_ipv4": "0.0.0.0/0", "referenced_security_group_id": None, "from_port": 22, "to_port": 22},
        "CKV_AWS_24",
    ),
    "a role that may do anything": (
        "aws_iam_role_policy",
        {"policy": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'},
        "CKV_AWS_62",
    ),
}


def test_what_is_broken_is_found_and_not_answered(plans: Plans) -> None:
    """The proof of the proof: in one plan, each its own resource."""
    plan = copy.deepcopy(plans["database/environment-test"] | {})
    common = plans["default/common-main"]
    broken = plan["planned_values"]["root_module"]["resources"]
    broken += copy.deepcopy(common["planned_values"]["root_module"]["resources"])
    for type_, spoilt, _ in BREAKS.values():
        next(each for each in broken if each["type"] == type_)["values"].update(spoilt)
    said = judged.ask({"database/environment-test": plan})
    left = "\n".join(faults(said.checkov, read("answers.yaml")))
    for what, (_, _, check) in BREAKS.items():
        assert f"{check} (" in left, what
    assert "RESOURCE_STAR" in "\n".join(faults(said.parliament, read("policies.yaml")))


def test_an_answer_has_to_be_needed() -> None:
    finding = Finding("CKV_1", "a/common-main aws_lb.one", "what it is called")
    wide = Answer("", {"CKV_1": ["* aws_lb.*"]})
    assert faults([finding], [wide]) == []
    assert faults([finding], []) == ["CKV_1 (what it is called): a/common-main aws_lb.one"]
    assert faults([], [wide]) == ["CKV_1: nothing is found at '* aws_lb.*' that no line before it answers"]
    twice = Answer("", {"CKV_1": ["* aws_lb.one"]})
    assert faults([finding], [wide, twice]) == [
        "CKV_1: nothing is found at '* aws_lb.one' that no line before it answers"
    ]
    assert "names no type" in faults([finding], [Answer("", {"CKV_1": ["*"]})])[0]
