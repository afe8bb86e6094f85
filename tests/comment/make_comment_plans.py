"""Makes the plans that the comments are made of: `python -m tests.comment.make_comment_plans`, terraform on PATH.

Small stacks of real AWS types, planned by the real terraform on the offline provider. Values of resources that stay as
they are, and what no reader needs, are left out of the files.
"""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tanada import offline
from tests.offline.terraform_runs import Json, Stack, configuration

PLANS = Path(__file__).parent / "comment_plans"
REGISTRY = "111111111111.dkr.ecr.ap-northeast-1.amazonaws.com"
SECRET = "hunter2-`@everyone`-|-</details>"
"""Must never be seen; would break out of most things if it were."""


def task(name: str, **more: Any) -> Json:
    """A task definition of one container."""
    container = {
        "name": name,
        "image": f"{REGISTRY}/{name}:a1b2c3d",
        "essential": True,
        "environment": [{"name": "RAILS_ENV", "value": "production"}],
        **more.pop("container", {}),
    }
    return {
        "family": name,
        "cpu": "256",
        "memory": "512",
        "network_mode": "awsvpc",
        "requires_compatibilities": ["FARGATE"],
        "container_definitions": json.dumps([container]),
        **more,
    }


def service(name: str) -> Json:
    return {
        "name": name,
        "cluster": "${aws_ecs_cluster.main.arn}",
        "task_definition": f"${{aws_ecs_task_definition.{name}.arn}}",
        "desired_count": 2,
        "launch_type": "FARGATE",
    }


def environment() -> Json:
    """Two services, a database and a role."""
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Own", "Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": "*"}],
    }
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
        ],
    }
    resources = {
        "aws_ecs_cluster": {"main": {"name": "test"}},
        "aws_ecs_task_definition": {"web": task("web"), "backend": task("backend")},
        "aws_ecs_service": {"web": service("web"), "backend": service("backend")},
        "aws_iam_role": {"web": {"name": "web", "assume_role_policy": json.dumps(trust)}},
        "aws_iam_role_policy": {
            "web": {"name": "own", "role": "${aws_iam_role.web.name}", "policy": json.dumps(policy)}
        },
        "aws_db_instance": {
            "main": {
                "identifier": "test",
                "instance_class": "db.t4g.micro",
                "engine": "mysql",
                "engine_version": "8.0",
                "allocated_storage": 20,
                "storage_encrypted": False,
                "username": "app",
                "password": "${var.password}",
                "skip_final_snapshot": True,
            }
        },
    }
    return configuration(
        resources,
        variable={"password": {"type": "string", "sensitive": True, "default": SECRET}},
        output={"database": {"value": "${aws_db_instance.main.engine_version}"}},
    )


def common() -> Json:
    """What environments share."""
    resources = {
        "aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}},
        "aws_subnet": {
            "public": {"count": 2, "vpc_id": "${aws_vpc.main.id}", "cidr_block": "10.0.${count.index}.0/24"}
        },
        "aws_lb": {"main": {"name": "web-product", "internal": False, "subnets": "${aws_subnet.public[*].id}"}},
        "aws_eip": {"nat": {"domain": "vpc"}},
        "aws_sqs_queue": {"mail": {"name": "mail", "visibility_timeout_seconds": 30}},
    }
    return configuration(resources, output={"load_balancer": {"value": "${aws_lb.main.arn}"}})


def changed(base: Json, change: Callable[[Json], None]) -> Json:
    """A copy whose resources a function has changed."""
    new = copy.deepcopy(base)
    change(new["resource"])
    return new


def larger(resources: Json) -> None:
    resources["aws_ecs_task_definition"]["web"] = task(
        "web",
        cpu="512",
        memory="1024",
        container={"environment": [{"name": "RAILS_ENV", "value": "production"}, {"name": "API_KEY", "value": SECRET}]},
    )
    resources["aws_ecs_service"]["web"]["desired_count"] = 4
    policy = json.loads(resources["aws_iam_role_policy"]["web"]["policy"])
    policy["Statement"][0]["Action"].append("dynamodb:PutItem")
    resources["aws_iam_role_policy"]["web"]["policy"] = json.dumps(policy)


def deployed(resources: Json) -> None:
    for name in ("web", "backend"):
        image = {"image": f"{REGISTRY}/{name}:c3d4e5f"}
        resources["aws_ecs_task_definition"][name] = task(name, container=image)


def encrypted(resources: Json) -> None:
    larger(resources)
    resources["aws_db_instance"]["main"] |= {"storage_encrypted": True, "engine_version": "8.4"}
    resources["aws_sqs_queue"] = {"mail": {"name": "mail"}}


def hostile(resources: Json) -> None:
    """Values that would format, mention, link, close and act, wherever they stood."""
    nasty = (
        "</details>\n```\n# Merged by @everyone, closes #1 and group/project!2\n/close\n![x](http://evil.example/x.png)"
    )
    resources["aws_iam_role"]["web"]["description"] = nasty
    resources["aws_db_instance"]["main"] |= {"password": f"{SECRET}-2", "storage_encrypted": True}
    resources["aws_ecs_cluster"]["main"]["tags"] = {
        "<img src=x onerror=alert(1)>": "| a | b |\n| - | - |",
        "hidden": "\u202egpj.exe\u200b ``` ~~~ $`x`$ ~bug %1 $2 @tanada/team gh-1 https://evil.example www.e.example",
        "plain": "<script>alert(1)</script>",
    }
    resources["aws_ecs_task_definition"]["web"] = task(
        "web", container={"environment": [{"name": "DATABASE_URL", "value": f"mysql://app:{SECRET}@db"}]}
    )


def renamed(resources: Json) -> None:
    """The load balancer and an outbound address are replaced, a queue changes in place."""
    resources["aws_lb"]["main"]["name"] = "web-product-2"
    resources["aws_sqs_queue"]["mail"]["visibility_timeout_seconds"] = 60


def main() -> None:
    with tempfile.TemporaryDirectory() as name, offline.start(Path(name) / "ids", container=False) as running:

        def stack(name_: str) -> Stack:
            return Stack(Path(name), running.environment, name_)

        def plan(stack: Stack, name: str, configured: Json, *arguments: str) -> None:
            stack.write(configured)
            stack.must("plan", "-out=plan", *arguments)
            (PLANS / f"{name}.json").write_text(
                json.dumps(stripped(json.loads(stack.must("show", "-json", "plan"))), indent=1, sort_keys=True) + "\n"
            )

        test, base = stack("environment-test"), environment()
        plan(test, "environment-new", base)
        test.apply()
        plan(test, "environment-same", base)
        plan(test, "environment-larger", changed(base, larger))
        plan(test, "environment-deployed", changed(base, deployed))
        plan(test, "environment-database-replaced", changed(base, encrypted))
        plan(test, "environment-destroyed", base, "-destroy")
        plan(test, "environment-hostile", changed(base, hostile))

        shared, base = stack("common-main"), common()
        shared.write(base).apply()
        plan(shared, "common-changed", changed(base, renamed))


def stripped(plan: Json) -> Json:
    kept = {key: plan[key] for key in ("format_version", "terraform_version", "applyable", "complete", "errored")}
    kept["output_changes"] = plan.get("output_changes", {})
    kept["resource_drift"] = plan.get("resource_drift", [])
    kept["resource_changes"] = [
        {**entry, "change": {"actions": ["no-op"]}} if entry["change"]["actions"] == ["no-op"] else entry
        for entry in plan["resource_changes"]
    ]
    return kept


if __name__ == "__main__":
    PLANS.mkdir(exist_ok=True)
    main()
