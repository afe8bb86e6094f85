"""The nodes of a stack: each declared part once, with its logs, roles and rules folded in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from tanada.graph import entrances, names
from tanada.graph.emitted import Emitted, Json, Resource, blocks, fields, listed, parsed
from tanada.graph.entrances import Entrances
from tanada.graph.internet import internet, way_out
from tanada.graph.model import Kind, Node
from tanada.graph.places import ACCOUNT, PUBLIC, Places
from tanada.text import count

RUNS = ("services/", "jobs/", "tasks/")
_GROUPS: dict[str, Kind] = {"services": "service", "tasks": "task", "jobs": "job", "stores": "store"}


class Parts:
    """What a stack's resources are for."""

    def __init__(self, emitted: Emitted, places: Places) -> None:
        self.emitted = emitted
        self.places = places
        self.entrances = Entrances(emitted, places, self.by_part)

    @cached_property
    def by_part(self) -> dict[str, list[Resource]]:
        """The stack's own resources by the part that they belong to: `services/web`."""
        found: dict[str, list[Resource]] = {}
        for each in self.emitted.resources.values():
            if each.where == "own" and not each.data and each.part is not None:
                found.setdefault(each.part, []).append(each)
        return dict(sorted(found.items()))

    def owner(self, address: str) -> str | None:
        """The node that a resource belongs to."""
        resource = self.emitted.resources.get(address)
        if resource is None:
            return None
        if resource.type in entrances.TYPES or address in self._buckets_of_sites:
            return address
        part = resource.part
        return part if part is not None and part.partition("/")[0] in _GROUPS else None

    @cached_property
    def _buckets_of_sites(self) -> frozenset[str]:
        return frozenset(
            each.address
            for each in self.emitted.of("aws_s3_bucket")
            if each.part is not None and each.part.startswith("sites/")
        )

    def nodes(self) -> Iterator[Node]:
        """All of them, entrances first."""
        runs = any(each.startswith(RUNS) for each in self.by_part)
        out = way_out(self.emitted, private=self.places.of_tasks != PUBLIC) if runs else None
        if out is not None or self.entrances.open:
            yield internet()
        yield from self.entrances.nodes()
        yield from self._computing()
        yield from self._stores()
        yield from self._sites()
        yield from self._mail()
        if out is not None:
            yield out

    def _computing(self) -> Iterator[Node]:
        before = self._runs_before
        scaling = {
            target: each.body
            for each in self.emitted.of("aws_appautoscaling_target")
            for target in self.emitted.addresses(each.where, each.body.get("resource_id"))
        }
        for part, resources in self.by_part.items():
            group, name = part.split("/")
            kind = _GROUPS.get(group)
            definitions = [each for each in resources if each.type == "aws_ecs_task_definition"]
            if kind in (None, "store") or not definitions:
                continue
            place = self._place(resources)
            badges = tuple(self._sidecars(definitions[0], name))
            service = next((each for each in resources if each.type == "aws_ecs_service"), None)
            if kind == "service" and service is not None:
                providers = [
                    str(each.get("capacity_provider"))
                    for each in blocks(service.body.get("capacity_provider_strategy"))
                ]
                how = "Spot" if any(each.endswith("SPOT") for each in providers) else ""
                tasks = names.tasks(service.body, scaling.get(service.address))
                details = tuple(filter(None, [" · ".join(filter(None, (tasks, how)))]))
                yield Node(part, name, "service", "ECS service", place, details, badges, len(resources))
            elif kind == "job":
                when = [
                    line
                    for each in resources
                    if each.type == "aws_scheduler_schedule"
                    for line in names.schedule(each.body)
                ]
                what = "Scheduled ECS task" if when else "ECS task on an event"
                yield Node(part, name, "job", what, place, tuple(when), badges, len(resources))
            else:
                of = tuple(f"before {each}" for each in before.get(name, ()))
                yield Node(part, name, "task", "One-off ECS task", place, of, badges, len(resources))

    @cached_property
    def _runs_before(self) -> dict[str, tuple[str, ...]]:
        """By task the services whose deployments wait for it."""
        found = {}
        for each in self.emitted.of("terraform_data", where="own"):
            told = each.body.get("input")
            if isinstance(told, dict) and "task" in told and "databases" not in told:
                found[str(told["task"])] = tuple(str(service) for service in listed(told.get("services")))
        return found

    def _place(self, resources: list[Resource]) -> str:
        own = [each for each in resources if each.type != "aws_lb"]
        return self.places.of(own) or self.places.of_tasks

    def _sidecars(self, definition: Resource, name: str) -> Iterator[str]:
        containers = parsed(definition.body.get("container_definitions"))
        others = [each for each in blocks(containers) if each.get("name") != name]
        if others:
            yield count(len(others), "sidecar")

    @cached_property
    def there(self) -> dict[str, str]:
        """The stores that exist already and of which nothing is made here: by name what they are called by."""
        stores = self.emitted.output("own", "stores")
        made = {part.partition("/")[2] for part in self.by_part if part.startswith("stores/")}
        found = sorted(stores.items()) if isinstance(stores, dict) else ()
        return {str(name): str(value) for name, value in found if name not in made}

    def _stores(self) -> Iterator[Node]:
        for part, resources in self.by_part.items():
            if part.startswith("stores/"):
                what, details = names.store(resources)
                place = self.places.of(resources) or ACCOUNT
                yield Node(part, part.partition("/")[2], "store", what, place, details, (), len(resources))
        arns = sorted({arn for _, _, arn in self.statements if arn.startswith("arn:")})
        for name, called in self.there.items():
            arn = next((each for each in arns if is_called(each, called)), "")
            what = names.by_arn(arn)
            details = (names.EXISTING,) if what else ()
            yield Node(f"stores/{name}", name, "store", what or names.EXISTING, None, details)

    def _sites(self) -> Iterator[Node]:
        for address in sorted(self._buckets_of_sites):
            resource = self.emitted.resources[address]
            site = str(resource.part).partition("/")[2]
            beside = self.by_part.get(str(resource.part), ())
            people = {each.path[each.path.index("operators") + 1] for each in beside if "operators" in each.path[:-1]}
            tasks = {arn for each in beside if "publishers" in each.path[:-1] for arn in _trusted(each.body)}
            found = (("operator", people), ("publisher", tasks))
            badges = tuple(count(len(who), word) for word, who in found if who)
            yield Node(address, f"{site} files", "store", "S3 bucket", ACCOUNT, (), badges)

    @cached_property
    def mails(self) -> dict[str, str]:
        """The SES identities that tasks may send by: ARN → name."""
        return {
            arn: arn.partition("identity/")[2].replace("*", "any")
            for _, _, arn in self.statements
            if ":ses:" in arn and ":identity/" in arn
        }

    def _mail(self) -> Iterator[Node]:
        for arn, name in sorted(self.mails.items()):
            yield Node(arn, name, "shared", "SES identity", ACCOUNT)

    @cached_property
    def statements(self) -> list[tuple[str, tuple[str, ...], str]]:
        """What the tasks' own roles may do: the part, actions, and a resource as it is written."""
        roles = {
            role: str(each.part)
            for each in self.emitted.of("aws_ecs_task_definition", where="own")
            for role in self.emitted.addresses(each.where, each.body.get("task_role_arn"))
        }
        return [
            (roles[role], tuple(str(action) for action in listed(statement.get("Action"))), str(resource))
            for each in self.emitted.of("aws_iam_role_policy", where="own")
            for role in self.emitted.addresses(each.where, each.body.get("role"))
            if role in roles
            for statement in blocks(fields(parsed(each.body.get("policy"))).get("Statement"))
            if statement.get("Effect") == "Allow"
            for resource in listed(statement.get("Resource"))
        ]


def _trusted(role: Json) -> Iterator[str]:
    """Whoever may take a role on, by the condition of its trust."""
    for statement in blocks(fields(parsed(role.get("assume_role_policy"))).get("Statement")):
        likes = fields(fields(statement.get("Condition")).get("ArnLike"))
        yield from (str(each) for each in listed(likes.get("aws:PrincipalArn")))


def is_called(arn: str, name: str) -> bool:
    """Whether an ARN in a policy is of what is called so."""
    plain = arn.removesuffix("/*").removesuffix("/index")
    return plain == name or plain.replace("/", ":").rpartition(":")[2] == name
