"""Several containers in a task: who answers, who shares, what starting them asks for."""

from __future__ import annotations

import json
from typing import Any

Emitted = dict[str, dict[str, Any]]


def _resource(emitted: Emitted, type_: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = emitted["sidecar"]["environment-test"]["resource"][type_][name]
    return found


def _containers(emitted: Emitted, service: str) -> dict[str, dict[str, Any]]:
    definition = _resource(emitted, "aws_ecs_task_definition", f"{service}_task_definition")
    containers = json.loads(definition["container_definitions"])
    assert [each["name"] for each in containers] == sorted(each["name"] for each in containers)
    return {each["name"]: each for each in containers}


def test_the_container_that_is_named_answers(emitted: Emitted) -> None:
    balancer, console, status = _resource(emitted, "aws_ecs_service", "web_service")["load_balancer"]
    assert [(each["container_name"], each["container_port"]) for each in (console, status)] == [
        ("console", 9000),
        ("status", 9100),
    ]
    assert (balancer["container_name"], balancer["container_port"]) == ("nginx", 8443)
    group = _resource(emitted, "aws_lb_target_group", "web_target_group_1")
    assert (group["port"], group["health_check"]["port"]) == (8443, "3000")
    assert "service_registries" in _resource(emitted, "aws_ecs_service", "worker_service")
    way = _resource(emitted, "aws_vpc_security_group_ingress_rule", "worker_from_app")
    assert (way["from_port"], way["to_port"]) == (8080, 8080)
    [to] = [each["value"] for each in _containers(emitted, "web")["agent"]["environment"]]
    assert to == "http://worker.test.kakei.internal:8080"


def test_the_services_own_container_keeps_its_first_name(emitted: Emitted) -> None:
    web = _containers(emitted, "web")
    assert set(web) == {"app", "nginx", "migrate", "agent", "console", "status"}
    assert web["nginx"]["dependsOn"] == [{"containerName": "app", "condition": "HEALTHY"}]


def test_containers_share_the_folders_that_both_name(emitted: Emitted) -> None:
    web = _containers(emitted, "web")
    where = {
        name: each["containerPath"]
        for name, one in web.items()
        for each in one["mountPoints"]
        if each["sourceVolume"] == "shared"
    }
    assert where == {"app": "/shared", "nginx": "/usr/share/nginx/html"}
    volumes = _resource(emitted, "aws_ecs_task_definition", "web_task_definition")["volume"]
    mounted = {each["sourceVolume"] for one in web.values() for each in one["mountPoints"]}
    assert {each["name"] for each in volumes} == mounted


def test_starting_the_task_pulls_all_its_images_and_reads_all_its_secrets(emitted: Emitted) -> None:
    policy = json.dumps(_resource(emitted, "aws_iam_role_policy", "web_execution_policy"))
    for repository in ("web", "nginx"):
        assert f"outputs.registries.{repository}.arn" in policy
    for secret in ("parameter/kakei/test/master-key", "secret:kakei/token", "secret:kakei/ghcr", "kakei/test/agent"):
        assert secret in policy
    for name, one in _containers(emitted, "web").items():
        assert one["logConfiguration"]["options"]["awslogs-stream-prefix"] == name
