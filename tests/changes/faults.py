"""What an apply would do in a wrong order, whatever the change: read from the plan and from Terraform's own order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tanada.plan.entrances import group
from tanada.resources import entries
from tests.changes.played import Plan

_NAMED = {"aws_dynamodb_table": "name"}
"""Types that others use by a name, too."""
_EDGES = ("aws_apigatewayv2_api_mapping", "aws_cloudfront_distribution")
"""By which a name leads on."""
_SERVES = (
    "aws_ecs_service",
    "aws_lb",
    "aws_lb_listener",
    "aws_lb_listener_rule",
    "aws_nat_gateway",
    "aws_route",
    "aws_route53_record",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
)
"""Beside what people would miss: what traffic goes through."""
_SETTINGS = ("aws_s3_bucket_", "aws_default_security_group", "aws_wafv2_web_acl_logging_configuration")
"""What has the name of the thing that it belongs to: who names that doesn't use it."""
_NAMES_ONLY = ("aws_kms_key",)
"""What allows others something, by their names, and uses none of them."""
_REVISION = "aws_ecs_task_definition"


@dataclass(frozen=True)
class Step:
    """What happens to one resource."""

    address: str
    type: str
    actions: tuple[str, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def goes(self) -> bool:
        """An object of it is destroyed; old revisions of task definitions stay, where they say so."""
        return "delete" in self.actions and not (self.type == _REVISION and self.before.get("skip_destroy") is True)

    @property
    def stays(self) -> bool:
        return not {"delete", "create"} & set(self.actions)


def faults(plan: Plan) -> set[str]:
    """One sentence each; none where all is in order."""
    steps = {step.address: step for step in _steps(plan) if step.actions != ("no-op",)}
    looks = (_used(plan, steps), _names(plan, steps), _gaps(steps), _fronts(plan, steps), _doors(plan, steps))
    return {fault for look in looks for fault in look}


def _steps(plan: Plan) -> Iterator[Step]:
    for entry in plan.shown.get("resource_changes", ()):
        if entry["mode"] == "managed":
            change = entry["change"]
            actions = tuple(change["actions"])
            yield Step(entry["address"], entry["type"], actions, change["before"] or {}, change["after"] or {})


def _used(plan: Plan, steps: Mapping[str, Step]) -> Iterator[str]:
    """Whoever uses what goes has let go of it before."""
    for gone in steps.values():
        if not gone.goes or gone.type.startswith(_SETTINGS):
            continue
        own = {gone.before.get("arn"), gone.before.get("id"), gone.before.get(_NAMED.get(gone.type, ""))}
        words = [each for each in own if isinstance(each, str) and (":" in each or "-" in each or "_" in each)]
        for user in _users(steps, words, gone.address):
            lets_go = plan.graph.makes(user.address) if user.stays else plan.graph.destroys(user.address)
            if not plan.graph.after(plan.graph.destroys(gone.address), lets_go):
                yield f"{gone.address} goes before {user.address} has let go of it"


def _users(steps: Mapping[str, Step], words: list[str], address: str) -> Iterator[Step]:
    pattern = re.compile("|".join(rf"(?<![\w-]){re.escape(word)}(?![\w-])" for word in words))
    for user in steps.values():
        if not words or user.address == address or user.type in _NAMES_ONLY:
            continue
        if not pattern.search(json.dumps(user.before)):
            continue
        if user.stays and pattern.search(json.dumps(user.after)):
            continue
        if user.type == _REVISION:
            # A revision uses what its service runs.
            yield from _users(steps, [str(user.before.get("arn"))], user.address)
        elif user.before:
            yield user


def _names(plan: Plan, steps: Mapping[str, Step]) -> Iterator[str]:
    """What has one name in AWS is not made while another one has it."""
    known = entries()
    for type_ in {step.type for step in steps.values()}:
        resource = known.get(type_)
        for refusal in resource.refusals if resource else ():
            if not refusal.taken:
                continue
            for new in (step for step in steps.values() if step.type == type_ and "create" in step.actions):
                for old in (step for step in steps.values() if step.type == type_ and step.goes):
                    one = [new.after.get(name) for name in refusal.taken]
                    if one[0] is None or one != [old.before.get(name) for name in refusal.taken]:
                        continue
                    waits = plan.graph.after(plan.graph.makes(new.address), plan.graph.destroys(old.address))
                    if not waits:
                        yield f"{new.address} is made while {old.address} has its name"
                    elif new.address != old.address:
                        yield f"{old.address} goes before {new.address} is made"


def _gaps(steps: Mapping[str, Step]) -> Iterator[str]:
    """What serves or would be missed is not taken away to be made anew."""
    for step in steps.values():
        known = entries().get(step.type)
        if step.goes and step.actions == ("delete", "create") and (step.type in _SERVES or (known and known.lost)):
            yield f"{step.address} goes before it is made anew"


def _fronts(plan: Plan, steps: Mapping[str, Step]) -> Iterator[str]:
    """What leads to tasks leads to no others before these are there."""
    services = [step for step in steps.values() if step.type == "aws_ecs_service" and step.after]
    for front in (step for step in steps.values() if step.type in ("aws_lb_listener_rule", "aws_route53_record")):
        leads = _targets if front.type == "aws_lb_listener_rule" else _alias
        if not front.before:
            continue
        if front.stays and leads(front.before) != leads(front.after):
            # To CloudFront or API Gateway and back: what is there in front of tasks that run.
            edges = [step for step in steps.values() if step.type in _EDGES]
            ahead = services or [step for step in edges if "create" in step.actions]
            moving = [each for each in ahead if not plan.graph.after({front.address}, {each.address})]
            for service in moving if ahead or edges else [front]:
                yield f"{front.address} leads elsewhere before {service.address} is there"
        if front.goes and front.type == "aws_lb_listener_rule":
            for service in (each for each in services if "create" not in each.actions):
                left = {each["target_group_arn"] for each in service.before.get("load_balancer") or ()}
                if left & {*_targets(front.before)} and not plan.graph.after(
                    plan.graph.destroys(front.address), {service.address}
                ):
                    yield f"{front.address} goes before {service.address} was told"
            taking = [
                new
                for new in steps.values()
                if new.type == front.type and "create" in new.actions and _answers(new.after) == _answers(front.before)
            ]
            if any(_targets(new.after) == _targets(front.before) for new in taking):
                continue  # another rule leads to the same tasks by then: its service waits for it
            for _ in taking:
                for service in services:
                    begins = service.after.get("load_balancer") and not service.before.get("load_balancer")
                    if begins and not plan.graph.after(plan.graph.destroys(front.address), {service.address}):
                        yield f"{front.address} goes before {service.address} is there"


def _targets(rule: Mapping[str, Any]) -> Any:
    """Of two that take turns the one that answers."""
    return [group(rule)] if rule.get("action") else []


def _answers(rule: Mapping[str, Any]) -> Any:
    """Hosts and paths."""
    found = [[each.get("host_header"), each.get("path_pattern")] for each in rule.get("condition") or ()]
    return sorted(found, key=json.dumps)


def _alias(record: Mapping[str, Any]) -> Any:
    return record.get("alias")


def _doors(plan: Plan, steps: Mapping[str, Step]) -> Iterator[str]:
    """What tasks may do and reach is not taken from those that run."""
    services = [step for step in steps.values() if step.type == "aws_ecs_service" and step.actions == ("update",)]
    for door in steps.values():
        if door.goes and door.type.startswith("aws_vpc_security_group_"):
            for service in services:
                worn = service.before["network_configuration"][0]["security_groups"]
                if door.before["security_group_id"] in worn and not plan.graph.after(
                    plan.graph.destroys(door.address), {service.address}
                ):
                    yield f"{door.address} goes before {service.address} was told"
        if door.actions != ("update",):
            continue
        if door.type.startswith("aws_vpc_security_group_") and door.before["from_port"] != door.after["from_port"]:
            yield f"{door.address} opens another port in the place of one in use"
        if door.type == "aws_lb_target_group" and _asks(door.before) != _asks(door.after):
            yield f"{door.address} asks tasks that run otherwise"
        if door.type == "aws_iam_role_policy" and _taken(_allowed(door.before), _allowed(door.after)):
            yield f"{door.address} takes permissions from tasks that run"


def _asks(group: Mapping[str, Any]) -> Any:
    """Whether it is well."""
    return [[each[field] for field in ("path", "port", "matcher")] for each in group["health_check"]]


def _allowed(policy: Mapping[str, Any]) -> set[tuple[str, str]]:
    text = policy.get("policy")
    statements = json.loads(text)["Statement"] if isinstance(text, str) else []
    return {
        (action, resource)
        for statement in statements
        for action in _many(statement["Action"])
        for resource in _many(statement["Resource"])
    }


def _taken(before: set[tuple[str, str]], after: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """What was allowed that nothing allows any more; `sqs:Get*` allows what `sqs:GetQueueUrl` does. An action's case
    counts for nothing (IAM JSON policy elements, "Action")."""
    return {
        (action, resource)
        for action, resource in before
        if not any(
            fnmatchcase(action.lower(), other.lower()) and fnmatchcase(resource, where) for other, where in after
        )
    }


def _many(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
