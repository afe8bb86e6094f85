"""Where a stack's commands run, and what they are given there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import grpc
import pytest

from tanada.declarations.inventory import Stack
from tanada.offline.protocol import tfplugin6_pb2 as pb
from tanada.terraform.context import Context
from tanada.terraform.folders import Folders, open_folders
from tanada.terraform.layout import Layout, Target
from tanada.terraform.opening import Place, open_session
from tanada.terraform.process import Processes
from tanada.terraform.program import Program

TARGET = Target(
    Stack(
        name="common-main",
        kind="common",
        environment=None,
        account="main",
        account_id="111111111111",
        region="ap-northeast-1",
        role=None,
        protected=False,
        bucket="b",
        state_key="kakei/common-main.tfstate",
    )
)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path)
    configuration = layout.configuration("common-main")
    configuration.parent.mkdir(parents=True)
    configuration.write_text(json.dumps({"resource": {"aws_eip": {"fixed": {"domain": "vpc"}}}}))
    return layout


def context(layout: Layout, *, offline: bool) -> Context:
    program = Program("terraform", container=False, version="1.11.4", name="local terraform 1.11.4")
    return Context(layout=layout, program=program, processes=Processes(), environ={}, offline=offline)


@pytest.mark.parametrize("reads_only", [True, False])
def test_a_job_that_only_reads_enters_zones_of_others_by_the_role_that_does(
    layout: Layout, tmp_path: Path, *, reads_only: bool
) -> None:
    environ = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "TF_VAR_role_of_zones": "anything"}
    given = replace(context(layout, offline=False), reads_only=reads_only, environ=environ)
    with open_session(given, TARGET, Place("{}")) as session:
        assert session.environment.get("TF_VAR_role_of_zones") == ("plan" if reads_only else None)


def served(folders: Folders) -> set[str]:
    """The types of resources that a terraform in the target's folder would be served."""
    (provider,) = json.loads(folders.place(TARGET).environment["TF_REATTACH_PROVIDERS"]).values()
    with grpc.insecure_channel(f"unix:{provider['Addr']['String']}") as channel:
        asked = channel.unary_unary("/tfplugin6.Provider/GetMetadata", None, None)
        answer = pb.GetMetadata.Response.FromString(asked(b"", timeout=60))
    return {resource.type_name for resource in answer.resources}


def test_offline_a_stack_s_own_commands_are_served_its_types_alone(layout: Layout) -> None:
    with open_folders(context(layout, offline=True)) as folders:
        assert served(folders) == {"aws_eip"}
    with open_folders(context(layout, offline=True), any_command=True) as folders:
        assert len(served(folders)) > 1000


def test_nothing_of_the_offline_provider_reaches_a_real_run(layout: Layout) -> None:
    with open_folders(context(layout, offline=False)) as folders:
        place = folders.place(TARGET)
    assert place == Place(layout.configuration("common-main").read_text())
