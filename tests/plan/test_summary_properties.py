"""What holds for the summary of every plan."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanada.plan import Summary, fingerprint, line, render, summary
from tests.plan.plan_shapes import Json, Planted, plans, planted

MANY = settings(max_examples=60, deadline=None)


@pytest.fixture(scope="module", autouse=True)
def _hashes_are_quick() -> Iterator[None]:
    """Of hundreds of plans: what differs, differs before it is made slow."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(fingerprint, "_slow", bytes.hex)
        yield


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(key)
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


def every_text(plan_summary: Summary) -> list[str]:
    return [*texts(asdict(plan_summary)), render(plan_summary), *(line(change) for change in plan_summary.changes)]


@MANY
@given(planted())
def test_no_sensitive_value_is_in_any_text(case: Planted) -> None:
    plan_summary = summary(case.plan, shown_variables=("X", "name"))
    for text in every_text(plan_summary):
        for secret in case.secrets:
            assert secret not in text
            assert json.dumps(secret, ensure_ascii=False)[1:-1] not in text


@MANY
@given(plans(), st.randoms(use_true_random=False), st.data())
def test_what_holds_for_every_plan(plan: Json, shuffled: random.Random, data: st.DataObject) -> None:
    """Making a plan takes ten times as long as reading it: all is asked of the same ones."""
    plan_summary = summary(plan)
    every_plan_can_be_written_as_text(plan_summary)
    every_change_is_counted_once(plan_summary, len(plan["resource_changes"]))
    what_forces_a_replace_comes_first_and_every_difference_says_something(plan_summary)
    the_order_of_what_terraform_lists_changes_nothing(plan, plan_summary, shuffled)
    an_attribute_more_is_another_fingerprint(plan, plan_summary, data)


def every_plan_can_be_written_as_text(plan_summary: Summary) -> None:
    for text in every_text(plan_summary):
        text.encode()
        assert "\x1b" not in text
    json.dumps(asdict(plan_summary))


def every_change_is_counted_once(plan_summary: Summary, number: int) -> None:
    counted = plan_summary.counts
    acting = counted.create + counted.update + counted.replace + counted.destroy + counted.forget + counted.read
    pure = sum(1 for change in plan_summary.changes if change.action in {"import", "move"})
    assert acting + pure == len(plan_summary.changes)
    assert len(plan_summary.changes) + plan_summary.unchanged == number


def what_forces_a_replace_comes_first_and_every_difference_says_something(plan_summary: Summary) -> None:
    for change in plan_summary.changes:
        forcing = [item.forces_replacement for item in change.differences]
        assert forcing == sorted(forcing, reverse=True)
        assert all(item.before or item.after for item in change.differences)


def the_order_of_what_terraform_lists_changes_nothing(
    plan: Json, plan_summary: Summary, shuffled: random.Random
) -> None:
    other = copy.deepcopy(plan)
    other["resource_changes"] = shuffled.sample(other["resource_changes"], len(other["resource_changes"]))
    for entry in other["resource_changes"]:
        change = entry["change"]
        for side in ("before", "after"):
            if isinstance(change[side], dict):
                change[side] = dict(sorted(change[side].items(), reverse=True))
    assert summary(other) == plan_summary


def an_attribute_more_is_another_fingerprint(plan: Json, plan_summary: Summary, data: st.DataObject) -> None:
    changed = copy.deepcopy(plan)
    acting = [
        entry
        for entry in changed["resource_changes"]
        if entry["change"]["actions"] in (["create"], ["update"], ["delete", "create"]) and entry["mode"] == "managed"
    ]
    if not acting:
        return
    change = data.draw(st.sampled_from(acting))["change"]
    change["after"] = {**change["after"], "wholly_new": "attribute"}
    overlays = (change[name] for name in ("after_sensitive", "before_sensitive", "after_unknown"))
    if any(overlay and not isinstance(overlay, dict) for overlay in overlays):
        return  # the whole is masked, with what is new in it
    assert summary(changed).fingerprint != plan_summary.fingerprint
