"""The provider serves the types that a stack uses, and nobody sees a difference but in time."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tanada import offline
from tanada.offline import schema
from tanada.offline.narrow import Used, declared, used
from tests.offline.terraform_runs import Stack, configuration, everything

MOVED = {"moved": [{"from": "aws_sns_topic.old", "to": "aws_sns_topic.new"}], "removed": [{"from": "aws_eip.gone"}]}


def _written(folder: Path, configuration: Any, **states: Any) -> Path:
    (folder / "cdk.tf.json").write_text(json.dumps(configuration))
    for name, state in states.items():
        file = folder / ("terraform.tfstate" if name == "own" else f"terraform.tfstate.d/{name}/terraform.tfstate")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"resources": [{"type": state}]}))
    return folder


def test_what_is_used_is_read_from_the_configuration_and_all_states(tmp_path: Path) -> None:
    made = configuration({"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}}, data={"aws_ami": {}}, **MOVED)
    found = used(_written(tmp_path, made, own="aws_kms_key", kokuyou="aws_db_instance"))
    assert found.declared == {"aws_vpc", "aws_ami"}
    assert found.named >= {"aws_vpc", "aws_ami", "aws_sns_topic", "aws_eip", "aws_kms_key", "aws_db_instance"}


def test_terraform_s_json_allows_lists_of_blocks() -> None:
    assert declared({"resource": [{"aws_vpc": {}}, {"aws_eip": {}, "terraform_data": {}}]}) == {"aws_vpc", "aws_eip"}
    assert declared({}) == frozenset()


def test_all_types_named_are_all_that_is_served() -> None:
    everything = schema.load()
    names = {*everything.resource_schemas, *everything.data_source_schemas}
    assert schema.narrowed(everything, (), names) == everything
    few = schema.narrowed(everything, {"aws_vpc"}, {"aws_vpc", "aws_nonsense"})
    assert [set(few.resource_schemas), set(few.data_source_schemas)] == [{"aws_vpc"}, {"aws_vpc"}]
    assert few.resource_schemas["aws_vpc"] == everything.resource_schemas["aws_vpc"]


def test_a_declared_type_that_does_not_exist_brings_all() -> None:
    everything = schema.load()
    assert schema.narrowed(everything, {"aws_vpcz"}, {"aws_vpcz"}) is everything


def test_stacks_of_the_same_types_share_an_address(provider: offline.Running, tmp_path: Path) -> None:
    asked = [Used(frozenset(), frozenset({name})) for name in ("aws_vpc", "aws_eip", "aws_vpc")]
    first, other, again = (provider.serve(each, None)["TF_REATTACH_PROVIDERS"] for each in asked)
    assert first == again
    assert len({first, other, provider.environment["TF_REATTACH_PROVIDERS"]}) == 3


def test_a_provider_that_has_ended_says_so(tmp_path: Path) -> None:
    with offline.start(tmp_path, container=False) as provider:
        attached = json.loads(provider.environment["TF_REATTACH_PROVIDERS"])
        os.kill(attached["registry.terraform.io/hashicorp/aws"]["Pid"], signal.SIGKILL)
        with pytest.raises(offline.OfflineError, match="has ended"):
            provider.serve(Used(frozenset(), frozenset()), None)


@pytest.mark.terraform
def test_a_plan_is_the_same_as_with_all_types(stack: Stack, provider: offline.Running) -> None:
    def planned(stack: Stack) -> Any:
        stack.must("plan", "-out=plan")
        shown = json.loads(stack.must("show", "-json", "plan"))
        shown.get("relevant_attributes", []).sort(key=str)  # in any order
        return {key: value for key, value in shown.items() if key != "timestamp"}

    made = everything("555555555555")
    made["resource"]["aws_ecr_repository"]["web"]["force_delete"] = True
    stack.write(made)
    narrow = replace(stack, environment=provider.environment_for(stack.folder))
    assert narrow.environment != stack.environment
    assert planned(narrow) == planned(stack)
    narrow.apply()
    # Nothing is declared any more: what goes stands in the state alone.
    stack.write({name: block for name, block in made.items() if name in ("terraform", "provider")})
    narrow = replace(stack, environment=provider.environment_for(stack.folder))
    assert planned(narrow) == planned(stack)
    narrow.must("destroy", "-auto-approve")
    assert stack.state()["resources"] == []


@pytest.mark.terraform
@pytest.mark.parametrize("block", ["resource", "data"])
def test_a_type_that_does_not_exist_is_refused_in_the_same_words(
    stack_named: Callable[[str], Stack], provider: offline.Running, block: str
) -> None:
    stack = stack_named(block).write(configuration({}, **{block: {"aws_ssm_parametre": {"a": {}}}}))
    narrow = replace(stack, environment=provider.environment_for(stack.folder))
    refused = narrow.run("validate", "-no-color")
    assert refused == stack.run("validate", "-no-color")
    assert refused.code == 1
    assert 'aws_ssm_parameter"?' in refused.output
