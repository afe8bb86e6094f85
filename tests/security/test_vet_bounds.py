"""A plan of JSON that nobody has approved is bounded: what it repeats, how much it holds, what references grow to."""

from __future__ import annotations

from typing import Any

import pytest

from tanada.terraform.bounds import costs
from tanada.terraform.vet import vet

Stack = dict[str, Any]


def stack(**body: Any) -> Stack:
    return {"resource": {"terraform_data": {"web": {"input": 1, **body}}}}


@pytest.mark.parametrize("value", [3, "3", 0, ["a"], {"a": 1}, ["a"] * 100])
def test_what_is_repeated_a_few_times_is_planned(value: Any) -> None:
    key = "for_each" if isinstance(value, list | dict) else "count"
    assert vet(stack(**{key: value}), stack()) == []


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (10**9, "makes 1,000,000,000 of it, and at most 100 are planned"),
        ("1000000000", "makes 1,000,000,000 of it, and at most 100 are planned"),
        ("1e9", "expected a whole number or a list of at most 100"),
        (1e9, "expected a whole number or a list of at most 100"),
        ("0x7fffffff", "expected a whole number or a list of at most 100"),
        ("9" * 5000, "expected a whole number or a list of at most 100"),
        (True, "expected a whole number or a list of at most 100"),
        (list(range(101)), "makes 101 of it, and at most 100 are planned"),
        ({str(number): 1 for number in range(101)}, "makes 101 of it, and at most 100 are planned"),
    ],
)
@pytest.mark.parametrize("block", ["resource", "data", "ephemeral"])
def test_what_is_repeated_often_is_refused(value: Any, why: str, block: str) -> None:
    head = {block: {"terraform_data": {"web": {"count": value}}}}
    assert f"{block}.terraform_data.web.count: {why}" in vet(head, stack())


def test_many_resources_are_refused_written_out_or_repeated() -> None:
    bodies = {f"x{number}": {"count": 100} for number in range(51)}
    assert vet({"resource": {"terraform_data": bodies}}, stack()) == [
        "resource: 5,100 resources, and at most 5,000 are planned"
    ]
    bodies = {f"x{number}": {} for number in range(5_001)}
    assert vet({"resource": {"terraform_data": bodies}}, stack()) == [
        "resource: 5,001 resources, and at most 5,000 are planned"
    ]


def test_an_expression_that_counts_is_the_bases_or_refused() -> None:
    assert vet(stack(count="${1000000000}"), stack(count="${2}"))
    assert vet(stack(count="${2}"), stack(count="${2}")) == []


@pytest.mark.parametrize(
    "text",
    [
        "${[for a in [1, 2] : [for b in [1, 2] : b]]}",
        "${{for a in [1, 2] : a => a}}",
        "%{ for a in [1, 2] }${a}%{ endfor }",
        "${[\n  for\ta in [1] : a]}",
    ],
)
def test_a_loop_that_the_base_has_not_is_refused(text: str) -> None:
    said = list(costs(stack(input=text), stack()))
    assert said == ["an expression repeats itself (for), which Tanada doesn't emit"]
    assert list(costs(stack(input=text), stack(input=text))) == []
    assert list(costs(stack(input="$${[for a text] %{"), stack(input="$${[for a text] %{"))) == []


@pytest.mark.parametrize("dot", [".", " . "])
def test_references_that_grow_are_refused(dot: str) -> None:
    names = {f"x{number}": 10 * f"${{local{dot}x{number + 1}}}" for number in range(30)}
    head = {**stack(), "locals": {**names, "x30": "x"}}
    assert vet(head, stack()) == [
        "references in references: a value may grow to far more characters, and at most 67,108,864 are planned"
    ]
    bodies = {f"x{number}": {"input": 10 * f"${{terraform_data{dot}x{number + 1}.input}}"} for number in range(30)}
    assert "references in references" in vet({"resource": {"terraform_data": bodies}}, stack())[0]


def test_a_long_way_and_a_circle_of_references_are_read_to_their_end() -> None:
    names = {f"x{number}": f"${{local.x{(number + 1) % 5000}}}" for number in range(5000)}
    assert list(costs({"locals": names}, {})) == []
    names = {f"x{number}": "".join(f"${{local.x{other}}}" for other in range(60)) for number in range(60)}
    assert len(list(costs({"locals": names}, {}))) <= 1
