"""Plans of every valid shape, for property tests: random values, marks and unknowns at any depth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

TYPES = (
    "aws_ecs_task_definition",
    "aws_ecs_service",
    "aws_db_instance",
    "aws_iam_policy",
    "aws_lambda_function",
    "terraform_data",
)
NAMES = ("name", "tags", "policy", "container_definitions", "environment", "variables", "ingress", "value", "secrets")
ACTIONS = (
    ["no-op"],
    ["create"],
    ["read"],
    ["update"],
    ["delete"],
    ["forget"],
    ["delete", "create"],
    ["create", "delete"],
    ["create", "forget"],
)

names = st.one_of(st.sampled_from(NAMES), st.text(max_size=6))
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(
        ["", "a\nb\nc", "x" * 400, "postgres://u:p@h", '{"a": [1]}', "[", '{"Statement": {"Action": "x"}}', "\x1b[2J"]
    ),
)


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    plain = st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(names, inner, max_size=3),
        st.lists(st.fixed_dictionaries({"name": names, "value": inner}), max_size=3),
    )
    return st.one_of(plain, plain.map(lambda value: json.dumps(value, allow_nan=False)))


values = st.recursive(scalars, containers, max_leaves=8)
attributes = st.dictionaries(names, values, max_size=4)


@st.composite
def overlays(draw: st.DrawFn, value: Any) -> Any:
    """Marks as Terraform lays them over a value; also ones that don't fit, as over a value that isn't known."""
    kind = draw(st.integers(0, 5))
    if kind == 0:
        return True
    if kind == 1:
        return draw(st.sampled_from([False, {}, [], {"other": True}, [True], None]))
    if isinstance(value, dict):
        return {key: draw(overlays(item)) for key, item in value.items()}
    if isinstance(value, list):
        return [draw(overlays(item)) for item in value]
    return False


@st.composite
def changes(draw: st.DrawFn, sides: st.SearchStrategy[Any] = attributes) -> Json:
    actions = draw(st.sampled_from(ACTIONS))
    before = None if actions in (["create"], ["read"]) else draw(sides)
    after = (
        None
        if actions in (["delete"], ["forget"])
        else draw(sides if before is None else st.one_of(sides, st.just(before)))
    )
    change: Json = {
        "actions": actions,
        "before": before,
        "after": after,
        "after_unknown": draw(st.one_of(st.just({}), overlays(after))),
        "before_sensitive": draw(st.one_of(st.just(False), overlays(before))),
        "after_sensitive": draw(st.one_of(st.just(False), overlays(after))),
    }
    if len(actions) == 2:
        steps = st.lists(st.one_of(names, st.integers(0, 3)), min_size=1, max_size=3)
        change["replace_paths"] = [[draw(names), *path[1:]] for path in draw(st.lists(steps, max_size=2))]
    if draw(st.integers(0, 8)) == 0:
        change["importing"] = {"id": "x"}
    return change


@st.composite
def resources(draw: st.DrawFn, index: int = 0) -> Json:
    kind = draw(st.sampled_from(TYPES))
    entry = {
        "address": f"{kind}.r{index}",
        "mode": draw(st.sampled_from(["managed", "managed", "data"])),
        "type": kind,
        "name": f"r{index}",
        "change": draw(changes()),
    }
    if draw(st.integers(0, 6)) == 0:
        entry["previous_address"] = f"{kind}.old{index}"
    if draw(st.integers(0, 6)) == 0:
        entry["action_reason"] = draw(st.sampled_from(["replace_because_tainted", "replace_by_request", "new_reason"]))
    return entry


@st.composite
def plans(draw: st.DrawFn) -> Json:
    entries = [draw(resources(index)) for index in range(draw(st.integers(0, 3)))]
    drift = [draw(resources(index)) for index in range(draw(st.integers(0, 1)))]
    message = st.text(max_size=20)
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "variables": {"plain": {"value": draw(values)}, "hidden": {"value": draw(values)}},
        "resource_changes": entries,
        "resource_drift": drift,
        "output_changes": {draw(names): draw(changes(values))} if draw(st.booleans()) else {},
        "deferred_changes": [{"reason": "unknown", "resource_change": draw(resources(9))}]
        if draw(st.booleans())
        else [],
        "checks": [
            {
                "address": {"kind": "check", "to_display": "check.x"},
                "status": "fail",
                "instances": [
                    {
                        "address": {"to_display": "check.x"},
                        "status": "fail",
                        "problems": [{"message": draw(message)}],
                    }
                ],
            }
        ],
        "configuration": {
            "root_module": {
                "variables": {"hidden": {"sensitive": True}, "plain": {}},
                "resources": [
                    {"address": entry["address"], "expressions": {key: {} for key in draw(st.lists(names, max_size=2))}}
                    for entry in entries
                    if draw(st.booleans())
                ],
            }
        },
        "errored": draw(st.booleans()),
        "timestamp": "2026-11-21T14:00:00Z",
    }


@dataclass(frozen=True)
class Planted:
    """A plan with secrets in it, of which every place that Terraform would mark is marked."""

    plan: Json
    secrets: tuple[str, ...]


SECRETS = ("s3kr1t-alpha", 'quo"te\\d', "two\nlines of words that are long", "日本語の秘密", "p@ss:w/rd", "0xdeadbeef")


@cache
def leaking(chosen: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Values in which secrets stand, bare, within texts and within JSON texts."""
    secret = st.sampled_from(chosen)
    leaves = st.one_of(
        scalars,
        secret,
        secret.map(lambda text: f"before {text} after"),
        secret.map(lambda text: json.dumps({"environment": [{"name": "X", "value": text}], text: [text]})),
        secret.map(lambda text: json.dumps([{"name": text, "image": f"web:{text}"}])),
        secret.map(lambda text: {text: text}),
        secret.map(lambda text: f"one\n{text}\nthree"),
    )
    return st.recursive(leaves, containers, max_leaves=6)


@cache
def leaking_sides(chosen: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return st.dictionaries(names, leaking(chosen), max_size=4)


@st.composite
def planted(draw: st.DrawFn) -> Planted:
    """Secrets marked in one place at least, and standing in any other too."""
    chosen = tuple(draw(st.lists(st.sampled_from(SECRETS), min_size=1, max_size=3, unique=True)))
    secret = st.sampled_from(chosen)
    plan = draw(plans())
    plan["resource_changes"] += [
        {
            "address": f'{kind}.leak["{json.dumps(draw(secret), ensure_ascii=False)[1:-1]}"]',
            "mode": "managed",
            "type": kind,
            "name": "leak",
            "change": draw(changes(leaking_sides(chosen))),
        }
        for kind in draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True))
    ]
    plan["output_changes"]["leak"] = draw(changes(leaking(chosen)))
    plan["checks"][0]["instances"][0]["problems"][0]["message"] = f"It is {draw(secret)}!"
    holder = {"list": list(chosen)}
    where = draw(st.sampled_from(["resource", "state", "variable", "output"]))
    if where == "resource":
        marks = {"before": holder, "before_sensitive": {"list": True}, "after": None, "actions": ["delete"]}
        plan["resource_changes"].append(
            {"address": "aws_db_instance.x", "mode": "managed", "type": "aws_db_instance", "name": "x", "change": marks}
        )
    elif where == "state":
        marked = {"values": holder, "sensitive_values": {"list": [True] * len(chosen)}}
        child = {"resources": [marked]}
        plan["prior_state"] = {"values": {"root_module": {"child_modules": [child]}}}
    elif where == "variable":
        plan["variables"]["hidden"]["value"] = holder
    else:
        plan["planned_values"] = {"outputs": {"x": {"sensitive": True, "value": holder}}}
    return Planted(plan, chosen)
