"""Makes plans of AWS resources: `python -m tests.plan.make_resource_plans`, with the pinned terraform on PATH.

The real terraform on the offline provider; drift is made by a provider that reads something else than it was given.
"""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

from tanada import offline
from tanada.offline import process, server
from tanada.offline.codec import decode, encode
from tanada.offline.provider import Servicer
from tests.offline.terraform_runs import Stack, configuration

Json = dict[str, Any]
PLANS = Path(__file__).parent / "resource_plans"
REPOSITORY = "111111111111.dkr.ecr.ap-northeast-1.amazonaws.com/kakei"
ARN = "arn:aws:ssm:ap-northeast-1:111111111111:parameter/kakei/test"
CODE = ["function handler(event) {", *(f"  step({n});" for n in range(8)), "  return event.request;", "}"]


def web(**more: Any) -> Json:
    return {
        "name": "web",
        "image": REPOSITORY + "/web:${var.image_tags.web}",
        "essential": True,
        "portMappings": [{"containerPort": 3000, "hostPort": 3000, "protocol": "tcp"}],
        "environment": [
            {"name": "ADMIN_PASSWORD", "value": "not-marked-at-all"},
            {"name": "DATABASE", "value": "postgres://kakei:opensesame@db/kakei"},
            {"name": "LOG_LEVEL", "value": "info"},
            {"name": "REGION_HINT", "value": "tokyo-east"},
        ],
        "secrets": [{"name": "STRIPE", "valueFrom": f"{ARN}/stripe"}],
        **more,
    }


def definition(family: str, *containers: Json, **more: Any) -> Json:
    return {
        "family": family,
        "requires_compatibilities": ["FARGATE"],
        "network_mode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "container_definitions": json.dumps(containers),
        "skip_destroy": True,
        **more,
    }


def policy(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


READS: Json = {"Sid": "Reads", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::kakei/*"}
TRUST = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}})

RESOURCES: Json = {
    "aws_ecs_task_definition": {
        "web": definition("kakei-test-web", web()),
        "worker": definition("kakei-test-worker", {"name": "worker", "image": f"{REPOSITORY}/web:fixed"}),
    },
    "aws_ecs_service": {
        "web": {
            "name": "web",
            "cluster": "kakei",
            "desired_count": 1,
            "task_definition": "${aws_ecs_task_definition.web.arn}",
        }
    },
    "aws_db_instance": {
        "main": {
            "identifier": "kakei-test",
            "engine": "postgres",
            "instance_class": "db.t4g.micro",
            "allocated_storage": 20,
            "username": "kakei",
            "password": "${var.password}",
            "skip_final_snapshot": True,
        }
    },
    "aws_iam_role": {"task": {"name": "kakei-test-web-task", "assume_role_policy": TRUST}},
    "aws_iam_role_policy": {"task": {"name": "stores", "role": "kakei-test-web-task", "policy": policy(READS)}},
    "aws_vpc": {"main": {"cidr_block": "10.0.0.0/16", "tags": {"Name": "kakei"}}},
    "aws_security_group": {
        "web": {
            "name": "web",
            "description": "web",
            "vpc_id": "vpc-1",
            "ingress": [
                {
                    "from_port": port,
                    "to_port": port,
                    "protocol": "tcp",
                    "cidr_blocks": blocks,
                    "description": "",
                    "ipv6_cidr_blocks": [],
                    "prefix_list_ids": [],
                    "security_groups": [],
                    "self": False,
                }
                for port, blocks in ((80, ["10.0.0.0/8"]), (443, ["10.0.0.0/8", "192.168.0.0/16"]))
            ],
        }
    },
    "aws_lambda_function": {
        "hook": {
            "function_name": "hook",
            "role": "arn:aws:iam::111111111111:role/hook",
            "package_type": "Image",
            "image_uri": f"{REPOSITORY}/hook:1",
            "environment": {"variables": {"LOG_LEVEL": "info", "TOKEN": "not-marked-either"}},
        }
    },
    "aws_codebuild_project": {
        "build": {
            "name": "build",
            "service_role": "arn:aws:iam::111111111111:role/build",
            "artifacts": {"type": "NO_ARTIFACTS"},
            "source": {"type": "NO_SOURCE", "buildspec": "version: 0.2"},
            "environment": {
                "compute_type": "BUILD_GENERAL1_SMALL",
                "image": "aws/codebuild/standard:7.0",
                "type": "LINUX_CONTAINER",
                "environment_variable": [
                    {"name": "STAGE", "value": "internal-words"},
                    {"name": "NPM", "value": "/kakei/npm", "type": "PARAMETER_STORE"},
                ],
            },
        }
    },
    "aws_cloudwatch_event_target": {
        "nightly": {
            "rule": "nightly",
            "arn": "arn:aws:ecs:ap-northeast-1:111111111111:cluster/kakei",
            "input": json.dumps(
                {"containerOverrides": [{"name": "web", "environment": [{"name": "MODE", "value": "night-watch"}]}]}
            ),
        }
    },
    "aws_cloudfront_function": {
        "rewrite": {"name": "rewrite", "runtime": "cloudfront-js-2.0", "code": "\n".join(CODE)}
    },
    "aws_eip": {"nat": {"domain": "vpc", "tags": {"Name": "nat"}}},
}


def stack(resources: Json, **tags: str) -> Json:
    return configuration(
        resources,
        variable={
            "image_tags": {"type": "map(string)", "default": {"web": "4f2a91c", **tags}},
            "password": {"type": "string", "default": "tiger-lily-22", "sensitive": True},
        },
        output={"image_tags": {"value": "${var.image_tags}"}},
    )


def changed() -> Json:
    """What a day's work may bring, all at once."""
    resources = copy.deepcopy(RESOURCES)
    release = web(cpu=64, stopTimeout=60)
    release["environment"] = [
        {"name": "ADMIN_PASSWORD", "value": "another-not-marked"},
        {"name": "DATABASE", "value": "postgres://kakei:closesesame@db/kakei"},
        {"name": "LOG_LEVEL", "value": "debug"},
        {"name": "NEW_ONE", "value": "freshly-added"},
    ]
    release["secrets"] = [{"name": "STRIPE", "valueFrom": f"{ARN}/stripe2"}]
    sidecar = {"name": "proxy", "image": "envoy:1", "environment": [{"name": "MODE", "value": "edge-mode"}]}
    resources["aws_ecs_task_definition"]["web"] = definition("kakei-test-web", sidecar, release, memory="1024")
    resources["aws_db_instance"]["main"] |= {"identifier": "kakei-test-2", "allocated_storage": 30}
    resources["aws_iam_role"]["task"]["name"] = "kakei-test-web-worker"
    writes = {"Sid": "Writes", "Effect": "Allow", "Action": ["s3:PutObject"], "Resource": "arn:aws:s3:::kakei/*"}
    reads = {**READS, "Action": ["s3:GetObjectTagging", "s3:GetObject"]}
    resources["aws_iam_role_policy"]["task"]["policy"] = policy(writes, reads)
    resources["aws_vpc"]["main"]["tags"] = {"Name": "kakei", "Team": "tana"}
    ingress = resources["aws_security_group"]["web"]["ingress"]
    ingress[1]["cidr_blocks"] = ["192.168.0.0/16", "172.16.0.0/12"]
    ingress.append({**ingress[0], "from_port": 8080, "to_port": 8080})
    resources["aws_lambda_function"]["hook"]["environment"]["variables"] = {
        "LOG_LEVEL": "debug",
        "TOKEN": "changed-token",
    }
    variables = resources["aws_codebuild_project"]["build"]["environment"]["environment_variable"]
    variables[0]["value"], variables[1]["value"] = "other-words", "/kakei/npm2"
    nightly = resources["aws_cloudwatch_event_target"]["nightly"]
    nightly["input"] = nightly["input"].replace("night-watch", "day-watch")
    resources["aws_cloudfront_function"]["rewrite"]["code"] = "\n".join([*CODE[:4], "  step(33);", *CODE[5:]])
    return resources


def rewritten() -> Json:
    """The same in other words: what providers tell apart and AWS doesn't."""
    resources = copy.deepcopy(RESOURCES)
    container = {"cpu": 0, "mountPoints": [], "volumesFrom": [], "systemControls": [], **web()}
    container["environment"] = list(reversed(container["environment"]))
    del container["essential"]
    container["portMappings"] = [{"containerPort": 3000}]
    container["image"] = container["image"].replace("var.image_tags.web", "var.image_tags.new")
    resources["aws_ecs_task_definition"]["web"] = definition("kakei-test-web", container)
    listed = {**READS, "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::kakei/*"]}
    resources["aws_iam_role_policy"]["task"]["policy"] = json.dumps(
        {"Statement": listed, "Version": "2012-10-17"}, indent=1
    )
    return resources


def sealed() -> Json:
    """A password inside the container definitions: Terraform marks all of them."""
    resources = copy.deepcopy(RESOURCES)
    environment = [{"name": "WORD", "value": "${var.password}"}]
    resources["aws_ecs_task_definition"]["web"] = definition("kakei-test-web", web(environment=environment))
    return resources


def write(name: str, planned: Stack, *arguments: str) -> None:
    planned.must("plan", "-out=plan", *arguments)
    plan = json.loads(planned.must("show", "-json", "plan"))
    del (
        plan["prior_state"],
        plan["planned_values"],
        plan["timestamp"],
    )  # not read, but for marks that stand elsewhere too
    plan.pop("relevant_attributes", None)
    # Nulls are most of AWS's attributes.
    (PLANS / f"{name}.json").write_text(json.dumps(slim(plan), indent=1, sort_keys=True) + "\n")


def slim(plan: Json) -> Json:
    for entry in [*plan["resource_changes"], *plan.get("resource_drift", ())]:
        for side in ("before", "after"):
            if isinstance(value := entry["change"][side], dict):
                entry["change"][side] = {key: item for key, item in value.items() if item is not None}
    return plan


class Drifting(Servicer):
    """Somebody was in the console."""

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        value = decode(request.current_state)
        if request.type_name == "aws_eip":
            value = None
        elif request.type_name == "aws_ecs_service":
            value = {**value, "desired_count": 5}
        elif request.type_name == "aws_lambda_function":
            variables = {"LOG_LEVEL": "info", "TOKEN": "from-the-console"}
            value = {**value, "environment": [{"variables": variables}]}
        response = super().ReadResource(request)
        response.new_state.CopyFrom(encode(value))
        return response


def launch_drifting(scratch: Path, folder: Path, *, over_tcp: bool) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "tests.plan.make_resource_plans",
        str(scratch),
        str((folder / process.LEDGER).resolve()),
    ]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0)


def main() -> None:
    if len(sys.argv) > 1:
        with mock.patch.object(server, "Servicer", Drifting):
            server.main(Path(sys.argv[1]), Path(sys.argv[2]))
        return
    PLANS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        with offline.start(root / "ids", container=False) as served:
            planned = Stack(root, served.environment, "environment-test").write(stack(RESOURCES))
            write("create", planned)
            planned.apply()
            planned.write(stack(RESOURCES, web="77c0e1d"))
            write("release", planned)
            planned.write(stack(changed(), web="77c0e1d"))
            write("changed", planned)
            planned.write(stack(rewritten(), new="77c0e1d"))
            write("rewritten", planned)
            planned.write(stack(sealed()))
            write("sealed", planned)
            planned.write(stack(RESOURCES))
            write("requested", planned, "-replace=aws_vpc.main")
            write("destroy", planned, "-destroy")
        with (
            mock.patch.object(process, "_launch", launch_drifting),
            offline.start(root / "ids", container=False) as served,
        ):
            write("drifted", Stack(root, served.environment, "environment-test"))


if __name__ == "__main__":
    main()
