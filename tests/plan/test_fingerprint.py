"""Two plans that do the same have one fingerprint; two that don't have two."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tanada.plan import fingerprint, summary

PLANS = Path(__file__).parent / "resource_plans"
CHANGED: dict[str, Any] = json.loads((PLANS / "changed.json").read_text(encoding="utf-8"))


KEY = b"k" * 32
CALLED = summary(CHANGED).called


def of(plan: dict[str, Any], key: bytes | None = None) -> str:
    return summary(plan, key=key).called


@pytest.mark.terraform
def test_two_plans_of_one_configuration_and_state_by_the_real_terraform_have_one(tmp_path: Path) -> None:
    configuration = {
        "variable": {"word": {"default": "hunter2", "sensitive": True}, "size": {"default": 1}},
        "resource": {
            "terraform_data": {
                "a": {"input": {"time": "${plantimestamp()}", "word": "${var.word}", "size": "${var.size}"}},
                "b": {"input": "${terraform_data.a.id}"},
            }
        },
        "output": {"time": {"value": "${plantimestamp()}"}},
    }
    (tmp_path / "main.tf.json").write_text(json.dumps(configuration))
    environment = {"PATH": os.environ["PATH"], "CHECKPOINT_DISABLE": "1"}

    def terraform(*arguments: str) -> str:
        done = subprocess.run(["terraform", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def planned(*arguments: str) -> dict[str, Any]:
        terraform("plan", "-out=plan", *arguments)
        shown: dict[str, Any] = json.loads(terraform("show", "-json", "plan"))
        return shown

    terraform("init")
    first, second = planned(), planned()
    while second["timestamp"] == first["timestamp"]:  # whole seconds
        second = planned()
    assert of(first) == of(second)
    assert of(first) != of(planned("-var=size=2"))
    other = planned("-var=word=hunter3")
    assert of(first) == of(other), "sensitive values are not in it where there is no key"
    assert of(first, KEY) == of(second, KEY) != of(other, KEY)
    terraform("apply", "-auto-approve")
    assert of(first) != of(planned())


@pytest.mark.parametrize(
    "index", [i for i, item in enumerate(CHANGED["resource_changes"]) if item["change"]["actions"] != ["no-op"]]
)
def test_any_attribute_that_becomes_another_is_another_fingerprint(index: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint, "_slow", bytes.hex)  # of hundreds: what differs, differs before it is made slow
    called = of(CHANGED)
    change = CHANGED["resource_changes"][index]["change"]
    for name in change["after"]:
        if name in (change["after_unknown"] or {}) and change["after_unknown"][name] is True:
            continue
        if isinstance(change["after_sensitive"], dict) and change["after_sensitive"].get(name) is True:
            continue
        other = copy.deepcopy(CHANGED)
        other["resource_changes"][index]["change"]["after"][name] = "something else"
        assert of(other) != called, name


@pytest.mark.parametrize(
    "do",
    [
        lambda plan: plan["resource_changes"].pop(),
        lambda plan: plan["resource_changes"][0].update(previous_address="x.y"),
        lambda plan: plan["resource_changes"][0]["change"].update(importing={"id": "z"}),
        lambda plan: plan["output_changes"]["image_tags"]["after"].update(web="other"),
        lambda plan: plan.update(deferred_changes=[{"reason": "x", "resource_change": plan["resource_changes"][0]}]),
        lambda plan: plan.update(errored=True),
    ],
)
def test_what_else_a_plan_does_is_in_it(do: Any) -> None:
    changing = [item for item in CHANGED["resource_changes"] if item["change"]["actions"] != ["no-op"]]
    plan = copy.deepcopy({**CHANGED, "resource_changes": changing})
    before = of(plan)
    do(plan)
    assert of(plan) != before


@pytest.mark.parametrize(
    ("before", "after"), [(1, True), (0, False), (1, "1"), (1, 1.0), (0.0, -0.0), (None, ""), (None, False), ("a", "b")]
)
def test_values_of_two_kinds_are_two(before: Any, after: Any) -> None:
    """Python calls some of them equal, Terraform none."""

    def updated(after: Any) -> Any:
        change = {"actions": ["update"], "before": {"id": "x", "n": before}, "after": {"id": "x", "n": after}}
        entry = {"address": "aws_x.y", "type": "aws_x", "name": "y", "change": change}
        return {"format_version": "1.2", "resource_changes": [entry]}

    assert of(updated(after)) != of(updated(before))
    assert of(updated(after), KEY) != of(updated(before), KEY)


def test_what_only_stays_as_it_is_and_what_refresh_noticed_is_not_in_it() -> None:
    plan = copy.deepcopy(CHANGED)
    plan["resource_drift"] = plan["resource_changes"][:1]
    plan["resource_changes"] = [item for item in plan["resource_changes"] if item["change"]["actions"] != ["no-op"]]
    plan["resource_changes"].reverse()
    assert of(plan) == of(CHANGED)


def test_a_value_that_a_refresh_renews_and_apply_will_too_is_not_in_it() -> None:
    def at(time: str) -> dict[str, Any]:
        plan = copy.deepcopy(CHANGED)
        for item in plan["resource_changes"]:
            if item["address"] == "aws_db_instance.main":
                item["change"]["before"]["latest_restorable_time"] = time
                item["change"]["after"].pop("latest_restorable_time", None)
                item["change"]["after_unknown"]["latest_restorable_time"] = True
        return plan

    assert of(at("2026-11-21T10:00:00Z")) == of(at("2026-11-21T10:05:00Z"))


def test_a_variable_that_is_only_hidden_is_in_it() -> None:
    text = json.dumps(CHANGED)
    assert of(json.loads(text.replace("freshly-added", "other-words-x"))) != of(CHANGED)


def plan_of(resources: dict[str, Any], *, region: str = "eu-west-1", provisioner: str | None = None) -> dict[str, Any]:
    """A plan that makes each resource, beside variables `create`, `delete`, `alpha` and `omega` that are sensitive."""
    words = ("create", "delete", "alpha", "omega")
    ran = [{"type": "local-exec", "expressions": {"command": {"constant_value": provisioner}}}] if provisioner else []
    return {
        "format_version": "1.2",
        "variables": {word: {"value": word} for word in words},
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": region}}}},
            "root_module": {
                "variables": {word: {"sensitive": True} for word in words},
                "resources": [
                    {"address": address.split("[")[0], "provider_config_key": "aws", "provisioners": ran}
                    for address in resources
                ],
            },
        },
        "resource_changes": [
            {"address": address, "mode": "managed", "type": "aws_x", "change": {"before": None, **change}}
            for address, change in resources.items()
        ],
    }


def creates(address: str = "aws_x.alpha", **change: Any) -> dict[str, dict[str, Any]]:
    return {address: {"actions": ["create"], "after": {"input": "same"}, **change}}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (plan_of(creates()), plan_of(creates("aws_x.omega"))),
        (plan_of(creates('aws_x.y["alpha"]')), plan_of(creates('aws_x.y["omega"]'))),
        (plan_of(creates()), plan_of(creates(actions=["delete"]))),
        (plan_of(creates()), plan_of(creates(), region="us-east-1")),
        (plan_of(creates(), provisioner="true"), plan_of(creates(), provisioner="rm -rf /")),
        (
            plan_of(creates(after={"y": "alpha"}, after_sensitive={"y": True})),
            plan_of(creates(after={"y": {"sensitive": "another"}})),
        ),
        (
            plan_of(creates(after={"y": {}}, after_unknown={"y": {"z": True}})),
            plan_of(creates(after={"y": {"z": {"unknown": True}}})),
        ),
        (plan_of(creates(after={"y": {"alpha": 1, "omega": 2}})), plan_of(creates(after={"y": {"omega": 2}}))),
    ],
    ids=["name", "key", "action", "region", "provisioner", "masked", "unknown", "keys"],
)
def test_no_other_plan_passes_for_it_because_its_words_are_secrets_or_no_attribute_says_it(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert of(one) != of(other)


def test_a_value_that_is_marked_is_in_it_with_a_key_alone() -> None:
    def holding(value: Any, key: bytes | None) -> str:
        return of(plan_of(creates(after={"secret": value}, after_sensitive={"secret": True})), key)

    for one, other in (("hunter2", "hunter3"), (123456, 654321), ('{"a": "hunter2"}', '{"a": "hunter3"}')):
        assert holding(one, None) == holding(other, None)
        assert holding(one, KEY) != holding(other, KEY)
    assert holding("hunter2", KEY) != holding("hunter2", b"l" * 32)


@pytest.mark.parametrize("key", [None, KEY])
def test_what_a_secret_elsewhere_says_too_is_in_it(key: bytes | None) -> None:
    """An ingress of one network, and of the world, beside a sensitive variable that holds the same text."""

    def opening(network: str) -> dict[str, Any]:
        plan = plan_of(creates(after={"ingress": [{"cidr_blocks": [network]}]}))
        plan["variables"]["alpha"]["value"] = network
        return plan

    assert of(opening("10.1.2.0/24"), key) != of(opening("0.0.0.0/0"), key)


def stretched(plan: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a guess at this plan costs more than a hash."""
    asked: list[bytes] = []
    real = hashlib.scrypt

    def scrypt(password: bytes, **settings: Any) -> bytes:
        asked.append(password)
        return real(password, **settings)

    monkeypatch.setattr(hashlib, "scrypt", scrypt)
    return len(of(plan)) == 64 and bool(asked)


def test_a_guess_at_a_secret_that_stands_unmarked_elsewhere_is_no_mere_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(creates(after={"copy": "hunter2", "secret": "hunter2"}, after_sensitive={"secret": True}))
    assert stretched(plan, monkeypatch)


def test_a_secret_that_is_too_ordinary_to_be_looked_for_elsewhere_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    change = {"actions": ["create"], "before": None, "after": {"tags": {"api_token": "main"}}}
    entry = {"address": "aws_x.y", "mode": "managed", "type": "aws_x", "change": change}
    assert stretched({"format_version": "1.2", "resource_changes": [entry]}, monkeypatch)


def test_a_refresh_that_brings_a_secret_makes_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    change = {"actions": ["create"], "before": None, "after": {"copy": "hunter2"}}
    entry = {"address": "aws_x.y", "mode": "managed", "type": "aws_x", "change": change}
    plan = {"format_version": "1.2", "resource_changes": [entry]}
    values = {"root_module": {"resources": [{"values": {"tags": {"api_token": "tok-0123456789abcdef"}}}]}}
    refreshed = {**plan, "prior_state": {"values": values}, "planned_values": values}
    assert of(refreshed) == of(plan)
    assert not stretched(refreshed, monkeypatch)


def test_with_a_key_a_plan_has_both() -> None:
    plan = plan_of(creates(after={"a": 1}))
    with_key, without = summary(plan, key=KEY), summary(plan)
    assert with_key.fingerprint == without.fingerprint == without.called
    assert with_key.called == with_key.keyed != with_key.fingerprint
    assert without.keyed == ""


def test_what_only_the_apply_knows_counts_by_its_text() -> None:
    """A policy that names a table which is yet to be made is unknown as a whole."""
    plan = {
        "format_version": "1.2",
        "resource_changes": [
            {
                "address": "aws_iam_role_policy.web",
                "mode": "managed",
                "type": "aws_iam_role_policy",
                "name": "web",
                "change": {
                    "actions": ["create"],
                    "before": None,
                    "after": {"name": "web"},
                    "after_unknown": {"policy": True},
                },
            }
        ],
        "output_changes": {
            "arn": {"actions": ["create"], "before": None, "after_unknown": True, "after_sensitive": False}
        },
    }

    def emitted(action: str = "dynamodb:GetItem", output: str = "${aws_iam_role.web.arn}", note: str = "a") -> Any:
        policy = f'{{"Action": "{action}", "Resource": "${{aws_dynamodb_table.sessions.arn}}"}}'
        return {
            "resource": {"aws_iam_role_policy": {"web": {"//": {"metadata": note}, "policy": policy}}},
            "output": {"arn": {"value": output}},
        }

    def known(**words: str) -> tuple[str, str]:
        found = summary(plan, key=KEY, emitted=emitted(**words))
        return found.fingerprint, found.keyed

    one = known()
    assert known(note="b") == one
    for other in (known(action="*"), known(output="${var.other}")):
        assert all(a != b for a, b in zip(one, other, strict=True))
    elsewhere = {**emitted(), "resource": [emitted("*")["resource"]]}
    listed = {**emitted(), "resource": [emitted()["resource"]]}
    assert summary(plan, emitted=elsewhere).fingerprint != summary(plan, emitted=listed).fingerprint


def test_as_whom_another_account_is_entered_is_in_it() -> None:
    """A plan's JSON says of such a role that a variable decides, and no more."""
    plan = plan_of(creates())
    said = {"expressions": {"assume_role": [{"role_arn": {"references": ["var.role_of_zones"]}}]}}
    plan["configuration"]["provider_config"] = {"aws.zone_example_jp": said}
    plan["configuration"]["root_module"]["resources"][0]["provider_config_key"] = "aws.zone_example_jp"

    def entered(role: str, alias: str = "zone_example_jp") -> str:
        provider = {"alias": alias, "assume_role": [{"role_arn": f'${{var.role_of_zones == "plan" ? "a" : "{role}"}}'}]}
        return summary(plan, emitted={"provider": {"aws": [{"region": "r"}, provider]}}).called

    assert entered("dns") == entered("dns")
    assert entered("dns") != entered("admin")
    assert entered("dns", "zone_example_com") == entered("admin", "zone_example_com"), "by another it isn't made"
