"""The note that a task ran to its end, as it stands in a stack's configuration, in its plans and in its state.

A resource of Terraform's own, `terraform_data.<task>_done`, with what is needed to run the task. Of those definitions
that it names it says for which the task has run; where one of them is another, it has to run again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tanada.contract.outputs import values

DONE = "done"
"""How the note's address ends."""
SEEDED = "seeded"
"""How that one's ends which says that a task has filled a store."""
_TYPE = "terraform_data"


@dataclass(frozen=True)
class Task:
    """How a task is run."""

    name: str
    definition: str
    """Its revision's ARN."""
    cluster: str
    container: str
    """What it is called in AWS."""
    log_group: str
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    public: bool
    """Whether it has an address of its own, as nothing else leads out."""


@dataclass(frozen=True)
class Ended:
    """How a task ended."""

    code: int | None
    """None where its container never came to an end by itself."""
    why: str = ""
    """What ECS says of it."""


@dataclass(frozen=True)
class Due:
    """A task that a plan asks to be run."""

    task: str
    services: tuple[str, ...]
    """Those that wait for it."""
    note: str
    """The note's address."""
    how: Task | None
    """None where that isn't known before something else is made."""
    makes: Databases | None = None
    """Of a task that makes databases, what; None of others."""


@dataclass(frozen=True)
class Databases:
    """What a task makes in an SQL server."""

    store: str
    """The server."""
    users: Mapping[str, str]
    """The user of each database."""
    before: Mapping[str, str]
    """Those that it made when it ran last."""

    @property
    def new(self) -> dict[str, str]:
        """What isn't there yet as it is to be."""
        return {database: user for database, user in self.users.items() if self.before.get(database) != user}


def due(plan: Mapping[str, Any]) -> Iterator[Due]:
    """The tasks that have to run before a plan (`terraform show -json`) is carried out: first what fills a store, then
    in the order of their names.

    A note that is made, or of which another definition is noted, says so; one of which only the network changes
    doesn't.
    """
    for entry in sorted(plan.get("resource_changes") or (), key=_order):
        change, input = entry["change"], (entry["change"].get("after") or {}).get("input")
        actions = change["actions"]
        if entry["type"] != _TYPE or not isinstance(input, dict) or "definitions" not in input:
            continue
        name = str(input.get("task"))
        if "create" in actions or (actions == ["update"] and _another(change)):
            services = tuple(map(str, input.get("services") or ()))
            yield Due(name, services, str(entry["address"]), _task(name, input), databases(change))


def databases(change: Mapping[str, Any]) -> Databases | None:
    """What the task of a note makes, by the note's change in a plan; None of one that makes none."""
    before, after = ((change.get(side) or {}).get("input") for side in ("before", "after"))
    noted = [each for each in (after, before) if isinstance(each, Mapping) and "databases" in each]
    if not noted:
        return None
    return Databases(str(noted[0].get("task")), _users(after), _users(before))


def _users(input: Any) -> Mapping[str, str]:
    return input.get("databases") or {} if isinstance(input, Mapping) else {}


def standing(
    name: str,
    called: str,
    family: str,
    state: Mapping[str, Any],
    common: Mapping[str, Any],
    *,
    worn: Sequence[str],
    public: bool,
) -> Task | None:
    """How a task or a job is run as it was last applied; None where it isn't there.

    `state` is its environment's, `common` that of the common layer, both as Terraform keeps them; `called` is its name
    in AWS, `worn` are groups of others. The revision is the one in the state: no other was applied.
    """
    outputs, shared = values(state.get("outputs", {})), values(common.get("outputs", {}))
    made = next((each for each in _of(state, "aws_ecs_task_definition") if each.get("family") == family), None)
    group = next((each for each in _of(state, "aws_security_group", name)), None)
    if made is None or group is None:
        return None
    container = next(each for each in json.loads(made["container_definitions"]) if each["name"] == called)
    return Task(
        name=name,
        definition=str(made["arn"]),
        cluster=str(outputs["cluster_arn"]),
        container=called,
        log_group=str(container["logConfiguration"]["options"]["awslogs-group"]),
        subnets=tuple(map(str, shared["task_subnet_ids"])),
        security_groups=(str(group["id"]), *worn),
        public=public,
    )


def _of(state: Mapping[str, Any], type_: str, name: str | None = None) -> Iterator[Mapping[str, Any]]:
    """The attributes of a type's resources, or of the one of this name."""
    for entry in state.get("resources", ()):
        if entry.get("type") == type_ and entry.get("mode") == "managed" and name in (None, entry.get("name")):
            yield from (each["attributes"] for each in entry["instances"] if "deposed" not in each)


def definition(emitted: Mapping[str, Any], note: str) -> str:
    """The address of a task's definition, by what the configuration says of its note."""
    type_, _, name = note.partition(".")
    input = emitted["resource"][type_][name]["input"]
    return ".".join(str(input["definitions"][input["container"]]).removeprefix("${").split(".")[:2])


def _another(change: Mapping[str, Any]) -> bool:
    """Whether a definition is another, or may be: what isn't known yet stands in no plan's values."""
    before = (change.get("before") or {}).get("input") or {}
    noted = before.get("definitions") if isinstance(before, dict) else None
    return bool(noted != change["after"]["input"]["definitions"])


def _order(entry: Mapping[str, Any]) -> tuple[bool, str]:
    address = str(entry["address"])
    return not address.endswith(f"_{SEEDED}"), address


def _task(name: str, input: Mapping[str, Any]) -> Task | None:
    try:
        return Task(
            name=name,
            definition=str(input["definitions"][input["container"]]),
            cluster=str(input["cluster"]),
            container=str(input["container"]),
            log_group=str(input["log_group"]),
            subnets=tuple(map(str, input["subnets"])),
            security_groups=tuple(map(str, input["security_groups"])),
            public=bool(input["public"]),
        )
    except KeyError:
        return None
