"""Container definitions: what ECS gives back unchanged, and what ECS Exec needs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modules.task import EXEC_FOLDERS, container_definitions, exec_volumes, waits_longer
from tanada.declared.service import Service


def container(**settings: Any) -> dict[str, Any]:
    service = Service(**{"image": "web", "variables": {"ZED": "1", "ALPHA": "2"}, **settings})
    [only] = json.loads(
        container_definitions(
            "web",
            service,
            image="registry/web:1",
            secrets={"ZED_KEY": "arn:z", "ALPHA_KEY": "arn:a"},
            log_group="/kakei/test/web",
            region="ap-northeast-1",
        )
    )
    return dict(only)


def test_variables_stand_in_order_so_that_no_plan_shows_a_shuffle() -> None:
    assert [each["name"] for each in container()["environment"]] == ["ALPHA", "ZED"]


def test_secrets_are_references_in_order() -> None:
    assert container()["secrets"] == [
        {"name": "ALPHA_KEY", "valueFrom": "arn:a"},
        {"name": "ZED_KEY", "valueFrom": "arn:z"},
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
    assert exec_volumes(Service(image="web", exec=False)) == {}


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
