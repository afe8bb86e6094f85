"""A plan of JSON that nobody has approved is bounded: what it repeats, how much it holds, what references grow to."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tanada.terraform.bounds import costs
from tanada.terraform.vet import vet
from tanada.terraform.vet_offline import objections

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
    assert list(costs(head, stack())) == [
        "references in references: values may grow to far more characters, and at most 67,108,864 are planned"
    ]
    bodies = {f"x{number}": {"input": 10 * f"${{terraform_data{dot}x{number + 1}.input}}"} for number in range(30)}
    assert "references in references" in next(costs({"resource": {"terraform_data": bodies}}, stack()))


def test_a_long_way_and_a_circle_of_references_are_read_to_their_end() -> None:
    names = {f"x{number}": f"${{local.x{(number + 1) % 2000}}}" for number in range(2000)}
    assert list(costs({"locals": names}, {})) == []
    names = {f"x{number}": "".join(f"${{local.x{other}}}" for other in range(60)) for number in range(60)}
    assert len(list(costs({"locals": names}, {}))) <= 1


MEGABYTE = "x" * 10**6
GROWING: dict[str, Stack] = {
    "an output": {"locals": {"a": MEGABYTE}, "output": {"o": {"value": "${local.a}" * 100}}},
    "a default": {"variable": {"a": {"default": MEGABYTE}}, "output": {"o": {"value": "${var.a}" * 100}}},
    "the long form": {
        **stack(input=MEGABYTE),
        "output": {"o": {"value": "${resource . terraform_data.web.input}" * 100}},
    },
    "each value": stack(for_each={"a": MEGABYTE}, input="${each.value}" * 100),
    "each key": stack(for_each=[MEGABYTE], input="${each.key}" * 100),
    "self": stack(
        input=MEGABYTE,
        lifecycle={"postcondition": [{"condition": "${true}", "error_message": "${self.input}" * 100}]},
    ),
    "self of each": stack(
        for_each={"a": MEGABYTE},
        input="${each.value}",
        lifecycle={"postcondition": [{"condition": "${true}", "error_message": "${self.input}" * 100}]},
    ),
    "many outputs": {
        "locals": {"a": MEGABYTE},
        "output": {f"o{number}": {"value": "${local.a}-" * 10} for number in range(10)},
    },
    "many of one": stack(input=MEGABYTE, count=100),
    "a text in an expression": {
        "locals": {"a": MEGABYTE},
        "output": {"o": {"value": '${"' + "${local.a}" * 100 + '"}'}},
    },
    "data": {"data": {"x": {"y": {"z": MEGABYTE}}}, "output": {"o": {"value": "${data.x.y.z}" * 100}}},
}


@pytest.mark.parametrize("case", GROWING)
def test_whatever_may_hold_a_reference_or_be_one_is_counted(case: str) -> None:
    assert any("references in references" in each for each in costs(GROWING[case], {})), "offline this alone holds"
    few = json.loads(json.dumps(GROWING[case]).replace(MEGABYTE, "x"))
    assert list(costs(few, {})) == []
    assert any("references in references" in each for each in vet(GROWING[case], stack()))


def test_a_text_holds_few_references_or_four_times_as_many_as_the_bases() -> None:
    base = {"locals": {"a": "x"}, "output": {"o": {"value": "${local.a}-${local.a}"}}}
    for number, said in ((50, []), (51, ["output.o.value: holds more than 50 references"])):
        assert vet({**base, "output": {"o": {"value": "${local.a}-" * number}}}, base) == said
    base = {**base, "output": {"o": {"value": "${local.a}-" * 20}}}
    for number, said in ((80, []), (81, ["output.o.value: holds more than 80 references"])):
        assert vet({**base, "output": {"o": {"value": "${local.a}-" * number}}}, base) == said


@pytest.mark.parametrize(
    "text",
    [
        "{" + "a" * 300_000,
        "$${" + "a" * 300_000,
        "{a . " * 100_000,
        "[ " * 100_000,
        "%%{ " + " " * 300_000,
        "{" * 300_000,
    ],
)
def test_no_text_takes_longer_than_its_length(text: str) -> None:
    """A pattern that tried every beginning of a word took 28 s for 40,000 letters. The limit is one of processor time,
    which other programs don't use up."""
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_CPU, (20, 20))\n"
        "from tanada.terraform.vet import vet\n"
        "print(vet({'locals': {'o': sys.stdin.read()}}, {}))"
    )
    ended = subprocess.run([sys.executable, "-c", program], input=text, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "[]\n"), ended.stderr


@pytest.mark.parametrize("text", ["${" + "a" * 300_000, "${" + "a." * 3_000 + "a}", "${a" + "[0]" * 3_000 + "}"])
def test_a_long_expression_is_refused(text: str) -> None:
    assert any("can't be read" in each for each in vet({"output": {"o": {"value": text}}}, {}))


@pytest.mark.parametrize(
    "body",
    [
        {"setting": {"dynamic": {"provisioner": {"for_each": [1], "content": {}}}}},
        {"setting": [{"inner": [{"dynamic": [{"x": {"for_each": "${local.a}"}}]}]}]},
        {"lifecycle": {"precondition": {"dynamic": {}}}},
    ],
)
def test_no_block_is_made_by_dynamic_at_any_depth(body: Stack) -> None:
    """Without it `for_each` and `count` mean nothing below a resource's top, so what they hold counts nowhere."""
    said = "holds dynamic, which makes blocks that nobody can read here"
    assert f"resource.terraform_data.web: {said}" in vet(stack(**body), stack())
    assert any(said in each for each in objections(stack(**body), {"x": stack()}))
    assert vet(stack(tags={"dynamic": "a tag"}, setting={"count": 10**9, "for_each": "x"}), stack()) == []


def test_what_an_import_repeats_is_not_planned_offline() -> None:
    head = {**stack(), "import": [{"to": "terraform_data.web", "id": "x", "for_each": list(range(10**4))}]}
    assert "import.for_each: nobody knows how large" in objections(head, {"x": stack()})
