"""The language of faults, and how a call's address is found, without terraform."""

from __future__ import annotations

from typing import Any

import pytest

from tanada.errors import OfflineError
from tanada.offline.faults import KINDS, Fault, parse
from tanada.offline.whereabouts import says
from tanada.resources.seed import UNKNOWN


def one(line: str) -> Fault:
    (fault,) = parse(line)
    return fault


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("aws_lb.main create", "has 2 words, expected ADDRESS CALL FAULT [NUMBER]."),
        ("aws_lb.main create fails 1 2", "has 5 words, expected ADDRESS CALL FAULT [NUMBER]."),
        ("aws_lb.main create fail", "there is no fault 'fail', expected one of fails, fails-after, "),
        (
            "aws_lb.main made fails",
            "'made' is no call, expected any or some of plan, read, open, create, ",
        ),
        ("aws_lb.main create,made fails", "'create,made' is no call"),
        ("aws_lb.main read fails-after", "fails-after can't happen to read, only to create, update, delete."),
        ("aws_lb.main create in-use 2", "in-use can't happen to create, only to delete."),
        ("aws_lb.main create throttled", "throttled needs a number, how often."),
        ("aws_lb.main create fails 0", "'0' is no number from 1 to 999999."),
        ("aws_lb.main create fails -1", "'-1' is no number"),
        ("aws_lb.main create fails ٣", "is no number"),
    ],
)
def test_what_is_no_fault_is_refused_with_its_line(line: str, sentence: str) -> None:
    with pytest.raises(OfflineError) as refused:
        parse(f"# all of them\n\n{line}")
    assert sentence in str(refused.value)
    assert str(refused.value).startswith(f"TANADA_OFFLINE_FAULTS, line 3: '{line}'")


def test_all_wrong_lines_are_said_at_once() -> None:
    with pytest.raises(OfflineError) as refused:
        parse("a b\nc d")
    assert [line[:29] for line in str(refused.value).splitlines()] == [
        "TANADA_OFFLINE_FAULTS, line 1",
        "TANADA_OFFLINE_FAULTS, line 2",
    ]


def test_nothing_is_no_fault() -> None:
    assert parse("") == parse("\n  \n# aws_lb.main create fails\n") == ()


def test_any_call_is_any_that_it_can_happen_to() -> None:
    assert one("* any fails").calls == {"plan", "read", "open", "create", "update", "delete", "run"}
    assert one("* any fails-after").calls == {"create", "update", "delete"}
    assert one("* create,delete fails").calls == {"create", "delete"}


@pytest.mark.parametrize(
    ("pattern", "address", "concerned"),
    [
        ("aws_lb.main", "aws_lb.main", True),
        ("aws_lb.main", "aws_lb.main2", False),
        ("aws_lb.*", "aws_lb.main", True),
        ("*", "aws_lb.main", True),
        ("aws_lb.main", "aws_lb.main[0]", True),
        ("aws_lb.main[1]", "aws_lb.main[0]", False),
        ('aws_lb.main["a/b"]', 'aws_lb.main["a/b"]', True),
        ("review/aws_lb.main", "aws_lb.main", True),
        ("common-main/*", "aws_lb.main", False),
        ("*web*", "aws_ecs_service.web_service", True),
        ("aws_lb?main", "aws_lb.main", False),
    ],
)
def test_whom_a_pattern_is_about(pattern: str, address: str, concerned: bool) -> None:
    assert one(f"{pattern} create fails").concerns("review", address, "create") is concerned
    assert not one(f"{pattern} create fails").concerns("review", address, "delete")


@pytest.mark.parametrize(
    ("said", "strikes"),
    [
        ("fails", [1, 1, 1, 1]),
        ("fails 2", [1, 1, 0, 0]),
        ("fails-after 1", [1, 0, 0, 0]),
        ("throttled 24", [0, 0, 0, 0]),
        ("throttled 25", [1, 0, 0, 0]),
        ("throttled 70", [1, 1, 0, 0]),
        ("dies", [1, 0, 0, 0]),
        ("killed 3", [0, 0, 1, 0]),
        ("killed-after 2", [0, 1, 0, 0]),
        ("unseen 2", [1, 1, 1, 1]),
    ],
)
def test_which_calls_it_happens_to(said: str, strikes: list[int]) -> None:
    fault, times, found = one(f"* create {said}"), 0, []
    for _ in strikes:
        happens, times = fault.strikes(times)
        found.append(int(happens))
    assert found == strikes


def test_equal_lines_are_counted_apart() -> None:
    twice = parse("* create fails 1\n* create   fails 1")
    assert [fault.line for fault in twice] == ["* create fails 1", "* create fails 1 (2)"]


def test_each_fault_is_explained() -> None:
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs" / "faults.md").read_text()
    assert [kind for kind in KINDS if f"| `{kind}" not in page] == []


@pytest.mark.parametrize(
    ("written", "given", "same"),
    [
        ({"name": "web"}, {"name": "web", "tags": None}, True),
        ({"name": "web"}, {"name": "api"}, False),
        ({"name": "web"}, {"name": "web", "path": "/"}, False),
        ({"name": "web", "path": "/"}, {"name": "web", "path": None}, False),
        ({"name": "web", "count": 2, "lifecycle": {}}, {"name": "web"}, True),
        ({"name": "${var.name}-web"}, {"name": "test-web"}, True),
        ({"name": "${var.name}-web"}, {"name": "test-api"}, False),
        ({"name": "${{a}.b}-web"}, {"name": "x-web"}, True),
        ({"name": "%{if a}b%{endif}-web"}, {"name": "c"}, True),
        ({"arn": "${aws_lb.main.arn}"}, {"arn": UNKNOWN}, True),
        ({"ports": "${var.ports}"}, {"ports": [80]}, True),
        ({"port": "80", "on": "true"}, {"port": 80, "on": True}, True),
        ({"block": {"a": 1}}, {"block": [{"a": 1, "b": None}]}, True),
        ({"block": [{"a": 1}]}, {"block": {"a": 1}}, True),
        ({"block": {"a": 1}}, {"block": [{"a": 2}]}, False),
        ({"block": {"a": 1}}, {"block": []}, False),
        ({"names": ["a", "b"]}, {"names": ["b", "a"]}, True),
        ({"names": ["a", "b"]}, {"names": ["a"]}, False),
        ({"tags": {"A": "b"}}, {"tags": {"A": "c"}}, False),
        ({"dynamic": {"setting": {}}}, {"setting": [{"a": 1}]}, True),
        ({"a": None}, {"a": None}, True),
        ({"a": 1}, {"a": 1, "timeouts": {}, "settings": []}, True),
    ],
)
def test_what_a_block_may_have_become(written: dict[str, Any], given: dict[str, Any], same: bool) -> None:
    assert says(written, given) is same
