"""Service Connect, read from what is emitted: the name stays, ECS knows the port, who calls comes after who answers."""

from __future__ import annotations

import json
from typing import Any

from modules.proxies import in_order
from tanada.declared.service import Service
from tanada.declared.service_connect import called_so, spoken

Json = dict[str, Any]
Emitted = dict[str, dict[str, Json]]
BY = "service_connect_configuration"


def test_who_calls_and_who_answers_know_the_private_name_and_are_deployed_in_order(emitted: Emitted) -> None:
    resources = emitted["service"]["environment-test"]["resource"]
    services = resources["aws_ecs_service"]
    connected = {name for name, each in services.items() if BY in each}
    assert connected == {"backend_service", "web_service", "console_service"}, "worker calls by DNS: clients"
    backend, web = services["backend_service"], services["web_service"]
    [answering] = backend[BY]["service"]
    assert answering["client_alias"] == {"dns_name": "backend.test.kakei.internal", "port": 8080}
    variables = json.loads(resources["aws_ecs_task_definition"]["web_task_definition"]["container_definitions"])
    said = {each["name"]: each["value"] for one in variables for each in one.get("environment", ())}
    assert said["BACKEND_URL"] == "http://backend.test.kakei.internal:8080"
    assert backend["service_registries"], "jobs and tasks find it by DNS"
    name = resources["aws_service_discovery_service"]["backend_private_name"]["name"]
    assert answering["discovery_name"] != name, "in the namespace it is taken"
    assert "service" not in web[BY]
    assert web[BY]["namespace"] == backend[BY]["namespace"]
    assert "aws_ecs_service.backend_service" in web["depends_on"]
    assert "aws_ecs_service.backend_service" not in services["worker_service"]["depends_on"]
    assert (answering["timeout"], services["console_service"][BY]["service"][0]["timeout"]) == (
        {"idle_timeout_seconds": 600, "per_request_timeout_seconds": 120},
        {"idle_timeout_seconds": 300},
    )


def test_the_port_has_its_name_and_what_is_spoken_there(emitted: Emitted) -> None:
    definitions = emitted["service"]["environment-test"]["resource"]["aws_ecs_task_definition"]
    ports = {
        name: [port for one in json.loads(each["container_definitions"]) for port in one.get("portMappings", ())]
        for name, each in definitions.items()
    }
    assert [(port["name"], port["appProtocol"]) for port in ports["backend_task_definition"]] == [("connect", "http")]
    named = [port for port in ports["console_task_definition"] if "name" in port]
    assert [(port["name"], port.get("appProtocol")) for port in named] == [("connect", None)]
    assert not any("name" in port for port in ports["web_task_definition"])


def service(**values: Any) -> Service:
    return Service.model_validate({"image": "web", "port": 80, **values})


def test_what_is_spoken_is_what_load_balancers_speak() -> None:
    http = {"health_check": "/up"}
    connect: Json = {"service_connect": {}}
    assert spoken(service(**connect)) == "http"
    assert spoken(service(**connect, http=http)) == "http"
    assert spoken(service(**connect, http={**http, "protocol_version": "grpc"})) == "grpc"
    assert spoken(service(**connect, http={**http, "protocol_version": "http2"})) == "http2"
    assert spoken(service(**connect, http={**http, "tls": True})) == "tcp"
    assert spoken(service(service_connect={"protocol": "grpc"}, http=http)) == "grpc"


def test_each_comes_after_those_that_it_calls() -> None:
    connect: Json = {"service_connect": {}}
    services = {
        "a": service(reach=["b", "d"]),
        "b": service(**connect, reach=["c"]),
        "c": service(**connect),
        "d": service(service_connect={"clients": []}),
        "e": service(),
    }
    assert list(in_order(services)) == ["c", "b", "a", "d", "e"]
    assert called_so("a", services) == ("b",)
    assert list(in_order({"a": service(reach=["e"]), "e": service()})) == ["a", "e"], "as they are declared"
