"""Addresses are an interface: a changed one needs a `moved` block and a line in the CHANGELOG.

`make update` writes tests/addresses anew; read the difference before you commit it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cdktf import App
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from constructs import Construct

from tanada.declarations.inventory import inventory
from tanada.declared.system import System
from tanada.stacks.base import BaseStack, in_default
from tests.golden import held

ADDRESSES = Path(__file__).parents[1] / "addresses"
STACKS = [
    "common-main",
    "common-production",
    "environment-production",
    "environment-test",
    "environment-test2",
    "review",
]


def addresses(stack: dict[str, Any]) -> list[str]:
    resources = [f"{kind}.{name}" for kind, each in stack.get("resource", {}).items() for name in each]
    data = [f"data.{kind}.{name}" for kind, each in stack.get("data", {}).items() for name in each]
    return sorted(resources) + sorted(data)


@pytest.mark.parametrize("name", STACKS)
def test_addresses_stay_as_they_are(name: str, stacks: dict[str, Any]) -> None:
    text = "".join(f"{address}\n" for address in addresses(stacks[name]))
    held(ADDRESSES / f"{name}.txt", text)


def test_no_list_of_addresses_is_left_from_a_stack_that_is_gone() -> None:
    assert sorted(file.stem for file in ADDRESSES.glob("*.txt")) == STACKS


class Deep(BaseStack):
    """A stack whose queues stand where a test puts them."""

    def __init__(self, app: App, system: System) -> None:
        entry = next(each for each in inventory(system) if each.kind == "environment")
        super().__init__(app, entry, system.name, environment="test", workspaces=in_default(entry), tags={})


def synthesized_addresses(stack: Deep, app: App) -> list[str]:
    app.synth()
    return addresses(stack.to_terraform())


def test_a_construct_one_layer_deeper_keeps_its_address(system: System, tmp_path: Path) -> None:
    flat_app, deep_app = App(outdir=str(tmp_path / "flat")), App(outdir=str(tmp_path / "deep"))
    flat, deep = Deep(flat_app, system), Deep(deep_app, system)
    SqsQueue(Construct(flat, "web"), "letters")
    SqsQueue(Construct(Construct(Construct(deep, "(messaging)"), "web"), "(queues)"), "letters")
    assert synthesized_addresses(flat, flat_app) == synthesized_addresses(deep, deep_app)
    assert "aws_sqs_queue.web_letters" in synthesized_addresses(deep, deep_app)


def test_two_resources_of_one_address_are_refused_by_name(system: System, tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    stack = Deep(app, system)
    SqsQueue(Construct(stack, "web"), "letters")
    SqsQueue(Construct(Construct(stack, "(again)"), "web"), "letters")
    app.synth()
    [mistake] = stack.mistakes
    assert "(again)/web/letters" in mistake
    assert "same address web_letters" in mistake


@pytest.mark.parametrize("id", ["Web", "1web", "棚田", "a.b"])
def test_an_id_that_terraform_or_cdktf_would_mangle_is_refused(id: str, system: System, tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    stack = Deep(app, system)
    SqsQueue(stack, id)
    app.synth()
    [mistake] = stack.mistakes
    assert f"{id!r} can't be part of an address" in mistake
