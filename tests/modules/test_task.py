"""Container definitions: what ECS gives back unchanged, and what ECS Exec needs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modules.sidecar import Running, mounts
from modules.task import container_definitions, waits_longer
from tanada.declared.container import EXEC_FOLDERS
from tanada.declared.secrets import Place
from tanada.declared.service import Service


def container(**settings: Any) -> dict[str, Any]:
    service = Service(**{"image": "web", "variables": {"ZED": "1", "ALPHA": "2"}, **settings})
    secrets = {name: Place("ssm", f"arn:{name[0]}", "", f"arn:{name[0]}") for name in ("ZED_KEY", "ALPHA_KEY")}
    folders = mounts(service, None, exec=service.exec)
    running = Running("web", service, "registry/web:1", secrets=secrets, mounts=folders)
    [only] = definitions(running, grace=service.health_check_grace_period)
    return dict(only)


def definitions(*containers: Running, grace: int = 60) -> list[dict[str, Any]]:
    text = container_definitions(containers, grace=grace, log_group="/kakei/test/web", region="ap-northeast-1")
    return list(json.loads(text))


def test_variables_stand_in_order_so_that_no_plan_shows_a_shuffle() -> None:
    assert [each["name"] for each in container()["environment"]] == ["ALPHA", "ZED"]


def test_secrets_are_references_in_order() -> None:
    assert container()["secrets"] == [
        {"name": "ALPHA_KEY", "valueFrom": "arn:A"},
        {"name": "ZED_KEY", "valueFrom": "arn:Z"},
    ]


def test_nothing_is_null() -> None:
    assert None not in container().values()
    assert {"portMappings", "command", "entryPoint", "user", "healthCheck"}.isdisjoint(container())


def test_the_root_is_read_only_with_the_folders_that_exec_needs() -> None:
    made = container()
    assert made["readonlyRootFilesystem"] is True
    assert {each["containerPath"] for each in made["mountPoints"]} == set(EXEC_FOLDERS.values())
    assert made["linuxParameters"]["tmpfs"] == [{"containerPath": "/tmp", "size": 64}]
    assert made["linuxParameters"]["initProcessEnabled"] is True


def test_a_writable_root_is_one_word() -> None:
    made = container(writable=("/",))
    assert made["readonlyRootFilesystem"] is False
    assert "mountPoints" not in made
    assert "tmpfs" not in made["linuxParameters"]


def test_without_exec_no_folder_of_its_is_mounted() -> None:
    assert "mountPoints" not in container(exec=False)
    assert mounts(Service(image="web"), None, exec=False) == {}


def test_a_writable_folder_belongs_to_a_numeric_user() -> None:
    assert container(user="1000:2000")["linuxParameters"]["tmpfs"][0]["mountOptions"] == ["uid=1000", "gid=2000"]
    assert "mountOptions" not in container(user="app")["linuxParameters"]["tmpfs"][0]


def test_a_private_service_is_asked_inside_its_container() -> None:
    check = container(port=8080, health_check="/healthz", health_check_grace_period=400)["healthCheck"]
    assert "http://127.0.0.1:8080/healthz" in check["command"][1]
    assert check["startPeriod"] == 300, "ECS's maximum"


@pytest.mark.parametrize(
    ("settings", "longer"),
    [
        ({"port": 8080, "health_check": "/", "health_check_grace_period": 300}, False),
        ({"port": 8080, "health_check": "/", "health_check_grace_period": 301}, True),
        ({"port": 8080, "health_check_grace_period": 301}, False),
    ],
)
def test_what_starts_for_longer_than_its_container_may_needs_the_services_grace(
    settings: dict[str, Any], longer: bool
) -> None:
    assert waits_longer(Service(image="web", **settings)) is longer


def test_a_port_is_mapped_with_its_protocol() -> None:
    assert container(port=3000)["portMappings"] == [{"containerPort": 3000, "hostPort": 3000, "protocol": "tcp"}]


def test_a_full_log_buffer_never_stops_the_program() -> None:
    assert container()["logConfiguration"]["options"]["mode"] == "non-blocking"


def task(**settings: Any) -> dict[str, dict[str, Any]]:
    """The containers of a service's task, by name, as `web`."""
    service = Service(**{"image": "web", **settings})
    made = definitions(
        *(
            Running(
                name,
                each,
                str(each.image),
                depends_on=each.depends_on,
                mounts=mounts(each, None if name == "web" else name, exec=service.exec),
            )
            for name, each in service.containers("web").items()
        )
    )
    return {each["name"]: each for each in made}


def test_what_waits_for_an_end_makes_it_no_end_of_the_task() -> None:
    made = task(
        depends_on={"migrate": "success", "agent": "start"},
        sidecars={"migrate": {}, "agent": {"image": "agent"}, "extra": {"image": "agent", "essential": False}},
    )
    assert {name: each["essential"] for name, each in made.items()} == {
        **{"web": True, "migrate": False},
        **{"agent": True, "extra": False},
    }
    assert made["web"]["dependsOn"] == [
        {"containerName": "agent", "condition": "START"},
        {"containerName": "migrate", "condition": "SUCCESS"},
    ]


def test_a_sidecar_without_an_image_takes_the_services_variables_and_one_with_its_own_takes_none() -> None:
    service = Service(
        image="web",
        user="1000",
        command=("serve",),
        variables={"ROLE": "web", "KEY": "plain"},
        secrets={"TOKEN": "/token", "OTHER": "/other"},
        writable={"/data": 64},
        sidecars={
            "step": {"variables": {"ROLE": "step", "TOKEN": "none"}, "secrets": {"KEY": "/key"}},
            "agent": {"image": "agent:1", "writable": ()},
            "front": {"image": "front:1"},
        },
    )
    whole = service.containers("web")
    step, agent, front = whole["step"], whole["agent"], whole["front"]
    assert (step.image, step.variables) == ("web", {"ROLE": "step", "TOKEN": "none"})
    assert step.secrets == {"OTHER": "/other", "KEY": "/key"}, "what it says itself lies over both"
    assert (step.user, step.command) == (None, None)
    assert (agent.variables, agent.secrets, agent.writable) == ({}, {}, {})
    assert front.writable == step.writable == {"/data": 64}


def test_each_container_has_the_folders_of_exec_for_itself_and_shares_those_that_it_names() -> None:
    made = task(
        scratch={"pages": "/pages"},
        sidecars={"front": {"image": "front:1", "scratch": {"pages": "/html"}}, "open": {"writable": ("/",)}},
    )
    folders = {
        name: {each["sourceVolume"]: each["containerPath"] for each in one.get("mountPoints", ())}
        for name, one in made.items()
    }
    assert folders["web"] == {**EXEC_FOLDERS, "pages": "/pages"}
    assert folders["front"] == {**{f"{name}-front": path for name, path in EXEC_FOLDERS.items()}, "pages": "/html"}
    assert folders["open"] == {}


def test_only_a_sidecar_has_a_size_of_its_own_in_the_task() -> None:
    made = task(cpu=512, memory=1024, sidecars={"agent": {"image": "agent:1", "cpu": 64, "memory": 128}, "step": {}})
    sizes = {name: (each.get("cpu"), each.get("memory")) for name, each in made.items()}
    assert sizes == {"web": (None, None), "agent": (64, 128), "step": (None, None)}


@pytest.mark.parametrize("named", [None, "front"])
def test_the_container_that_answers_has_the_port_that_others_reach(named: str | None) -> None:
    service = Service(image="web", port=3000, container=named, sidecars={"front": {"image": "front:1", "port": 8443}})
    assert service.answers_at == (8443 if named else 3000)
